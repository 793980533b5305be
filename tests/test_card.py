"""Answer cards: written, read, proved again, and everything that can be wrong with one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from conftest import MINI, Run
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from gbkg import __version__, build
from gbkg.ask import card as cards
from gbkg.ask import cardcheck
from gbkg.ask.answers import Answer
from gbkg.core.errors import GbkgError, ParseError
from gbkg.core.jsonld import dumped
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.documents.sources import Library, collect, read
from gbkg.knowledge import KnowledgeGraph
from gbkg.knowledge import open as open_graph

pytestmark = pytest.mark.usefixtures("unlimited")

FOUNDERS = "SELECT ?a ?b { ?a gbkg:foundedBy ?b } ORDER BY ?a ?b"
SHOWN = "founders.json"
PROOF = ["answer", "results", "proofs", 0]
TARGET = [*PROOF, "citations", 0, "target", 0]
BINDING = ["answer", "results", "bindings", 0]
GONE: Any = object()


@pytest.fixture(scope="module")
def kg(mini_build: Path) -> KnowledgeGraph:
    return open_graph(MINI, mini_build / "gbkg.nq")


@pytest.fixture(scope="module")
def content(kg: KnowledgeGraph) -> bytes:
    return written(kg, FOUNDERS)


@pytest.fixture(scope="module")
def library() -> Library:
    return documents(MINI / "documents")


def documents(folder: Path) -> Library:
    project = Project(MINI)
    return collect(folder, read(project).sources)


def written(kg: KnowledgeGraph, text: str, **asked: Any) -> bytes:
    answer = kg.query(text, cite=True, **asked)
    assert isinstance(answer, Answer)
    return dumped(cards.make(kg, text, answer, asked.get("derivations", 3), {"name": "mine", "parameters": {}}))


def changed(content: bytes, path: list[Any], value: Any) -> bytes:
    """The card with another value at a place, or without what is there."""
    card = json.loads(content)
    place = card
    for step in path[:-1]:
        place = place[step]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(card).encode()


def forged(content: bytes, path: list[Any], value: Any) -> bytes:
    """As `changed`, with digests that fit what the card says now."""
    card = json.loads(changed(content, path, value))
    for part in ("version", "query", "graph", "sources", "limits"):
        card["digests"][part] = cards.digest_of(card[part])
    card["digests"]["columns"] = cards.digest_of(card["answer"]["head"])
    results = card["answer"]["results"]
    card["digests"]["rows"] = [
        cards.digest_of(pair) for pair in zip(results["bindings"], results["proofs"], strict=True)
    ]
    return json.dumps(card).encode()


def messages(found: Any) -> list[str]:
    return [finding.message for finding in found]


# ---- right


def test_a_card_on_the_same_graph_with_its_documents(kg: KnowledgeGraph, content: bytes, library: Library) -> None:
    card = cards.read(content, SHOWN)
    assert cardcheck.altered(card, SHOWN) == []
    assert cardcheck.other_rows(card, kg, SHOWN) == []
    assert cardcheck.misquoted(card, library, SHOWN) == []
    assert cardcheck.quotations(card) == 2
    assert card["query"] == {"name": "mine", "parameters": {}, "text": FOUNDERS}
    assert card["graph"] == {"sha256": kg.digest, "triples": len(kg.store), "inputs": Project(MINI).digest}
    assert list(card["sources"]) == ["gazette"]
    quotes = {target["selector"][0]["exact"] for target in cards.targets_of(card["answer"])}
    assert "it has joined hands in the Delta Tea Alliance" in quotes


def test_the_same_bytes_each_time(kg: KnowledgeGraph, content: bytes, mini_build: Path) -> None:
    assert written(kg, FOUNDERS) == content
    again = open_graph(MINI, mini_build / "gbkg.nq")
    assert written(again, FOUNDERS) == content
    assert content.endswith(b"}\n") and not content.startswith(b"\xef")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?x gbkg:none ?y }",
        "SELECT ?x { VALUES ?x { 1 } }",
        "SELECT (COUNT(?x) AS ?n) { ?x a gbkg:Claim }",
        "SELECT ?x ?n { ?x gbkg:partOf ?y OPTIONAL { ?x gbkg:alias ?n } } ORDER BY ?x",
        "SELECT ?x ?y { ?x gbkg:locatedIn ?y } ORDER BY ?x ?y",
        "SELECT ?x ?v { ?x gbkg:value ?v } ORDER BY ?x LIMIT 2",
        "SELECT ?t { ?x gbkg:valueText ?t } ORDER BY ?t",
    ],
)
def test_cards_of_other_answers(kg: KnowledgeGraph, library: Library, text: str) -> None:
    card = cards.read(written(kg, text), SHOWN)
    assert (
        cardcheck.altered(card, SHOWN)
        + cardcheck.other_rows(card, kg, SHOWN)
        + cardcheck.misquoted(card, library, SHOWN)
        == []
    )


def test_a_card_has_whole_proofs(kg: KnowledgeGraph) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?x a ?class }"
    with pytest.raises(GbkgError, match="a card has every step of its proofs"):
        written(kg, text)
    answer = kg.query(text, cite=True, steps=None)
    assert isinstance(answer, Answer)
    card = cards.make(kg, text, answer, 3, {})
    assert len(card["answer"]["results"]["proofs"][0]["derivations"][0]["steps"]) > 50
    assert cardcheck.other_rows(card, kg, "card") == []


def test_limits_are_kept_and_used_again(kg: KnowledgeGraph) -> None:
    card = cards.read(written(kg, FOUNDERS, limit=1, derivations=1), SHOWN)
    assert card["limits"] == {"rows": 1, "complete": False, "derivations": 1}
    assert len(card["answer"]["results"]["bindings"]) == 1
    assert cardcheck.other_rows(card, kg, SHOWN) == []


# ---- forged: the digests within the card are worked out again, so only the graph can tell


def saved(kg: KnowledgeGraph) -> bytes:
    """The card of a saved query with a parameter."""
    asked = {"name": "what-lies-in-a-place", "parameters": {"place": ["Tea Harbour"]}}
    text = kg.text("what-lies-in-a-place", {"place": "Tea Harbour"})
    answer = kg.query(text, cite=True)
    assert isinstance(answer, Answer)
    return dumped(cards.make(kg, text, answer, 3, asked))


def fewer(content: bytes) -> bytes:
    """Without its last row."""
    card = json.loads(content)
    for part in ("bindings", "proofs"):
        card["answer"]["results"][part].pop()
    return json.dumps(card).encode()


def checked(content: bytes, kg: KnowledgeGraph) -> list[str]:
    """What the graph finds in a card that is as it was written by its own digests."""
    card = cards.read(content, SHOWN)
    assert cardcheck.altered(card, SHOWN) == []
    return messages([*cardcheck.other_rows(card, kg, SHOWN), *cardcheck.other_parts(card, kg, SHOWN)])


def test_a_saved_query_and_its_parameters_are_borne_out(kg: KnowledgeGraph) -> None:
    content = saved(kg)
    assert checked(content, kg) == []
    assert cardcheck.unproved(json.loads(content), kg) == [f"that gbkg {__version__} wrote it"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["query", "parameters", "place"], ["Upper Reed"], "with these parameters is not the text of the card"),
        (["query", "parameters"], {}, "with these parameters is not the text of the card"),
        (["query", "parameters"], {"town": ["Tea Harbour"]}, "does not take these parameters"),
        (["query", "parameters", "place"], 7, "does not take these parameters"),
        (["query", "name"], "founders", "does not take these parameters"),
        (
            ["sources", "gazette", "title"],
            "The Leaf Stays",
            "the title is 'The Leaf Stays' here, and the graph has 'The",
        ),
        (["sources", "gazette", "sha256"], "0" * 64, "document gazette: the SHA-256 is '000"),
        (["graph", "triples"], 7, "triples, and not 7"),
        (["graph", "inputs"], "0" * 64, "the graph was built from other inputs than the card says"),
        (["graph", "sha256"], "0" * 64, "the graph of these inputs has the digest"),
        (["limits", "complete"], False, "with the card's limit the answer is whole, and the card says that it is not"),
    ],
)
def test_a_card_that_was_forged_and_sealed_again_is_found(
    kg: KnowledgeGraph, path: list[Any], value: Any, said: str
) -> None:
    found = checked(forged(saved(kg), path, value), kg)
    assert any(said in message for message in found), found


def test_rows_that_were_left_out_are_found_also_with_another_limit(kg: KnowledgeGraph, content: bytes) -> None:
    less = fewer(content)
    assert any("the graph now has another row" in text for text in checked(forged(less, ["kind"], cards.KIND), kg))
    assert any("the answer is cut" in text for text in checked(forged(less, ["limits", "rows"], 1), kg))


def test_what_only_the_writer_vouches_for_is_said(kg: KnowledgeGraph, content: bytes) -> None:
    card = json.loads(forged(content, ["graph"], {"sha256": "0" * 64, "triples": 7, "inputs": ""}))
    card["version"] = "9.9"
    card["query"]["parameters"] = {"x": ["y"]}
    assert cardcheck.unproved(card, kg) == [
        "that gbkg 9.9 wrote it",
        "that the query is called 'mine'",
        "the parameters",
        "that the graph 000000000000…, of 7 triples, gave this answer",
    ]


@pytest.mark.parametrize("twice", ['"kind": "gbkg answer card 1"', '"sha256": "x"', '"complete": true'])
def test_a_name_that_stands_twice_is_refused(content: bytes, twice: str) -> None:
    name = twice.split(":")[0]
    text = content.decode().replace(f"{name}:", f"{twice}, {name}:", 1)
    with pytest.raises(ParseError, match=rf"founders\.json: the name '{name[1:-1]}' stands twice in one object"):
        cards.read(text.encode(), SHOWN)


# ---- signed


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two pairs of keys, and what is none."""
    folder, found = tmp_path_factory.mktemp("keys"), {}
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    locked = serialization.BestAvailableEncryption(b"secret")
    for name in ("mine", "other"):
        key = ed25519.Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32))
        parts = {
            name: key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain),
            f"{name}.pub": key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo),
            f"{name}.locked": key.private_bytes(pem, serialization.PrivateFormat.PKCS8, locked),
        }
        for file, raw in parts.items():
            found[file] = folder / file
            found[file].write_bytes(raw)
    found["none"] = folder / "none"
    found["none"].write_bytes(b"no key")
    return found


