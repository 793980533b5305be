"""Files written all together or not at all, and folders as ZIP archives without a clock."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from errno import EISDIR
from pathlib import Path

from gbkg.errors import OutputError

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP archive can hold; every member bears it."""


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files or none: each is written to the side and flushed to disk first, then all are renamed.

    Raises `OutputError` when anything cannot be written; the former files are then as they were.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".gbkg-", dir=folder) as aside:
            for name, content in files.items():
                with (Path(aside) / name).open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            for name in files:
                if (folder / name).is_dir():
                    raise IsADirectoryError(EISDIR, f"{name} is a folder")
            for name in files:
                (Path(aside) / name).replace(folder / name)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", file=str(folder), hint="former outputs are as they were"
        ) from error


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
