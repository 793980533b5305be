"""Results that are lists: candidates for a name, hits of a search, sources, the schema, coverage, exports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gbkg.core import files
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import escape

if TYPE_CHECKING:
    from gbkg.ask.contents import SourceItem, TermCount
    from gbkg.ask.names import Candidate
    from gbkg.ask.search import Hit
    from gbkg.render.export.links import Format


@dataclass(frozen=True)
class Candidates(Result):
    """The nodes that may be meant by a name, the likeliest first."""

    kind = "candidates"
    typed: str
    candidates: tuple[Candidate, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for one in self.candidates:
            yield escape(f"{one}: {one.reason}")


@dataclass(frozen=True)
class SearchResult(Result):
    """Entities, passages and saved queries that words lead to, the likeliest first."""

    kind = "search"
    words: str
    counts: Mapping[str, int]
    """How many there are of each kind."""
    hits: tuple[Hit, ...]

    def lines(self, width: int = WIDTH) -> Lines:
        if not self.hits:
            yield escape(f"nothing has the words {self.words!r} in it, or names near to them")
        for hit in self.hits:
            said = f"{hit.kind:<7} {hit.id}  {hit.text}"
            yield escape(said if len(said) <= width else said[: width - 1] + "…")


@dataclass(frozen=True)
class Sources(Result):
    """The documents that the graph cites."""

    kind = "sources"
    sources: tuple[SourceItem, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for one in self.sources:
            yield f"[bold]{escape(one.id)}[/bold]  {escape(one.title)}"
            by = f"{', '.join(one.authors) or 'no author'}; {', '.join(one.publishers) or 'no publisher'}"
            yield escape(f"  {by}; {one.date or 'no date'}; {one.language}; {one.claims:,} claims")
            yield f"  {one.length:,} characters, SHA-256 {escape(one.sha256)}"


@dataclass(frozen=True)
class SchemaResult(Result):
    """The classes of entities, the properties of facts and the indicators of statistics that occur, the most frequent
    first."""

    kind = "schema"
    classes: tuple[TermCount, ...]
    properties: tuple[TermCount, ...]
    indicators: tuple[TermCount, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for title in ("classes", "properties", "indicators"):
            yield f"[bold]{title.capitalize()}[/bold]"
            terms = getattr(self, title)
            count = max((len(f"{one.count:,}") for one in terms), default=0)
            name = max((len(one.id) for one in terms), default=0)
            for one in terms:
                yield escape(f"{one.count:>{count},}  {one.id:<{name}}  {one.label}".rstrip())


@dataclass(frozen=True)
class CoverageResult(Result):
    """How much of each document claims stand behind, as the last build that had the documents found: by source the
    numbers of its sentences (`gbkg.documents.coverage.Coverage`)."""

    kind = "coverage"
    sources: Mapping[str, Mapping[str, Any]]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for slug, found in self.sources.items():
            aside = sum(found["set_aside"].values())
            yield escape(
                f"{slug}: of {found['sentences']:,} sentences {found['claimed']:,} behind claims, {aside:,} set aside, "
                f"{found['unread']:,} unread; {found['quoted']:.1%} of the characters behind claims are quoted"
            )


@dataclass(frozen=True)
class Exported(Result):
    """The graph in a format of another tool: the content of each file by name."""

    kind = "export"
    format: str
    files: Mapping[str, bytes]
    out: str = ""
    """Where it was written, if it was."""

    def save(self, path: Path) -> Exported:
        """Writes the files: one to this path, several into this folder, or into a *.zip; returns the result that says
        so. Raises `OutputError`."""
        if path.suffix == ".zip":
            files.write(path, files.zip_files(dict(self.files)))
        elif len(self.files) == 1 and self.format != "rocrate":
            files.write(path, *self.files.values())
        else:
            files.write_into(path, dict(self.files))
        return replace(self, out=str(path))

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for name, content in self.files.items():
            yield escape(f"{name}  {len(content):,} bytes")

    def values(self) -> dict[str, Any]:
        return ({"out": self.out} if self.out else {}) | {"format": self.format, "files": _listed(self.files)}


@dataclass(frozen=True)
class Picture(Result):
    """A picture for a report, painted: `svg` or `png`."""

    kind = "picture"
    format: str
    content: bytes
    out: str = ""
    """Where it was written, if it was."""

    def save(self, path: Path) -> Picture:
        """Writes it, and returns the result that says so. Raises `OutputError`."""
        files.write(path, self.content)
        return replace(self, out=str(path))

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield escape(f"{Path(self.out).name or self.format}  {len(self.content):,} bytes")

    def values(self) -> dict[str, Any]:
        return {"out": self.out, "format": self.format, "files": _listed({Path(self.out).name: self.content})}


@dataclass(frozen=True)
class Formats(Result):
    """The formats of other tools in which the graph can be written."""

    kind = "formats"
    formats: tuple[Format, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for one in self.formats:
            yield escape("\t".join((one.name, " ".join(one.files), f"keeps {one.kept}", f"loses {one.lost}")))

    def values(self) -> dict[str, Any]:
        listed = [{"name": f.name, "files": list(f.files), "keeps": f.kept, "loses": f.lost} for f in self.formats]
        return {"formats": listed}


def _listed(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
