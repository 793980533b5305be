"""The registered documents, and the documents themselves where they are at hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph
from rdflib.namespace import DCTERMS, RDF

from gbkg import turtle
from gbkg.errors import SourceError
from gbkg.model import Finding, Source
from gbkg.names import GBKG, SLUG, SRC


def register(graph: Graph, shown: str) -> tuple[dict[str, Source], list[Finding]]:
    """The sources that a graph (of `data/sources.ttl`) describes, by slug, and what is wrong with them.

    Shapes check the rest of their description; here is only what other stages need.
    """
    sources: dict[str, Source] = {}
    findings = []
    for iri in turtle.subjects(graph, RDF.type, GBKG.Source):
        slug = str(iri).removeprefix(str(SRC))
        digest = turtle.text(graph, iri, GBKG.sha256)
        length = turtle.text(graph, iri, GBKG.length)
        if not SLUG.fullmatch(slug):
            findings.append(Finding("tables", "a source's IRI must be src: and a slug", shown, found=str(iri)))
        elif len(digest) != 64 or not length.isdecimal():
            expected = "gbkg:sha256 with 64 hex digits and gbkg:length in code points"
            findings.append(Finding("tables", f"source {slug} is not identified", shown, expected=expected))
        else:
            twin = next((s.slug for s in sources.values() if s.digest == digest), "")
            if twin:
                findings.append(Finding("tables", f"source {slug} has the digest of {twin}", shown, found=digest))
            title, language = turtle.text(graph, iri, DCTERMS.title), turtle.text(graph, iri, GBKG.language)
            sources[slug] = Source(slug, title, digest, int(length), language)
    return sources, findings


@dataclass(frozen=True)
class Library:
    """Documents at hand: the text of each registered source that was found, by slug; and the names of other files."""

    texts: dict[str, str]
    strangers: tuple[str, ...] = ()


def collect(folder: Path, sources: dict[str, Source]) -> Library:
    """The registered documents in a folder, recognised by digest whatever they are called; subfolders are not read.

    Raises `SourceError` when the folder cannot be read or has none of them.
    """
    by_digest = {source.digest: slug for slug, source in sources.items()}
    texts, strangers = {}, []
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
        for path in files:
            raw = path.read_bytes()
            slug = by_digest.get(hashlib.sha256(raw).hexdigest())
            if slug is None:
                strangers.append(path.name)
            else:
                texts[slug] = raw.decode("utf-8")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(folder)) from error
    except UnicodeDecodeError as error:
        raise SourceError("a registered document is not UTF-8", file=str(path)) from error
    if not texts:
        names = ", ".join(strangers[:3]) or "nothing"
        expected = ", ".join(f"{s} ({source.digest[:12]}…)" for s, source in sorted(sources.items()))
        raise SourceError(
            f"no registered document here; found {names}, expected SHA-256 of {expected}",
            file=str(folder),
            hint="a changed document is another document: register it anew or restore the old one",
        )
    return Library(texts, tuple(strangers))


def check(library: Library, sources: dict[str, Source]) -> list[Finding]:
    """Findings for sources that are not at hand, and for lengths that differ from the registered ones."""
    findings = []
    for slug, source in sorted(sources.items()):
        if slug not in library.texts:
            hint = f"other files there: {', '.join(library.strangers[:3])}" if library.strangers else ""
            message, expected = f"document {slug} is not at hand", f"a file with SHA-256 {source.digest}"
            findings.append(Finding("quotations", message, "data/sources.ttl", expected=expected, hint=hint))
        elif len(library.texts[slug]) != source.length:
            found, expected = str(len(library.texts[slug])), str(source.length)
            findings.append(Finding("quotations", f"length of {slug}", "data/sources.ttl", None, None, found, expected))
    return findings
