"""Faults planted in a written project, each with the finding that it leads to, and the score of the gates on them.

A build stops after the gate of the tables, so there are two rounds: `typed` faults are found there, without documents;
`built` ones by all later gates in one run, with documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Literal, Protocol

from corpus import faults_built, faults_typed
from corpus.draft import Draft, Fault

Round = Literal["typed", "built"]
ROUNDS: tuple[Round, ...] = ("typed", "built")


class Finding(Protocol):
    """What a build says of a fault; `gbkg.core.records.Finding` is one."""

    @property
    def gate(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def found(self) -> str | None: ...


def kinds(round_: Round) -> list[str]:
    """The kinds of faults of a round."""
    return [*faults_typed.PLANTS] if round_ == "typed" else [*faults_built.PLANTS, *faults_built.ONCE, *_BOUNDS]


def plant(folder: Path, round_: Round, each: int = 1, seed: int = 0) -> list[Fault]:
    """Plants so many faults of each kind of a round in the project that `write` made in `folder`.

    Where the documents have no more place for a kind, fewer of it are planted: the list says what there is. The faults
    of a round do not touch one another, so each leads to the findings in the list and to no other.
    """
    draft = Draft(folder, Random(f"{seed}/faults"))
    plants = faults_typed.PLANTS if round_ == "typed" else faults_built.PLANTS
    for _ in range(each):
        for make in plants.values():
            _try(draft, make)
    if round_ == "built":
        for make in faults_built.ONCE.values():
            _try(draft, make)
        _bounds(draft)
    return draft.finish()


def score(planted: Sequence[Fault], findings: Iterable[Finding]) -> tuple[list[Fault], list[Finding]]:
    """The faults that no finding tells of, and the findings that tell of no fault; each finding tells of one."""
    left = list(findings)
    missed = []
    for fault in planted:
        told = next((n for n, finding in enumerate(left) if _tells(finding, fault)), None)
        if told is None:
            missed.append(fault)
        else:
            del left[told]
    return missed, left


def listed(planted: Iterable[Fault]) -> str:
    """The faults as a table: kind, gate, file, line, what."""
    names = [field.name for field in fields(Fault)]
    lines = ["\t".join(names)]
    for fault in planted:
        cells = (getattr(fault, name) for name in names)
        lines.append("\t".join("" if cell is None else str(cell) for cell in cells))
    return "\n".join(lines) + "\n"


_BOUNDS = ("count out of bounds", "bounds of nothing")


def _bounds(draft: Draft) -> None:
    """Puts the counts right for what the faults have added and left out; then one of them wrong, and adds another."""
    lines = []
    for line in draft.text("expected.toml").splitlines():
        name, count = line.split(" = ")[0], int(re.findall(r"\d+", line)[0])
        lines.append(_bound(name, count + draft.grown[name] + (7 if name == "statistics" else 0)))
    draft.put("expected.toml", "\n".join([*lines, _bound("harbours", 1)]) + "\n")
    draft.fault_at(_BOUNDS[0], "expected", "number of statistics", "expected.toml", "statistics")
    draft.fault_at(_BOUNDS[1], "expected", "nothing of this name is counted", "expected.toml", "harbours")


def _bound(name: str, count: int) -> str:
    return f"{name} = [{count}, {count}]"


def _try(draft: Draft, make: faults_typed.Plant) -> None:
    try:
        make(draft)
    except LookupError:
        return


def _tells(finding: Finding, fault: Fault) -> bool:
    """Whether a finding is the one that a fault leads to."""
    said = f"{finding.message} {finding.found or ''}"
    where = not fault.file or (finding.file, finding.line) == (fault.file, fault.line)
    return finding.gate == fault.gate and where and fault.what in said
