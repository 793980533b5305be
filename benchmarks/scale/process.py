"""A measurement in a process of its own: what it returns, CPU seconds, elapsed time, memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread
from typing import Any

SCRIPT = Path(__file__).resolve().parents[1] / "bench_scale.py"
_EVERY = 0.25
"""Seconds between two looks at memory."""

Measured = dict[str, Any]


class Failed(RuntimeError):
    """A measurement ended with an error."""


def run(name: str, given: Measured, limit: float) -> Measured:
    """What the measurement `name` returns, and beside it, under "process":

    `cpu`: seconds, user and system, of the process and of those that it started and waited for; `wall`: seconds;
    `largest`: the greatest resident memory of any one of them, as the system accounts for it; `together`: the greatest
    sum of their shares of memory (PSS: what several have in common is shared out among them), looked at four times a
    second. Memory is in MB of 2^20 bytes. If the measurement returns "marks", instants by `time.monotonic` with a name,
    `peaks` is the greatest sum between each and the next.

    Raises `Failed` when it ends with an error, or not within so many seconds.
    """
    start = time.monotonic()
    command = [sys.executable, str(SCRIPT), "--measure", name, json.dumps(given)]
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, env=_environment(), start_new_session=True)
        samples: list[tuple[float, float]] = []
        over = Event()
        watcher = Thread(target=_watch, args=(process.pid, samples, over, start + limit))
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        over.set()
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        for file in (stdout, stderr):
            file.seek(0)
        if process.returncode:
            said = stderr.read().decode(errors="replace").strip()
            raise Failed(f"exit code {process.returncode} after {wall:.0f} s: {said[-400:]}")
        told: Measured = json.loads(stdout.read().decode().splitlines()[-1])
    told["process"] = {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": wall,
        "largest": usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
        "together": max((amount for _, amount in samples), default=0.0),
    }
    if marks := told.pop("marks", None):  # none where a build finds everything as it was
        told["process"]["peaks"] = _peaks(marks, samples)
    return told


def clock() -> float:
    """CPU seconds so far of this process and of those that it started and waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("GBKG_")}


def _watch(pid: int, samples: list[tuple[float, float]], over: Event, until: float) -> None:
    while not over.wait(_EVERY):
        samples.append((time.monotonic(), sum(map(_share, _family(pid)))))
        if time.monotonic() > until:
            os.killpg(pid, 9)  # its own group: the process leads it
            return


def _family(pid: int) -> Iterable[int]:
    """The process and all that descend from it; empty where there is no /proc."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                yield from _family(int(child))
        except OSError:
            continue


def _share(pid: int) -> float:
    """MB of memory of a process, what it shares with others divided among them; 0 when it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 2**10
    except OSError:
        pass
    return 0.0


def _peaks(marks: list[tuple[str, float]], samples: list[tuple[float, float]]) -> dict[str, float]:
    peaks: dict[str, float] = {}
    for (name, begin), (_, end) in zip(marks, [*marks[1:], ("", float("inf"))], strict=True):
        found = [amount for at, amount in samples if begin <= at < end]
        peaks[name] = max([peaks.get(name, 0.0), *found])
    return peaks
