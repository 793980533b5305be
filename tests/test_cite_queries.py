"""Every saved query on the real graph: the same rows with citations as without, each of them proved."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, SHIPPED
from oracle import check_complete, check_necessary, check_sufficient, monotone

from gbkg.core.project import CORE, Project
from gbkg.evidence.cited import Proved, proofs, prove
from gbkg.evidence.proofs import ClaimEvidence, Editorial, Inference, Step
from gbkg.evidence.reader import EvidenceReader
from gbkg.store.base import Store
from gbkg.store.memory import Memory

QUERIES = Project(ROOT).queries
MOST = 25 if "GBKG_EXAMPLES" in os.environ else 10
"""Rows of each query that are tried out, more by `make fuzz`; of longer answers every so-manieth."""


@pytest.fixture(scope="module")
def graph(real_build: Path) -> Store:
    return Memory.read(real_build / "gbkg.nq")


@pytest.fixture(scope="module")
def evidence(graph: Store) -> EvidenceReader:
    return EvidenceReader(graph, Project(SHIPPED))


def test_there_are_at_least_forty() -> None:
    assert len(QUERIES) >= 40


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_proved(path: Path, graph: Store, evidence: EvidenceReader) -> None:
    text = path.read_text(encoding="utf-8")
    found = prove(graph, text)
    assert found.complete
    assert found.rows == [tuple(solution) for solution in graph.query(text)]
    for proof in proofs(evidence, found, 3):
        assert proof.total >= 1
        for derivation in proof.derivations:
            assert derivation.steps or derivation.remarks
            for step in derivation.steps:
                check_evidence(step)
    some = sample(found)
    check_sufficient(some, graph, text)
    if monotone(text):
        check_necessary(some, text)
        check_complete(some, graph, text)


def check_evidence(step: Step) -> None:
    """Every triple ends in quotations or in a file of ours that exists."""
    assert step.evidence, step.triple
    for evidence in step.evidence:
        match evidence:
            case ClaimEvidence():
                assert evidence.quotations
                assert all(quotation.exact for quotation in evidence.quotations)
            case Inference():
                assert evidence.premises
                for premise in evidence.premises:
                    check_evidence(premise)
            case Editorial():
                own = not evidence.file.startswith("gbkg/schema/")
                assert ((SHIPPED if own else CORE.parents[1]) / evidence.file).is_file(), evidence


def sample(found: Proved) -> Proved:
    stride = -(-len(found.rows) // MOST) or 1
    return replace(found, rows=found.rows[::stride], derivations=found.derivations[::stride])
