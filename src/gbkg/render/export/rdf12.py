"""RDF 1.2 Turtle: each direct triple carries its claims as annotations (https://www.w3.org/TR/rdf12-turtle/).

A claim is the reifier of the triple that it states, so rdf:reifies takes the place of the classic rdf:subject,
rdf:predicate and rdf:object.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from gbkg.core import namespaces
from gbkg.render.export.selection import Nodes

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
"""Local names that Turtle takes without escapes; fewer than its grammar allows."""
_PARTS = ("rdf:subject", "rdf:predicate", "rdf:object")
_STRING = namespaces.PREFIXES["xsd"] + "string"


def rdf12(quads: Iterable[Any]) -> bytes:
    """The triples as RDF 1.2 Turtle, subjects in alphabetical order.

    A claim whose triple stands in the graph is written behind it, `s p o ~ claim {| … |}`; any other claim reifies a
    triple term, which nobody asserts: `claim rdf:reifies <<( s p o )>>`.
    """
    writer = _Writer(list(quads))
    header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in namespaces.PREFIXES.items())
    return (header + "".join(writer.blocks())).encode()


class _Writer:
    def __init__(self, quads: list[Any]) -> None:
        self._nodes = Nodes(quads)
        standing = {(q.subject.value, namespaces.shorten(q.predicate.value), q.object) for q in quads}
        self._reified: dict[str, tuple[str, str, Any]] = {}
        self._reifiers: dict[tuple[str, str, Any], list[str]] = defaultdict(list)
        for iri in self._nodes:
            said = self._nodes.of(iri)
            if all(len(said.get(part, [])) == 1 for part in _PARTS):
                subject, predicate, value = (said[part][0] for part in _PARTS)
                self._reified[iri] = triple = subject.value, namespaces.shorten(predicate.value), value
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

    def _annotation(self, subject: str, predicate: str, term: Any, indent: str) -> str:
        deeper = indent + "    "
        text = ""
        for reifier in self._reifiers.get((subject, predicate, term), []):
            text += f"\n{indent}~ {_iri(reifier)}"
            if lines := list(self._lines(reifier, deeper)):
                text += " {|\n" + deeper + f" ;\n{deeper}".join(lines) + f"\n{indent}|}}"
        return text


def _short(shortened: str) -> str:
    """What `names.shorten` gave, as Turtle: its local name may hold characters that Turtle wants escaped."""
    prefix, colon, local = shortened.partition(":")
    if shortened.startswith("<") or not colon or _LOCAL.fullmatch(local):
        return shortened
    return f"<{namespaces.PREFIXES[prefix]}{local}>"


def _iri(iri: str) -> str:
    return _short(namespaces.shorten(iri))


def _term(term: Any) -> str:
    if isinstance(term, ox.NamedNode):
        return _iri(term.value)
    if not isinstance(term, ox.Literal) or term.language or term.datatype.value == _STRING:
        return str(term)
    return f"{ox.Literal(term.value)}^^{_iri(term.datatype.value)}"
