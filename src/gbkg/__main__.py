"""`python -m gbkg`."""

from gbkg.cli import run

run()
