"""How much of documents claims stand behind: sentence by sentence, by the tables as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gbkg.claims import inputs
from gbkg.core.errors import Finding
from gbkg.core.markup import escape
from gbkg.core.project import Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import oneline
from gbkg.documents import sources
from gbkg.documents.coverage import Coverage, Sentence, check, covered, long_spans
from gbkg.documents.coverage import sentences as divide


@dataclass(frozen=True)
class Accounted(Result):
    """What stands behind the sentences of documents, by source: the numbers of each, those sentences that were asked
    for, and the texts."""

    kind = "coverage"
    sources: Mapping[str, Coverage]
    sentences: Mapping[str, Sequence[Sentence]]
    findings: tuple[Finding, ...]
    texts: Mapping[str, str]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for slug, cover in self.sources.items():
            for one in self.sentences[slug]:
                yield escape(f"{one.start}-{one.end}\t{oneline(self.texts[slug][one.start : one.end])}")
                yield escape(f"\t{_behind(one)}")
            yield escape(f"{slug}: {cover}")

    def values(self) -> dict[str, Any]:
        listed = {slug: [one.to_dict(self.texts[slug]) for one in found] for slug, found in self.sentences.items()}
        shares = {slug: asdict(cover) for slug, cover in self.sources.items()}
        return {"sources": shares, "sentences": listed, "findings": [one.to_dict() for one in self.findings]}


def account(project: Project, documents: Path | None, source: str = "", *, missing: bool = False) -> Accounted:
    """The sentences of one source, or of all whose documents are in the folder; only those that nothing stands behind,
    if they alone are asked for (`missing`). A remark names each document that is not there.

    Raises `NotFoundError` for an unknown source, `SourceError` when its document is not there, and what reading the
    tables raises.
    """
    typed = inputs.read(project)
    asked = [sources.named(typed.sources, source)] if source else []
    library = sources.needed(documents, typed.sources)
    texts = {one.slug: library.whole_text(one) for one in asked} or library.texts
    shares: dict[str, Coverage] = {}
    listed: dict[str, list[Sentence]] = {}
    findings = list(typed.findings)
    for slug, text in texts.items():
        claims = [one for one in typed.claims if one.source == slug]
        aside = [one for one in typed.readings if one.source == slug]
        found = divide(text, claims, aside)
        findings += check(slug, text, found, typed.all[slug].pending) + long_spans(claims, aside, found)
        shares[slug] = covered(found)
        listed[slug] = [one for one in found if not (missing and one.accounted)]
    absent = sorted(typed.sources.keys() - library.files.keys())
    said = tuple(f"document {slug} is not at hand and was passed over" for slug in absent)
    return Accounted(shares, listed, tuple(findings), texts, remarks=said)


def _behind(one: Sentence) -> str:
    said = [claim.slug for claim in one.claims] + [f"({reading.reason})" for reading in one.readings]
    said += [f"({one.joined} joined)"] if one.joined else []
    if not one.accounted:
        said.append("NOTHING STANDS BEHIND " + ("THE REST" if said else "THIS"))
    return ", ".join(said)