def test_a_signature_is_proved_by_the_key_that_belongs_to_it(content: bytes, keys: dict[str, Path]) -> None:
    card = cards.read(content, SHOWN)
    signed = cards.read(dumped(cards.sign(card, keys["mine"])), SHOWN)
    assert cards.check_signature(signed, keys["mine.pub"], SHOWN) == []
    assert "is not by the key of" in messages(cards.check_signature(signed, keys["other.pub"], SHOWN))[0]
    assert messages(cards.check_signature(card, keys["mine.pub"], SHOWN)) == ["bears no signature"]
    for path, value in (
        (["version"], "9.9"),
        (["limits", "complete"], False),
        ([*TARGET, "selector", 0, "exact"], "other words"),
        (["signature", "value"], "A" * 86 + "=="),
        (["signature", "key"], "A" * 43 + "="),
    ):
        card = cards.read(forged(dumped(signed), path, value), SHOWN)
        assert "is not by the key of" in messages(cards.check_signature(card, keys["mine.pub"], SHOWN))[0], path


@pytest.mark.parametrize(
    ("work", "name", "said"),
    [
        (cards.sign, "none", "not a private key for Ed25519, in PEM"),
        (cards.sign, "mine.pub", "not a private key for Ed25519, in PEM"),
        (cards.sign, "mine.locked", "the key is locked by a password"),
        (lambda card, path: cards.check_signature(card, path, SHOWN), "none", "not a public key for Ed25519, in PEM"),
        (lambda card, path: cards.check_signature(card, path, SHOWN), "mine", "not a public key for Ed25519, in PEM"),
    ],
)
def test_a_file_that_is_no_such_key_is_one_line(
    content: bytes, keys: dict[str, Path], work: Callable[[Any, Path], object], name: str, said: str
) -> None:
    with pytest.raises(ParseError, match=said):
        work(cards.read(content, SHOWN), keys[name])


