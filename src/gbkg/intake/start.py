"""A new project: a small complete one, which builds at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gbkg.core import files
from gbkg.core.errors import ProjectError
from gbkg.core.project import parse_settings
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.text import escape

TEMPLATE = Path(__file__).parent / "template"
PREFIX = "own"
_FREE = frozenset({".git", ".gitignore", ".gitattributes", "LICENSE"})
"""What a folder may have before a project is put into it."""


@dataclass(frozen=True)
class Begun(Result):
    """A new project: its folder, and the names of its files, sorted."""

    kind = "init"
    out: str
    files: tuple[str, ...]

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield from (escape(f"wrote {Path(self.out) / name}") for name in self.files)
        yield escape(f"next: cd {self.out} && gbkg build")


def start(folder: Path, title: str = "", prefix: str = PREFIX, namespace: str = "") -> Begun:
    """Puts a new project into a folder that does not exist or is empty.

    Without `title` and `namespace` both are made of the folder's name. Raises `ProjectError` for a folder with other
    files, `ParseError` for a prefix or namespace that cannot be one, `OutputError` when a file cannot be written.
    """
    name = folder.resolve().name
    slug = "-".join(re.findall(r"[a-z0-9]+", name.lower())) or "project"
    base = f"https://example.org/{slug}"
    meant = {
        "TITLE": title or name,
        "PREFIX": prefix,
        "NAMESPACE": namespace or f"{base}#",
        "BASE": f"{(namespace or base).rstrip('#/')}/",
    }
    if any(character in text for text in meant.values() for character in '"\\\n\r\t'):
        raise ProjectError("a title or address has a quotation mark, backslash or line end", file=str(folder))
    made = {_place(path, prefix): _filled(path.read_text(encoding="utf-8"), meant) for path in _files()}
    parse_settings(made["gbkg.toml"])
    try:
        taken = sorted(path.name for path in folder.iterdir() if path.name not in _FREE) if folder.exists() else []
    except OSError as error:
        raise ProjectError(f"cannot be a new project: {error.strerror}", file=str(folder)) from error
    if taken:
        hint = "give a folder that is empty or does not exist"
        raise ProjectError(f"has files already: {', '.join(taken[:3])}", file=str(folder), hint=hint)
    for place in made:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
    files.write_all({folder / place: text.encode() for place, text in made.items()})
    return Begun(str(folder), tuple(sorted(made)))


def _files() -> list[Path]:
    return sorted(path for path in TEMPLATE.rglob("*") if path.is_file())


def _place(path: Path, prefix: str) -> str:
    """Where a file of the template goes."""
    inside = path.relative_to(TEMPLATE).as_posix()
    return f"ontology/{prefix}.ttl" if inside == "ontology/terms.ttl" else inside


def _filled(text: str, meant: dict[str, str]) -> str:
    example = (TEMPLATE / "documents" / "example.txt").read_text(encoding="utf-8")
    known = meant | {"LENGTH": str(len(example)), "DIGEST": sha256(example.encode()).hexdigest()}
    for name, value in known.items():
        text = text.replace(f"@{name}@", value)
    return text
