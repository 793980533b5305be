"""How commands print: results, records and findings, remarks beside them, and how far long work has come."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from gbkg.cli.streams import styled
from gbkg.core import SCHEMA
from gbkg.core.errors import Finding, ValidationError
from gbkg.core.text import GAP, breaks, safe, spans, width, wrapped

if TYPE_CHECKING:
    from gbkg.core.result import Result

LONGEST = 1_500
"""Characters of the longest line of a remark."""
_NARROWEST = 10
"""Cells that a line of an indented text has at least."""
_STYLES = {"": "", "bold": "\x1b[1m", "dim": "\x1b[2m"}
"""Control sequences by style (ECMA-48, 8.3.117, SELECT GRAPHIC RENDITION)."""
_Runs = list[tuple[str, str]]
"""The words of a line in order, each with its control sequence, or ""."""
_ON_TERMINAL, _IN_FILE = 0.1, 10.0
"""Seconds between two lines of progress: on a terminal, where each replaces the last, and in a file."""


def print_result(result: Result, form: str = "table") -> None:
    """Prints a result in words or as JSON, and what is to be said beside it."""
    if form == "json":
        print_json(result.to_dict())
    elif not sys.stdout.isatty():
        sys.stdout.write(result.text())
    else:
        _print_styled(result)
    print_remarks(result)


def print_remarks(result: Result) -> None:
    """Prints what is to be said beside a result."""
    for said in filter(None, (*result.remarks, result.summary)):
        remark(said)


def print_json(record: Mapping[str, Any]) -> None:
    """Prints a record as JSON."""
    import json

    # A name of a file may have bytes that are no text.
    text = json.dumps(record, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))


@contextmanager
def violations_recorded(kind: str, layout: str, **values: Any) -> Iterator[None]:
    """What stops at violations prints them as JSON, if that is the layout, before they end the process."""

    try:
        yield
    except ValidationError as error:
        clear_progress()
        if layout == "json":
            findings = [one.to_dict() for one in error.findings]
            print_json({"schema": SCHEMA, "kind": kind, **values, "findings": findings, "remarks": []})
        raise


def report_findings(findings: Iterable[Finding]) -> None:
    """Prints findings and stops with exit code 1 when one is a violation."""
    findings = list(findings)
    print_findings(findings)
    count = sum(finding.severity == "violation" for finding in findings)
    if count:
        fail(f"{count} violation{'s' if count != 1 else ''}", 1)


def print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        remark(f"{finding.severity}: {finding}")


def clear_progress() -> None:
    if sys.stderr.isatty():
        styled(sys.stderr, "\r\x1b[K")


def say(text: str) -> None:
    """Prints lines of a result; on a terminal they are wrapped to its width."""
    sys.stdout.write("".join(f"{line}\n" for line in _fitted(text.split("\n"), sys.stdout)))


def remark(text: str) -> None:
    """Prints what is said beside a result, after the result so far; on a terminal wrapped to its width."""
    sys.stdout.flush()
    sys.stderr.write("".join(f"{line}\n" for line in _fitted(map(_cut, text.split("\n")), sys.stderr)))
    sys.stderr.flush()


def _fitted(lines: Iterable[str], stream: TextIO) -> Iterator[str]:
    """The lines as they are in a file; on a terminal long ones in several, but not a command, which is to be copied."""
    if not stream.isatty():
        yield from lines
        return
    from shutil import get_terminal_size  # here, since it brings what reads archives

    cells = get_terminal_size().columns
    for line in lines:
        text = safe(line).replace("\t", GAP)
        words = text.lstrip(" ")
        if width(text) <= cells or words.startswith("gbkg "):
            yield text
        else:
            indent = " " * (len(text) - len(words))
            yield from wrapped(words, cells, indent, indent + GAP)


def _cut(line: str) -> str:
    """The line, without its middle if nobody would read it."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"


def _print_styled(result: Result) -> None:
    """Prints the lines of a result to a terminal, of its width, with bold and dim words. A line that is of several
    lines itself is as wide as it is to be."""
    from shutil import get_terminal_size

    cells = get_terminal_size().columns
    coloured = "NO_COLOR" not in os.environ and os.environ.get("TERM") not in ("dumb", "unknown")
    for line in result.lines(cells):
        several = "\n" in line.strip("\n")
        for part in [line] if several else line.split("\n"):
            runs = [(safe(words).expandtabs(), _STYLES[style] if coloured else "") for words, style in spans(part)]
            for shown in [_styled_part(runs, 0, sys.maxsize)] if several else _broken(runs, cells):
                styled(sys.stdout, f"{shown}\n")


def _broken(runs: _Runs, cells: int) -> Iterator[str]:
    """A line as wide as the terminal: lines after the first begin where the last of its columns does, or further in
    than an indented line."""
    text = "".join(words for words, _ in runs)
    if width(text) <= cells:
        yield _styled_part(runs, 0, len(text))
        return
    # What stands before the last column of a line whose other columns are single words.
    columns = re.match(r" *(?:\S+ {2,})+(?=\S)", text)
    begin = columns.end() if columns and width(columns[0]) <= cells // 2 else 0
    indent = len(text) - len(text.lstrip(" "))
    head, rest = (begin, width(text[:begin])) if begin else (indent, indent and indent + len(GAP))
    found = breaks(text[head:], max(cells, max(head, rest) + _NARROWEST), width(text[:head]), rest)
    for number, (start, end) in enumerate(found):
        before = " " * rest if number else _styled_part(runs, 0, head)
        yield before + _styled_part(runs, head + start, head + end)


def _styled_part(runs: _Runs, start: int, end: int) -> str:
    """The characters of a line from `start` to `end`, with their control sequences."""
    made, at = "", 0
    for words, style in runs:
        part = words[max(start - at, 0) : max(end - at, 0)]
        made += f"{style}{part}\x1b[0m" if style and part else part
        at += len(words)
    return made


def fail(text: str, code: int) -> NoReturn:
    remark(f"gbkg: {text}")
    sys.exit(code)


# ---- Progress


class ProgressLine:
    """Prints what is being done, how much of it, the rate and the time left: `gbkg.core.Progress`. On a
    terminal it is one line, which is overwritten; in a file only work that takes long is mentioned."""

    def __init__(self) -> None:
        self._doing, self._begun, self._printed = "", 0.0, 0.0

    def __call__(self, doing: str, done: int = 0, total: int = 0) -> None:
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if doing != self._doing:
            self._doing, self._begun, self._printed = doing, now, 0.0 if terminal else now
        since = now - self._printed
        if since < (_ON_TERMINAL if terminal else _IN_FILE) and (done != total or not terminal):
            return
        far = _far(done, total, now - self._begun)
        if terminal:
            styled(sys.stderr, f"\r\x1b[K{safe(doing, '')}{far} …")
        else:
            sys.stderr.write(f"{doing}{far}\n")
        sys.stderr.flush()
        self._printed = now


def _far(done: int, total: int, seconds: float) -> str:
    """What is known of " 1,200 of 10,000, 830/s, 11 s left"."""
    if not done:
        return ""
    count = f" {done:,} of {total:,}" if total else f" {done:,}"
    if seconds < 1:
        return count
    rate = done / seconds
    left = f", {_duration((total - done) / rate)} left" if total > done else ""
    return f"{count}, {rate:,.0f}/s{left}"


def _duration(seconds: float) -> str:
    """
    >>> _duration(42.3), _duration(3725)
    ('42 s', '1:02:05')
    """
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if whole < 100:
        return f"{whole} s"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
