"""Publishing to an Oxigraph server on an empty store, in a process of its own."""

from __future__ import annotations

import time
from pathlib import Path

from scale.process import Measured, clock


def publish(graph: str) -> Measured:
    """Publishes a file of N-Quads on an empty server, and again when everything is there: CPU seconds of the publisher
    and of the server, elapsed seconds, and the number of triples sent."""
    from servers import oxigraph

    from gbkg.store.graphstore import Endpoints, Server
    from gbkg.store.publish import Source
    from gbkg.store.publish import publish as send

    made: Measured = {}
    with oxigraph() as running:
        source, server = Source.file(Path(graph)), Server(Endpoints.of(running.endpoint))
        for turn in ("first", "again"):
            served, start, begun = _of_servers(), clock(), time.monotonic()
            outcome = send(source, server)
            made[turn] = {
                "cpu": clock() - start,
                "elapsed": time.monotonic() - begun,
                "server": _of_servers() - served,
                "sent": outcome.sent,
                "triples": outcome.triples,
            }
    return made


def _of_servers() -> float:
    """CPU seconds of all processes that this one started and that still run; 0 where there is no /proc."""
    import os

    total = 0
    for path in Path("/proc/self/task").glob("*/children"):
        for child in path.read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")
