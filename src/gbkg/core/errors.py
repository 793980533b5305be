"""Errors: exceptions, and findings, which are faults *in data* and stop nothing by themselves.

GbkgError
├── ProjectError        a folder is not a project, or a file of it is missing or cannot be read
├── ParseError          a file is not UTF-8, or not Turtle, TOML, SPARQL or the table that it should be
├── NotCoveredError     a query uses a construct that is refused
├── SourceError         a document was not found, or is not the one that was registered
├── NotFoundError       a name that nothing has; carries near names
├── AmbiguousNameError  a name that several things have; carries them
├── AlteredError        a file of a build is missing, or is not what the build wrote
├── ValidationError     a build found violations; carries the findings
├── QueryLimitError     a query ran out of time or memory, or the engine broke down
├── StoreError          a store on disk is missing or damaged, cannot be read, or is of another format
├── ServerError         a SPARQL server was not reached, or refused
├── ClusterError        a cluster was not reached, does not fit, or lost its workers
├── PublishError        a publication was broken off
├── DifferenceError     a server does not hold what was published
└── OutputError         results could not be written; the former ones are untouched
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["violation", "warning"]
_LISTED = 20
"""Names that a message lists at most."""
_ADVICE: dict[type[OSError], str] = {
    FileNotFoundError: "look at the path",
    NotADirectoryError: "a part of the path is a file",
    FileExistsError: "it is a file: name a folder",
    PermissionError: "see who may use it",
}


class GbkgError(Exception):
    """Something that stops the work; `str(error)` is one line for a reader.

    `file`, `line` (1-based) and `column` (1-based or a column's name) say where, when that is known;
    `hint` says what to do.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | str | None = None,
        hint: str = "",
    ) -> None:
        self.message, self.file, self.line, self.column, self.hint = message, file, line, column, hint
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Its parts as they are, since subclasses are made of other arguments: errors come from other processes too."""
        return _again, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return (f"{where}: " if where else "") + self.message + (f" ({self.hint})" if self.hint else "")


def advice(error: OSError, more: str = "") -> str:
    """What to do about a file or folder that cannot be used, then `more`."""
    return "; ".join(filter(None, (_ADVICE.get(type(error), ""), more)))


def at_least(least: int, hint: str = "", **numbers: int | None) -> None:
    """Raises `GbkgError` for a number that is too small or not whole; None stands for one that was not given."""
    for name, number in numbers.items():
        if number is not None and (not isinstance(number, int) or number < least):
            raise GbkgError(f"{name} is a whole number from {least}, found {number!r}", hint=hint)


def above_zero(**numbers: float | None) -> None:
    """Raises `GbkgError` for a limit that is not a number above 0; None stands for no limit."""
    for name, number in numbers.items():
        if number is not None and not (isinstance(number, int | float) and number > 0):
            raise GbkgError(f"{name} is a number above 0, found {number!r}", hint="None means no limit")


def texts(**given: object) -> None:
    """Raises `GbkgError` for what is not text."""
    for name, value in given.items():
        if not isinstance(value, str):
            raise GbkgError(f"{name} is text, found {value!r}", hint="write it in quotes")


def _again(kind: type[GbkgError], arguments: tuple[Any, ...], parts: dict[str, Any]) -> GbkgError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(parts)
    return error


class ProjectError(GbkgError):
    """A folder is not a gbkg project, or a file of it is missing or cannot be read."""


class ParseError(GbkgError):
    """A file breaks the syntax that its kind demands."""


class NotCoveredError(GbkgError):
    """A query uses a construct that is refused; `construct` names it."""

    def __init__(self, construct: str, *, line: int | None = None, column: int | None = None, why: str = "") -> None:
        self.construct = construct
        super().__init__(f"{construct} is not covered{': ' + why if why else ''}", line=line, column=column)


class SourceError(GbkgError):
    """A document is missing, or its digest is not the registered one."""


class NotFoundError(GbkgError):
    """A name that nobody has; `suggestions` are the nearest ones, best first, `known` all there are if they are few."""

    def __init__(
        self, kind: str, name: str, suggestions: Sequence[str] = (), known: Sequence[str] = (), *, hint: str = ""
    ) -> None:
        self.kind, self.name, self.suggestions = kind, name, tuple(suggestions)
        others = f"; there are {', '.join(known)}" if known else ""
        if self.suggestions:
            others = f"; did you mean {', '.join(self.suggestions)}?"
        super().__init__(f"no {kind} is called {name!r}{others}", hint=hint)

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str], *, hint: str = "") -> NotFoundError:
        """The error for a name that is none of those known: the nearest of them, or all if none is near."""
        listed = list(known)
        found = near(name, listed)
        shown = listed if len(listed) <= _LISTED else [*listed[:_LISTED], f"{len(listed) - _LISTED} more"]
        return cls(kind, name, found, shown, hint=hint if found or listed else hint or "there is none yet")


class AmbiguousNameError(GbkgError):
    """A name that several nodes have; `meant` are these, each with the id that can be typed in place of the name."""

    def __init__(self, kind: str, name: str, meant: Sequence[str]) -> None:
        self.kind, self.name, self.meant = kind, name, tuple(meant)
        super().__init__(f"{name!r} may be {' or '.join(self.meant)}", hint=f"say which {kind} by its id")


class AlteredError(GbkgError):
    """A file of a build is not what the build wrote, by its SHA-256; `found` is "" when it is missing."""

    def __init__(self, file: str, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        message = f"not what gbkg build wrote: SHA-256 {found[:12]}…, expected {expected[:12]}…" if found else "missing"
        super().__init__(message, file=file, hint="gbkg build writes it anew")


class QueryLimitError(GbkgError):
    """A query was not done within the time and memory it was given; nothing of its answer is known."""


class StoreError(GbkgError):
    """A store on disk is missing or damaged, cannot be read, or is of another format; nothing was changed."""


class ServerError(GbkgError):
    """A SPARQL server was not reached, or did not do what it was asked; `url` names it (without secrets), `status` is
    its HTTP status, None when it gave none, `body` the first 2,000 characters of what it said."""

    def __init__(self, url: str, message: str, *, status: int | None = None, body: str = "", hint: str = "") -> None:
        self.url, self.status, self.body = without_secrets(url), status, body
        super().__init__(f"{self.url}: {message}", hint=hint)


class ClusterError(GbkgError):
    """A cluster was not reached, has other versions, or lost all workers; `address` is what the user calls it."""

    def __init__(self, address: str, message: str, *, hint: str = "") -> None:
        self.address = address
        super().__init__(f"--dask {address}: {message}", hint=hint)


def without_secrets(url: str) -> str:
    """The address as it may be printed: without user, password, query."""
    from urllib.parse import urlsplit, urlunsplit  # here, since most commands know no address

    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return "an address that cannot be read"


class PublishError(GbkgError):
    """A publication was broken off; the graphs that were sent whole stay, and repeating it sends the others."""


class DifferenceError(GbkgError):
    """Named graphs of the server do not hold what they should; `graphs` are their names there, `lines` a few lines of
    the first: those that are missing after "missing: ", those that nobody sent after "extra: "."""

    def __init__(self, message: str, graphs: Sequence[str], lines: Sequence[str]) -> None:
        self.graphs, self.lines = tuple(graphs), tuple(lines)
        super().__init__(message, hint="repeating the command mends that")


class ValidationError(GbkgError):
    """A build found at least one violation; `findings` are all of them, of every gate that ran."""

    def __init__(self, findings: Sequence[Finding], effect: str = "outputs left as they were") -> None:
        self.findings = tuple(findings)
        count = sum(finding.severity == "violation" for finding in findings)
        super().__init__(f"{count} violation{'s' if count != 1 else ''}" + (f"; {effect}" if effect else ""))


class OutputError(GbkgError):
    """Results could not be written; whatever stood there before still stands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in the data, for whoever can mend it.

    `column` is a column's name in a table, or a number counted from 1 elsewhere; `found` and `expected` are
    quoted in the message when they are given; `gate` is the name of the check.
    """

    gate: str
    message: str
    file: str = ""
    line: int | None = None
    column: str | int | None = None
    found: str | None = None
    expected: str = ""
    hint: str = ""
    severity: Severity = "violation"

    @classmethod
    def of(cls, gate: str, error: GbkgError) -> Finding:
        """The finding that a file is not what it should be. Raises the error itself if the file cannot be read."""
        if not isinstance(error, ParseError):
            raise error
        return cls(gate, error.message, error.file or "", error.line, error.column, hint=error.hint)

    @property
    def where(self) -> str:
        """file:line:column as far as known, else the empty string."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part not in (None, ""))

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON has it (docs/records.md); what is not known is null or empty."""
        return asdict(self)

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        if self.found is not None:
            text += f"; found {_clip(self.found)!r}"
        if self.expected:
            text += f", expected {self.expected}" if self.found is not None else f"; expected {self.expected}"
        return text + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Examined:
    """A gate that ran: the check or shape of this `name`, if it has several, and how many (`unit`) it looked at."""

    gate: str
    name: str
    count: int
    unit: str


def _clip(text: str, length: int = 90) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


@contextmanager
def extra(name: str, doing: str = "") -> Iterator[None]:
    """For a block that imports what is installed with an extra of gbkg. Raises `GbkgError`, with the command that
    installs it, when one of its modules is missing; `doing` says what needs it. A missing module of gbkg's own is an
    error of gbkg, and is raised as it is."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("gbkg"):
            raise
        raise GbkgError(f"{doing} needs {error.name}".strip(), hint=f"pip install 'gbkg[{name}]'") from error


