"""The quads of a built graph as they stand in the file, in one order; and as JSON-LD framed by entity, and as RDF 1.2
Turtle in which triples carry their claims."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from gbkg.core import nquads
from gbkg.core.jsonld import dumped
from gbkg.core.prefixes import PREFIXES, full, shorten
from gbkg.core.terms import Term, minted, term

INFERRED = frozenset((term("graph:inferred"), term("graph:inferences")))
"""The named graphs that hold what rules add; nobody claimed it."""
_TOGETHER = {name: place for place, some in enumerate(nquads.TOGETHER) for name in some}
_BY_SOURCE = ("clm", "psg", "src")
_TYPE = term("rdf:type").value
_RANK = {PREFIXES["graph"] + name: place for place, name in enumerate(nquads.GRAPHS)}


def ordered(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads in the order of a build: graphs as in `nquads.GRAPHS`, others after them by name; in those that
    are put together source by source, by source; then by subject (type first), predicate, object."""
    return sorted(quads, key=_order)


def together(quads: Iterable[ox.Quad]) -> list[list[ox.Quad]]:
    """Ordered quads as a build puts them together in a file without named graphs: what belongs to no source, by
    subject, in groups of graphs about the same nodes; then source after source, its evidence first."""
    groups: dict[tuple[int, str], list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        name, source = _graph(quad), _source(quad)
        groups[(len(_TOGETHER), source) if source else (_TOGETHER.get(name, len(_TOGETHER)), "")].append(quad)
    found = []
    for (_, source), group in sorted(groups.items(), key=lambda item: item[0]):
        key = _evidence_first if source else _by_subject
        found.append(sorted(group, key=key))
    return found


def stated(quads: Iterable[ox.Quad], inferred: bool = False) -> list[ox.Quad]:
    """The quads that a format without named graphs holds: all but the inferred ones, or all of them."""
    return [quad for quad in quads if inferred or quad.graph_name not in INFERRED]


class Nodes:
    """Quads by subject and predicate: subjects are IRIs, predicates are written prefix:name, values are terms of
    pyoxigraph in the order of the quads."""

    def __init__(self, quads: Iterable[Any]) -> None:
        short: dict[str, str] = {}
        self._of: dict[str, dict[str, list[Term]]] = defaultdict(dict)
        for quad in quads:
            predicate = quad.predicate.value
            if predicate not in short:
                short[predicate] = shorten(predicate)
            self._of[quad.subject.value].setdefault(short[predicate], []).append(quad.object)

    def __iter__(self) -> Iterator[str]:
        """The subjects, sorted."""
        return iter(sorted(self._of))

    def of(self, subject: str) -> dict[str, list[Term]]:
        """Everything said of the subject, predicates sorted; empty when nothing is."""
        return dict(sorted(self._of.get(subject, {}).items()))

    def values(self, subject: str, predicate: str) -> list[str]:
        """The lexical forms or IRIs of all values."""
        return [term.value for term in self._of.get(subject, {}).get(predicate, [])]

    def value(self, subject: str, predicate: str) -> str:
        """The first of them, the empty string when there is none."""
        found = self.values(subject, predicate)
        return found[0] if found else ""

    def instances(self, kind: str) -> list[str]:
        """The subjects with this rdf:type, given as prefix:name; sorted."""
        wanted = full(kind)
        return [subject for subject in self if wanted in self.values(subject, "rdf:type")]


def local(quads: Iterable[ox.Quad], graph: str) -> list[Any]:
    """The quads of the named graph with this local name."""
    return [quad for quad in quads if quad.graph_name == minted("graph", graph)]


def _order(quad: Any) -> tuple[Any, ...]:
    name, kind = quad.graph_name.value, quad.predicate.value
    rank = _RANK.get(name, len(_RANK))
    return rank, name, _source(quad), quad.subject.value, kind != _TYPE, kind, quad.object.value, str(quad.object)


def _source(quad: Any) -> str:
    """The source by which a quad stands in a build, "" for those of graphs that are not put together by source."""
    if _graph(quad) not in nquads.BY_SOURCE:
        return ""
    spaces = (PREFIXES[name] for name in _BY_SOURCE)
    namespace = next((space for space in spaces if quad.subject.value.startswith(space)), "")
    return str(quad.subject.value).removeprefix(namespace).partition(".")[0] if namespace else ""


def _by_subject(quad: Any) -> str:
    return str(quad.subject.value)


def _evidence_first(quad: Any) -> bool:
    return _graph(quad) != "evidence"


def _graph(quad: Any) -> str:
    """The local name of the quad's graph."""
    return str(quad.graph_name.value).removeprefix(PREFIXES["graph"])


_REVERSE = {
    "claims": {"@reverse": "rdf:subject", "@container": "@set"},
    "statistics": {"@reverse": "gbkg:about", "@container": "@set"},
}
"""What the context has besides the project's: a claim names its subject; a tree is read the other way."""
_STRING = PREFIXES["xsd"] + "string"
_NAMED = ("rdfs:label", "dcterms:title")
_NESTED = {"prov:wasDerivedFrom", "oa:hasSelector"}
"""Links whose target is nested in the tree of a claim; of any other target only IRI and name are given."""
_BARE = {
    f"gbkg:{name}" for name in ("status", "reading", "secondReading", "dating", "attribution", "precision", "unit")
}
_BARE |= {"oa:hasSource", "prov:wasQuotedFrom"}
"""Links whose target needs no name: values of closed lists, and the source that the claim names already."""
_FIRST = ("rdf:type", "rdfs:label", "dcterms:description")


def jsonld_framed(quads: Iterable[ox.Quad], context: Mapping[str, Any]) -> bytes:
    """The entities as JSON-LD 1.1 trees under `@graph`, by @id.

    A tree holds what the graph says of the entity, linked nodes with their labels; under `claims` every claim with
    its passages and their selectors, whatever its status; under `statistics` its numbers likewise. A claim's subject is
    the tree that it stands in (https://www.w3.org/TR/json-ld11/#reverse-properties).
    """
    quads = list(quads)
    trees = _Trees(Nodes(quads), context["@context"])
    entities = sorted({quad.subject.value for quad in local(quads, "entities")})
    terms = {**context["@context"], **_REVERSE}
    return dumped({"@context": terms, "@graph": [trees.entity(iri) for iri in entities]})


class _Trees:
    """Makes trees of nodes, in the terms of a context."""

    def __init__(self, nodes: Nodes, terms: Mapping[str, Any]) -> None:
        self._nodes, self._terms = nodes, terms
        self._claims: dict[str, dict[str, list[str]]] = {"claims": {}, "statistics": {}}
        for claim in nodes.instances("gbkg:Claim"):
            for key, predicate in (("claims", "rdf:subject"), ("statistics", "gbkg:about")):
                for subject in nodes.values(claim, predicate):
                    self._claims[key].setdefault(subject, []).append(claim)

    def entity(self, iri: str) -> dict[str, Any]:
        tree = self._tree(iri, skip=frozenset())
        for key, claims in self._claims.items():
            if iri in claims:
                tree[key] = [self._tree(claim, skip=frozenset({"rdf:subject", "gbkg:about"})) for claim in claims[iri]]
        return tree

    def _tree(self, iri: str, skip: frozenset[str]) -> dict[str, Any]:
        tree: dict[str, Any] = {"@id": compact(iri)}
        said = self._nodes.of(iri)
        for predicate in dict.fromkeys([*_FIRST, *said]):
            terms = said.get(predicate, [])
            if predicate == "rdf:type" and terms:
                tree["@type"] = _single([compact(term.value) for term in terms])
            elif terms and predicate not in skip:
                tree[self._key(predicate)] = _single([self._value(predicate, term) for term in terms])
        return tree

    def _key(self, predicate: str) -> str:
        name = predicate.removeprefix("gbkg:")
        return name if name in self._terms and isinstance(self._terms[name], dict) else predicate

    def _value(self, predicate: str, term: Term) -> Any:
        if isinstance(term, ox.Literal):
            return value(term)
        if predicate in _NESTED:
            return self._tree(term.value, skip=frozenset())
        shown = {} if predicate in _BARE else {key: self._nodes.of(term.value).get(key, []) for key in _NAMED}
        named = {key: _single([value(name) for name in found]) for key, found in shown.items() if found}
        return {"@id": compact(term.value), **named} if named or not self._coerced(predicate) else compact(term.value)

    def _coerced(self, predicate: str) -> bool:
        """Whether the context reads strings as IRIs there."""
        term = self._terms.get(self._key(predicate))
        return isinstance(term, dict) and term.get("@type") == "@id"


def value(term: Term) -> Any:
    """A term as a JSON-LD value: a literal as a string where that loses nothing, else a value object with the lexical
    form."""
    if not isinstance(term, ox.Literal):
        return {"@id": compact(term.value)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return term.value
    return {"@value": term.value, "@type": shorten(term.datatype.value)}


def compact(iri: str) -> str:
    """prefix:name where a prefix of ours fits, else the IRI.

    >>> compact("https://w3id.org/gbkg/id/guangzhou"), compact("https://example.org/x")
    ('id:guangzhou', 'https://example.org/x')
    """
    short = shorten(iri)
    return iri if short.startswith("<") else short


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
"""Local names that Turtle can write without escapes; fewer than its grammar allows."""
_PARTS = ("rdf:subject", "rdf:predicate", "rdf:object")


def rdf12(quads: Iterable[ox.Quad]) -> bytes:
    """The triples as RDF 1.2 Turtle, subjects in alphabetical order.

    A claim whose triple stands in the graph is written behind it, `s p o ~ claim {| … |}`; any other claim reifies a
    triple term, which nobody asserts: `claim rdf:reifies <<( s p o )>>`.
    """
    writer = _Writer(list(quads))
    header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    return (header + "".join(writer.blocks())).encode()


class _Writer:
    def __init__(self, quads: list[Any]) -> None:
        self._nodes = Nodes(quads)
        standing = {(q.subject.value, shorten(q.predicate.value), q.object) for q in quads}
        self._reified: dict[str, tuple[str, str, Term]] = {}
        self._reifiers: dict[tuple[str, str, Term], list[str]] = defaultdict(list)
        for iri in self._nodes:
            said = self._nodes.of(iri)
            if all(len(said.get(part, [])) == 1 for part in _PARTS):
                subject, predicate, value = (said[part][0] for part in _PARTS)
                self._reified[iri] = triple = subject.value, shorten(predicate.value), value
                if triple in standing:
                    self._reifiers[triple].append(iri)
        self._inside = {iri for reifiers in self._reifiers.values() for iri in reifiers}

    def blocks(self) -> Iterator[str]:
        for iri in self._nodes:
            if iri not in self._inside:
                yield f"\n{_iri(iri)} " + " ;\n    ".join(self._lines(iri, "    ")) + " .\n"

    def _lines(self, iri: str, indent: str) -> Iterator[str]:
        """One line for each predicate of the node; the three parts of a reified triple are left out."""
        said = self._nodes.of(iri)
        if iri in self._reified and iri not in self._inside:
            subject, predicate, value = self._reified[iri]
            yield f"rdf:reifies <<( {_iri(subject)} {_short(predicate)} {_term(value)} )>>"
        for predicate in sorted(said, key=lambda p: (p != "rdf:type", p)):
            if iri in self._reified and predicate in _PARTS:
                continue
            objects = [_term(term) + self._annotation(iri, predicate, term, indent) for term in said[predicate]]
            yield f"{'a' if predicate == 'rdf:type' else _short(predicate)} {', '.join(objects)}"

    def _annotation(self, subject: str, predicate: str, term: Term, indent: str) -> str:
        deeper = indent + "    "
        text = ""
        for reifier in self._reifiers.get((subject, predicate, term), []):
            text += f"\n{indent}~ {_iri(reifier)}"
            if lines := list(self._lines(reifier, deeper)):
                text += " {|\n" + deeper + f" ;\n{deeper}".join(lines) + f"\n{indent}|}}"
        return text


def _short(shortened: str) -> str:
    """What `shorten` gives, as Turtle: a name with characters that Turtle escapes is written as a full IRI."""
    prefix, colon, local = shortened.partition(":")
    if shortened.startswith("<") or not colon or _LOCAL.fullmatch(local):
        return shortened
    return f"<{PREFIXES[prefix]}{local}>"


def _iri(iri: str) -> str:
    return _short(shorten(iri))


def _term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return _iri(term.value)
    if not isinstance(term, ox.Literal) or term.language or term.datatype.value == _STRING:
        return str(term)
    return f"{ox.Literal(term.value)}^^{_iri(term.datatype.value)}"
