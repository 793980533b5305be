"""Every namespace and every IRI that gbkg mints, as rdflib has them; `spaces` has the prefixes as plain text."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from hashlib import sha256

import rdflib
from rdflib import Namespace, URIRef

from gbkg.core.prefixes import BASE as BASE
from gbkg.core.prefixes import PREFIXES as PREFIXES
from gbkg.core.prefixes import SLUG as SLUG
from gbkg.core.prefixes import full
from gbkg.core.prefixes import shorten as shorten
from gbkg.core.prefixes import spaced as spaced

# rdflib otherwise rewrites literals while it parses ("01" becomes "1"), and a claim keeps what was written.
rdflib.NORMALIZE_LITERALS = False
# It also logs a traceback for each literal that is not well formed; a gate of ours says which and where.
logging.getLogger("rdflib.term").disabled = True

GBKG, ID, SRC, PSG, CLM, CUR = (Namespace(PREFIXES[name]) for name in ("gbkg", "id", "src", "psg", "clm", "cur"))
DOUBTS = ("Inconsistency", "Ambiguity", "Correction")
"""The classes of curation that put a claim in doubt, by local name."""
GRAPH, INF, TRP, RULE, QUERY = (Namespace(PREFIXES[name]) for name in ("graph", "inf", "trp", "rule", "query"))
OA, SEMAPV, SSSOM, VANN = (Namespace(PREFIXES[name]) for name in ("oa", "semapv", "sssom", "vann"))


def entity(slug: str) -> URIRef:
    """`https://w3id.org/gbkg/id/…`"""
    return ID[slug]


def source(slug: str) -> URIRef:
    """`https://w3id.org/gbkg/source/…`"""
    return SRC[slug]


def passage(source_slug: str, start: int, end: int) -> URIRef:
    """`…/passage/SOURCE.START-END`: code points of the document, 0-based, half-open."""
    return PSG[f"{source_slug}.{start}-{end}"]


def claim(source_slug: str, slug: str) -> URIRef:
    """`…/claim/SOURCE.SLUG`: claims of different sources never share an IRI."""
    return CLM[f"{source_slug}.{slug}"]


def rule(slug: str) -> URIRef:
    """`https://w3id.org/gbkg/rule/…`"""
    return RULE[slug]


def triple(line: str) -> URIRef:
    """`…/triple/HASH` of a triple given as its line of N-Triples, `<s> <p> <o> .`, without the line feed.

    HASH is the first 16 hexadecimal digits of the SHA-256 of the line in UTF-8.

    >>> triple("<urn:s> <urn:p> <urn:o> .")
    rdflib.term.URIRef('https://w3id.org/gbkg/triple/0fdd68de3d6dff65')
    """
    return TRP[_digest(line)]


def inference(rule_slug: str, conclusion: str, premises: Iterable[str]) -> URIRef:
    """`…/inference/HASH` of one use of a rule; triples as for `triple`, in whichever order the premises come.

    HASH is as for `triple`, of the rule's name, the conclusion and the sorted premises, joined by line feeds.
    """
    return INF[_digest("\n".join((rule_slug, conclusion, *sorted(premises))))]


def expand(curie: str) -> URIRef | None:
    """As `spaces.full`, a term of rdflib.

    >>> expand("id:guangzhou")
    rdflib.term.URIRef('https://w3id.org/gbkg/id/guangzhou')
    """
    iri = full(curie)
    return None if iri is None else URIRef(iri)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
