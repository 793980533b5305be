"""Documents come into a project: registered with what is known of them, their texts frozen, nothing overwritten."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from printed import pdf

from gbkg.claims.vocabulary import terms
from gbkg.core import turtle
from gbkg.core.errors import NotFoundError, ProjectError, SourceError
from gbkg.core.prefixes import hash_name
from gbkg.core.project import Project
from gbkg.core.tables import unescape
from gbkg.core.terms import minted
from gbkg.documents import sources
from gbkg.intake import add as intake
from gbkg.intake import plain, register
from gbkg.intake.blocks import clean
from gbkg.intake.start import start

Run = Callable[..., CompletedProcess[str]]
LETTER = """CHAPTER ONE

The Reed Library was founded on 1 June 1998 by the town of Reed and by the
county, and it lends to everyone. It has 120 seats for its readers and it is
open on all days but Sundays.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    start(tmp_path / "mine")
    (tmp_path / "letter.txt").write_text(LETTER)
    return tmp_path / "mine"


def add(folder: Path, name: str, raw: bytes, slug: str = "", renew: bool = False, **given: str) -> intake.Added:
    done = intake.add(Project.find(folder), name, raw, given, slug, renew=renew)
    intake.write(done)
    return done


def test_a_document_is_registered_with_what_is_known_and_what_is_not(folder: Path) -> None:
    done = add(folder, "letter.txt", LETTER.encode(), title="A letter", issued="2001-02-03")
    assert (done.slug, done.state) == ("letter", "registered")
    assert any("not in the file: author, publisher; registered as not stated" in line for line in done.said)
    assert "the file does not say its language, which is taken to be en" in done.said
    text = (folder / "documents" / "letter.txt").read_text()
    given = turtle.read(Project(folder), folder / "data" / "sources.ttl")
    node = minted("src", "letter")
    assert given.text(node, "dcterms:title") == "A letter"
    assert str(given.value(node, "dcterms:issued")).endswith("#date>")
    assert given.text(node, "gbkg:sha256") == sha256(text.encode()).hexdigest()
    assert given.text(node, "gbkg:length") == str(len(text))
    file, made = minted("src", "letter.file"), minted("src", "letter.conversion")
    assert given.text(file, "dcterms:identifier") == hash_name(sha256(LETTER.encode()).hexdigest())
    assert given.text(made, "rdfs:label") == "gbkg text 1" and given.value(made, "prov:used") == file
    assert given.value(node, "prov:wasDerivedFrom") == file and given.value(node, "prov:wasGeneratedBy") == made
    assert list(sources.read(Project(folder)).sources) == ["example", "letter"]


def test_the_whole_road_from_a_file_to_a_cited_answer(folder: Path, run_here: Run) -> None:
    assert run_here("add", "../letter.txt", cwd=folder).returncode == 0
    (folder.parent / "reprint.txt").write_text(f"{LETTER}\nPrinted again.\n")
    again = run_here("add", "../reprint.txt", "--edition-of", "letter", cwd=folder)
    assert again.returncode == 0, again.stderr
    built = run_here("build", cwd=folder)
    assert built.returncode == 0 and "of letter behind claims (0 of 3 sentences" in built.stdout
    found = run_here("find-quote", "letter", "by the town of Reed and by the county", cwd=folder)
    assert found.returncode == 0, "words are found across the ends of lines"
    entities = folder / "data" / "entities.tsv"
    entities.write_text(
        entities.read_text().replace(
            "willow-library", "reed-library\town:Library\tReed Library\tLibrary of Reed.\nwillow-library", 1
        )
    )
    row = dict.fromkeys(register.rows.USUAL, "") | {"id": "founded", "subject": "reed-library"}
    row |= {"predicate": "foundedOn", "object": "1998-06-01"}
    row |= {"quote": "The Reed Library was founded on 1 June 1998"}
    with (folder / "data" / "claims" / "letter.tsv").open("a") as file:
        file.write("\t".join(row.values()) + "\n")
    assert "changed data/claims/letter.tsv" in run_here("lock", cwd=folder).stdout
    assert run_here("build", cwd=folder).returncode == 0
    asked = run_here("query", "libraries", "--cite", cwd=folder).stdout
    assert "letter 12–55: “The Reed Library was founded on 1 June 1998”  (letter.founded)" in asked
    assert "letter: No author, “letter”, no date, no publisher; an edition of the same work as reprint" in asked
    assert run_here("verify", cwd=folder).returncode == 0


