"""What Excel and Word files have in common: text as they may hold it, and the same bytes in every run."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from gbkg.core import files
from gbkg.core.errors import GbkgError
from gbkg.core.text import safe

MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The date that both formats want a file to have been made on; nobody looks at a clock."""


def words(text: str) -> str:
    """The text with control characters, which XML cannot hold, and marks that turn its direction as escapes."""
    return safe(text.replace("\r\n", "\n").replace("\r", "\n"))


def settled(made: bytes) -> bytes:
    """The same package with its members in alphabetical order and without times."""
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return files.zipped({name: package.read(name) for name in package.namelist()})


def missing(package: str, form: str) -> GbkgError:
    """The error of a format whose library is not here."""
    return GbkgError(f"{form} needs {package}", hint='pip install "gbkg[office]"')


Sheet = Any
"""A sheet or document of a library that has no types."""
