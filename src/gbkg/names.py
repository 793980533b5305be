"""Every namespace and every IRI that gbkg mints, in one place."""

from __future__ import annotations

import re

import rdflib
from rdflib import Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, ORG, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, VOID, XSD

# rdflib otherwise rewrites literals while it parses ("01" becomes "1"), and a claim keeps what was written.
rdflib.NORMALIZE_LITERALS = False

BASE = "https://w3id.org/gbkg/"
GBKG = Namespace(BASE + "ontology#")
ID = Namespace(BASE + "id/")
SRC = Namespace(BASE + "source/")
PSG = Namespace(BASE + "passage/")
CLM = Namespace(BASE + "claim/")
CUR = Namespace(BASE + "curation/")
GRAPH = Namespace(BASE + "graph/")
OA = Namespace("http://www.w3.org/ns/oa#")
SEMAPV = Namespace("https://w3id.org/semapv/vocab/")
SSSOM = Namespace("https://w3id.org/sssom/")
VANN = Namespace("http://purl.org/vocab/vann/")

PREFIXES: dict[str, str] = {
    "gbkg": str(GBKG),
    "id": str(ID),
    "src": str(SRC),
    "psg": str(PSG),
    "clm": str(CLM),
    "cur": str(CUR),
    "graph": str(GRAPH),
    "dcat": str(DCAT),
    "dcterms": str(DCTERMS),
    "geonames": "https://sws.geonames.org/",
    "gbt2260": BASE + "code/gbt2260/",
    "iso3166": BASE + "code/iso3166/",
    "oa": str(OA),
    "org": str(ORG),
    "owl": str(OWL),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "ror": "https://ror.org/",
    "schema": str(SDO),
    "semapv": str(SEMAPV),
    "sh": str(SH),
    "skos": str(SKOS),
    "sssom": str(SSSOM),
    "vann": str(VANN),
    "void": str(VOID),
    "wikidata": "http://www.wikidata.org/entity/",
    "xsd": str(XSD),
}
"""Prefix to namespace, for every file that gbkg writes. `gbt2260` and `iso3166` are namespaces of our own for
codes that have no official IRI."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""What an entity, a source or a claim may be called: lower-case ASCII words joined by single hyphens."""

_BAD_IRI = re.compile(r'[\x00-\x20\x7f-\x9f<>"{}|^`\\\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff]|%(?![0-9A-Fa-f]{2})')


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


def shorten(iri: str) -> str:
    """The IRI as prefix:name where a prefix of `PREFIXES` fits, else in angle brackets.

    >>> shorten("https://w3id.org/gbkg/id/guangzhou")
    'id:guangzhou'
    >>> shorten("urn:example")
    '<urn:example>'
    """
    best = max((p for p, ns in PREFIXES.items() if iri.startswith(ns)), key=lambda p: len(PREFIXES[p]), default="")
    return f"{best}:{iri[len(PREFIXES[best]) :]}" if best else f"<{iri}>"


def expand(curie: str) -> URIRef | None:
    """The IRI of a prefix:name or of an IRI (in angle brackets or bare); None when the prefix is unknown or
    the result has a character that no IRI may have (RFC 3987, section 2.2).

    >>> expand("id:guangzhou")
    rdflib.term.URIRef('https://w3id.org/gbkg/id/guangzhou')
    >>> expand("nobody:here") is None
    True
    """
    bracketed = curie.startswith("<") and curie.endswith(">")
    text = curie[1:-1] if bracketed else curie
    if bracketed and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        return None
    if not bracketed and "://" not in text:
        prefix, colon, local = text.partition(":")
        if not colon or prefix not in PREFIXES:
            return None
        text = PREFIXES[prefix] + local
    return None if _BAD_IRI.search(text) else URIRef(text)


def spaced(name: str) -> str:
    """The words of a local name.

    >>> spaced("IdentityJudgement"), spaced("differentScope")
    ('identity judgement', 'different scope')
    """
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
