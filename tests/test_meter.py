"""How far a long work has come is told, but not too often."""

from __future__ import annotations

import pytest

from gbkg.cli import meter
from gbkg.cli.meter import Meter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that have passed; a test puts the next ones in front."""
    now = [100.0]
    monkeypatch.setattr(meter.time, "monotonic", lambda: now[0])
    return now


def test_rate_and_remaining_time_are_told(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    told = Meter()
    told("reading sources", 0, 10_000)
    clock[0] += 10
    told("reading sources", 1_200, 10_000)
    assert capsys.readouterr().err == "reading sources 1,200 of 10,000, 120/s, 73 s left\n"


def test_a_file_is_told_only_what_takes_long(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    told = Meter()
    for done in range(100):
        told("reading sources", done, 100)
        clock[0] += 0.05
    told("writing")
    assert capsys.readouterr().err == ""


def test_what_has_no_known_end_is_counted(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    told = Meter()
    told("validating lines", 0, 0)
    clock[0] += 20
    told("validating lines", 50_000, 0)
    assert capsys.readouterr().err == "validating lines 50,000, 2,500/s\n"
