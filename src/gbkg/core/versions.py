"""Versions of a folder's content, one of them current: built in a folder of its own, sealed, published by one rename.

    folder/lock            locked by the one process that writes
    folder/current         symbolic link to the version that readers open
    folder/version-7/      one version; nothing in it changes once it is current
        held               marks the folder as made by gbkg; every reader of the version holds a shared lock on it
        seal.json          size and SHA-256 of each file

The locks are those of flock(2): they end with the process that holds them, however it ends. So a version stays while it
is read, a writer that was killed leaves only a folder that the next writer removes, and readers and writers never wait
for one another. Needs a system that has flock: not Windows.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gbkg.core.errors import OutputError, StoreError, advice
from gbkg.core.files import sync

_LOCK, _CURRENT, _ASIDE, _HELD, _SEAL = "lock", "current", "current.new", "held", "seal.json"
_VERSION = re.compile(r"version-(\d+)")
_TABLES = frozenset({".sst", ".arrays"})
"""Suffixes of the engine's data files and of the evidence beside them, written once, too large to be read whenever a
version is opened."""
_MARK = b"A version that gbkg made, and removes when it is neither current nor read.\n"
"""Content of `held` from the start, so that no folder of somebody else is taken for a version."""
_UNSEALED = re.compile(r"held|seal\.json|(.*/)?LO(G|CK)[^/]*")
"""Files that say nothing about the content."""


@contextmanager
def making(folder: Path, seal: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """An empty folder to be filled. It becomes the current version when the block ends, and is removed if that raises.

    `seal` writes what is to be known of its files, once they are there; without it that is `seal.json`.
    Folders of writers that were killed, and former versions that no process reads, are removed before and after.
    Raises `OutputError` when another process is writing, when the folder holds something else, and for every `OSError`
    of the block; the former version is then as it was.
    """
    try:
        with _locked(folder):
            _clean(folder)
            new = _next(folder)
            new.mkdir()
            try:
                (new / _HELD).write_bytes(_MARK)
                yield new
                (seal or write_seal)(new)
                _sync(new)
                _publish(new)
            except BaseException:
                shutil.rmtree(new, ignore_errors=True)
                raise
            sync(folder)
            _clean(folder)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        hint = advice(error, "the former version is as it was")
        raise OutputError(message, file=str(folder), hint=hint) from error


def hold(folder: Path) -> tuple[Path, int]:
    """The current version, and a file descriptor that keeps it from being removed until it is closed.

    Raises `StoreError` when there is none.
    """
    while True:
        version = current(folder)
        try:
            held = os.open(version / _HELD, os.O_RDONLY)
        except FileNotFoundError:
            if current(folder) == version:
                raise damaged(version, f"{_HELD} is missing") from None
            continue  # another version has been published, and this one removed
        except OSError as error:
            raise unreadable(version / _HELD, error) from error
        fcntl.flock(held, fcntl.LOCK_SH)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held), (version / _HELD).stat()):
                return version, held
        os.close(held)


def current(folder: Path) -> Path:
    """The folder of the current version. Raises `StoreError` when the folder is not a store or has none yet."""
    try:
        name = str((folder / _CURRENT).readlink())
    except FileNotFoundError as error:
        if not folder.exists():
            message, hint = "no such folder", "build the store, or name the folder that holds it"
        elif (folder / _LOCK).exists():
            message, hint = "a store in which nothing has been published yet", "build it again"
        else:
            message, hint = "not a store: a folder without a current version", "name the folder of a store"
        raise StoreError(message, file=str(folder), hint=hint) from error
    except NotADirectoryError as error:
        raise StoreError("not a store, but a file", file=str(folder), hint="name the folder of a store") from error
    except OSError as error:
        raise unreadable(folder, error) from error
    if not _VERSION.fullmatch(name):
        raise damaged(folder, f"{_CURRENT} is a link to {name!r}, expected version-N")
    return folder / name


def check_seal(version: Path, *, tables: bool = False) -> None:
    """Raises `StoreError` when a file of the version is missing, or is not what it was when it was published.

    Cheap, unless `tables` are to be compared whole: else only their length is, and the engine finds of the rest what
    it happens to read.
    """
    try:
        sealed = _sealed(version)
        found = _files(version, {} if tables else sealed)
    except ValueError as error:
        raise damaged(version, f"{_SEAL} is not JSON") from error
    except FileNotFoundError as error:
        raise damaged(version, f"{_SEAL} is missing") from error
    except OSError as error:
        raise unreadable(version, error) from error
    for name, stamp in sealed.items():
        if name not in found:
            raise damaged(version, f"{name} is missing")
        if found[name] != stamp:
            raise damaged(version, f"{name} has changed: {_shown(found[name])}, expected {_shown(stamp)}")


def link(version: Path, new: Path) -> None:
    """A copy of a version's subfolder that shares its tables, which the engine never changes, and nothing else; without
    the engine's logs of what it did, which would grow with every copy."""
    new.mkdir()
    for path in sorted(version.iterdir()):
        if path.suffix in _TABLES:
            os.link(path, new / path.name)
        elif not path.name.startswith("LOG"):
            shutil.copyfile(path, new / path.name)