def test_signed_and_proved_on_the_command_line(
    run_here: Run, world: Path, tmp_path: Path, keys: dict[str, Path]
) -> None:
    path = tmp_path / "card.json"
    assert run_here("query", "founders", "--card", path, "--sign", keys["mine"], cwd=world).returncode == 0
    proved = run_here("verify", "--card", path, "--key", keys["mine.pub"], cwd=world)
    assert (
        proved.returncode == 0 and f"signature: by the key of {keys['mine.pub']}, over the whole card" in proved.stdout
    )
    assert "not proved, the writer alone says it: that gbkg " in proved.stdout
    other = run_here("verify", "--card", path, "--key", keys["other.pub"], cwd=world)
    assert other.returncode == 1 and "the signature is not by the key" in other.stderr
    assert "signature: not proved; --key PUB" in run_here("verify", "--card", path, cwd=world).stdout
    assert run_here("query", "founders", "--sign", keys["mine"], cwd=world).returncode == 2
    assert run_here("verify", "--key", keys["mine.pub"], cwd=world).returncode == 2


# ---- another graph, other documents


@pytest.fixture(scope="module")
def poorer(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """The mini project without the claim that the university founded the alliance."""
    folder = shutil.copytree(MINI, tmp_path_factory.mktemp("poorer") / "mini")
    path = folder / "data" / "claims" / "gazette.tsv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("alliance-by-university\t")), encoding="utf-8")
    return open_graph(folder)


def test_a_row_that_another_graph_does_not_have(content: bytes, poorer: KnowledgeGraph) -> None:
    (said,) = messages(cardcheck.other_rows(cards.read(content, SHOWN), poorer, SHOWN))
    assert said.startswith("row 2 is not in the answer of the graph as it is now: ")
    assert "id:tea-harbour-university" in said


def test_a_row_that_another_graph_has_besides(kg: KnowledgeGraph, poorer: KnowledgeGraph) -> None:
    said = messages(cardcheck.other_rows(cards.read(written(poorer, FOUNDERS), SHOWN), kg, SHOWN))
    assert said == ["the graph now has another row: a = id:delta-tea-alliance, b = id:tea-harbour-university"]


def test_a_row_that_is_proved_otherwise(mini: Path, content: bytes) -> None:
    path = mini / "data" / "claims" / "gazette.tsv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if "it has joined hands" not in x), encoding="utf-8")
    said = messages(cardcheck.other_rows(cards.read(content, SHOWN), open_graph(mini), SHOWN))
    assert said == [
        "row 1 has another proof in the graph as it is now: a = id:delta-tea-alliance, b = id:harbour-tea-association"
    ]


def test_rows_in_another_order(kg: KnowledgeGraph, content: bytes) -> None:
    turned = forged(content, ["query", "text"], FOUNDERS.replace("?a ?b", "DESC(?b)").replace("DESC(?b) {", "?a ?b {"))
    assert messages(cardcheck.other_rows(cards.read(turned, SHOWN), kg, SHOWN)) == [
        "the rows come in another order now"
    ]


def test_a_changed_document(content: bytes, tmp_path: Path) -> None:
    folder = shutil.copytree(MINI / "documents", tmp_path / "documents")
    path = folder / "the-leaf-comes-home.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("founders", "funders"), encoding="utf-8")
    found = cardcheck.misquoted(cards.read(content, SHOWN), documents(folder), SHOWN)
    assert [(finding.severity, finding.message) for finding in found] == [("warning", "document gazette was not found")]


def test_a_quotation_that_cuts_a_character_of_the_document(content: bytes, tmp_path: Path) -> None:
    text = documents(MINI / "documents").texts["gazette"]
    path = tmp_path / "gazette.txt"
    path.write_bytes(f"{text[:945]}\u0301{text[945:]}".encode())
    digest = sha256(path.read_bytes()).hexdigest()
    card = cards.read(forged(content, ["sources", "gazette", "sha256"], digest), SHOWN)
    found = cardcheck.misquoted(card, Library({"gazette": path}, {"gazette": digest}), SHOWN)
    assert "gazette 900–945 has only a part of the character 'e\u0301'" in messages(found)


def test_a_quotation_that_is_not_in_the_document(content: bytes, library: Library) -> None:
    card = cards.read(forged(content, [*TARGET, "selector", 0, "exact"], "it has joined feet"), SHOWN)
    assert cardcheck.altered(card, SHOWN) == []
    (found,) = cardcheck.misquoted(card, library, SHOWN)
    assert (
        found.message.startswith("gazette 900–945 does not read like the quotation") and found.severity == "violation"
    )


def test_a_quotation_at_another_place(content: bytes, library: Library) -> None:
    card = cards.read(forged(content, [*TARGET, "selector", 1, "start"], 901), SHOWN)
    (found,) = cardcheck.misquoted(card, library, SHOWN)
    assert found.message.startswith("gazette 901–945 does not read")


# ---- altered

ALTERED: list[tuple[list[Any], Any, str]] = [
    (["version"], "9", "version: not as it was written"),
    (["query", "text"], FOUNDERS + " ", "query: not as it was written"),
    (["query", "name"], "other", "query: not as it was written"),
    (["query", "parameters"], {"a": ["b"]}, "query: not as it was written"),
    (["graph", "sha256"], "0" * 64, "graph: not as it was written"),
    (["graph", "triples"], 1, "graph: not as it was written"),
    (["sources", "gazette", "title"], "Another", "sources: not as it was written"),
    (["sources", "gazette", "sha256"], "0" * 64, "sources: not as it was written"),
    (["limits", "derivations"], 4, "limits: not as it was written"),
    (["limits", "rows"], 9, "limits: not as it was written"),
    (["limits", "complete"], False, "limits: not as it was written"),
    (["answer", "head", "vars"], ["b", "a"], "columns: not as they were written"),
    ([*BINDING, "a", "value"], "urn:x", "row 1 or its proof is not as it was written: a = urn:x, b = id:harbour"),
    ([*PROOF, "total"], 2, "row 1 or its proof is not as it was written: a = id:delta-tea-alliance"),
    ([*PROOF, "citations"], [], "row 1 or its proof is not as it was written: a = id:delta"),
    ([*PROOF, "derivations"], [], "row 1 or its proof is not as it was written: a = id:delta"),
    ([*TARGET, "selector", 0, "exact"], "other words", "row 1 or its proof is not as it was written: a = id:delta"),
    ([*TARGET, "selector", 1, "end"], 946, "row 1 or its proof is not as it was written: a = id:delta"),
    (["digests", "query"], "0" * 64, "query: not as it was written"),
    (["digests", "columns"], "0" * 64, "columns: not as they were written"),
    (["digests", "rows", 1], "0" * 64, "row 2 or its proof is not as it was written: a = id:delta"),
    (["digests", "rows"], [], "the card has 2 rows; it was written with 0"),
]


@pytest.mark.parametrize(
    ("path", "value", "said"), ALTERED, ids=[f"{p[-1]}-{n}" for n, (p, _, _) in enumerate(ALTERED)]
)
def test_each_part_that_was_altered_is_named(content: bytes, path: list[Any], value: Any, said: str) -> None:
    found = cardcheck.altered(cards.read(changed(content, path, value), SHOWN), SHOWN)
    assert len(found) == 1
    assert found[0].message.startswith(said) and found[0].file == SHOWN


def test_a_row_that_was_taken_out(content: bytes) -> None:
    card = json.loads(content)
    for part in ("bindings", "proofs"):
        del card["answer"]["results"][part][0]
    assert "the card has 1 rows; it was written with 2" in messages(
        cardcheck.altered(cards.read(json.dumps(card).encode(), SHOWN), SHOWN)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT * {", "the query has no answer: 1:11: not SPARQL: found the end"),
        ("ASK { }", "the query has no answer: ASK with citations is not covered"),
        ("", "the query has no answer: 1:1: not SPARQL"),
        ("nobody", "the query has no answer: 1:1: not SPARQL"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", "the query has no answer: 1:1: INSERT is not covered: gbkg only reads"),
        ("SELECT ?a { SERVICE <http://e.org/> { ?a ?b ?c } }", "the query has no answer: 1:13: SERVICE is not covered"),
        ("SELECT (1 AS ?x) { }", "the columns are now x"),
    ],
)
def test_a_forged_query_is_only_asked_and_never_obeyed(
    kg: KnowledgeGraph, content: bytes, text: str, said: str
) -> None:
    card = cards.read(forged(content, ["query", "text"], text), SHOWN)
    assert cardcheck.altered(card, SHOWN) == []
    assert messages(cardcheck.other_rows(card, kg, SHOWN))[0].startswith(said)


def test_a_forged_limit(kg: KnowledgeGraph, content: bytes) -> None:
    card = cards.read(forged(content, ["limits", "rows"], 1), SHOWN)
    assert messages(cardcheck.other_rows(card, kg, SHOWN)) == [
        "with the card's limit the answer is cut, and the card says that it is not",
        "row 2 is not in the answer of the graph as it is now: "
        "a = id:delta-tea-alliance, b = id:tea-harbour-university",
    ]


# ---- malformed

WRONG: list[Any] = [None, True, 5, -1, 2.5, "x", "\ud800", [], ["x"], {}, {"x": 1}, [[]], GONE]
PLACES: list[list[Any]] = [
    *([part] for part in ("kind", "version", "query", "graph", "sources", "limits", "digests", "answer", "more")),
    *(["query", part] for part in ("text", "name", "parameters", "more")),
    *(["graph", part] for part in ("sha256", "triples", "more")),
    *(["sources", part] for part in ("gazette", "nobody")),
    *(["sources", "gazette", part] for part in ("title", "sha256", "more")),
    *(["limits", part] for part in ("rows", "complete", "derivations", "more")),
    *(["digests", part] for part in ("query", "graph", "rows", "columns", "version", "more")),
    ["digests", "rows", 0],
    *(["answer", part] for part in ("head", "results", "more")),
    *(["answer", "head", part] for part in ("vars", "link")),
    ["answer", "head", "vars", 0],
    *(["answer", "results", part] for part in ("bindings", "proofs", "more")),
    BINDING,
    [*BINDING, "a"],
    *([*BINDING, "a", part] for part in ("type", "value", "datatype", "xml:lang", "more")),
    PROOF,
    *([*PROOF, part] for part in ("citations", "derivations", "total", "more")),
    [*PROOF, "derivations", 0],
    [*PROOF, "derivations", 0, "steps"],
    [*PROOF, "citations", 0],
    *([*PROOF, "citations", 0, part] for part in ("@context", "id", "type", "body", "target", "more")),
    TARGET,
    *([*TARGET, part] for part in ("source", "selector", "more")),
    *([*TARGET, "selector", number] for number in (0, 1)),
    *([*TARGET, "selector", 0, part] for part in ("exact", "type", "more")),
    *([*TARGET, "selector", 1, part] for part in ("start", "end", "more")),
]


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("alter", [changed, forged])
def test_whatever_stands_anywhere_is_refused_or_told(
    kg: KnowledgeGraph, content: bytes, library: Library, path: list[Any], alter: Callable[..., bytes]
) -> None:
    """Refused with `ParseError`, found altered, or found to differ; and nothing but that."""
    for value in WRONG:
        try:
            given = alter(content, path, value)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # the forger fails, not the reader
        try:
            card = cards.read(given, SHOWN)
        except ParseError as error:
            assert str(error).startswith(SHOWN) and "\n" not in str(error)
            continue
        found = cardcheck.altered(card, SHOWN)
        if not found:
            cardcheck.other_rows(card, kg, SHOWN)
            cardcheck.misquoted(card, library, SHOWN)
            cardcheck.quotations(card)
        same = json.loads(given) == json.loads(content)
        assert alter is forged or same or found, value


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "founders.json:1:1: not JSON: Expecting value"),
        (b"{", "founders.json:1:2: not JSON"),
        (b"[]", "founders.json: not an answer card: kind is None, expected 'gbkg answer card 1'"),
        (b"null", "founders.json: not an answer card"),
        (b'"x"', "founders.json: not an answer card"),
        (b"{}", "founders.json: not an answer card"),
        (b'{"kind": ["x"]}', "founders.json: not an answer card: kind is ['x']"),
        (b'{"kind": "gbkg answer card 1"}', "founders.json: not a whole answer card: 'version' is a required property"),
        (b"\xff", "founders.json: not UTF-8: byte 0xff"),
        (b"[" * 100_000, "founders.json: not JSON that a card may hold: too deep"),
        (b'{"a":' * 100_000, "founders.json: not JSON that a card may hold: too deep"),
        (b'{"kind":' + b"1" * 5000 + b"}", "founders.json: not JSON that a card may hold: too deep, or a number"),
        (b'{"kind":Infinity}', "founders.json: not JSON that a card may hold"),
        (b"NaN", "founders.json: not JSON that a card may hold"),
        (b"-Infinity", "founders.json: not JSON that a card may hold"),
    ],
)
def test_what_is_no_card(raw: bytes, said: str) -> None:
    with pytest.raises(ParseError) as refusal:
        cards.read(raw, SHOWN)
    assert str(refusal.value).startswith(said)