def test_a_document_with_the_sentences_of_another_is_asked_whether_it_is_an_edition(folder: Path) -> None:
    lines = " ".join(f"Shelf {number} of the Reed Library has {number * 7} books in all." for number in range(12))
    add(folder, "shelves.txt", lines.encode())
    done = add(folder, "shelves.htm", f"<p>{lines}</p><p>It is the second of its kind.</p>".encode(), "second")
    assert any(line.endswith("say so: --edition-of shelves") for line in done.said)
    page = f"<p>{lines}</p><p>It is the second of its kind.</p>".encode()
    for _ in range(2):
        done = add(folder, "shelves.htm", page, "second", edition="shelves")
        assert (done.state, done.said) == ("changed", ("is an edition of the same work as shelves",))
    found = sources.read(Project.find(folder)).sources
    assert sources.works(found) == {"example": "example", "second": "second", "shelves": "second"}
    with pytest.raises(NotFoundError, match="no source is called 'shelfs'; did you mean shelves"):
        add(folder, "third.txt", b"A third.", edition="shelfs")


def test_the_same_file_is_not_registered_again(folder: Path) -> None:
    add(folder, "letter.txt", LETTER.encode())
    before = (folder / "data" / "sources.ttl").read_bytes()
    assert add(folder, "letter.txt", LETTER.encode()).state == "unchanged"
    assert add(folder, "other-name.txt", LETTER.encode()).slug == "letter"
    (folder / "documents" / "letter.txt").unlink()
    assert add(folder, "letter.txt", LETTER.encode()).state == "restored"
    assert (folder / "documents" / "letter.txt").exists()
    assert (folder / "data" / "sources.ttl").read_bytes() == before


def test_another_file_or_text_takes_no_name_in_silence(folder: Path) -> None:
    add(folder, "letter.txt", LETTER.encode())
    with pytest.raises(SourceError, match="letter is the name of another file"):
        add(folder, "letter.txt", LETTER.replace("120", "130").encode())
    with pytest.raises(SourceError, match="its text is that of letter, which is registered"):
        add(folder, "copy.txt", (LETTER + "\n").encode(), "copy")
    with pytest.raises(SourceError, match="not by gbkg add"):
        add(folder, "example.txt", b"Another example.")


