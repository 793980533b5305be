"""The evidence of every triple of a large graph, in a file beside its store: written by the build, mapped into memory
by whoever asks, who reads no more of it than an answer needs.

The file begins with `MAGIC`, the length of a header as eight bytes, and the header: JSON with the rules, with what
all IRIs of claims begin and, for each section, its offset, its length and the code of its items as in `struct`. Numbers
are little-endian.

| section | what it has |
|---|---|
| `keys` | the keys of triples whose subject is not a claim, sorted: the first eight bytes of BLAKE2b of the text |
| `kinds` | for each key a byte: the number of the graph in `gbkg.core.nquads.GRAPHS`, or `_LISTED`, or `_UNKNOWN` |
| `listed`, `entry_ends`, `entries` | the keys of triples that have an `Entry`, sorted; where each ends; as JSON |
| `claims`, `numbers` | the keys of claims, sorted, and the number of each |
| `record_ends`, `records` | where the record of each claim ends, by number; the records, as JSON |

Behind each text of JSON stand four bytes with its CRC-32.
"""

from __future__ import annotations

import json
import mmap
import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

from gbkg.core.errors import StoreError
from gbkg.core.nquads import GRAPHS
from gbkg.core.terms import TripleKey, term
from gbkg.core.versions import damaged
from gbkg.evidence.index import Index
from gbkg.evidence.proofs import ClaimEvidence, Quotation
from gbkg.evidence.table import Entry, Key, Whole, parsed, words
from gbkg.store.base import Store
from gbkg.store.numbers import Ids, Numbers

NAME = "evidence.arrays"
MAGIC = b"GBKGEVI1"
_LISTED, _UNKNOWN = 254, 255
_CLAIMED = frozenset({"facts", "inferred", "claims"})
"""Graphs whose triples have an entry or are looked up: a file says nothing of them."""
_ALIGNED, _CHECK = 8, 4
MOST = 2_000_000
"""Triples of the largest graph whose evidence is written; it takes about half a kilobyte of memory for each."""
_RECORDS = 50_000
"""The most claims whose records are kept once they were read."""


