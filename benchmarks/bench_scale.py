"""Everything about size in one run: loads, queries, validation, rules, builds, memory, bytes, growth, publishing.

    python benchmarks/bench_scale.py [--quick | --largest N] [--work DIR] [--out DIR] [--only KEY] [--redraw]

Writes RESULTS.md, results/results.json and the plots. What results.json has already is not measured again: remove it to
begin anew. README.md beside this file explains the figures; the package `scale` holds the measurements.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]  # servers.py starts the server for tests and for this


def main() -> None:
    """Measures what is missing and writes the page; with --measure, which this program gives to itself, one thing."""
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], sys.argv[3])
        return
    from scale import plan

    parser = argparse.ArgumentParser(description="Everything about size, from 10,000 triples to 10 million.")
    parser.add_argument("--largest", type=int, default=75_000, metavar="N", help="documents (default: 75,000)")
    parser.add_argument("--quick", action="store_true", help=f"as --largest {plan.QUICK}")
    parser.add_argument("--work", type=Path, metavar="DIR", help="corpora and builds, kept (default: temporary)")
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR", help="RESULTS.md and results/ (default: here)")
    parser.add_argument("--only", default="", metavar="KEY", help="only what has a key that begins so")
    parser.add_argument("--redraw", action="store_true", help="measure nothing, write the page anew")
    options = parser.parse_args()
    results = plan.Results.read(options.out / "results" / "results.json")
    if not options.redraw:
        largest = plan.QUICK if options.quick else options.largest
        with tempfile.TemporaryDirectory(prefix="gbkg-bench-") as temporary:
            plan.measure(results, (options.work or Path(temporary)).resolve(), largest, options.only)
    from scale import page

    page.draw(results, options.out / "results")
    (options.out / "RESULTS.md").write_text(page.written(results), encoding="utf-8")


def measure(name: str, given: str) -> None:
    """Prints what one measurement returns."""
    from scale import asking, work

    found = next(getattr(module, name) for module in (work, asking) if hasattr(module, name))
    print(json.dumps(found(**json.loads(given))))


if __name__ == "__main__":
    main()
