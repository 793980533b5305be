"""Answer cards: a query, its answer and every quotation behind it in one file, which anyone can check later.

A card is JSON. `query` has the text that ran; `graph` the digest of the graph that answered; `answer` the rows and
proofs as `gbkg.ask.writing` writes them; `sources` title and SHA-256 of each document; `digests` the SHA-256 of
each of these parts, and of each row with its proof, over JSON with sorted keys and without blanks.

`signature` says who wrote it, by Ed25519 (RFC 8032, https://rfc-editor.org/info/rfc8032), over the UTF-8 of the rest as
JSON in the same form. Keys are files in PEM, as OpenSSL makes them:

    openssl genpkey -algorithm ed25519 -out key.pem
    openssl pkey -in key.pem -pubout -out key.pub.pem

Signatures need the package cryptography, which the extra `sign` installs.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gbkg.ask import writing
from gbkg.ask.answers import Answer, Triples, Truth
from gbkg.ask.opened import made_from
from gbkg.core import __version__
from gbkg.core.errors import Finding, GbkgError, ParseError
from gbkg.core.inputfiles import content
from gbkg.core.jsonld import dumped
from gbkg.core.prefixes import PREFIXES
from gbkg.core.terms import minted, term

if TYPE_CHECKING:
    from gbkg.ask.opened import OpenGraph
    from gbkg.ask.saved import SavedQuery

KIND = "gbkg answer card 1"
PARTS = ("version", "query", "graph", "sources", "limits")
"""The parts of a card of which `digests` has a digest, besides rows and columns."""
_ALGORITHM = "Ed25519"


def make(kg: OpenGraph, text: str, answer: Answer, derivations: int, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The card of an answer with whole proofs. `asked` are the name and parameters that the text was made from.

    Raises `GbkgError` for an answer whose proofs list only some of their steps.
    """
    if any(derivation.more for proof in answer.proofs or () for derivation in proof.derivations):
        raise GbkgError("a card has every step of its proofs", hint="ask with steps=None")
    body = json.loads(writing.json_text(answer))
    slugs = sorted({slug_of(target["source"]) for target in targets_of(body)})
    card: dict[str, Any] = {
        "kind": KIND,
        "version": __version__,
        "query": {**asked, "text": text},
        "graph": {"sha256": kg.digest, "triples": len(kg.store), "inputs": made_from(kg.store)[1]},
        "sources": {slug: source_of(kg, slug) for slug in slugs},
        "limits": {"rows": answer.limit, "complete": answer.complete, "derivations": derivations},
    }
    card["digests"] = {part: digest_of(card[part]) for part in PARTS}
    card["digests"]["columns"] = digest_of(body["head"])
    card["digests"]["rows"] = [digest_of(pair) for pair in rows_of(body)]
    card["answer"] = body
    return card


def written(
    kg: OpenGraph, asked: SavedQuery, values: Mapping[str, Any], text: str, answer: Answer | Truth | Triples,
    derivations: int, key: Path | None = None,
) -> bytes:  # fmt: skip
    """The file of the card of an answer to a query with these values, signed if there is a key. Raises as `make` and
    `sign`, and `GbkgError` for an answer that has no rows to prove."""
    if isinstance(answer, Truth | Triples):
        raise GbkgError("only rows have proofs, and a card is made of them")
    # A file from elsewhere may bear the name of a saved query, which its text is not.
    named = {"name": asked.name} if asked.path in kg.project.queries else {}
    made = make(kg, text, answer, derivations, named | {"parameters": values})
    return dumped(sign(made, key) if key else made)


