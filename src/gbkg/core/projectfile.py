"""The file `gbkg.toml` of a project: what the project is called, and the namespace of its own terms."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from datetime import date

from gbkg.core.errors import ParseError
from gbkg.core.prefixes import BASE, BUILT_IN, full

NAME = "gbkg.toml"
_PREFIX = re.compile(r"[a-z][a-z0-9]*")
_IRIS = ("namespace", "licence", "dataset")


@dataclass(frozen=True)
class ProjectFile:
    """What `gbkg.toml` says; a key that is absent has its default.

    `prefix` and `namespace` are those of the project's own terms, both or none. `dataset` is the IRI of the dataset,
    `documents` the folder, relative to the project, for the texts that `gbkg add` makes. `modified` is YYYY-MM-DD.
    """

    title: str = ""
    description: str = ""
    creator: str = ""
    licence: str = ""
    modified: str = ""
    prefix: str = ""
    namespace: str = ""
    dataset: str = BASE + "dataset"
    documents: str = "documents"


def parse(text: str) -> ProjectFile:
    """Read the text of a `gbkg.toml`. Raises `ParseError`, with its line, for what is not TOML, for a key that gbkg
    does not know, and for a value that cannot be meant."""
    try:
        given = tomllib.loads(text)
    except RecursionError as error:
        raise ParseError("not TOML of a project: nested too deeply", file=NAME) from error
    except ValueError as error:
        raise ParseError(f"not TOML: {error}", file=NAME) from error
    known = [field.name for field in fields(ProjectFile)]
    said: dict[str, str] = {}
    for key, value in given.items():
        line = next((n for n, typed in enumerate(text.splitlines(), 1) if re.match(rf"{re.escape(key)}\s*=", typed)), 1)
        if key not in known:
            raise ParseError(f"no such key: {key}", file=NAME, line=line, hint=f"there are {', '.join(known)}")
        said[key] = value.isoformat() if type(value) is date else value
        if fault := _fault(key, said[key]):
            raise ParseError(f"{key}: {fault[0]}", file=NAME, line=line, hint=fault[1])
    if ("prefix" in said) != ("namespace" in said):
        raise ParseError("prefix and namespace go together", file=NAME, hint="give both, or none of them")
    return ProjectFile(**said)


def _fault(key: str, value: object) -> tuple[str, str] | None:
    """What is wrong with a value, and what to do; None if nothing is."""
    if not isinstance(value, str) or not value.strip():
        return "expected text", f'{key} = "…"'
    if key == "prefix" and (not _PREFIX.fullmatch(value) or value in BUILT_IN):
        return f"{value!r} cannot be a prefix", "small letters and digits, and no prefix that gbkg has already"
    if key == "modified" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f"{value!r} is no date", "YYYY-MM-DD"
    if key == "documents" and (value.startswith(("/", "\\")) or ".." in value.split("/")):
        return f"{value!r} leads out of the project", "a folder in the project"
    if key in _IRIS and ("://" not in value or full(value) is None):
        return f"{value!r} is no IRI", "an address with https:// or the like"
    if key == "namespace" and not value.endswith(("#", "/")):
        return f"{value!r} has no end", "a namespace ends with # or /"
    if key == "namespace" and (value.startswith(BASE) or value in BUILT_IN.values()):
        return f"{value!r} is the namespace of others", "an address of your own"
    return None
