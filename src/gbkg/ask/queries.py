"""Saved queries: one SPARQL file each, described by comment lines `#+ …` that together are YAML, so that the file runs
unchanged in any engine (the convention of grlc, https://github.com/CLARIAH/grlc).

    #+ summary: Parks of a district
    #+ description: …
    #+ caution: what a reader could take the answer for without being told
    #+ tags: [parks]
    #+ row: [district, park]
    #+ params:
    #+   district: {type: gbkg:District, description: …}
    #+ defaults:
    #+   - district: id:huangpu-district
    #+ enumerate:
    #+   - district: [id:huangpu-district, id:yuexiu-district]

`empty: true` marks a query that has no rows. `row` names the columns that tell the rows apart: one row is one of these,
so that nobody counts or adds up what a join has multiplied. `caution` (optional) is said beside every answer. `view`
(optional) says how it can be drawn (`gbkg.ask.headers`). A parameter stands in the text once, as
`VALUES ?name { UNDEF }`, or with its default in place of UNDEF; `bind` replaces what is between the braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.ask import headers
from gbkg.ask.labels import Labels
from gbkg.ask.resolve import Remark, value
from gbkg.ask.saved import Parameter, SavedQuery
from gbkg.core import inputfiles
from gbkg.core.errors import GbkgError, NotFoundError, ParseError, likely
from gbkg.core.headers import Header, HeaderMark, header
from gbkg.core.limits import confined, in_proportion
from gbkg.core.prefixes import PREFIXES
from gbkg.core.project import Project
from gbkg.sparql.guard import in_file
from gbkg.sparql.tokens import Token, place, tokens

_KEYS = ("summary", "description", "tags", "defaults", "enumerate", "params", "row", "empty", "caution", "view")


@lru_cache(maxsize=256)
def parse(text: str, path: Path, shown: str | None = None) -> SavedQuery:
    """The saved query of a text, which stands in a file; `shown` is what errors call it.

    Raises `ParseError` (file, line, column) at YAML that cannot be read, an unknown key, a parameter that does not
    stand in exactly one VALUES block, a default that is not the one in the block, and a type that is none.
    """
    name = shown or str(path)
    try:
        head = header(text, name)
        return _saved(text, path, head)
    except ParseError as error:
        if error.file is not None:
            raise
        raise ParseError(error.message, file=name, line=error.line, column=error.column) from error


def _saved(text: str, path: Path, head: Header) -> SavedQuery:
    head.only(_KEYS)
    summary = head.string("summary")
    if not summary:
        hint = "begin with a line: #+ summary: what the query answers"
        raise ParseError("no summary", file=head.file, line=1, hint=hint)
    for section in ("defaults", "enumerate"):
        for key, mark in head.pairs(section):
            if key not in {name for name, _ in head.mapping("params")}:
                raise mark.fault(f"{section} of {key!r}, which is not among params")
    found = tuple(_parameter(head, text, key, mark) for key, mark in head.mapping("params"))
    description, tags = head.string("description"), tuple(head.strings("tags"))
    empty, caution = head.truth("empty"), head.string("caution")
    row = tuple(head.strings("row"))
    query = SavedQuery(path.stem, path, text, summary, description, tags, found, empty, caution, row)
    query = replace(query, view=headers.view(head, query.columns))
    for name in row:
        if query.columns and name not in query.columns:
            raise head.place("row").fault(
                f"row names {name!r}, which is not a column", hint=f"one of {', '.join(query.columns)}"
            )
    return query


def library(project: Project) -> dict[str, SavedQuery]:
    """The saved queries of a project by name, sorted, but for those that cannot be used."""
    return examine(project)[0]


def examine(project: Project) -> tuple[dict[str, SavedQuery], list[GbkgError]]:
    """The saved queries of a project by name, sorted, and an error for each file that is none: `ProjectError` for one
    that cannot be read, `ParseError` for one whose header is not as `parse` wants it, or that is not SPARQL or may not
    be asked. Each file is judged by itself."""
    found: dict[str, SavedQuery] = {}
    faults: list[GbkgError] = []
    for path in project.queries:
        shown = project.show(path)
        try:
            query = parse(project.text(path), path, shown)
            _try(query, shown)
        except GbkgError as error:
            faults.append(error)
        else:
            found[query.name] = query
    return found, faults


def _try(query: SavedQuery, shown: str) -> None:
    """Raises `ParseError` for a query that the engine does not take or may not be given."""

    def ask() -> None:
        ox.Store().query(query.text, prefixes=PREFIXES)

    with in_file(query.text, shown, "query"):
        if query.form == "ASK":  # which the engine answers at once
            confined(ask, in_proportion(0, 0, "the query was not tried", "make it narrower"))
        else:
            ask()


def find(project: Project, name: str) -> SavedQuery:
    """The saved query of this name; no other is read. Raises `NotFoundError` with near names."""
    paths = {path.stem: path for path in project.queries}
    if name in paths:
        return parse(project.text(paths[name]), paths[name], project.show(paths[name]))
    found = likely(name, paths)
    raise NotFoundError("saved query", name, found, hint="" if found else "gbkg queries lists them")


def named(project: Project, name: str) -> SavedQuery:
    """The query that is meant by a name: a saved one, else that of a file. Raises as `find` and `plain`."""
    path = Path(name)
    if name not in {known.stem for known in project.queries} and (path.is_file() or path.suffix in (".rq", ".sparql")):
        return plain(inputfiles.text(path), path, name)
    return find(project, name)


def plain(text: str, path: Path, shown: str) -> SavedQuery:
    """A query from elsewhere: with parameters if it has `#+ params:`, else the text as it stands."""
    if re.search(r"(?m)^#\+ ?params:", text):
        return parse(text, path, shown)
    return SavedQuery(path.stem, path, text, "")


def bind(
    query: SavedQuery,
    values: Mapping[str, str | Sequence[str]],
    labels: Labels,
    remark: Remark | None = None,
) -> str:
    """The text with the values in place of what stood in the parameters' VALUES blocks; several values make rows.

    Values are resolved to terms of the graph (`resolve.value`, to which `remark` is handed on), and terms are
    written by the engine, so that nothing of what was typed gets into the text as it is.

    Raises `NotFoundError` for a parameter that the query does not have and for a name that nothing of the parameter's
    class has, `GbkgError` for a value of another type.
    """
    replaced = []
    for name, given in values.items():
        parameter = query.parameter(name)
        typed = [given] if isinstance(given, str) or not isinstance(given, Sequence) else list(given)
        if not typed:
            raise GbkgError(f"no value for {name}", hint=f"expected {headers.expected(parameter.type)}")
        terms = [value(labels, name, parameter.type, str(one), remark) for one in typed]
        if parameter.choices:
            _allow(parameter, typed, terms)
        start, end = _block(query, name)
        replaced.append((start, end, " " + " ".join(map(str, dict.fromkeys(terms))) + " "))
    text = query.text
    for start, end, data in sorted(replaced, reverse=True):
        text = text[:start] + data + text[end:]
    return text


def _allow(parameter: Parameter, typed: Sequence[Any], terms: Iterable[Any]) -> None:
    allowed = {headers.literal_or_iri(parameter.type, choice) for choice in parameter.choices}
    for one, term in zip(typed, terms, strict=True):
        if term not in allowed:
            raise NotFoundError(f"choice for {parameter.name}", str(one), (), parameter.choices)


def _block(query: SavedQuery, name: str) -> tuple[int, int]:
    start, end, _ = _blocks(query.text, name)[0]
    return start, end


def _blocks(text: str, name: str) -> list[tuple[int, int, tuple[Token, ...]]]:
    """Where `VALUES ?name { … }` stands: offsets of what is between the braces, and its tokens."""
    found = tokens(text)
    blocks = []
    for at, token in enumerate(found[:-3]):
        if token.kind == "word" and token.text == "VALUES" and found[at + 1].text in (f"?{name}", f"${name}"):
            opening = found[at + 2]
            end = next((i for i in range(at + 3, len(found)) if found[i].text == "}"), None)
            if opening.text == "{" and end is not None:
                blocks.append((opening.start + 1, found[end].start, found[at + 3 : end]))
    return blocks


def _parameter(head: Header, text: str, name: str, mark: HeaderMark) -> Parameter:
    described = head.record("params", name, ("type", "description"))
    kind = described.get("type", "")
    if not headers.is_type(kind):
        said = f"type {kind!r}" if kind else "no type"
        raise mark.fault(f"parameter {name} has {said}", hint="date, number, text, or a class such as gbkg:Company")
    found = Parameter(
        name,
        kind,
        described.get("description", ""),
        tuple(head.listed("defaults", name)),
        tuple(head.listed("enumerate", name)),
    )
    blocks = _blocks(text, name)
    if len(blocks) != 1:
        many = f"{len(blocks)} VALUES blocks" if blocks else "no VALUES block"
        raise mark.fault(f"parameter {name} has {many}", hint=f"write VALUES ?{name} {{ UNDEF }} once")
    _compare(head, text, found, blocks[0], mark)
    return found


def _compare(
    head: Header, text: str, parameter: Parameter, block: tuple[int, int, tuple[Token, ...]], mark: HeaderMark
) -> None:
    """Raises `ParseError` when the block holds something else than the default."""
    start, end, inside = block
    given = [headers.literal_or_iri(parameter.type, one) for one in parameter.default]
    if None in given:
        wrong = parameter.default[given.index(None)]
        raise mark.fault(f"default {wrong!r} of {parameter.name} is not {headers.expected(parameter.type)}")
    stands = headers.data(text, text[start:end])
    if [token.text for token in inside] == ["UNDEF"]:
        stands = []
    if stands is None or stands != given:
        line, column = place(text, start)
        says = ", ".join(parameter.default) or "none"
        hint = "a parameter without a default has UNDEF there" if not given else "make them the same"
        message = f"VALUES ?{parameter.name} {{{text[start:end]}}} is not the default, which is {says}"
        raise ParseError(message, file=head.file, line=line, column=column, hint=hint)
