"""Checks the types of our JavaScript, which JSDoc comments give, with TypeScript's compiler.

    python tests/javascript.py FOLDER     FOLDER keeps the compiler for the next time

Nothing is checked where neither npm is nor the package index brings one, or where the libraries of others are not here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402

COMPILER = "typescript@5.9.3"


def main(folder: Path) -> int:
    """The exit code of the compiler; 0 where it cannot be had."""
    try:
        hatch_build.bring()
        node, compiler = tools(folder)
    except hatch_build.Unavailable as why:
        print(f"JavaScript not checked: {why}")
        return 0
    return subprocess.run([node, compiler, "--project", ROOT / "tsconfig.json"]).returncode


def tools(folder: Path) -> tuple[str, Path]:
    """Node and the compiler, which is installed unless the folder has this version of it. Raises `Unavailable`."""
    try:
        npm = hatch_build.npm()
    except hatch_build.Unavailable:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", hatch_build.NODE]
        subprocess.run(pip, capture_output=True)
        npm = hatch_build.npm()
    home = folder / COMPILER
    found = home / "node_modules" / "typescript" / "lib" / "tsc.js"
    if not found.exists():
        command = [*npm, "install", "--prefix", home, "--no-save", "--ignore-scripts", "--silent", COMPILER]
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        if done.returncode or not found.exists():
            raise hatch_build.Unavailable(f"npm could not fetch {COMPILER}: {done.stderr.strip()[-300:]}")
    return (npm[0] if len(npm) > 1 else shutil.which("node") or "node"), found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER")
    sys.exit(main(Path(sys.argv[1]).resolve()))
