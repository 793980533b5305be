"""The registered sources, and those of their documents that are found in a folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Triple

from gbkg.core import nquads, turtle
from gbkg.core.errors import Finding, GbkgError, NotFoundError, Severity, SourceError, ValidationError, advice
from gbkg.core.inputfiles import LARGEST, content, plain
from gbkg.core.packed import PackedTexts
from gbkg.core.prefixes import EDITION, PREFIXES, is_slug
from gbkg.core.project import Project
from gbkg.core.records import Source
from gbkg.core.terms import Graph


@dataclass(frozen=True)
class Registry:
    """The content of `data/sources.ttl`: the sources by slug, sorted; the triples about each as text, other triples
    under ""; and findings."""

    sources: dict[str, Source]
    texts: Mapping[str, str]
    findings: tuple[Finding, ...]

    def described(self, slug: str) -> list[str]:
        """The triples of a source as N-Triples without full stops, in the order of `nquads.ordered`."""
        text = self.texts[slug]
        return text.split("\n") if text else []


def read(project: Project) -> Registry:
    """Read the registered sources. Only what other stages need is checked here; shapes check the rest.

    Raises `ProjectError` when the file cannot be opened, `ParseError` (file, line, column) when it is not Turtle.
    """
    shown = "data/sources.ttl"
    by_subject = PackedTexts()  # triples of many sources would take twenty times the memory
    given = turtle.triples(project.text(project.data / "sources.ttl"), shown)
    for iri, some in groupby(given, lambda triple: triple[0].value):
        by_subject[iri] = by_subject.get(iri, "") + "".join(f"{triple} .\n" for triple in some)
    sources: dict[str, Source] = {}
    texts = PackedTexts()
    rest: list[Triple] = []
    findings: list[Finding] = []
    digests: dict[str, str] = {}
    for iri in sorted(by_subject):
        about = Graph(quad.triple for quad in ox.parse(by_subject.pop(iri), format=ox.RdfFormat.N_TRIPLES))
        if iri.startswith((PREFIXES["psg"], PREFIXES["clm"])):
            message = "passages and claims come from tables, and are not described here"
            findings.append(Finding("tables", message, shown, found=iri))
        source, faults = _registered(iri, about, digests, shown) if about.instances("gbkg:Source") else (None, [])
        findings += faults
        if source:
            sources[source.slug] = source
            texts[source.slug] = "\n".join(map(str, nquads.ordered(about)))
        elif (slug := _part_of(iri)) in sources:
            texts[slug] = "\n".join(map(str, nquads.ordered([*_parsed(texts[slug]), *about])))
        else:
            rest += about
    texts[""] = "\n".join(map(str, nquads.ordered(rest)))
    return Registry(sources, texts, tuple(findings))


def registered(project: Project, effect: str = "") -> dict[str, Source]:
    """The registered sources by slug. Raises `ValidationError`, with this effect, when the register has faults."""
    registry = read(project)
    if any(one.severity == "violation" for one in registry.findings):
        raise ValidationError(registry.findings, effect)
    return registry.sources


def named(sources: dict[str, Source], name: str) -> Source:
    """The source of this slug. Raises `NotFoundError` with the nearest ones."""
    if name not in sources:
        raise NotFoundError.among("source", name, sources)
    return sources[name]


def needed(folder: Path | None, sources: dict[str, Source]) -> Library:
    """As `collect`, of a folder that must be named. Raises `GbkgError` if it is not."""
    if folder is None:
        raise GbkgError("this command needs the documents: give --sources DIR, or set GBKG_SOURCES")
    return collect(folder, sources)


def at_hand(project: Project, folder: Path | None) -> Library | None:
    """The documents of a project that are in a folder; None without one. Raises what `collect` raises."""
    return collect(folder, read(project).sources) if folder else None


def document(project: Project, folder: Path | None, name: str) -> str:
    """The text of a registered document. Raises `ValidationError` when the register has faults, `NotFoundError` when
    it has no such source, and then as `needed` and `Library.whole_text`."""
    known = registered(project)
    source = named(known, name)
    return needed(folder, known).whole_text(source)


def _part_of(iri: str) -> str:
    """The source that a node such as `src:NAME.file` belongs to; "" for any other node."""
    name, dot, _ = iri.removeprefix(PREFIXES["src"]).partition(".")
    return name if dot and iri.startswith(PREFIXES["src"]) else ""


def _parsed(text: str) -> list[Triple]:
    lines = "".join(f"{line} .\n" for line in text.split("\n"))
    return [quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)]


def _registered(iri: str, about: Graph, digests: dict[str, str], shown: str) -> tuple[Source | None, list[Finding]]:
    """Read one source; `digests` has the slug of each digest so far, and gets this one's."""

    def text(predicate: str) -> str:
        return min((value.value for value in about.values(predicate)), default="")

    slug, digest, length = iri.removeprefix(PREFIXES["src"]), text("gbkg:sha256"), text("gbkg:length")
    if not is_slug(slug):
        return None, [Finding("tables", "a source's IRI must be src: and a slug", shown, found=iri)]
    if len(digest) != 64 or not length.isdecimal() or len(length) > 12:
        expected = "gbkg:sha256 with 64 hex digits and gbkg:length in code points"
        return None, [Finding("tables", f"source {slug} is not identified", shown, expected=expected)]
    findings = []
    if digest in digests:
        message = f"source {slug} has the digest of {digests[digest]}"
        findings.append(Finding("tables", message, shown, found=digest))
    digests.setdefault(digest, slug)
    works = sorted(value.value for name in EDITION for value in about.values(name))
    return Source(slug, text("dcterms:title"), digest, int(length), text("gbkg:language"), tuple(works)), findings