def test_a_converter_that_gives_another_text_is_said_and_lock_finds_the_quotations_anew(
    folder: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_the_whole_road_from_a_file_to_a_cited_answer(folder, run_here)
    frozen = (folder / "documents" / "letter.txt").read_bytes()
    monkeypatch.setattr(plain, "clean", lambda text: clean(text).replace("CHAPTER ONE", "THE FIRST CHAPTER"))
    done = add(folder, "letter.txt", LETTER.encode())
    assert done.state == "differs" and "the frozen text stays" in done.said[0]
    assert (folder / "documents" / "letter.txt").read_bytes() == frozen
    assert add(folder, "letter.txt", LETTER.encode(), renew=True).state == "renewed"
    assert run_here("verify", cwd=folder).returncode == 1, "the old offsets hold no more"
    (folder / "data" / "readings" / "letter.tsv").write_text("reason\tstart\tend\tquote\tnote\n")
    assert run_here("lock", cwd=folder).returncode == 0
    assert "\tThe Reed Library was founded on 1 June 1998\t18\t" in (folder / "data/claims/letter.tsv").read_text()


def test_what_nothing_is_known_of_is_unread_and_every_span_is_in_the_text(folder: Path, run_here: Run) -> None:
    add(folder, "letter.txt", (LETTER + LETTER.lower() * 5).encode())
    text = (folder / "documents" / "letter.txt").read_text()
    rows = [line.split("\t") for line in (folder / "data/readings/letter.tsv").read_text().splitlines()[1:]]
    assert rows[0][:4] == ["heading", "0", "11", "CHAPTER ONE"] and {row[0] for row in rows[1:]} == {"unread"}
    for _, begin, end, quote, _ in rows:
        head, _, tail = unescape(quote).partition(" … ")
        assert text[int(begin) : int(end)].startswith(head) and text[int(begin) : int(end)].endswith(tail)
    assert run_here("build", cwd=folder).returncode == 0


def test_a_document_that_cannot_be_read_stops_that_document_only(folder: Path, run_here: Run) -> None:
    (folder.parent / "scan.pdf").write_bytes(pdf([[]]))
    done = run_here("add", "../scan.pdf", "../absent.pdf", "../letter.txt", cwd=folder)
    assert done.returncode == 1
    assert "registered letter" in done.stdout
    assert "not added: scan.pdf: has no text on any of its 1 pages" in done.stderr and "absent.pdf" in done.stderr
    assert list(sources.read(Project(folder)).sources) == ["example", "letter"]


def test_a_file_at_which_a_library_breaks_down_stops_itself_only(
    folder: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    convert = intake.convert

    def broken(raw: bytes, name: str, encoding: str) -> object:
        if name == "crash.pdf":
            os.kill(os.getpid(), signal.SIGSEGV)
        if name == "large.pdf":
            raise MemoryError
        return convert(raw, name, encoding)

    monkeypatch.setattr(intake, "convert", broken)
    for name in ("crash.pdf", "large.pdf"):
        (folder.parent / name).write_bytes(b"%PDF-1.4")
    done = run_here("add", "../crash.pdf", "../large.pdf", "../letter.txt", cwd=folder)
    assert done.returncode == 1 and "registered letter" in done.stdout
    refused = [line for line in done.stderr.splitlines() if "the document was not read" in line]
    assert [name in line for name, line in zip(("crash.pdf", "large.pdf"), refused, strict=True)] == [True, True]


def test_what_was_done_is_a_record(folder: Path, run_here: Run) -> None:
    ended = run_here("add", "../letter.txt", "../absent.txt", "--format", "json", cwd=folder)
    record = json.loads(ended.stdout)
    assert (ended.returncode, record["kind"]) == (1, "add")
    assert [(one["source"], one["state"]) for one in record["documents"]] == [("letter", "registered")]
    assert [one["file"] for one in record["failed"]] == ["../absent.txt"]
    begun = json.loads(run_here("init", "new", "--format", "json", cwd=folder.parent).stdout)
    assert begun["kind"] == "init" and "gbkg.toml" in begun["files"]


def test_find_quote_says_page_and_box(folder: Path, run_here: Run) -> None:
    pages = [[(72.0, 700.0, 11.0, "First words of a page.")], [(72.0, 600.0, 11.0, "Other words of a page.")]]
    add(folder, "two.pdf", pdf(pages, "Two pages"))
    assert run_here("find-quote", "two", "Other words", cwd=folder).stdout.endswith("\tpage 2\n")
    record = json.loads(run_here("find-quote", "two", "Other words", "--format", "json", cwd=folder).stdout)
    ((box,),) = (hit["boxes"] for hit in record["hits"])
    assert box["page"] == 2 and box["left"] == pytest.approx(72, abs=2) and 595 < box["bottom"] < box["top"] < 612


def test_stdin_needs_a_name_and_several_files_share_no_title(folder: Path, run_here: Run) -> None:
    assert "give one with --as" in run_here("add", "-", cwd=folder).stderr
    assert "are for one file" in run_here("add", "a.txt", "b.txt", "--title", "x", cwd=folder).stderr


def test_a_folder_and_a_wrong_name_are_told_with_what_to_do(folder: Path, run_here: Run) -> None:
    (folder.parent / "papers").mkdir()
    said = run_here("add", "../papers", cwd=folder).stderr
    assert "../papers: is a folder (name its files, as in gbkg add ../papers/*)" in said
    said = run_here("add", "../letter.txt", "--as", "A Letter", cwd=folder).stderr
    assert "'A Letter' is not a name of a document (give one with --as: lower-case words" in said


def test_a_name_that_gives_none_is_asked_for(folder: Path) -> None:
    with pytest.raises(SourceError, match="--as"):
        add(folder, "!.txt", "公共图书馆应当免费开放。".encode())
    assert add(folder, "上海市条例.txt", "公共图书馆应当免费开放。".encode()).slug == "上海市条例"
    assert "上海市条例" in sources.read(Project(folder)).sources


@pytest.mark.parametrize(("key", "value"), [("issued", "3 May 2021"), ("language", "English")])
def test_values_that_cannot_be_are_refused(folder: Path, key: str, value: str) -> None:
    with pytest.raises(SourceError, match="is not a "):
        add(folder, "letter.txt", LETTER.encode(), **{key: value})


def test_words_of_a_file_cannot_leave_their_literal(folder: Path) -> None:
    title = 'x" ; gbkg:sha256 "0" . <urn:a> <urn:b> "\\'
    add(folder, "letter.txt", LETTER.encode(), title=title)
    given = turtle.read(Project(folder), folder / "data" / "sources.ttl")
    assert given.text(minted("src", "letter"), "dcterms:title") == title
    assert terms(Project(folder))


def test_a_project_without_a_project_file_takes_no_documents(mini: Path) -> None:
    with pytest.raises(ProjectError, match=r"gbkg\.toml"):
        add(mini, "letter.txt", LETTER.encode())
