"""Everything about size in one run: loads, queries, validation, rules, builds, memory, bytes, growth, publishing.

    python benchmarks/bench_scale.py [--largest N] [--work DIR] [--out DIR] [--only KEY] [--redraw]
    python benchmarks/bench_scale.py --quick | --ci

The first writes RESULTS.md, results/results.json and the plots. What results.json has already is not measured again:
remove it to begin anew. The second measures less, in minutes, and prints the aims and what was found beside its floor;
it ends with 1 when a measurement fails. README.md beside this file explains the figures; the package `scale` holds the
measurements.
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
    parser.add_argument("--largest", type=int, metavar="N", help="documents (default: 22,500)")
    parser.add_argument("--quick", dest="extent", action="store_const", const="quick", help="minutes; prints a table")
    parser.add_argument("--ci", dest="extent", action="store_const", const="ci", help="a minute; prints a table")
    parser.add_argument("--work", type=Path, metavar="DIR", help="corpora and builds, kept (default: temporary)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="RESULTS.md and results/ (default: here)")
    parser.add_argument("--only", default="", metavar="KEY", help="only what has a key that begins so")
    parser.add_argument("--redraw", action="store_true", help="measure nothing, write the page anew")
    options = parser.parse_args()
    extent = plan.EXTENTS[options.extent or "full"]
    if options.largest:
        extent = extent.up_to(options.largest)
    with tempfile.TemporaryDirectory(prefix="gbkg-bench-") as temporary:
        out = options.out or (Path(temporary) if options.extent else HERE)
        results = plan.Results.read(out / "results" / "results.json")
        if not options.redraw:
            plan.measure(results, (options.work or Path(temporary, "work")).resolve(), extent, options.only)
        if options.extent:
            from scale import aims

            print(aims.printed(results), end="")
            sys.exit(1 if results.failed else 0)
    from scale import page

    page.draw(results, out / "results")
    (out / "RESULTS.md").write_text(page.written(results), encoding="utf-8")


def measure(name: str, given: str) -> None:
    """Prints what one measurement returns."""
    from scale import asking, work

    found = next(getattr(module, name) for module in (work, asking) if hasattr(module, name))
    print(json.dumps(found(**json.loads(given))))


if __name__ == "__main__":
    main()