def works(sources: Mapping[str, Source]) -> dict[str, str]:
    """For each source a name of the work that it is an edition of, the same for all editions of it: the first of their
    slugs. Documents that no entry joins are works of their own."""
    above: dict[str, str] = {}

    def top(iri: str) -> str:
        while above.get(iri, iri) != iri:
            iri = above[iri]
        return iri

    for source in sources.values():
        for work in source.works:
            above[top(work)] = top(source.iri.value)
    first: dict[str, str] = {}
    for slug in sorted(sources):
        first.setdefault(top(sources[slug].iri.value), slug)
    return {slug: first[top(source.iri.value)] for slug, source in sources.items()}


@dataclass(frozen=True)
class Library:
    """The documents that were found: file and SHA-256 of each by the slug of its source; and the names of other files
    in the folder. `whole` says that every registered document has to be there."""

    files: dict[str, Path]
    others: tuple[str, ...] = ()
    digests: dict[str, str] = field(default_factory=dict)
    whole: bool = True

    def text(self, slug: str) -> str | None:
        """The text of a document, None if it was not found. Raises `SourceError` if it is not UTF-8 or has changed
        since it was found."""
        if slug not in self.files:
            return None
        raw = content(self.files[slug])
        if self.digests and hashlib.sha256(raw).hexdigest() != self.digests[slug]:
            hint = "leave it as it is and run the command again"
            raise SourceError("a document changed while it was read", file=str(self.files[slug]), hint=hint)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            hint = "save it as UTF-8 and register that file"
            raise SourceError("a registered document is not UTF-8", file=str(self.files[slug]), hint=hint) from error

    def whole_text(self, source: Source) -> str:
        """The text of a document that must be at hand. Raises `SourceError` if it is not, and as `text`."""
        found = self.text(source.slug)
        if found is None:
            message = f"document {source.slug} was not found; expected a file with SHA-256 {source.digest}"
            hint = "put it there, or name the folder that has it (--sources)"
            raise SourceError(message, file=str(next(iter(self.files.values())).parent), hint=hint)
        return found

    @cached_property
    def texts(self) -> dict[str, str]:
        """All texts by slug."""
        return {slug: self.text(slug) or "" for slug in self.files}


def collect(folder: Path, sources: dict[str, Source], known: Mapping[str, str] | None = None) -> Library:
    """Find the registered documents in a folder by digest, whatever their names; subfolders are not read. `known` has
    what `digests` gives, if it was asked already.

    Raises `SourceError` when the folder cannot be read or has none of them, and when none is registered.
    """
    if not sources:
        raise SourceError("no document is registered yet", file=str(folder), hint="gbkg add FILE registers one")
    by_digest = {source.digest: slug for slug, source in sources.items()}
    found, others = {}, []
    for name, digest in (digests(folder) if known is None else known).items():
        slug = by_digest.get(digest)
        if slug is None:
            others.append(name)
        else:
            found[slug] = folder / name
    if not found:
        names = ", ".join(others[:3]) or "nothing"
        wanted = [f"{s} ({source.digest[:12]}…)" for s, source in sorted(sources.items())]
        more = f" and {len(wanted) - 3:,} more" if len(wanted) > 3 else ""
        raise SourceError(
            f"no registered document here; found {names}, expected SHA-256 of {', '.join(wanted[:3])}{more}",
            file=str(folder),
            hint="a changed document is another document: register it anew or restore the old one",
        )
    return Library(found, tuple(others), {slug: sources[slug].digest for slug in found})


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in a folder by its name, in their order; "" for one too large to be a document.

    Raises `SourceError` when the folder cannot be read.
    """
    found = {}
    try:
        with os.scandir(folder) as entries:
            files = sorted((one.name, one.path, one.stat().st_size) for one in entries if one.is_file())
        for name, path, size in files:
            large = size > LARGEST  # no text that was registered
            found[name] = "" if large else hashlib.sha256(plain(path) or content(Path(path))).hexdigest()
    except OSError as error:
        hint = advice(error, "name the folder that has the documents")
        raise SourceError(f"cannot be read: {error.strerror}", file=str(folder), hint=hint) from error
    return found


def check(library: Library, sources: dict[str, Source]) -> list[Finding]:
    """Findings for sources whose documents were not found."""
    severity: Severity = "violation" if library.whole else "warning"
    findings = []
    for slug, source in sorted(sources.items()):
        if slug not in library.files:
            hint = f"other files there: {', '.join(library.others[:3])}" if library.others else ""
            message, expected = f"document {slug} was not found", f"a file with SHA-256 {source.digest}"
            place = None, None, None, expected, hint, severity
            findings.append(Finding("quotations", message, "data/sources.ttl", *place))
    return findings


def check_length(source: Source, text: str) -> list[Finding]:
    """A finding if the document's length is not the registered one."""
    if len(text) == source.length:
        return []
    found, expected = str(len(text)), str(source.length)
    message = f"length of {source.slug}"
    return [Finding("quotations", message, "data/sources.ttl", None, None, found, expected)]
