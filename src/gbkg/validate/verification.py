"""Proves a build again: every file against the manifest, every byte against what the tables give.

A manifest does not show what was changed together with it, or what a build took from a cache that somebody had changed.
So everything is made again from the tables, with every gate and no cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from gbkg.core import __version__, difference
from gbkg.core.errors import AlteredError, Finding, StoreError, ValidationError
from gbkg.core.project import Project
from gbkg.store.outputs import GRAPH, OUT, REPORT, SUMS, Build, find

_REPORTS = (REPORT, "report.md")
_GATE = "outputs"


@dataclass
class Verification:
    """The result: `said` tells what was proved and what was not, a line each; `findings` what is wrong."""

    said: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def fault(self, message: str, file: str, found: str | None = None, expected: str = "", hint: str = "") -> None:
        self.findings.append(Finding(_GATE, message, file, found=found, expected=expected, hint=hint))


def latest(project: Project) -> Build | None:
    """The build to verify: the project's own, whatever it was built from, or the one in the current folder, if it is of
    the project as it is now."""
    wanted = f"{__version__} {project.digest}"
    here = OUT.resolve() != (project.root / OUT).resolve() and find(OUT)
    return here if here and here.made_from == wanted else find(project.root / OUT)


def of_build(project: Project, made: Build, documents: Path | None, repeat: Callable[[Path], object]) -> Verification:
    """Proves a build again. `repeat` builds into a folder as `made` was built (`gbkg.build.repeat`); `documents` are
    needed for the reports of a build that had them. Raises what `repeat` raises, except `ValidationError`."""
    done = Verification()
    for name in sorted(made.sums):
        try:
            made.check(name)
        except AlteredError as error:
            done.fault(error.message, error.file or name, hint=error.hint)
    try:
        made.check_store()
    except StoreError as error:
        done.fault(error.message, error.file or str(made.folder), hint="gbkg build writes it anew")
    if done.findings:
        done.said.append("graph: not derived again, as the build is not as it was written")
        return done
    done.said.append(f"build: all {len(made.sums)} files are as they were written, by {made.folder / SUMS}")
    if made.made_from != f"{__version__} {project.digest}":
        done.said.append("graph: not derived again, as the build is of other inputs")
        done.fault("was built from other inputs than the project has now", str(made.folder), hint="gbkg build it again")
        return done
    with TemporaryDirectory() as folder:
        covered = bool(made.report["coverage"])
        try:
            repeat(Path(folder))
        except ValidationError as error:
            done.said.append("graph: not derived again, as the project does not conform")
            done.findings += error.findings
            return done
        _compare(done, made, Build(Path(folder)), without=_REPORTS if covered and documents is None else ())
    return done


def of_graph(expected: str, found: str, quads: int, shown: str) -> Verification:
    """Proves a graph that is not from a build: its digest must be `expected`, that of the graph of the tables."""
    done = Verification()
    if found == expected:
        done.said.append(f"graph: all {quads:,} quads of {shown} are those that the tables give, and no other")
    else:
        done.said.append(f"graph: {shown} is not what the tables give")
        done.fault("is not the graph that the tables give", shown, found, expected)
    return done


def _compare(done: Verification, made: Build, again: Build, without: tuple[str, ...]) -> None:
    names = [name for name in made.sums if name not in without]
    for name in names:
        if made.sums[name] != again.sums.get(name):
            said = _differing(made, again) if name == GRAPH else ""
            done.fault(f"is not what the tables give{said}", str(made.folder / name))
    counts = made.report["counts"]
    if not done.findings:
        done.said.append(
            f"graph: all {counts['claims']:,} claims and {counts['triples']:,} triples of {GRAPH} derived again from "
            "the tables, without anything kept: the same bytes"
        )
        done.said.append(f"files: {', '.join(sorted(set(names) - {GRAPH}))} made again: the same bytes")
    engine = made.report["engine"]
    done.said.append(
        f"gates: all passed again, shapes by {engine}"
        if engine
        else "gates on the graph: not proved: the build skipped them"
    )
    if without:
        done.said.append(f"{', '.join(without)}: not proved: that needs the documents (--sources DIR)")


def _differing(made: Build, again: Build) -> str:
    """How many lines of the graph differ, and the first of them."""
    if made.report["counts"]["triples"] > difference.COMPARABLE:
        return ""
    removed, added = difference.of_files(made.path(GRAPH), again.path(GRAPH))
    first = f"; the first that they do not give: {removed[0]}" if removed else ""
    if not removed and added:
        first = f"; the first that is missing: {added[0]}"
    return f": {len(removed):,} lines that they do not give, {len(added):,} that are missing{first}"
