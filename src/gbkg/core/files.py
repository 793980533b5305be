"""The one place where files are written: a file is replaced whole or left as it was; devices and pipes are written to.

The content is first written to a new file in the same folder, under a random name, and flushed to the disk; then that
file is renamed. A link of that name is replaced, not followed.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from typing import IO

from gbkg.core.errors import AlteredError, OutputError, advice

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP archive can hold; every member has it."""
_OPENED = r"/proc/\w+(/task/\d+)?/fd"
"""Where Linux shows what a process has open; /dev/fd is a link to it."""
_BLOCK = 1 << 20


def write(path: Path, content: bytes) -> None:
    """Makes this the content of a file, or writes it to the device, pipe or open file of that name.

    Raises `OutputError` when it cannot be written; what stood there is then as it was.
    """
    write_all({path: content})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Writes all files or, as long as no rename fails, none: all new files are complete before the first is renamed."""
    ready: dict[Path, Path] = {}
    streams: dict[Path, int] = {}
    try:
        for path, content in files.items():
            with _reported(path):
                stream = _stream(path)
                if stream is None:
                    ready[path] = _new_file(path, content)
                else:
                    streams[path] = stream
        for path, new in ready.items():
            with _reported(path):
                new.replace(path)
                with suppress(OSError):  # not every system can
                    sync(path.parent)
        for path, stream in streams.items():
            with _reported(path), os.fdopen(stream, "wb", closefd=False) as file:
                file.write(files[path])
    finally:
        for new in ready.values():
            new.unlink(missing_ok=True)
        for stream in streams.values():
            with suppress(OSError):
                os.close(stream)


def write_into(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Writes files into a folder, which is made if need be, as `write_all` does."""
    with _reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_all({folder / name: content for name, content in contents.items()})


def link(path: Path, target: str) -> None:
    """Makes the name a symbolic link to `target`, whatever it was before. Raises `OSError`."""
    new = path.with_name(f".gbkg-{os.urandom(8).hex()}")
    new.symlink_to(target)
    try:
        new.replace(path)
    except OSError:
        new.unlink()
        raise


def check_distinct(outputs: Sequence[Path], read: Sequence[Path] = ()) -> None:
    """Raises `OutputError` when two outputs are one file, or one is a file that is read."""
    for number, path in enumerate(outputs):
        if any(_same(path, other) for other in read):
            raise OutputError("is read for this answer", file=str(path), hint="name another file to write to")
        if any(_same(path, other) for other in outputs[:number]):
            raise OutputError("is named for two outputs", file=str(path), hint="name two files")


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of the files in alphabetical order; the same files always give the same bytes.

    Members are stored, not compressed: what DEFLATE makes of them depends on the version of zlib.
    """
    import zipfile  # here, since few commands write archives

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system, member.external_attr = 3, 0o100644 << 16
            archive.writestr(member, files[name])
    return held.getvalue()


class Hashing:
    """A file whose SHA-256 is known once it has been read or written from its beginning to its end."""

    def __init__(self, file: IO[bytes]) -> None:
        from hashlib import sha256  # here: it takes two milliseconds

        self._file, self._made = file, sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self._made.update(found)
        return found

    def write(self, content: bytes) -> int:
        self._made.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits."""
        return self._made.hexdigest()

    def check(self, expected: str, shown: str) -> None:
        """Reads what is left. Raises `AlteredError` when the whole has another SHA-256."""
        while self.read(_BLOCK):
            pass
        if self.sha256 != expected:
            raise AlteredError(shown, self.sha256, expected)


def check(path: Path, expected: str) -> None:
    """Raises `AlteredError` unless the file has this SHA-256; `OSError` when it cannot be read."""
    with path.open("rb") as file:
        Hashing(file).check(expected, str(path))


def _new_file(path: Path, content: bytes) -> Path:
    """A new file beside `path` with this content on the disk, and the rights that `path` has or that are usual."""
    if path.name in ("", "..") or path.is_dir():
        raise IsADirectoryError(EISDIR, "it is a folder; name a file")
    new = path.with_name(f".gbkg-{os.urandom(8).hex()}")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(file, "wb") as opened:
            if path.is_file() and not path.is_symlink():
                os.fchmod(file, stat.S_IMODE(path.stat().st_mode))
            opened.write(content)
            opened.flush()
            os.fsync(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return new


def _stream(path: Path) -> int | None:
    """A descriptor of what is to be written through: a device of characters, a pipe, a file that this process has open
    and is known by that. None for a file, which is there or not."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    for opened in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError, OutputError):
            opened.flush()
    for number in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), found):
                return os.dup(number)
    kind = found.st_mode
    if stat.S_ISCHR(kind) or stat.S_ISFIFO(kind) or (stat.S_ISREG(kind) and re.fullmatch(_OPENED, _folder(path))):
        return os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    if stat.S_ISBLK(kind) or stat.S_ISSOCK(kind):
        raise OSError(None, "it is neither a file nor a device of characters")
    return None


def _folder(path: Path) -> str:
    return str(path.parent.resolve())


def _same(path: Path, other: Path) -> bool:
    """Whether both names lead to one file, or would."""
    try:
        return path.samefile(other)
    except OSError:
        return path.absolute() == other.absolute() or path.resolve() == other.resolve()


def sync(path: Path) -> None:
    """Has the content of a file, or the names in a folder, written to the disk. Raises `OSError`."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Raises `OutputError` for whatever keeps a file from being written, but for a pipe that nobody reads."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        said = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        if isinstance(error, FileNotFoundError):
            hint = "make its folder first"
        else:
            hint = advice(error, "what stood there is as it was") if isinstance(error, OSError) else "name it otherwise"
        raise OutputError(f"cannot be written: {said}", file=str(path), hint=hint) from error
