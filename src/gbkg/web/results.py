"""What the engine answers, written as bytes in the standards' formats, straight from the engine."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from gbkg.ask.answers import Triples
from gbkg.core.errors import QueryLimitError
from gbkg.core.prefixes import PREFIXES
from gbkg.web.messages import BadRequest, Request, Response
from gbkg.web.negotiation import choose

LARGEST = 64_000_000
"""Bytes of the largest answer that is sent."""
PROFILE = "https://w3id.org/gbkg/profile/proofs"
"""Names, in an Accept header, rows with their proofs: `application/sparql-results+json;profile="…"`."""
PROVED = f'application/sparql-results+json;profile="{PROFILE}"'


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write an answer: the name that `format=` takes, its media type, and what the engine calls it."""

    name: str
    type: str
    engine: Any

    @property
    def content_type(self) -> str:
        """The media type, with the charset where it would else be open."""
        return f"{self.type}; charset=utf-8" if self.type.startswith("text/") else self.type


_Q, _R = ox.QueryResultsFormat, ox.RdfFormat
TABLES = (
    Form("json", "application/sparql-results+json", _Q.JSON),
    Form("xml", "application/sparql-results+xml", _Q.XML),
    Form("csv", "text/csv", _Q.CSV),
    Form("tsv", "text/tab-separated-values", _Q.TSV),
    Form("json", "application/json", _Q.JSON),
    Form("xml", "application/xml", _Q.XML),
    Form("xml", "text/xml", _Q.XML),
)
"""Forms of the rows of a SELECT: the standards', then what many clients ask for in their place."""
PROOFS = tuple(Form("json", type, _Q.JSON) for type in ("application/sparql-results+json", PROVED, "application/json"))
"""Forms of rows with their proofs; no other has a place for them."""
TRUTHS = tuple(form for form in TABLES if form.engine in (_Q.JSON, _Q.XML))
"""Forms of the answer to an ASK: there is no other standard."""
TRIPLES = (
    Form("ttl", "text/turtle", _R.TURTLE),
    Form("nt", "application/n-triples", _R.N_TRIPLES),
    Form("jsonld", "application/ld+json", _R.JSON_LD),
    Form("rdf", "application/rdf+xml", _R.RDF_XML),
    Form("jsonld", "application/json", _R.JSON_LD),
    Form("rdf", "application/xml", _R.RDF_XML),
)
"""Forms of the triples of a CONSTRUCT or DESCRIBE, and of documents about a thing."""


def chosen(forms: tuple[Form, ...], accept: str, name: str = "") -> Form:
    """The form of this name, else the one that the header likes best. Raises `BadRequest` for a name that none has, and
    `NotAcceptable`."""
    if name:
        found = next((form for form in forms if form.name == name), None)
        if found is None:
            names = ", ".join(dict.fromkeys(form.name for form in forms))
            raise BadRequest(f"this answer has no format {name[:40]!r}", hint=f"there are {names}")
        return found
    wanted = choose(accept, [form.type for form in forms])
    return next(form for form in forms if form.type == wanted)


def forms(answer: Any) -> tuple[Form, ...]:
    """The forms that an answer of the engine can have."""
    if isinstance(answer, ox.QuerySolutions):
        return TABLES
    return TRUTHS if isinstance(answer, ox.QueryBoolean) else TRIPLES


def written(answer: Any, form: Form) -> bytes:
    """The answer in one of its forms. Raises `QueryLimitError` when it has more than `LARGEST` bytes."""
    out = _Bounded()
    try:
        if form.engine == _R.TURTLE:  # which the engine itself writes without prefixes
            out.write(Triples(tuple(answer)).turtle().encode())
        else:
            answer.serialize(out, format=form.engine)
    except OverflowError:
        large = f"the answer has more than {LARGEST // 1_000_000} megabytes, and nothing of it is sent"
        raise QueryLimitError(large, hint="ask for less of it, with LIMIT and OFFSET") from None
    return out.getvalue()


def document(triples: Iterable[ox.Triple], request: Request, *headers: tuple[str, str]) -> Response:
    """Triples, each of them once, in the form that the request wants."""
    form = chosen(TRIPLES, request.accept, request.first("format"))
    return Response(serialized(triples, form), form.content_type, headers=headers)


def serialized(triples: Iterable[ox.Triple], form: Form) -> bytes:
    """Triples in a form of `TRIPLES`."""
    if form.engine == _R.TURTLE:
        return Triples(tuple(triples)).turtle().encode()
    return ox.serialize(triples, format=form.engine, prefixes=PREFIXES if form.engine == _R.RDF_XML else None) or b""


class _Bounded(io.BytesIO):
    """Bytes in memory, not too many."""

    def write(self, piece: Any) -> int:
        if self.tell() + len(piece) > LARGEST:
            raise OverflowError
        return super().write(piece)