def test_other_encodings_are_refused(content: bytes) -> None:
    for raw in (b"\xef\xbb\xbf" + content, content.decode().encode("utf-16"), content.decode().encode("utf-32")):
        with pytest.raises(ParseError):
            cards.read(raw, SHOWN)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e300", "9" * 400, "3.0", "1E0"])
@pytest.mark.parametrize("path", [["limits", "derivations"], ["limits", "rows"], [*TARGET, "selector", 1, "start"]])
def test_huge_numbers(kg: KnowledgeGraph, content: bytes, library: Library, path: list[Any], number: str) -> None:
    given = forged(content, path, 77777777).replace(b"77777777", number.encode())
    try:
        card = cards.read(given, SHOWN)
    except ParseError:
        return
    assert cardcheck.altered(card, SHOWN)
    cardcheck.other_rows(card, kg, SHOWN)
    cardcheck.misquoted(card, library, SHOWN)


@pytest.mark.parametrize("depth", [50, 200, 500, 900, 985, 1500])
def test_deep_values_where_any_are_allowed(kg: KnowledgeGraph, content: bytes, depth: int) -> None:
    for path in (["query", "parameters"], [*PROOF, "derivations"]):
        deep = '{"a":' * depth + "1" + "}" * depth if path[-1] == "parameters" else "[" * depth + "]" * depth
        given = changed(content, path, 77777777).replace(b"77777777", deep.encode())
        try:
            card = cards.read(given, SHOWN)
        except ParseError:
            continue
        assert cardcheck.altered(card, SHOWN)
        cardcheck.other_rows(card, kg, SHOWN)