def read(content: bytes, shown: str) -> dict[str, Any]:
    """A card, its form checked. Raises `ParseError` (file; line and column, or the part that is wrong) when it is
    none."""
    try:
        card = json.loads(content.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise ParseError(f"not UTF-8: byte 0x{content[error.start]:02x}", file=shown) from error
    except json.JSONDecodeError as error:
        raise ParseError(f"not JSON: {error.msg}", file=shown, line=error.lineno, column=error.colno) from error
    except KeyError as error:
        hint = "readers take one or the other; a card has each name once"
        raise ParseError(f"the name {error.args[0]!r} stands twice in one object", file=shown, hint=hint) from error
    except (RecursionError, ValueError) as error:
        raise ParseError("not JSON that a card may hold: too deep, or a number too long", file=shown) from error
    kind = card.get("kind") if isinstance(card, dict) else None
    if kind != KIND:
        raise ParseError(f"not an answer card: kind is {kind!r}, expected {KIND!r}", file=shown)
    _check_form(card, shown)
    for target in targets_of(card["answer"]):
        if slug_of(target["source"]) not in card["sources"]:
            message = f"not a whole answer card: the source {target['source']} is not among its sources"
            raise ParseError(message, file=shown)
    if len(card["answer"]["results"]["bindings"]) != len(card["answer"]["results"]["proofs"]):
        raise ParseError("not a whole answer card: not every row has a proof", file=shown)
    return dict(card)


def _check_form(card: dict[str, Any], shown: str) -> None:
    """Raises `ParseError` with the first part that is not as `card.schema.json` says."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads(files("gbkg.ask").joinpath("card.schema.json").read_text(encoding="utf-8"))
    error = best_match(Draft202012Validator(schema).iter_errors(card))
    if error is not None:
        where = ", ".join(str(step + 1 if isinstance(step, int) else step) for step in error.absolute_path)
        message = f"not a whole answer card: {error.message[:200]}" + (f"; look at {where}" if where else "")
        raise ParseError(message, file=shown, hint="write it anew with gbkg query --card")
    if any("\ud800" <= character <= "\udfff" for character in card["query"]["text"]):
        raise ParseError("not a whole answer card: the query is not Unicode", file=shown)


def sign(card: dict[str, Any], path: Path) -> dict[str, Any]:
    """The card with the signature of a private key. Raises `GbkgError` when the file is none, or cryptography is not
    installed."""
    exceptions, serialization, ed25519 = _cryptography()
    raw = content(path)
    try:
        key = serialization.load_pem_private_key(raw, password=None)
    except TypeError as error:
        raise ParseError("the key is locked by a password", file=str(path), hint="openssl pkey takes it off") from error
    except (ValueError, exceptions.UnsupportedAlgorithm) as error:
        raise _no_key(path, "private") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise _no_key(path, "private")
    public = key.public_key().public_bytes_raw()
    made = {"algorithm": _ALGORITHM, "key": b64encode(public).decode()}
    return {**card, "signature": {**made, "value": b64encode(key.sign(_signed(card, made))).decode()}}


def check_signature(card: Mapping[str, Any], path: Path, shown: str) -> list[Finding]:
    """A finding unless the card bears a signature by the private key that belongs to this public one. Raises
    `GbkgError` when the file is not a public key, or cryptography is not installed."""
    exceptions, serialization, ed25519 = _cryptography()
    raw = content(path)
    try:
        key = serialization.load_pem_public_key(raw)
    except (ValueError, exceptions.UnsupportedAlgorithm) as error:
        raise _no_key(path, "public") from error
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise _no_key(path, "public")
    signature = card.get("signature")
    if signature is None:
        return [Finding("card", "bears no signature", shown)]
    made = {name: signature[name] for name in ("algorithm", "key")}
    try:
        key.verify(b64decode(signature["value"], validate=True), _signed(card, made))
    except (exceptions.InvalidSignature, ValueError):
        return [
            Finding(
                "card", f"the signature is not by the key of {path}, or the card was changed after it was signed", shown
            )
        ]
    return []


def rows_of(body: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Each binding of an answer with its proof."""
    return zip(body["results"]["bindings"], body["results"]["proofs"], strict=True)


def targets_of(body: Mapping[str, Any]) -> Iterator[Any]:
    """The quotations of an answer, as targets of annotations."""
    for proof in body["results"]["proofs"]:
        for annotation in proof["citations"]:
            yield from annotation["target"]


def source_of(kg: OpenGraph, slug: str) -> dict[str, str]:
    """Title and SHA-256 of a document, as the graph has them; empty where it has none."""
    source = minted("src", slug)
    found = {"title": term("dcterms:title"), "sha256": term("gbkg:sha256")}
    return {name: kg.evidence.value(source, predicate) for name, predicate in found.items()}


def slug_of(iri: str) -> str:
    """The slug of a source's IRI."""
    return iri.removeprefix(PREFIXES["src"])


def digest_of(value: Any) -> str:
    """The SHA-256 of a part of a card."""
    return sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and without blanks, of which digests and signatures are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of JSON. Raises `KeyError` for a name that stands twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise KeyError(name)
        found[name] = value
    return found


def _no_number(text: str) -> None:
    raise ValueError(text)


def _signed(card: Mapping[str, Any], made: Mapping[str, str]) -> bytes:
    """What the signature is over: the card without it, and which key and algorithm made it."""
    rest = {name: part for name, part in card.items() if name != "signature"}
    return canonical({**rest, "signature": dict(made)}).encode("utf-8", "surrogatepass")


def _no_key(path: Path, kind: str) -> ParseError:
    hint = "see docs/asking.md, Answer cards, for how one is made"
    return ParseError(f"not a {kind} key for {_ALGORITHM}, in PEM", file=str(path), hint=hint)


def _cryptography() -> tuple[Any, Any, Any]:
    try:
        from cryptography import exceptions
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise GbkgError("signatures need cryptography", hint='pip install "gbkg[sign]"') from error
    return exceptions, serialization, ed25519