def _digest(text: str) -> int:
    """The key of a triple or term by its text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def write(store: Store, folder: Path) -> None:
    """Writes the evidence of a store into its folder, if the store has at most `MOST` triples; all of them are read for
    it. Two triples with the same key (in a graph of ten million there is such a pair at a chance of three in a million)
    are left to be looked up."""
    if len(store) > MOST:
        return
    whole = Whole(Index(store, whole=True), words)
    listed = {_digest(" ".join(words(triple))): entry for triple, entry in whole.entries()}
    records, ends, claims = bytearray(), array("Q"), dict[str, int]()
    for node, record in whole.records.items():
        claims[str(node)] = len(claims)
        records += _guarded(_fields(record))
        ends.append(len(records))
    keys, kinds = _keys(store, listed, claims)
    entries, entry_ends, ordered = bytearray(), array("Q"), array("Q")
    for found in sorted(listed):
        if entry := listed[found]:
            entries += _guarded(entry)
            ordered.append(found)
            entry_ends.append(len(entries))
    subjects = sorted((_digest(node), number) for node, number in claims.items())
    sections: dict[str, array[int] | bytearray] = {
        "keys": keys,
        "kinds": kinds,
        "listed": ordered,
        "entry_ends": entry_ends,
        "entries": entries,
        "claims": array("Q", [found for found, _ in subjects]),
        "numbers": array("Q", [number for _, number in subjects]),
        "record_ends": ends,
        "records": records,
    }
    _write(folder / NAME, sections, {"rules": whole.rules, "claimed": _beginning(claims)})


def _keys(store: Store, listed: dict[int, Entry | None], claims: Collection[str]) -> tuple[array[int], bytearray]:
    """The sorted keys of all triples of which the subject is not a claim, and what each is."""
    found: list[int] = []
    for number, graph in enumerate(GRAPHS):
        for quad in store.quads(graph=term(f"graph:{graph}")):
            subject = str(quad.subject)
            if subject in claims:
                continue
            digest = _digest(f"{subject} {quad.predicate} {quad.object}")
            kind = _UNKNOWN if graph in _CLAIMED else number
            if digest in listed:
                kind = _LISTED if listed[digest] else _UNKNOWN
            found.append(digest << 8 | kind)
    found.sort()
    keys, kinds = array("Q"), bytearray()
    for one in found:
        if keys and keys[-1] == one >> 8:
            kinds[-1] = _UNKNOWN
        else:
            keys.append(one >> 8)
            kinds.append(one & 255)
    return keys, kinds


def _write(path: Path, sections: dict[str, array[int] | bytearray], described: dict[str, Any]) -> None:
    places: dict[str, tuple[int, int, str]] = {}
    offset = 0
    for name, items in sections.items():
        code = items.typecode if isinstance(items, array) else "B"
        length = len(items) * (items.itemsize if isinstance(items, array) else 1)
        places[name] = (offset, length, code)
        offset += length + -length % _ALIGNED
    header = _json({**described, "sections": places})
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % _ALIGNED)
    with path.open("wb") as file:
        file.write(MAGIC + struct.pack("<Q", len(header)) + header)
        for name, items in sections.items():
            file.write(items)
            file.write(bytes(-places[name][1] % _ALIGNED))


class Arrays:
    """The table in a file that `write` made. Raises `StoreError` when it is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = len(MAGIC) + 8
        if self._map[: len(MAGIC)] != MAGIC:
            raise StoreError("no evidence of this version of gbkg", file=str(path), hint="build the store again")
        (length,) = struct.unpack("<Q", self._map[len(MAGIC) : start])
        header = json.loads(self._map[start : start + length])
        self.rules: list[tuple[str, str]] = list(map(tuple, header["rules"]))
        self._claimed: str = header.get("claimed", "")
        whole = memoryview(self._map)[start + length :]
        self._sections: dict[str, memoryview[int]] = {
            name: whole[offset : offset + size].cast(code) for name, (offset, size, code) in header["sections"].items()
        }
        self._keys, self._kinds, self._listed = (self._sections[name] for name in ("keys", "kinds", "listed"))
        self._records: dict[int, ClaimEvidence] = {}

    def numbers(self) -> Numbers:
        return Numbers()

    def keys(self, numbers: Numbers) -> Callable[[Ids], Key]:
        return numbers.text

    def triple(self, key: Key) -> TripleKey:
        s, p, o = map(parsed, key)
        return s, p, o  # type: ignore[return-value]

    def claim(self, subject: str) -> int | None:
        if not subject.startswith(self._claimed):
            return None
        at = _find(self._sections["claims"], _digest(subject))
        return None if at is None else self._sections["numbers"][at]

    def entry(self, key: Key) -> Entry | str | None:
        digest = _digest(" ".join(key))
        at = _find(self._keys, digest)
        kind = _UNKNOWN if at is None else self._kinds[at]
        if kind == _UNKNOWN:
            return None
        if kind == _LISTED:
            number = bisect_left(self._listed, digest)
            return Entry(*self._loaded("entry_ends", "entries", number))
        return GRAPHS[kind]

    def record(self, number: int) -> ClaimEvidence:
        known = self._records.get(number)
        if known is None:
            if len(self._records) >= _RECORDS:
                self.forget()
            known = self._records[number] = _record(*self._loaded("record_ends", "records", number))
        return known

    def forget(self) -> None:
        self._records = {}

    def _loaded(self, ends: str, texts: str, number: int) -> Any:
        """One of successive texts."""
        places = self._sections[ends]
        begin = places[number - 1] if number else 0
        raw = bytes(self._sections[texts][begin : places[number]])
        if crc32(raw[:-_CHECK]) != int.from_bytes(raw[-_CHECK:], "little"):
            raise damaged(self._path, "the evidence is not as it was written")
        return json.loads(raw[:-_CHECK])


def beside(store: Store) -> Arrays | None:
    """The table that was written beside a store, if there is one that this machine reads."""
    path = store.folder / NAME if store.folder else None
    return Arrays(path) if path and path.exists() and sys.byteorder == "little" else None


def _beginning(texts: Collection[str]) -> str:
    """What all texts begin with."""
    one, other = min(texts, default=""), max(texts, default="")
    return next((one[:at] for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), one)


def _find(keys: memoryview[int], wanted: int) -> int | None:
    at = bisect_left(keys, wanted)
    return at if at < len(keys) and keys[at] == wanted else None


def _guarded(value: Any) -> bytes:
    """As JSON, with its checksum."""
    text = _json(value)
    return text + crc32(text).to_bytes(_CHECK, "little")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _fields(claim: ClaimEvidence) -> tuple[Any, ...]:
    quotations = [(one.passage, one.source, one.start, one.end, one.exact) for one in claim.quotations]
    words = (claim.key, claim.status, claim.reading, claim.note)
    return (*words, quotations, claim.curation, claim.attribution, claim.attributed_to)


def _record(
    key: str,
    status: str,
    reading: str,
    note: str,
    quotations: list[list[Any]],
    curation: list[str],
    attribution: str,
    attributed_to: list[str],
) -> ClaimEvidence:
    quoted = tuple([Quotation(*one) for one in quotations])
    return ClaimEvidence(key, status, reading, note, quoted, tuple(curation), attribution, tuple(attributed_to))
