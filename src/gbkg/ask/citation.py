"""A citation of a claim, for the notes of a report: author, title, date, publisher, the quotation and where it stands.

Four forms: words in the order of the Chicago Manual of Style, BibTeX, CSL-JSON (the items of
https://docs.citationstyles.org/en/stable/specification.html), and a Web Annotation
(https://www.w3.org/TR/annotation-model/). What a document does not give is said to be missing, so that nobody takes an
omission for a choice of style.

No library makes them: styles of CSL have no place for quotation and position, and their files are under a licence that
asks for the same again; writers of BibTeX take values that are LaTeX already. Tests read the forms back with libraries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pyoxigraph import NamedNode

from gbkg.ask.labels import Labels
from gbkg.core.prefixes import EDITION, PREFIXES
from gbkg.core.result import Result
from gbkg.core.terms import minted, reachable, term
from gbkg.core.text import listed, oneline, safe
from gbkg.evidence.proofs import ClaimEvidence, Quotation
from gbkg.store.base import Store

FORMS = ("text", "bibtex", "csl", "annotation")
"""The forms of a citation, as methods of `Citation` and members of its JSON."""
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: "\\" + sign for sign in "$&#%_"},
}  # fmt: skip
"""Braces as commands: BibTeX counts escaped ones too, and a title with one alone would end the file."""


@dataclass(frozen=True, slots=True)
class BibliographicRecord:
    """What a graph has on a document: id, title, authors, publishers, date ("" if it gives none), language (BCP 47),
    length in code points."""

    id: str
    title: str
    authors: tuple[str, ...]
    publishers: tuple[str, ...]
    date: str
    language: str
    length: int


@dataclass(frozen=True, slots=True)
class Reference(BibliographicRecord):
    """A document as it is cited."""

    editions: tuple[str, ...] = ()
    """Other documents that are editions of the same work: no independent sources beside this one."""

    def text(self) -> str:
        """Author, title, date, publisher.

        >>> Reference("gazette", "The leaf comes home", (), ("The Harbour Gazette",), "", "en", 1403).text()
        'No author, “The leaf comes home”, no date, The Harbour Gazette'
        """
        by, who = listed(self.authors) or "No author", listed(self.publishers) or "no publisher"
        same = f"; an edition of the same work as {listed(self.editions)}" if self.editions else ""
        return _shown(f"{by}, “{self.title or self.id}”, {self.date or 'no date'}, {who}{same}")


@dataclass(frozen=True)
class Citation(Result):
    """A claim as a report cites it: its document, and the claim with its quotations."""

    kind = "citation"
    source: Reference
    claim: ClaimEvidence

    def text(self, width: int | None = None) -> str:  # noqa: ARG002
        """Words, on one line that ends with a line feed; offsets count characters from 0, and the end is not part of
        the quotation."""
        return f"{self.source.text()}: {self.quoted() or 'no quotation'}.\n"

    def quoted(self) -> str:
        """The quotations, each with its position."""
        return "; ".join(map(_quoted, self.claim.quotations))

    def bibtex(self) -> str:
        """An entry of the type misc in UTF-8. Names stand in braces: which part is the family's nobody knows here."""
        fields = {
            "author": " and ".join(f"{{{_latex(name)}}}" for name in self.source.authors),
            "title": f"{{{_latex(self.source.title or self.source.id)}}}",
            **self._dated(),
            "publisher": _latex("; ".join(self.source.publishers)),
            "language": _latex(self.source.language),
            "note": _latex(self.quoted()),
        }
        lines = (
            f"  {name} = {value if name == 'month' else f'{{{value}}}'},\n" for name, value in fields.items() if value
        )
        return f"@misc{{{self.claim.key},\n{''.join(lines)}}}\n"

    def csl(self) -> dict[str, Any]:
        """An item of CSL-JSON; the quotations stand in `note`, where reference managers show them."""
        found = {
            "id": self.claim.key,
            "type": "document",
            "title": self.source.title or self.source.id,
            "author": [{"literal": name} for name in self.source.authors],
            "issued": self._issued(),
            "publisher": "; ".join(self.source.publishers),
            "language": self.source.language,
            "note": self.quoted(),
        }
        return {name: value for name, value in found.items() if value}

    def annotation(self) -> dict[str, Any]:
        """The claim as a Web Annotation, each source with its title and how it is cited (DCMI Metadata Terms)."""
        found = self.claim.to_dict()
        said = {"dcterms:title": self.source.title, "dcterms:bibliographicCitation": self.source.text()}
        for target in found["target"]:
            target["source"] = {"id": target["source"], **said}
        return found

    def values(self) -> dict[str, Any]:
        forms = {name: getattr(self, name)() for name in FORMS}
        return {"claim": PREFIXES["clm"] + self.claim.key, "source": asdict(self.source), **forms}

    def form(self, name: str) -> str:
        """One of `FORMS` as text to be copied; JSON with two blanks."""
        found = getattr(self, name)()
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=2) + "\n"

    def _dated(self) -> dict[str, str]:
        """Year and month as BibTeX has them; another date is left as it is."""
        found = _DATE.fullmatch(self.source.date)
        if not found:
            return {"year": _latex(self.source.date)}
        return {"year": found[1], "month": _MONTHS[int(found[2]) - 1] if found[2] else ""}

    def _issued(self) -> dict[str, Any]:
        found = _DATE.fullmatch(self.source.date)
        if found:
            return {"date-parts": [[int(part) for part in found.groups() if part]]}
        return {"literal": self.source.date} if self.source.date else {}


def reference(labels: Labels, slug: str) -> Reference:
    """What a graph has on the document of this id; what it lacks is empty."""
    node = minted("src", slug)

    def every(name: str) -> list[str]:
        objects = [quad.object for quad in labels.store.quads(node, term(name))]
        labels.learn(objects)
        return sorted(map(labels.label, objects))

    def first(name: str) -> str:
        return min(every(name), default="")

    length = first("gbkg:length")
    return Reference(
        slug,
        first("dcterms:title"),
        tuple(every("dcterms:creator")),
        tuple(every("dcterms:publisher")),
        first("dcterms:issued"),
        first("gbkg:language"),
        int(length) if length.isdecimal() else 0,
        tuple(sorted(_editions(labels.store, node) - {slug})),
    )


def _editions(store: Store, node: NamedNode) -> set[str]:
    """The ids of all documents that are editions of one work with a document, joined by whatever they are said to be
    versions of."""

    def near(one: NamedNode) -> Iterator[NamedNode]:
        for name in map(term, EDITION):
            yield from (quad.object for quad in store.quads(one, name) if isinstance(quad.object, NamedNode))
            yield from (quad.subject for quad in store.quads(None, name, one))

    found = reachable([node], near)
    prefix = PREFIXES["src"]
    return {one.value.removeprefix(prefix) for one in found if one.value.startswith(prefix)}


def bare(claim: ClaimEvidence) -> Citation:
    """A citation where no graph says what the document is called."""
    slug = source_of(claim)
    return Citation(Reference(slug, slug, (), (), "", "", 0), claim)


def source_of(claim: ClaimEvidence) -> str:
    """The id of the document that makes a claim."""
    return claim.quotations[0].source if claim.quotations else claim.key.partition(".")[0]


def _quoted(quotation: Quotation) -> str:
    return f"“{_shown(quotation.exact)}”, characters {quotation.start}–{quotation.end}"


def _shown(words: str) -> str:
    return safe(oneline(words), "")


def _latex(words: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in _shown(words))
