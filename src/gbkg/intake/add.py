"""Takes documents into a project: converts a file, registers it, and freezes its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, Literal

from gbkg.core import files, inputfiles
from gbkg.core.errors import GbkgError, NotFoundError, ProjectError, QueryLimitError, SourceError
from gbkg.core.limits import GIGABYTE, Limits, confined
from gbkg.core.prefixes import is_slug, slugged
from gbkg.core.project import FILE, Project
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import counted, escape
from gbkg.intake import register
from gbkg.intake.blocks import SET_ASIDE, Converted
from gbkg.intake.convert import convert

State = Literal["registered", "unchanged", "restored", "differs", "renewed", "changed"]
_LEAST, _BYTES, _MEMORY = 120.0, 10_000, 4 * GIGABYTE
"""What the reading of a file may take: seconds, a second more for so many bytes, and bytes of memory."""
_OPTIONS = {"creator": "--author", "publisher": "--publisher", "issued": "--date"}
_CALLED = {"creator": "author", "publisher": "publisher", "issued": "date"}
_COMMON = {
    "en": "the of and to in a is that for it as was with be by on not",
    "de": "der die und das in den von zu mit sich des auf ist im dem nicht ein",
    "fr": "de la le et les des en un une du est que pour dans qui au",
    "es": "de la que el en y los del se las por un para con una su",
}
_FEW = 8
"""Sentences that a text must have to be compared with others by them, and characters of a short sentence."""
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Added:
    """What became of a file: `state` of document `slug`, what to say of it, a line each, and what is to be written."""

    slug: str
    state: State
    said: tuple[str, ...]
    writes: Mapping[Path, bytes] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n  ".join((f"{self.state} {self.slug}: {self.said[0]}", *self.said[1:]))


@dataclass(frozen=True)
class Failed:
    """A file that was not added, and why."""

    file: str
    error: str

    def __str__(self) -> str:
        return f"not added: {self.error}"


@dataclass(frozen=True)
class Additions(Result):
    """What became of files: the documents by the name of their file, and the files that were not added."""

    kind = "add"
    documents: tuple[tuple[str, Added], ...]
    failed: tuple[Failed, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        return (escape(str(one)) for _, one in self.documents)

    def values(self) -> dict[str, Any]:
        listed = [
            {"file": file, "source": one.slug, "state": one.state, "said": list(one.said)}
            for file, one in self.documents
        ]
        return super().values() | {"documents": listed}


def add_files(
    project: Project,
    names: Sequence[str],
    given: Mapping[str, str] | None = None,
    slug: str = "",
    encoding: str = "",
    renew: bool = False,
    content: bytes | None = None,
    say: Callable[[Added | Failed], None] = lambda _: None,
) -> Additions:
    """Add files one by one, each whole or not at all, options as of `add`; `say` is called with what became of each as
    soon as it is known. `content` is that of standard input, `-`. Raises `GbkgError`, before anything is read, when
    several files would have the same slug or the same things said of them, or `-` has no slug."""
    if len(names) > 1 and (slug or any((given or {}).values())):
        raise GbkgError("--as, --title and the like are for one file; add them one by one, or edit data/sources.ttl")
    if "-" in names and not slug:
        raise GbkgError("what comes by stdin has no name: give one with --as")
    documents: list[tuple[str, Added]] = []
    failed: list[Failed] = []
    for name in names:
        try:
            if Path(name).is_dir():
                raise SourceError("is a folder", file=name, hint=f"name its files, as in gbkg add {name.rstrip('/')}/*")
            raw = content if name == "-" and content is not None else inputfiles.content(Path(name), name)
            done = add(project, slug if name == "-" else Path(name).name, raw, given or {}, slug, encoding, renew)
            write(done)
        except GbkgError as error:
            failed.append(Failed(name, str(error)))
            say(failed[-1])
        else:
            documents.append((name, done))
            say(done)
    return Additions(tuple(documents), tuple(failed))


def add(
    project: Project,
    name: str,
    raw: bytes,
    given: Mapping[str, str],
    slug: str = "",
    encoding: str = "",
    renew: bool = False,
) -> Added:
    """Convert a file of this name and say what is to be written for it; `write` does.

    `given` has what the user says of it: title, creator, publisher, issued (YYYY, YYYY-MM or YYYY-MM-DD), language (a
    BCP 47 tag), note, and edition (a document of whose work it is an edition, too). A file that is registered already
    is not registered again: if its converter now gives another text, the frozen one stays unless `renew` is true;
    another file takes the place of a registered one only then.
    Raises `ProjectError` for a project without gbkg.toml, `SourceError` for a name or value that cannot be, and what
    `convert` raises.
    """
    if not inputfiles.there(project.root / FILE):
        hint = "gbkg init begins a project; in this one write a gbkg.toml with a title"
        raise ProjectError("documents are added to a project with a gbkg.toml", file=str(project.root), hint=hint)
    _check(given, name)
    made, known = _converted(raw, name, encoding), register.known(project)
    digest, text = sha256(raw).hexdigest(), made.text.encode()
    same = [one for one, old in known.items() if (digest == old.file and not slug) or one == slug]
    asked, slug = slug, slug or (same[0] if same else slugged(name.rpartition(".")[0] or name))
    if not is_slug(slug):
        fault = f"{asked!r} is not a name of a document" if asked else "no name can be made of the file's"
        raise SourceError(fault, file=name, hint="give one with --as: lower-case words joined by hyphens")
    twin = next((one for one, old in known.items() if old.text == sha256(text).hexdigest() and one != slug), "")
    if twin:
        raise SourceError(f"its text is that of {twin}, which is registered", file=name)
    if (edition := given.get("edition")) and edition not in known:
        raise NotFoundError.among("source", edition, known)
    if slug in known:
        done = _again(project, slug, known[slug], raw, made, renew, name)
        return _told_again(project, done, given) if done.state == "unchanged" else done
    said, remarks = _meant(made, given, name)
    remarks += [] if edition else _like(project, known, made.text)
    note = given.get("note") or f"Text made of {name} by {made.by}."
    writes = _texts(project, slug, made)
    writes[project.data / "sources.ttl"] = register.added(
        project, register.entry(slug, name, raw, made, said, note)
    ).encode()
    if (empty := register.claims_table(project, slug)) is not None:
        writes[project.data / "claims" / f"{slug}.tsv"] = empty.encode()
    readings = project.data / "readings" / f"{slug}.tsv"
    if not inputfiles.there(readings):
        writes[readings] = register.readings_table(made).encode()
    head = f"“{said['title']}” ({said['language']}), {len(made.text):,} characters by {made.by}"
    return Added(slug, "registered", (head, *remarks, *made.remarks, _set_aside(made)), writes)


def _converted(raw: bytes, name: str, encoding: str) -> Converted:
    """What `convert` gives, made in a process of its own: a file that takes too long or too much memory, or that the
    library of its format breaks down at, stops itself alone. Raises `SourceError` for such a file."""
    allowed = Limits(_LEAST + len(raw) / _BYTES, _MEMORY, "the document was not read")
    try:
        return confined(lambda: convert(raw, name, encoding), allowed)
    except QueryLimitError as error:
        hint = "divide it, or save it anew in another format"
        raise SourceError(error.message, file=name, hint=hint) from error


def write(added: Added) -> None:
    """Write all files of a document, or none. Raises `OutputError`."""
    for path in added.writes:
        path.parent.mkdir(parents=True, exist_ok=True)
    files.write_all(added.writes)


def _texts(project: Project, slug: str, made: Converted) -> dict[Path, bytes]:
    """The frozen text, and the layout of its pages if it has them."""
    folder = project.root / project.about.documents
    found = {folder / f"{slug}.txt": made.text.encode()}
    if layout := register.layout(made):
        found[folder / "layout" / f"{slug}.tsv"] = layout.encode()
    return found


def _again(
    project: Project, slug: str, old: register.Registered, raw: bytes, made: Converted, renew: bool, name: str
) -> Added:
    """What becomes of a document that is registered."""
    digest, text = sha256(raw).hexdigest(), sha256(made.text.encode()).hexdigest()
    texts = _texts(project, slug, made)
    if not old.file:
        raise SourceError(f"{slug} is registered, and not by gbkg add", file=name, hint="give another name with --as")
    if old.text == text and old.file == digest:
        lost = {path: content for path, content in texts.items() if not inputfiles.there(path)}
        return Added(slug, "restored" if lost else "unchanged", ("is registered already",), lost)
    if old.file != digest and not renew:
        hint = "give another name with --as, or --renew if it is a new version of the same document"
        raise SourceError(f"{slug} is the name of another file", file=name, hint=hint)
    if not renew:
        said = f"{made.by} gives another text than {old.by} did; the frozen text stays"
        return Added(slug, "differs", (said, "with --renew the new text takes its place; then run gbkg lock"))
    writes = texts | {project.data / "sources.ttl": register.renewed(project, slug, old, raw, made).encode()}
    lines = (f"{len(made.text):,} characters by {made.by}", "run gbkg lock: it finds the quotations in the new text")
    return Added(slug, "renewed", (*lines, *made.remarks), writes)


def _told_again(project: Project, done: Added, given: Mapping[str, str]) -> Added:
    """A document that is registered as it is, with what the user says of it now: of that its entry takes the work."""
    edition = given.get("edition", "")
    more = ("its entry in data/sources.ttl stays: edit it there",) if any(given.values()) and not edition else ()
    if not edition or edition == done.slug:
        return replace(done, said=(*done.said, *more))
    path = project.data / "sources.ttl"
    written = {path: register.joined(project, done.slug, edition).encode()}
    return Added(done.slug, "changed", (f"is an edition of the same work as {edition}",), written)


def _meant(made: Converted, given: Mapping[str, str], name: str) -> tuple[dict[str, str], list[str]]:
    """What is said of a document, by the user or else by the file; and what neither says."""
    said = made.said | {key: value for key, value in given.items() if value}
    remarks = []
    if not said.get("title"):
        said["title"] = PurePath(name).stem or name
        remarks.append("no title in the file: its name stands for it; give --title")
    if not said.get("language") or not _LANGUAGE.fullmatch(said["language"]):
        said["language"] = language(made.text) or "und"
        how = "is unknown: give --language" if said["language"] == "und" else f"is taken to be {said['language']}"
        remarks.append(f"the file does not say its language, which {how}")
    if lacking := [key for key in _OPTIONS if not said.get(key)]:
        names, options = (", ".join(each[key] for key in lacking) for each in (_CALLED, _OPTIONS))
        remarks.append(f"not in the file: {names}; registered as not stated ({options})")
    return said, remarks


def _like(project: Project, known: Iterable[str], text: str) -> list[str]:
    """A remark on the first registered document that has many of the sentences of a text, if one does."""
    mine = _sentences(text)
    for slug in sorted(known):
        path = project.root / project.about.documents / f"{slug}.txt"
        if len(mine) < _FEW or not path.is_file() or not 0.5 < path.stat().st_size / len(text.encode()) < 2:
            continue
        theirs = _sentences(inputfiles.text(path))
        if len(mine & theirs) > 0.4 * min(len(mine), len(theirs)):
            return [f"has many sentences of {slug}; if both are editions of one work, say so: --edition-of {slug}"]
    return []


def _sentences(text: str) -> set[str]:
    """What stands between the stops of a text, without blanks, short words left out."""
    parts = ("".join(part.split()) for part in re.split(r"[.!?。！？]", text))
    return {part for part in parts if len(part) > _FEW}


def _set_aside(made: Converted) -> str:
    counts = Counter(block.kind for block in made.blocks)
    parts = [counted(counts[kind], _WORDS[kind]) for kind in SET_ASIDE if counts[kind]]
    return f"set aside: {', '.join(parts)}; all else is unread" if parts else "all of it is unread"


_WORDS = {"heading": "heading", "caption": "caption", "furniture": "line of the page alone"}


def _check(given: Mapping[str, str], name: str) -> None:
    if (date := given.get("issued")) and not _DATE.fullmatch(date):
        raise SourceError(f"--date {date!r} is not a date", file=name, hint="YYYY, YYYY-MM or YYYY-MM-DD")
    if (tag := given.get("language")) and not _LANGUAGE.fullmatch(tag):
        raise SourceError(
            f"--language {tag!r} is not a language", file=name, hint="en, zh, zh-Hant and the like (BCP 47)"
        )


def language(text: str) -> str:
    """The likeliest language of a text: by its script, else by its commonest words; "" if unknown.

    >>> language("公共图书馆应当免费开放。"), language("The library is open to all of the town."), language("1")
    ('zh', 'en', '')
    """
    letters = [character for character in text[:200_000] if character.isalpha()]
    if not letters:
        return ""
    han, kana, hangul = (
        sum(low <= character <= high for character in letters) / len(letters)
        for low, high in (("一", "鿿"), ("ぁ", "ヿ"), ("가", "힣"))
    )
    if hangul > 0.2:
        return "ko"
    if kana > 0.1:
        return "ja"
    if han > 0.2:
        return "zh"
    words = Counter(re.findall(r"[^\W\d_]+", text[:200_000].lower()))
    scores = {tag: sum(words[word] for word in common.split()) for tag, common in _COMMON.items()}
    best = max(scores, key=lambda tag: (scores[tag], tag == "en"))
    return best if scores[best] > 0.1 * sum(words.values()) else ""
