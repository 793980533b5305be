"""How far a long work has come is printed, but not too often."""

from __future__ import annotations

import pytest

from gbkg.cli import printing
from gbkg.cli.printing import ProgressLine


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that have passed; a test puts the next ones in front."""
    now = [100.0]
    monkeypatch.setattr(printing.time, "monotonic", lambda: now[0])
    return now


def test_rate_and_remaining_time_are_printed(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    line("reading sources", 0, 10_000)
    clock[0] += 10
    line("reading sources", 1_200, 10_000)
    assert capsys.readouterr().err == "reading sources 1,200 of 10,000, 120/s, 73 s left\n"


def test_a_file_gets_only_what_takes_long(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    for done in range(100):
        line("reading sources", done, 100)
        clock[0] += 0.05
    line("writing")
    assert capsys.readouterr().err == ""


def test_what_has_no_known_end_is_counted(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    line("validating lines", 0, 0)
    clock[0] += 20
    line("validating lines", 50_000, 0)
    assert capsys.readouterr().err == "validating lines 50,000, 2,500/s\n"
