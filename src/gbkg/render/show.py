"""An entity, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gbkg.ask.show import EntityPage
from gbkg.core.markup import escape
from gbkg.core.prefixes import PREFIXES
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import oneline

_DISPUTED = ("inconsistency", "correction", "comparison")
"""How what the curators say begins where `gbkg disputes` shows more."""


@dataclass(frozen=True)
class EntityResult(Result):
    """Everything that the graph has on an entity."""

    kind = "entity"
    page: EntityPage

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        page, group = self.page, ""
        yield f"[bold]{escape(page.entity.label)}[/bold]  ({page.type})  id:{page.entity.slug}"
        yield escape(page.entity.description)
        for line in page.statements:
            if line.group != group:
                group = line.group
                yield f"\n[bold]{group}[/bold]"
            marks = "".join(f"[{n}]" for n in line.footnotes)
            how = f"  – {line.remark}" if line.remark else ""
            yield f"  {escape(line.text)} {escape(marks)}[dim]{escape(how)}[/dim]"
        if page.inferred:
            yield "\n[bold]Inferred by rules[/bold] (gbkg why prints the proof)"
            yield from map(escape, _following(page))
        if page.remarks:
            yield "\n[bold]Curation[/bold]"
            yield from (f"  {escape(said)}" for said in page.remarks)
            if any(said.startswith(_DISPUTED) for said in page.remarks):
                yield f"  `gbkg disputes id:{page.entity.slug}` sets the quotations side by side"
        yield "\n[bold]Evidence[/bold]"
        for number, (passage, keys) in enumerate(page.passages, start=1):
            quotation = escape(f"[{number}] {passage.source} {passage.start}–{passage.end}: “{oneline(passage.exact)}”")
            yield f"  {quotation}  [dim]{escape(', '.join(key.partition('.')[2] for key in keys))}[/dim]"
        yield "\n[bold]Sources[/bold]"
        for source in page.sources:
            yield escape(f"  {source.slug}: {source.title} ({source.language})")

    def values(self) -> dict[str, Any]:
        page = self.page
        return {
            "iri": PREFIXES["id"] + page.entity.slug,
            "id": f"id:{page.entity.slug}",
            "label": page.entity.label,
            "type": page.type,
            "description": page.entity.description,
            "statements": [one.to_dict() for one in page.statements],
            "inferred": [one.to_dict() for one in page.inferred],
            "curation": list(page.remarks),
            "curated": [one.to_dict() for one in page.curation],
            "left_out": dict(zip(("claims", "inferred"), page.left_out, strict=True)),
            "elsewhere": [{"property": predicate, "iri": iri} for predicate, iri in page.elsewhere],
            "passages": [
                {"source": one.source, "start": one.start, "end": one.end, "exact": one.exact, "claims": list(keys)}
                for one, keys in page.passages
            ],
            "sources": [{"id": one.slug, "title": one.title, "language": one.language} for one in page.sources],
        }


def _following(page: EntityPage) -> Iterator[str]:
    """A line for each kind of inferred relation, with the things at the other end."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for one in page.inferred:
        kinds.setdefault((one.group, one.label), []).append(one.end)
    for (group, predicate), things in kinds.items():
        yield (
            f"  {predicate} {'; '.join(things)}"
            if group == "Relations"
            else f"  {'; '.join(things)} – {predicate} → it"
        )
