"""What curators type has no character that a reader does not see or takes for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from gbkg import build
from gbkg.core.errors import Finding, ValidationError
from gbkg.core.project import Project
from gbkg.core.tables import unfit

pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.mark.parametrize(
    "text",
    ["", "Guangzhou", "广州 e谷", "Größe, naïve", "Москва", "αβγ", "5 μm", "ΔT", "H₂O at 20 m²", "½", "№ 5", "①",
     "茶港年鉴（2018年）", "می\u200cخواهم", "क्\u200dष", "“quoted” – said…", "two\nlines\tand a tab", "e谷\u3000茶"],
)  # fmt: skip
def test_ordinary_text_passes(text: str) -> None:
    assert unfit(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Guang\u200bzhou", "cannot be seen: U+200B ZERO WIDTH SPACE"),
        ("Guang\u200dzhou", "cannot be seen: U+200D ZERO WIDTH JOINER"),
        ("Guang\u00adzhou", "cannot be seen: U+00AD SOFT HYPHEN"),
        ("\ufeffGuangzhou", "cannot be seen: U+FEFF"),
        ("a\u202eb", "cannot be seen: U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("a\u2066b", "cannot be seen: U+2066"),
        ("a\u3164b", "cannot be seen: U+3164 HANGUL FILLER"),
        ("a\x1b[31m", "cannot be seen: U+001B"),
        ("a\x85b", "cannot be seen: U+0085"),
        ("a\ue000", "cannot be seen: U+E000"),
        ("a\u2028b", "cannot be seen: U+2028 LINE SEPARATOR"),
        ("Tea\u00a0Harbour", "blank that is not the usual one: U+00A0"),
        ("Tea\u2009Harbour", "blank that is not the usual one: U+2009"),
        ("Guangzh\u043eu", "look-alike of another letter: U+043E CYRILLIC SMALL LETTER O"),
        ("\u0405henzhen", "look-alike of another letter: U+0405"),
        ("\u0441\u043e\u0441\u043e", "look-alike of another letter: U+0441"),
        ("Ph\u03bfne", "look-alike of another letter: U+03BF GREEK SMALL LETTER OMICRON"),
        ("cross\u2010border", "look-alike of another character: U+2010 HYPHEN"),
        ("\uff21BC", "look-alike of another character: U+FF21"),
        ("\U0001d400BC", "look-alike of another character: U+1D400"),
        ("5\uff10", "look-alike of another character: U+FF10"),
        ("Cafe\u0301", "normal form NFC"),
    ],
)
def test_what_deceives_is_named(text: str, said: str) -> None:
    assert said in unfit(text)


def faults(root: Path, out: Path) -> list[Finding]:
    with pytest.raises(ValidationError) as caught:
        build.run(Project(root), out, build.Settings(formats=()))
    return [one for one in caught.value.findings if one.severity == "violation"]


def swap(root: Path, name: str, old: str, new: str) -> None:
    path = root / "data" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


@pytest.mark.parametrize(
    ("name", "old", "new", "column"),
    [
        ("entities.tsv", "\tLeaf Ledger", "\tL\u0435af Ledger", "label"),
        ("claims/gazette.tsv", "The sentence begins", "The sentence\u200b begins", "note"),
        ("mappings.sssom.tsv", "XX is a code", "XX is a\u00ad code", "comment"),
    ],
)
def test_a_cell_is_refused_where_it_stands(
    mini: Path, tmp_path: Path, name: str, old: str, new: str, column: str
) -> None:
    swap(mini, name, old, new)
    found = [one for one in faults(mini, tmp_path) if one.column == column]
    assert found and found[0].file == f"data/{name}" and found[0].line
    assert "look-alike" in found[0].message or "cannot be seen" in found[0].message
    assert str(found[0]).isascii()


@pytest.mark.parametrize(
    ("name", "old", "new", "about"),
    [
        ("curation.ttl", "A comma one digit", "A comma\u202e one digit", "cur:correction-yard-floor-area rdfs:comment"),
        (
            "curation.ttl",
            "A comma one digit",
            "A comma\\u202E one digit",
            "cur:correction-yard-floor-area rdfs:comment",
        ),
        ("dataset.ttl", "The tea trade", "The t\u0435a trade", "dcterms:title"),
        ("sources.ttl", "The leaf comes home", "The l\u0435af comes home", "src:gazette dcterms:title"),
        ("curation.ttl", "cur:check-growth", "cur:ch\u0435ck-growth", "identifier of ours has other characters"),
    ],
)
def test_turtle_is_read_for_them_too(mini: Path, tmp_path: Path, name: str, old: str, new: str, about: str) -> None:
    swap(mini, name, old, new)
    found = [str(one) for one in faults(mini, tmp_path) if one.gate == "characters"]
    assert found and all(about in one and one.startswith(f"data/{name}") and one.isascii() for one in found)


def test_words_of_a_document_keep_their_characters(mini: Path, tmp_path: Path) -> None:
    # The gazette prints a no-break space; a misprint is quoted as it stands.
    assert "\u00a0" in (mini / "data" / "claims" / "gazette.tsv").read_text(encoding="utf-8")
    swap(mini, "curation.ttl", '"6,1307.3 square metres"', '"6,1307.3\u00a0square metres"')
    # Without them it is no longer the misprint, which other gates see.
    assert "characters" not in {one.gate for one in faults(mini, tmp_path)}


@pytest.mark.parametrize(
    ("label", "description", "said"),
    [
        ("A platform for tea.", "Leaf Ledger", "not a sentence"),
        ("A platform for the tea trade.", "Made in the harbour.", "a sentence, not a name"),
        ("Leaf  Ledger", "A platform for tea.", "blanks at an end, or two together"),
        (" Leaf Ledger", "A platform for tea.", "blanks at an end, or two together"),
        ("Leaf Ledger", "A platform for tea", "not a sentence"),
        ("Leaf Ledger Co., Ltd.", "A platform for tea.", ""),
        ("Leaf Ledger", "茶叶贸易的平台。", ""),
    ],
)
def test_a_label_is_a_name_and_a_description_a_sentence(mini: Path, label: str, description: str, said: str) -> None:
    table = mini / "data" / "entities.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    lines = [f"leaf-ledger\tApplication\t{label}\t{description}" if x.startswith("leaf-ledger\t") else x for x in lines]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = [str(one) for one in build.read(Project(mini)).findings]
    assert any(said in one for one in found) if said else found == []