def damaged(path: Path, message: str) -> StoreError:
    return StoreError(f"the store is damaged: {message}", file=str(path), hint="build it again")


def unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"cannot be read: {error.strerror or error}", file=str(path), hint=advice(error))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Nobody else writes into the folder, made if need be, during the block."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _LOCK).exists() and any(folder.iterdir()):
        raise OutputError("holds other files", file=str(folder), hint="name an empty folder or one of a store")
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        hint = "wait until it is done; the current version can be read meanwhile"
        raise OutputError("another process is writing here", file=str(folder), hint=hint) from None
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)  # also for processes that were forked meanwhile and still live
        os.close(lock)


def _clean(folder: Path) -> None:
    """Removes every version but the current one and those that somebody reads, and a link that was never renamed."""
    kept, aside = _current_name(folder), folder / _ASIDE
    if aside.is_symlink():
        aside.unlink()
    for path in folder.iterdir():
        if _VERSION.fullmatch(path.name) and path.name != kept:
            _remove(path)


def _remove(version: Path) -> None:
    """Removes a version that nobody reads; what tells that it is ours goes last. A folder that is not ours stays,
    unless it is empty or holds but the beginning of the mark: its writer was killed a moment after it was made."""
    try:
        held = os.open(version / _HELD, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        with suppress(OSError):
            version.rmdir()
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mark = os.pread(held, len(_MARK) + 1, 0)
        begun = _MARK.startswith(mark) and [path.name for path in version.iterdir()] == [_HELD]
        if (mark == _MARK or begun) and not version.is_symlink():
            _empty(version)
    except BlockingIOError:
        pass
    finally:
        os.close(held)


def _empty(version: Path) -> None:
    for path in version.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _HELD:
            path.unlink(missing_ok=True)
    with suppress(OSError):
        (version / _HELD).unlink()
        version.rmdir()


def _next(folder: Path) -> Path:
    """A name that no version has had since the oldest that is still there."""
    names = [path.name for path in folder.iterdir()] + [_current_name(folder)]
    numbers = [int(match[1]) for name in names if (match := _VERSION.fullmatch(name))]
    return folder / f"version-{max(numbers, default=0) + 1}"


def _current_name(folder: Path) -> str:
    try:
        return str((folder / _CURRENT).readlink())
    except OSError:
        return ""


def write_seal(version: Path) -> None:
    """Writes what the files of a new version are. Tables that it shares with the current one are not read again."""
    former = version.parent / _current_name(version.parent)
    known: dict[str, dict[str, Any]] = {}
    with suppress(OSError, ValueError):
        known = {name: stamp for name, stamp in _sealed(former).items() if _same(former / name, version / name)}
    text = json.dumps(_files(version, known), indent=2, sort_keys=True) + "\n"
    (version / _SEAL).write_text(text, encoding="utf-8")


def _sealed(version: Path) -> dict[str, dict[str, Any]]:
    """What the seal of a version says. Raises `OSError`, `ValueError`."""
    sealed = json.loads((version / _SEAL).read_bytes())
    if not isinstance(sealed, dict) or not all(isinstance(stamp, dict) for stamp in sealed.values()):
        raise ValueError("no seal")
    return sealed


def _same(one: Path, other: Path) -> bool:
    """Whether two names are those of one file."""
    return one.exists() and other.exists() and one.samefile(other)


def _files(version: Path, known: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The length in bytes of each file and its SHA-256, by path below the version; that of tables as `known` has it."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(version.rglob("*")):
        name = path.relative_to(version).as_posix()
        if path.is_dir() or _UNSEALED.fullmatch(name):
            continue
        known_digest = known.get(name, {}).get("sha256") if path.suffix in _TABLES else None
        found[name] = {"bytes": path.stat().st_size, "sha256": known_digest or _digest(path)}
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shown(stamp: dict[str, Any]) -> str:
    return ", ".join(f"{stamp[key]} bytes" if key == "bytes" else f"{key} {stamp[key][:12]}…" for key in stamp)


def _publish(version: Path) -> None:
    """Makes the version the current one, atomically."""
    aside = version.parent / _ASIDE
    aside.symlink_to(version.name)
    aside.replace(version.parent / _CURRENT)


def _sync(folder: Path) -> None:
    """Has everything in the folder, and the folder, written to the disk itself."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