_LIKENESS = 0.6
"""The least likeness of a name that is offered for another, from 0 to 1."""


def near(typed: str, known: Iterable[str], most: int = 3, least: float = _LIKENESS) -> list[str]:
    """At most so many of the known names, the nearest first. Likeness is the normalized Indel similarity of RapidFuzz,
    small and capital letters alike; of names that are equally near, the first of the alphabet comes first.

    >>> near("macua", ["Macau", "china"])
    ['Macau']
    """
    from rapidfuzz.distance import Indel  # here, since only mistakes need it
    from rapidfuzz.process import extract

    scorer = Indel.normalized_similarity
    found = extract(typed, sorted(set(known)), scorer=scorer, processor=str.casefold, score_cutoff=least, limit=most)
    return [name for name, _, _ in found]


def meant(typed: str, known: Iterable[str]) -> str:
    """A hint with the nearest known names; "" if none is near.

    >>> meant("foundedby", ["foundedBy", "partOf"])
    'did you mean foundedBy?'
    """
    found = near(typed, known)
    return f"did you mean {', '.join(found)}?" if found else ""


def likely(typed: str, known: Iterable[str], most: int = 3, least: float = _LIKENESS) -> list[str]:
    """At most so many of the known names: those spelled nearly as typed, then those that have it in them.

    >>> likely("park", ["Parks", "science-park", "fund"])
    ['Parks', 'science-park']
    """
    names, part = sorted(set(known)), typed.casefold()
    found = near(typed, names, most, least)
    found += [name for name in names if len(part) > 2 and part in name.casefold() and name not in found]
    return found[:most]
