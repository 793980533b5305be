"""The register of documents, `data/sources.ttl`: an entry for a converted file, with what is known of the file, its
text, and who made the one of the other; and what is written beside it: tables, and where a PDF prints each line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.claims import review, rows, texts
from gbkg.claims.texts import QuotePlace
from gbkg.core import inputfiles, tables, turtle
from gbkg.core.errors import ProjectError
from gbkg.core.prefixes import PREFIXES, hash_name, named_hash
from gbkg.core.project import Project
from gbkg.core.records import UNREAD
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.tables import TableRow
from gbkg.core.terms import minted
from gbkg.core.text import counted, escape, oneline
from gbkg.documents import sources
from gbkg.documents.passages import abridged, mismatch
from gbkg.intake.blocks import SET_ASIDE, Converted, PageBox

FIELDS = {"title": "dcterms:title", "creator": "dcterms:creator", "publisher": "dcterms:publisher",
          "issued": "dcterms:issued", "language": "gbkg:language"}  # fmt: skip
"""What an entry says of a document, and the property for it."""
_MAY_LACK = ("creator", "publisher", "issued")
_USED = ("gbkg", "dcterms", "prov", "rdfs", "skos", "src", "xsd")
_WORDS = (40, 80, 160)
"""Characters at each end of a long span that is set aside: more where fewer mean several spans."""
LAYOUT = ("start", "end", "page", "left", "bottom", "right", "top")


@dataclass(frozen=True)
class Registered:
    """A document that is registered: the SHA-256 of its text and of its file ("" if it was not made by gbkg), and the
    converter."""

    text: str
    file: str
    by: str


def known(project: Project) -> dict[str, Registered]:
    """The registered documents by slug. Raises what `turtle.read` raises."""
    given = turtle.read(project, project.data / "sources.ttl")
    found = {}
    for node in given.instances("gbkg:Source"):
        slug = node.value.removeprefix(PREFIXES["src"])
        file = given.text(minted("src", f"{slug}.file"), "dcterms:identifier")
        by = given.text(minted("src", f"{slug}.conversion"), "rdfs:label")
        found[slug] = Registered(given.text(node, "gbkg:sha256"), named_hash(file), by)
    return found


def entry(slug: str, name: str, raw: bytes, made: Converted, said: Mapping[str, str], note: str) -> str:
    """The Turtle of a document: what it says of itself, what it does not say, its digest and length, and its making."""
    text = made.text
    lines = [f"src:{slug} a gbkg:Source ;"]
    lines += [f"    {property} {_literal(key, said[key])} ;" for key, property in FIELDS.items() if said.get(key)]
    lines += [f"    dcterms:isVersionOf src:{said['edition']} ;"] if said.get("edition") else []
    lacking = [FIELDS[key] for key in _MAY_LACK if not said.get(key)]
    lines += [f"    gbkg:notStated {', '.join(lacking)} ;"] if lacking else []
    lines += [
        f"    gbkg:length {len(text)} ;",
        f'    gbkg:sha256 "{sha256(text.encode()).hexdigest()}" ;',
        f"    skos:note {ox.Literal(note)} ;",
        f"    prov:wasDerivedFrom src:{slug}.file ; prov:wasGeneratedBy src:{slug}.conversion .",
        f"src:{slug}.file a prov:Entity ; rdfs:label {ox.Literal(name)} ; dcterms:format {ox.Literal(made.media)} ;",
        f"    dcterms:identifier <{hash_name(sha256(raw).hexdigest())}> .",
        f"src:{slug}.conversion a prov:Activity ; rdfs:label {ox.Literal(made.by)} ; prov:used src:{slug}.file .",
    ]
    return "\n".join(lines) + "\n"


def _literal(key: str, value: str) -> str:
    if key == "issued" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f'"{value}"^^xsd:date'
    return str(ox.Literal(value))


def added(project: Project, new: str) -> str:
    """The register with a new entry at its end. Raises `ParseError` when the whole is not Turtle."""
    former = project.text(project.data / "sources.ttl")
    declared = set(re.findall(r"(?m)^\s*@prefix\s+([\w-]*):", former))
    lacking = [f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in _USED if p not in declared]
    made = "".join(lacking) + former.rstrip("\n") + "\n\n" + new
    turtle.parse(made, "data/sources.ttl")
    return made


def joined(project: Project, slug: str, edition: str) -> str:
    """The register with a document as an edition of the work of another. Raises `ProjectError` as `renewed`."""
    former, head = project.text(project.data / "sources.ttl"), f"src:{slug} a gbkg:Source ;\n"
    line = f"    dcterms:isVersionOf src:{edition} ;\n"
    if head not in former:
        hint = f"write dcterms:isVersionOf src:{edition} into it by hand"
        raise ProjectError(
            f"the entry of {slug} has another form than gbkg add writes", file="data/sources.ttl", hint=hint
        )
    return former if head + line in former else former.replace(head, head + line, 1)


def renewed(project: Project, slug: str, old: Registered, raw: bytes, made: Converted) -> str:
    """The register with digest, length and making of a document as they are now. Raises `ProjectError` when its entry
    does not stand in the file in the form that `entry` gives it."""
    former = project.text(project.data / "sources.ttl")
    given = turtle.parse(former, "data/sources.ttl")
    length = given.text(minted("src", slug), "gbkg:length")
    text, name = made.text, re.escape(slug)
    changes = [
        (rf'"{old.text}"', f'"{sha256(text.encode()).hexdigest()}"'),
        (rf"(?s)(?<=^src:{name} a gbkg:Source ;)(.*?gbkg:length ){length}(?= ;)", rf"\g<1>{len(text)}"),
        (re.escape(hash_name(old.file)), hash_name(sha256(raw).hexdigest())),
        (rf"(?<=^src:{name}\.conversion a prov:Activity ; rdfs:label ).*(?= ; prov:used)", str(ox.Literal(made.by))),
    ]
    now = former
    for pattern, new in changes:
        now, count = re.subn(pattern, new if "\\g" in new else new.replace("\\", r"\\"), now, count=1, flags=re.M)
        if not count:
            hint = "write digest and length of the new text into it by hand"
            raise ProjectError(
                f"the entry of {slug} has another form than gbkg add writes", file="data/sources.ttl", hint=hint
            )
    turtle.parse(now, "data/sources.ttl")
    return now


def claims_table(project: Project, slug: str) -> str | None:
    """The text of an empty table of claims; None if the document has one."""
    there = inputfiles.there(project.data / "claims" / f"{slug}.tsv")
    return None if there else "\t".join(rows.USUAL) + "\n"


def readings_table(made: Converted) -> str:
    """The table of readings for a new document: headings, captions and furniture set aside as such, all else unread.

    A claim about an unread sentence counts before the reading, so that nothing has to be taken out again.
    """
    text, at = made.text, 0
    spans: list[tuple[str, int, int]] = []
    for block in made.blocks:
        end = at + len(block.text)
        reason = block.kind if block.kind in SET_ASIDE else UNREAD
        if spans and reason == UNREAD == spans[-1][0]:
            spans[-1] = (UNREAD, spans[-1][1], end)
        elif any(map(str.isalnum, block.text)) or reason == UNREAD:
            spans.append((reason, at, end))
        at = end + 1
    cells = [
        {
            "reason": reason,
            "start": str(start),
            "end": str(end),
            "quote": abridged(text, start, end, *_WORDS),
            "note": "",
        }
        for reason, start, end in spans
    ]
    return tables.write(list(review.READING_COLUMNS), cells)


def layout(made: Converted) -> str:
    """Where each printed line stands: its span in the text, its page and its box, a row each; "" without pages."""
    lines, at = [], 0
    for block in made.blocks:
        for box, after in zip(block.boxes, (*block.boxes[1:], None), strict=False):
            end = after.at if after else len(block.text)
            edges = (box.left, box.bottom, box.right, box.top)
            lines.append("\t".join(map(str, (at + box.at, at + end, box.page, *edges))))
        at += len(block.text) + 1
    return "\n".join(["\t".join(LAYOUT), *lines]) + "\n" if lines else ""


def where(project: Project, slug: str, spans: list[tuple[int, int]]) -> list[list[PageBox]]:
    """For each span the boxes of the printed lines that it touches, in order; none for a document without pages."""
    path = project.root / project.about.documents / "layout" / f"{slug}.tsv"
    if not inputfiles.there(path):
        return [[] for _ in spans]
    rows, _ = tables.read(project, path, LAYOUT)
    lines = [(int(row["start"]), int(row["end"]), _box(row)) for row in rows]
    return [[box for first, last, box in lines if first < end and last > start] for start, end in spans]


@dataclass(frozen=True)
class QuotePlaces(Result):
    """Where words stand in a document: places in its text, each with its boxes on the pages of a PDF, if it is one."""

    kind = "find-quote"
    source: str
    words: str
    hits: tuple[QuotePlace, ...]
    boxes: tuple[tuple[PageBox, ...], ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        for hit, at in zip(self.hits, self.boxes, strict=True):
            around = f"…{oneline(hit.before)}[…]{oneline(hit.after)}…"
            page = [pages(list(at))] if at else []
            yield escape("\t".join((str(hit.start), str(hit.end), oneline(hit.exact), around, *page)))

    @property
    def summary(self) -> str:
        columns = "start, end, quotation, around it" + (", page" if any(self.boxes) else "")
        return f"{counted(len(self.hits), 'place')}; columns: {columns}"

    def values(self) -> dict[str, Any]:
        hits = [
            asdict(hit) | ({"boxes": [asdict(box) for box in at]} if at else {})
            for hit, at in zip(self.hits, self.boxes, strict=True)
        ]
        return {"source": self.source, "words": self.words, "hits": hits}


def find_quote(project: Project, documents: Path | None, source: str, words: str) -> QuotePlaces:
    """Every place where the words stand in the document of a source, which is in this folder; where there is none, a
    remark says what is near. Raises as `gbkg.documents.sources.document`."""
    text = sources.document(project, documents, source)
    hits = texts.find_quote(text, words)
    boxes = where(project, source, [(hit.start, hit.end) for hit in hits])
    absent = () if hits else (f"these words are not in the document; {mismatch(text, words)}",)
    return QuotePlaces(source, words, tuple(hits), tuple(map(tuple, boxes)), remarks=absent)


def _box(row: TableRow) -> PageBox:
    left, bottom, right, top = (float(row[edge]) for edge in LAYOUT[3:])
    return PageBox(int(row["start"]), int(row["page"]), left, bottom, right, top)


def pages(boxes: list[PageBox]) -> str:
    """The pages of boxes for a reader: "page 3", "pages 3–4", "" for none."""
    numbers = sorted({box.page for box in boxes})
    if not numbers:
        return ""
    return f"page {numbers[0]}" if len(numbers) == 1 else f"pages {numbers[0]}–{numbers[-1]}"