def test_a_source_that_the_card_does_not_have(content: bytes) -> None:
    with pytest.raises(ParseError, match="source/gazette is not among its sources"):
        cards.read(changed(content, ["sources"], {}), SHOWN)
    with pytest.raises(ParseError, match="source/nobody is not among its sources"):
        cards.read(changed(content, [*TARGET, "source"], PREFIXES["src"] + "nobody"), SHOWN)


# ---- the command line


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(MINI, tmp_path_factory.mktemp("card") / "mini")
    build.run(Project(folder), folder / "build", build.Settings(folder / "documents"))
    return folder


def test_written_and_verified_on_the_command_line(run_here: Run, world: Path, tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    done = run_here("query", "founders", "--card", path, cwd=world)
    assert (done.returncode, done.stderr) == (0, "2 rows\n") and "Delta Tea Alliance" in done.stdout
    plain = run_here("verify", "--card", path, cwd=world)
    assert plain.returncode == 0
    assert plain.stdout.splitlines()[:3] == [
        "card: 2 rows and 2 quotations are as they were written",
        "graph: the same as when the card was written",
        "answer: the same rows with the same proofs",
    ]
    assert "no documents given; --sources DIR checks every quotation" in plain.stderr
    whole = run_here("verify", "--card", path, "--sources", world / "documents", cwd=world)
    assert (whole.returncode, whole.stdout.splitlines()[-2]) == (0, "documents: all 2 quotations are in them")
    again = tmp_path / "again.json"
    run_here("query", "founders", "--cite", "--card", again, cwd=world)
    assert again.read_bytes() == path.read_bytes()


def test_a_text_without_blanks_has_a_card_too(run_here: Run, world: Path, tmp_path: Path) -> None:
    (tmp_path / "tight.rq").write_text("SELECT*{?a<https://w3id.org/gbkg/ontology#foundedBy>?b}", encoding="utf-8")
    done = run_here("query", tmp_path / "tight.rq", "--card", tmp_path / "card.json", cwd=world)
    assert done.returncode == 0, done.stderr
    assert run_here("verify", "--card", tmp_path / "card.json", cwd=world).returncode == 0


def test_what_differs_is_told_on_the_command_line(run_here: Run, world: Path, mini: Path, tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    run_here("query", "founders", "--card", path, cwd=world)
    text = path.read_text(encoding="utf-8")
    claims = mini / "data" / "claims" / "gazette.tsv"
    lines = claims.read_text(encoding="utf-8").splitlines(keepends=True)
    claims.write_text("".join(x for x in lines if not x.startswith("alliance-by-university\t")), encoding="utf-8")
    other = run_here("verify", "--card", path, cwd=mini)
    assert other.returncode == 1
    assert "graph: not the one that answered when the card was written" in other.stdout
    assert "answer: the same" not in other.stdout
    assert "row 2 is not in the answer of the graph as it is now" in other.stderr
    path.write_text(text.replace("joined hands", "joined feet"), encoding="utf-8")
    altered = run_here("verify", "--card", path, cwd=world)
    assert altered.returncode == 1 and "row 1 or its proof is not as it was written" in altered.stderr
    path.write_text(text[:-10], encoding="utf-8")
    broken = run_here("verify", "--card", path, cwd=world)
    assert broken.returncode == 2 and "not JSON" in broken.stderr and broken.stderr.count("\n") == 1
    missing = run_here("verify", "--card", tmp_path / "none.json", cwd=world)
    assert missing.returncode == 2 and "none.json: cannot be read" in missing.stderr


@pytest.mark.parametrize("path", [[*BINDING, "a", "value"], ["query", "name"], [*TARGET, "selector", 0, "exact"]])
def test_lone_surrogates_do_not_break_the_command(
    gbkg: Run, world: Path, tmp_path: Path, content: bytes, path: list[Any]
) -> None:
    (tmp_path / "card.json").write_bytes(forged(content, path, "\ud800x"))
    done = gbkg("verify", "--card", tmp_path / "card.json", "--sources", world / "documents", cwd=world)
    assert "Traceback" not in done.stderr and done.returncode in (0, 1, 2)


def test_a_card_of_what_has_no_proof_is_refused(run_here: Run, world: Path, tmp_path: Path) -> None:
    (tmp_path / "ask.rq").write_text("ASK { ?x a gbkg:City }", encoding="utf-8")
    done = run_here("query", tmp_path / "ask.rq", "--card", tmp_path / "card.json", cwd=world)
    assert (done.returncode, done.stdout) == (2, "")
    assert "ASK with citations is not covered" in done.stderr and not (tmp_path / "card.json").exists()
