"""Reading input files: regular files of limited size, and within a project only files of that project.

A file may come from anybody. A pipe would keep the reader waiting, a device never ends, a sparse file fills the memory,
and a link could bring the text of another file into messages.
"""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from gbkg.core.errors import ParseError, ProjectError, advice

LARGEST = 1 << 30
"""Bytes of the largest file that is read as a whole, a table for instance: a gibibyte."""
_WRITTEN = 10_000_000, frozenset((".rq", ".sparql", ".toml", ".jsonld"))
"""The largest size in bytes of files that people write by hand, and their suffixes."""
_UTF16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def content(path: Path, shown: str | None = None, *, within: Path | None = None) -> bytes:
    """The bytes of a file, which messages call `shown`. Links may not lead out of the folder `within`.

    Raises `ProjectError` when the file cannot be opened, is not a regular file, is too large for its kind, or is
    reached by a link that leads out of `within`; the message has none of its content.
    """
    name = shown or str(path)
    largest = _WRITTEN[0] if path.suffix in _WRITTEN[1] else LARGEST
    try:
        if within is not None and _leaves(path, within):
            hint = "put the file itself into the project; what the link points at was not read"
            raise ProjectError("is reached by a link that leads out of the project", file=name, hint=hint)
        size = regular(path, name, within=within)
        if size <= largest:
            with path.open("rb") as file:
                raw = file.read(largest + 1)  # it may have grown, and some system files report no size
            size = max(size, len(raw))
    except OSError as error:
        raise _unreadable(error, name, within=within) from error
    except ValueError as error:  # a zero byte in the name
        raise ProjectError(f"is not a file name: {error}", file=name, hint="leave that byte out") from error
    if size > largest:
        hint = "divide it"
        raise ProjectError(f"is too large: {size:,} bytes or more; {largest:,} are read at most", file=name, hint=hint)
    return raw


def plain(path: str) -> bytes | None:
    """The bytes of a small regular file that is reached by no link of its own name, at a fraction of the cost of
    `content`, which must be called where this returns None."""
    try:
        found = os.lstat(path)
        if stat.S_ISREG(found.st_mode) and found.st_size <= _WRITTEN[0]:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                raw = file.read()
            return raw if len(raw) == found.st_size else None
    except OSError:
        pass
    return None


def regular(path: Path, shown: str | None = None, *, within: Path | None = None, hint: str = "") -> int:
    """The size in bytes of a regular file, links followed; for engines that open files themselves.

    Raises `ProjectError` when it is anything else, or cannot be examined; `hint` says what would write the file.
    """
    name = shown or str(path)
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(error, name, hint, within=within) from error
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no file")
        more = "; ".join(filter(None, ("name a file", hint)))
        raise ProjectError(f"cannot be read: it is {kind}, not a regular file", file=name, hint=more)
    return found.st_size


def decode(raw: bytes, shown: str) -> str:
    """The text of a file's bytes, without newline translation. Raises `ParseError`, with line and byte, when it is
    not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise ParseError(
            f"not UTF-8: {'UTF-16' if raw[:2] in _UTF16 else f'byte 0x{raw[error.start]:02x}'}",
            file=shown,
            line=line,
            column=column,
            hint="save the file as UTF-8; the column counts bytes",
        ) from error


def text(path: Path, shown: str | None = None, *, within: Path | None = None) -> str:
    """The text of a file; raises as `content` and `decode`."""
    return decode(content(path, shown, within=within), shown or str(path))


def named(name: str) -> str:
    """The name of a file as text; bytes that are not UTF-8 become escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


def there(path: Path) -> bool:
    """Whether something has this name. A link that leads nowhere counts: it is a fault, not an absent file."""
    return os.path.lexists(path)


def _unreadable(error: OSError, name: str, hint: str = "", *, within: Path | None) -> ProjectError:
    if within is not None and isinstance(error, FileNotFoundError):
        hint = "a project has this file: restore it"
    else:
        hint = advice(error, hint)
    return ProjectError(f"cannot be read: {error.strerror or error}", file=name, hint=hint)


def _leaves(path: Path, within: Path) -> bool:
    """Whether a link below `within`, on the way to the file, leads out of it."""
    at = str(within)  # text, since a build asks for thousands of files
    for part in path.relative_to(within).parts:
        at = f"{at}{os.sep}{part}"
        if os.path.islink(at):  # noqa: PTH114
            return not path.resolve().is_relative_to(within.resolve())
    return False
