"""The SHACL engines: each takes N-Quads and shapes and gives `Raw` results.

"pyshacl" is the reference and always installed. "shacl" (https://github.com/pwin/SHACL_Engine, MIT or Apache 2.0) is
thirty to fifty times faster and comes with the extra `shacl`. To remove it, take its line out of `_ENGINES`.
"""

from __future__ import annotations

import importlib.util
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg.core.errors import GbkgError, OutputError, ParseError
from gbkg.core.terms import Graph, term
from gbkg.validate.shacl.fitness import doubtful, running_term
from gbkg.validate.shacl.results import Raw, ValidationResult, named, worded

INSTEAD = "write a check in ontology/checks, which is guarded"
"""The hint where a shape contains SPARQL."""
GRAPH = "graph.nq"
"""The file that `shacl` reads, in a folder of its own."""
Lines = bytes | Iterable[bytes]
Run = Callable[[Iterator[bytes]], Iterator[Raw]]


class Validator:
    """An engine prepared with some shapes, to validate any number of graphs.

    `shapes` are the shapes, each property shape with an IRI; `remark` says why the reference replaces the engine that
    was wanted, or is "". Raises `GbkgError` when there is no such engine, it is not installed or cannot read the
    shapes, and when they bring SPARQL or JavaScript.
    """

    def __init__(self, shapes: Graph, engine: str = "pyshacl") -> None:
        if engine not in _ENGINES:
            raise GbkgError(f"there is no SHACL engine called {engine!r}", hint=f"there are {', '.join(ENGINES)}")
        if not available(engine):
            raise GbkgError(f"the SHACL engine {engine} is not installed", hint="pip install 'gbkg[shacl]'")
        if term := running_term(shapes):
            raise GbkgError(f"the shapes use {term}: no shape runs SPARQL or JavaScript", hint=INSTEAD)
        why = unfit(shapes, engine)
        self.remark = f"validating with {ENGINES[0]}, not {engine}: {why}" if why else ""
        self.shapes = named(shapes)
        self._run = _ENGINES[ENGINES[0] if why else engine](self.shapes)

    def speaking(self, triples: bytes) -> set[str]:
        """The IRIs of the shapes that find a violation, as `shapes` has them; no warning and no remark counts."""
        found = {one.shape for one in self._run(iter([triples]))}
        mild = {shape.value for shape, value in self.shapes.pairs("sh:severity") if value != term("sh:Violation")}
        return found - mild

    def results(self, triples: Lines) -> list[ValidationResult]:
        """See `validate`."""
        return worded(self.raw(iter([triples] if isinstance(triples, bytes) else triples)), self.shapes)

    def raw(self, lines: Iterator[bytes]) -> Iterator[Raw]:
        """The results as the engine has them."""
        return self._run(lines)


def validate(triples: Lines, shapes: Graph, engine: str = "pyshacl") -> list[ValidationResult]:
    """What is wrong with a graph, sorted, each result once.

    `triples` are N-Quads, in one text or in several that may end anywhere; the names of graphs are dropped, and the
    ontology must be among them, since target classes reach their subclasses through it. Raises `ParseError` when they
    are not N-Quads, and `GbkgError` as `Validator` does.
    """
    return Validator(shapes, engine).results(triples)


def available(engine: str) -> bool:
    """Whether the engine is installed."""
    return engine in _ENGINES and importlib.util.find_spec(engine) is not None


def unfit(shapes: Graph, engine: str) -> str:
    """Why the engine might not find with these shapes what the reference finds; "" if there is no reason."""
    return "" if engine == ENGINES[0] else doubtful(shapes)


def _pyshacl(shapes: Graph) -> Run:
    from gbkg.validate.shacl import reference  # here, since rdflib takes longer to start than most commands

    return reference.engine(shapes)


def _shacl(shapes: Graph) -> Run:
    text = (ox.serialize(shapes, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    compiled = _compiled(text)

    def run(lines: Iterator[bytes]) -> Iterator[Raw]:
        global _at_home
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, GRAPH)
            try:
                with path.open("wb") as file:
                    file.writelines(lines)
            except OSError as error:
                hint = "free some space there, or let TMPDIR name a folder that has some"
                raise OutputError(f"cannot be written: {error.strerror}", file=str(path.parent), hint=hint) from error
            if _at_home in (None, os.getpid()):
                _at_home = os.getpid()
                yield from _found(compiled, path)
            else:
                yield from _found_elsewhere(text, path)

    return run


_at_home: int | None = None
"""The process in which `shacl` was used first. Its threads do not live on in a fork of that process, which would wait
for them for ever; so there a new process does the work."""


def _compiled(text: str) -> Any:
    import shacl

    try:
        return shacl.Shapes.from_text(text, format="ntriples")
    except ValueError as error:
        raise GbkgError(f"shacl cannot use the shapes: {error}") from error


def _found(compiled: Any, path: Path) -> list[Raw]:
    try:
        report = compiled.validate_file(str(path))
    except ValueError as error:
        raise ParseError(f"not N-Quads: {str(error).rpartition('Parser error ')[2]}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise GbkgError(f"shacl cannot go on: {error}", hint="validate with pyshacl") from error
    return [
        Raw(one.focus_node, one.value or "", (one.source_shape or "")[1:-1], one.component_iri, (one.path or "")[1:-1])
        for one in report.results
    ]


_ELSEWHERE = """\
import sys
sys.path[:] = {path!r}
from pathlib import Path
from gbkg.validate.shacl.validator import answer
answer(Path({folder!r}))
"""


def _found_elsewhere(text: str, graph: Path) -> list[Raw]:
    """As `_found`, in a process that begins anew. It does not run the program of this one, as `multiprocessing` would:
    a script need not be made for that."""
    folder = graph.parent
    (folder / "shapes.nt").write_text(text)
    command = _ELSEWHERE.format(path=sys.path, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, check=False)
    try:
        found, error = pickle.loads((folder / "found").read_bytes())
    except (OSError, EOFError) as lost:
        raise GbkgError(f"shacl ended with {done.returncode}", hint="validate with pyshacl") from lost
    if error is not None:
        raise error
    return list(found)


def answer(folder: Path) -> None:
    """What `_found_elsewhere` begins: the results, or the error, for the shapes and the graph in a folder."""
    found, error = list[Raw](), None
    try:
        found = _found(_compiled((folder / "shapes.nt").read_text()), folder / GRAPH)
    except GbkgError as one:
        error = one
    (folder / "found").write_bytes(pickle.dumps((found, error)))


_ENGINES: dict[str, Callable[[Graph], Run]] = {"pyshacl": _pyshacl, "shacl": _shacl}
ENGINES = tuple(_ENGINES)
"""The engines by name, which is also the name of the package; the reference first."""
