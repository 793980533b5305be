"""Prefixes, namespaces and IRIs as plain strings."""

from __future__ import annotations

import os
import re
from functools import cache
from unicodedata import combining, normalize

BASE = "https://w3id.org/gbkg/"
PREFIXES: dict[str, str] = {
    "gbkg": BASE + "ontology#",
    "id": BASE + "id/",
    "src": BASE + "source/",
    "psg": BASE + "passage/",
    "clm": BASE + "claim/",
    "cur": BASE + "curation/",
    "graph": BASE + "graph/",
    "inf": BASE + "inference/",
    "trp": BASE + "triple/",
    "rule": BASE + "rule/",
    "query": BASE + "query/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "geonames": "https://sws.geonames.org/",
    "gbt2260": BASE + "code/gbt2260/",
    "iso3166": BASE + "code/iso3166/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "ror": "https://ror.org/",
    "schema": "https://schema.org/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "wikidata": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The namespace of each prefix, for every file that gbkg writes. `gbt2260` and `iso3166` are our own namespaces for
codes without official IRIs. `gbkg.core.terms.adopt` puts what `gbkg.toml` says of prefixes in their place."""
BUILT_IN = dict(PREFIXES)
"""The prefixes that are there in every project."""
OWN = {"id": "id/", "src": "source/", "psg": "passage/", "clm": "claim/", "cur": "curation/"}
"""The prefixes whose namespaces lie below the address of the project (`base` in `gbkg.toml`)."""

EDITION = ("dcterms:isVersionOf", "dcterms:isFormatOf")
"""What the register says of the work that a document is a version of: another text of it, or another file."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Lower-case ASCII words joined by single hyphens: the name of a rule or check, and of most entities."""
_NAME = r"[^\W_]+(?:-[^\W_]+)*"
_HASH, _DIGITS = "ni:///sha-256;", r"[\w-]{43}"
_NO_CHARACTERS = r'\x00-\x20\x7f-\x9f<>"{}|^`\\\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff'
_BAD_IRI = rf"[{_NO_CHARACTERS}]|%(?![0-9A-Fa-f]{{2}})"
_APART = rf"[%/?#{_NO_CHARACTERS}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Made at its first use: that takes a millisecond, and most commands need none of these."""
    return re.compile(pattern)


def is_slug(name: str) -> bool:
    """Whether this can be the name of an entity, source or claim: words of letters and digits of any script, joined by
    single hyphens, without capitals and in the one spelling that Unicode prefers (NFKC), so that nothing has two names.

    >>> [is_slug(name) for name in ("reed", "芦苇图书馆", "bücherei-2", "Reed", "cafe\\u0301", "ｗｉｄｅ", "a--")]
    [True, True, True, False, False, False, False]
    """
    if name.isascii():
        return bool(SLUG.fullmatch(name))
    return bool(_compiled(_NAME).fullmatch(name)) and name == name.lower() == normalize("NFKC", name)


def slugged(name: str) -> str:
    """A slug made of a name or title; "" if it has no letter that can be in one.

    >>> slugged("Reed Library Co., Ltd."), slugged("Café 21"), slugged("芦苇图书馆")
    ('reed-library-co-ltd', 'cafe-21', '芦苇图书馆')
    """
    plain = "".join(one for one in normalize("NFKD", name) if not combining(one)).lower()
    slug = "-".join(re.findall(r"[^\W_]+", normalize("NFKC", plain)))[:60].strip("-")
    return slug if is_slug(slug) else ""


def hash_name(sha256: str) -> str:
    """The IRI of content by its SHA-256, given as 64 hexadecimal digits (RFC 6920,
    https://rfc-editor.org/info/rfc6920).

    >>> hash_name("53269057e12fe2b74ba07c892560a2d753877eb62ff44d5a19002530ed97ffe4")
    'ni:///sha-256;UyaQV-Ev4rdLoHyJJWCi11OHfrYv9E1aGQAlMO2X_-Q'
    """
    from base64 import urlsafe_b64encode

    return _HASH + urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")


def named_hash(iri: str) -> str:
    """The hexadecimal SHA-256 in an IRI of `hash_name`; "" for any other IRI.

    >>> named_hash("ni:///sha-256;UyaQV-Ev4rdLoHyJJWCi11OHfrYv9E1aGQAlMO2X_-Q")[:12]
    '53269057e12f'
    """
    encoded = iri.removeprefix(_HASH)
    if not iri.startswith(_HASH) or not re.fullmatch(_DIGITS, encoded, re.A):
        return ""
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(encoded + "=").hex()


def base() -> str:
    """The address below which the project's entities, sources, claims and curation have their IRIs."""
    return PREFIXES["id"].removesuffix(OWN["id"])


def shorten(iri: str) -> str:
    """The IRI as prefix:name if `PREFIXES` has a namespace for it, else in angle brackets.

    >>> shorten("https://w3id.org/gbkg/id/guangzhou")
    'id:guangzhou'
    >>> shorten("urn:example")
    '<urn:example>'
    """
    best = max((p for p, ns in PREFIXES.items() if iri.startswith(ns)), key=lambda p: len(PREFIXES[p]), default="")
    return f"{best}:{iri[len(PREFIXES[best]) :]}" if best else f"<{iri}>"


def full(curie: str) -> str | None:
    """The IRI of a prefixed name, or of an IRI in angle brackets or bare. None if the prefix is unknown or a character
    is not allowed in IRIs (RFC 3987, section 2.2).

    >>> full("id:guangzhou")
    'https://w3id.org/gbkg/id/guangzhou'
    >>> full("nobody:here") is None
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
    return None if _compiled(_BAD_IRI).search(text) else text


def segment(name: str) -> str:
    """A file name as a segment of an IRI: characters that are not allowed there, and bytes that are not UTF-8, become
    %XX.

    >>> segment("sites"), segment("a b>c"), segment("广州")
    ('sites', 'a%20b%3Ec', '广州')
    """
    from urllib.parse import quote

    return _compiled(_APART).sub(lambda found: quote(os.fsencode(found[0]), safe=""), name)


def is_term(iri: str) -> bool:
    """Whether an IRI is in gbkg's namespace of terms or in the project's own.

    >>> is_term("https://w3id.org/gbkg/ontology#partOf"), is_term("https://w3id.org/gbkg/id/guangzhou")
    (True, False)
    """
    return iri.startswith(PREFIXES["gbkg"]) or any(iri.startswith(PREFIXES[p]) for p in PREFIXES.keys() - BUILT_IN)


def term_name(iri: str) -> str:
    """What tables call a term: the local name for one of gbkg's, prefix:name for one of the project's own. Of any other
    IRI what follows the last #.

    >>> term_name("https://w3id.org/gbkg/ontology#partOf"), term_name("http://www.w3.org/2001/XMLSchema#string")
    ('partOf', 'string')
    """
    own = is_term(iri) and not iri.startswith(PREFIXES["gbkg"])
    return shorten(iri) if own else iri.rpartition("#")[2]


def spaced(name: str) -> str:
    """The local name as separate words.

    >>> spaced("IdentityJudgement"), spaced("differentScope")
    ('identity judgement', 'different scope')
    """
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
