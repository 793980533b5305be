"""SHACL at any size: the graph cut into pieces that are validated apart, and again only when they have changed.

A piece is one source with its claims and passages, one entity with its facts and all that mentions it, one node of what
is typed as Turtle, or the ontology. What a shape says of a node of a piece depends on the piece, on the classes of the
entities that it names, and on the ontology; `shacl.separable` proves that of the shapes, else there is one piece.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile, gettempdir

from rdflib import Graph

from gbkg.core import nquads
from gbkg.core.errors import OutputError
from gbkg.core.prefixes import PREFIXES
from gbkg.core.workers import spread
from gbkg.graph.cache import Spool, code
from gbkg.validate import shacl
from gbkg.validate.shacl import Result, Validator

_ID = PREFIXES["id"]
_ENTITY = re.compile(rf"<{re.escape(_ID)}([^>]*)>")
_IRI = re.compile("<[^<>]*>")
_MENTION = re.compile(rf"^<[^>]*> <(?P<by>[^>]*)> <{re.escape(_ID)}(?P<slug>[^>]*)> .*$", re.M)
_TYPE = f"<{PREFIXES['rdf']}type>"
_BELOW = f" <{PREFIXES['rdfs']}subClassOf> "
_KIND = re.compile(rf"^<([^>]*)> {re.escape(_TYPE)} <([^>]*)>", re.M)
_OF_SOURCE = tuple(PREFIXES[name] for name in ("clm", "psg", "src"))
_REFERRED = re.compile("<(" + "|".join(map(re.escape, _OF_SOURCE)) + r")([^>]*)>")
_AT_ONCE = {"pyshacl": 20_000}
"""Lines that an engine is given at a time, where that is not `_MANY`: fewer need less memory, more less time."""
_MANY = 100_000
_ALONE = 2
"""Up to so many groups one process is faster than several: nodes and all else of a small graph."""
_FILES = 64
"""Files that may be open at a time."""

Progress = Callable[[str, int, int], None]
Named = tuple[str, Result]


@dataclass(frozen=True)
class Stated:
    """What is stated, as lines of N-Quads: `terms` (ontology and queries), `curation`, `metadata`, and `evidence` that
    is of no source; `entities`; `facts`; and the parts of the sources in the spool."""

    terms: str
    curation: str
    metadata: str
    evidence: str
    entities: str
    facts: str
    spool: Spool

    def texts(self) -> Iterator[str]:
        """Everything."""
        yield from (self.terms, self.curation, self.metadata, self.evidence, self.entities, self.facts)
        for _, claims, evidence in self.spool.parts():
            yield claims + evidence


def validate(
    stated: Stated, shapes: Graph, ontology: Graph, engine: str, scope: str, progress: Progress
) -> list[Result]:
    """What `engine` finds in what is stated, sorted, in whatever pieces it is validated; what it found in each piece
    is kept in the spool, for the same `scope`: a digest of the shapes. `progress` is told what is being done, how many
    lines of it are done, and of how many (0: not known)."""
    validator = shacl.Validator(shapes, engine)
    reason, inverse = _reached(stated, shapes, ontology, scope)
    if reason:
        return validator.results([text.encode() for text in stated.texts()])
    cut = _Cut(stated, ontology, inverse, f"{engine} {code()} {scope}")
    done = 0
    for size, found in spread(
        lambda group: cut.validated(validator, *group), cut.groups(engine), alone=_ALONE, ahead=1
    ):
        for name, result in found:
            cut.results[name].append(result)
        done += size
        progress("validating lines", done, 0)
    cut.remember()
    return sorted({result for found in cut.results.values() for result in found})


def _reached(stated: Stated, shapes: Graph, ontology: Graph, scope: str) -> tuple[str, list[str]]:
    """Why the graph cannot be cut, "" if it can; and the predicates by which shapes look back."""
    if any(_BELOW in text for text in (stated.curation, stated.metadata, stated.evidence)):
        return "a class is declared outside the ontology", []
    key = _digest("reach", code(), scope, stated.terms)
    known = stated.spool.recall(key)
    if known is None:
        found = [shacl.separable(shapes, ontology), sorted(map(str, shacl.reach(shapes, ontology).inverse))]
        known = json.dumps(found)
        stated.spool.remember(key, known)
    reason, inverse = json.loads(known)
    return reason, inverse


Group = tuple[frozenset[str], list[str]]
"""Names of pieces, and all lines that a validation of them must see."""


class _Cut:
    """A graph cut into pieces; `results` by name of the piece. `inverse` are the predicates by which shapes look back
    from an entity, `ontology` has the classes above a class; `scope` is what all results depend on beside the graph."""

    def __init__(self, stated: Stated, ontology: Graph, inverse: Iterable[str], scope: str) -> None:
        self.stated, self.ontology, self.results = stated, ontology, defaultdict[str, list[Result]](list)
        self._digests: dict[str, str] = {}
        self._scope = _digest(scope, stated.terms)
        self._inverse = frozenset(inverse)
        self._typed_as = _classes_of([stated.entities])
        self._sources_known = frozenset(stated.spool.sources())
        self._turtle = defaultdict[str, list[str]](list)  # by node, what Turtle says of all others
        self._kinds = dict[str, str]()  # the lines with the class of a node, of all that Turtle gives one
        self._more = defaultdict[str, list[str]](list)  # what Turtle says of nodes that have a piece of their own
        for line in nquads.each([stated.curation, stated.metadata, stated.evidence]):
            owner, node = self._own(nquads.subject(line)), line[: line.index(" ")]
            if f" {_TYPE} " in line:
                self._kinds[node] = self._kinds.get(node, "") + f"{line}\n"
            (self._more[owner] if owner else self._turtle[node]).append(f"{line}\n")
        for slug, more in _classes_of("".join(own) for own in self._more.values()).items():
            self._typed_as[slug] = self._typed_as.get(slug, "") + more

    def groups(self, engine: str) -> Iterator[Group]:
        """The pieces whose results are not known, together as an engine takes them at a time."""
        limit = _AT_ONCE.get(engine, _MANY)
        nodes = _together(self._nodes(), limit)
        rest = _together(chain(self._terms(), self._sources(), self._entities(limit)), limit)
        first, few = list(islice(nodes, 2)), list(islice(rest, 2))
        if len(first) == len(few) == 1 and _size(first[0][1]) + _size(few[0][1]) <= limit:
            (some, own), (others, more) = first[0], few[0]
            yield some | others, _once(own + more)
        else:
            yield from chain(first, nodes, few, rest)

    def validated(self, validator: Validator, names: frozenset[str], texts: list[str]) -> tuple[int, list[Named]]:
        """How many lines there are, and the results of the named pieces."""
        content = [self.stated.terms.encode(), *(text.encode() for text in texts)]
        if any(name.startswith("node ") for name in names):
            # Else each claim that a node speaks of would be found to lack all that is not shown here.
            own: dict[str, set[str]] = {}
            for node, kind in chain.from_iterable(map(_KIND.findall, (self.stated.terms, *texts))):
                if self.owner(node) in names:
                    own.setdefault(node, set()).add(kind)
            validator = validator.targeting(own, self.ontology)
        found = ((self.owner(result.focus), result) for result in validator.results(content))
        return sum(text.count(b"\n") for text in content), [(name, one) for name, one in found if name in names]

    def owner(self, focus: str) -> str:
        """The piece that a node belongs to. A blank node has none of its own, and no build has any (a check)."""
        return self._own(focus) or (f"node <{focus}>" if f"<{focus}>" in self._turtle else "terms")

    def _own(self, focus: str) -> str:
        """The piece of a claim, passage, source or entity that a table has, "" for other nodes."""
        if focus.startswith(_ID):
            slug = focus.removeprefix(_ID)
            return f"entity {slug}" if slug in self._typed_as else ""
        for space in _OF_SOURCE:
            if focus.startswith(space):
                source = focus.removeprefix(space).partition(".")[0]
                return f"source {source}" if source in self._sources_known else ""
        return ""

    def remember(self) -> None:
        """Keeps the results of all pieces."""
        for name, found in self.results.items():
            rows = [[r.focus, r.path, r.value, r.severity, r.message] for r in sorted(found)]
            self.stated.spool.remember(self._digests[name], json.dumps(rows, ensure_ascii=False))

    def _known(self, name: str, digest: str) -> bool:
        """Whether the results of a piece with this digest are known; then they are taken over."""
        self._digests[name] = digest
        found = self.stated.spool.recall(digest)
        self.results[name] = [Result(*row) for row in json.loads(found or "[]")]
        return found is not None

    def _terms(self) -> Iterator[Group]:
        if not self._known("terms", self._scope):
            yield frozenset(["terms"]), []

    def _nodes(self) -> Iterator[Group]:
        for node, own in sorted(self._turtle.items()):
            given = ["".join(own), *self._context("".join(own))]
            if not self._known(f"node {node}", _digest(self._scope, *given)):
                yield frozenset([f"node {node}"]), given

    def _sources(self) -> Iterator[Group]:
        for source, claims, evidence in self.stated.spool.parts():
            more = "".join(self._more.get(f"source {source}", ()))
            own = [claims, evidence, more, *self._classes(claims + evidence), *self._context(more)]
            if not self._known(f"source {source}", _digest(self._scope, *own)):
                yield frozenset([f"source {source}"]), own

    def _entities(self, limit: int) -> Iterator[Group]:
        sums = {slug: sha256(self._scope.encode()) for slug in self._typed_as}
        sizes = dict.fromkeys(sums, 0)
        for slug, line in self._about():
            if slug in sums:
                sums[slug].update(line.encode() + b"\n")
                sizes[slug] += 1
        new = [slug for slug, made in sums.items() if not self._known(f"entity {slug}", made.hexdigest())]
        portions = list(_portions(new, sizes, limit))
        for start in range(0, len(portions), _FILES):
            yield from self._gathered(portions[start : start + _FILES])

    def _gathered(self, portions: list[list[str]]) -> Iterator[Group]:
        """The portions of entities with their lines, which are brought together in files: they come from all over the
        graph, which is gone through once."""
        path = self.stated.spool.path
        folder = path.parent if path else Path(gettempdir())
        with ExitStack() as stack:
            try:
                files = [
                    stack.enter_context(TemporaryFile("w+", dir=folder, encoding="utf-8", newline="\n"))
                    for _ in portions
                ]
                file_of = {slug: file for file, some in zip(files, portions, strict=True) for slug in some}
                for slug, line in self._about():
                    if slug in file_of:
                        file_of[slug].write(f"{line}\n")
                for file in files:
                    file.seek(0)
            except OSError as error:
                hint = "free some space; former outputs are as they were"
                raise OutputError(f"cannot be written: {error.strerror}", file=str(folder), hint=hint) from error
            for file, some in zip(files, portions, strict=True):
                yield frozenset(f"entity {slug}" for slug in some), _once(file)

    def _about(self) -> Iterator[tuple[str, str]]:
        """Entities by slug with the lines that a shape can see from them: their own, facts from and to them with the
        class of the other end, and mentions."""
        for line in nquads.each([self.stated.entities]):
            yield line[len(_ID) + 1 : line.index(">")], line
        for owner, own in sorted(self._more.items()):
            if owner.startswith("entity "):
                yield from ((owner.removeprefix("entity "), line.rstrip("\n")) for line in own)
                classes = nquads.each(self._context("".join(own)))
                yield from ((owner.removeprefix("entity "), line) for line in classes)
        for line in nquads.each([self.stated.facts]):
            ends = _ENTITY.findall(line)
            for slug in ends:
                yield slug, line
                for other in ends:
                    if other != slug:
                        yield from ((slug, one) for one in nquads.each([self._typed_as.get(other, "")]))
        for text in self._mentioning():
            yield from ((m["slug"], m[0]) for m in _MENTION.finditer(text) if m["by"] in self._inverse)

    def _mentioning(self) -> Iterator[str]:
        stated = self.stated
        yield from (stated.curation, stated.metadata, stated.evidence)
        for _, claims, evidence in stated.spool.parts():
            yield claims
            yield evidence

    def _classes(self, text: str) -> list[str]:
        """The lines with the classes of all entities that a text names."""
        named = sorted(set(_ENTITY.findall(text)))
        return ["".join(self._typed_as.get(slug, "") for slug in named)]

    def _context(self, text: str) -> list[str]:
        """The classes of all entities, claims, passages, sources and nodes of Turtle that a text names."""
        referred: dict[str, list[str]] = defaultdict(list)
        for space, name in set(_REFERRED.findall(text)):
            referred[name.partition(".")[0]].append(f"<{space}{name}> {_TYPE} ")
        found = [*self._classes(text), *(self._kinds.get(node, "") for node in sorted(set(_IRI.findall(text))))]
        for source, starts in sorted(referred.items()):
            texts = [one for graph in ("claims", "evidence") for one in self.stated.spool.lines(graph, source)]
            wanted = tuple(sorted(starts))
            found += [f"{line}\n" for line in nquads.each(texts) if line.startswith(wanted)]
        return found


def _together(pieces: Iterable[Group], limit: int) -> Iterator[Group]:
    """The pieces in groups of about so many lines."""
    names: set[str] = set()
    texts: list[str] = []
    size = 0
    for some, own in pieces:
        names |= some
        texts += own
        size += _size(own)
        if size > limit:
            yield frozenset(names), _once(texts)
            names, texts, size = set(), [], 0
    if names:
        yield frozenset(names), _once(texts)


def _classes_of(texts: Iterable[str]) -> dict[str, str]:
    """Entity by slug to the lines with its classes."""
    found: dict[str, str] = {}
    for line in nquads.each(texts):
        if f" {_TYPE} " in line and line.startswith(f"<{_ID}"):
            slug = line[len(_ID) + 1 : line.index(">")]
            found[slug] = found.get(slug, "") + f"{line}\n"
    return found


def _portions(slugs: list[str], sizes: dict[str, int], limit: int) -> Iterator[list[str]]:
    """The slugs in lists of about so many lines, but of one slug at least."""
    some: list[str] = []
    size = 0
    for slug in slugs:
        some.append(slug)
        size += sizes[slug]
        if size > limit:
            yield some
            some, size = [], 0
    if some:
        yield some


def _size(texts: Iterable[str]) -> int:
    """How many lines there are."""
    return sum(text.count("\n") for text in texts)


def _once(texts: Iterable[str]) -> list[str]:
    """The texts without those that came before."""
    return list(dict.fromkeys(texts))


def _digest(*texts: str) -> str:
    made = sha256()
    for text in texts:
        content = text.encode()
        made.update(f"{len(content)} ".encode() + content)
    return made.hexdigest()
