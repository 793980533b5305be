"""Files written all together or not at all, and folders as ZIP archives without a clock."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path
from typing import IO

from gbkg.errors import OutputError

_PREFIX = ".gbkg-"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP archive can hold; every member bears it."""


class Aside:
    """A place beside a folder's files where new ones are written, to take the place of the old ones all together.

    A context manager: what was not published by then is gone, and the former files are as they were.
    """

    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        """With `alone` nobody else may be writing to the folder, and what killed writers have left there is removed."""
        self.folder, self._alone = folder, alone

    def __enter__(self) -> Aside:
        with self._told():
            self.folder.mkdir(parents=True, exist_ok=True)
            # Not so much as opened: whoever closes a file of SQLite gives up the locks that its process has on it.
            for left in [path for path in self.folder.glob(f"{_PREFIX}*") if path.is_dir()] if self._alone else ():
                shutil.rmtree(left, ignore_errors=True)
            self._made = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=self.folder, ignore_cleanup_errors=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._made.cleanup()

    def path(self, name: str) -> Path:
        """Where the new file `name` stands until it is published."""
        return Path(self._made.name) / name

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A new file to write to, flushed to disk at the end. Raises `OutputError`."""
        with self._told(), self.path(name).open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())

    def put(self, name: str, content: Iterable[bytes]) -> Path:
        """Writes a new file in pieces. Raises `OutputError`."""
        with self.open(name) as file:
            file.writelines(content)
        return self.path(name)

    def publish(self, gone: Iterable[str] = ()) -> None:
        """Puts all new files into the place of the old ones, and removes those that are `gone`. Raises `OutputError`
        when one cannot be."""
        with self._told():
            names = sorted(path.name for path in Path(self._made.name).iterdir())
            for name in names:
                if (self.folder / name).is_dir():
                    raise IsADirectoryError(EISDIR, f"{name} is a folder")
            for name in names:
                self.path(name).replace(self.folder / name)
            for name in gone:
                (self.folder / name).unlink(missing_ok=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"cannot be written: {error.strerror}", file=str(self.folder), hint="former outputs are as they were"
            ) from error


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files or none: each is written to the side and flushed to disk first, then all are renamed.

    Raises `OutputError` when anything cannot be written; the former files are then as they were.
    """
    with Aside(folder) as aside:
        for name, content in files.items():
            aside.put(name, [content])
        aside.publish()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of the files in alphabetical order; the same files always give the same bytes.

    Members are stored, not compressed: what DEFLATE makes of them depends on the version of zlib.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system, member.external_attr = 3, 0o100644 << 16
            archive.writestr(member, files[name])
    return held.getvalue()
