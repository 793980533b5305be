"""A gbkg project with as many documents as you like, in the project's own words.

    python benchmarks/corpus.py OUT --documents 1000 [--seed S] [--faults FILE [--round typed|built] [--each K]]

writes OUT/project and OUT/documents, which a build finds nothing wrong with:

    gbkg --project OUT/project build --sources OUT/documents

With `--faults`, K faults of each kind are planted in them, and FILE lists the finding that each leads to. More is in
benchmarks/README.md and in the package `corpus` beside this file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from corpus import ROUNDS, generate, listed


def main(arguments: list[str] | None = None) -> int:
    """Does what the arguments say; 2 when OUT is taken or there are no documents to write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    parser.add_argument("--documents", type=int, required=True, metavar="N", help="how many, at least 1")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="another seed, another world; 0 by default")
    parser.add_argument("--faults", type=Path, metavar="FILE", help="plant faults and list them here, as a table")
    parser.add_argument("--round", choices=ROUNDS, default="built", help="faults in what is typed, or all others")
    parser.add_argument("--each", type=int, default=1, metavar="K", help="how many faults of each kind; 1 by default")
    given = parser.parse_args(arguments)
    try:
        made = generate(given.out, given.documents, given.seed, given.round if given.faults else None, given.each)
        if given.faults:
            given.faults.write_text(listed(made.faults), encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    sizes = made.sizes
    claims = f"{sizes.claims} claims ({sizes.statistics} statistics)"
    print(f"{sizes.documents} documents, {claims}, {sizes.entities} entities")
    if given.faults:
        print(f"{len(made.faults)} findings to come, listed in {given.faults}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
