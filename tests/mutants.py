"""Wrong facts on purpose: one cell, line or triple of what is typed is changed at random, and the gates have to notice.

    python tests/mutants.py --number 5000 --minutes 10 --seed 1 --documents DIR

It ends when all mutants are tried or the minutes are up, and says how many were tried.

A mutant is `refused` when the build stops; `reported` when it goes on, but its warnings or figures are not those of the
unchanged project; `compared` when only the lines about the last build tell that something has changed; `same` when the
graph is byte for byte what it was; `silent` when none of this holds; and `broken` when something fails without a word
for the curator. docs/mutants.md names the places where no gate can know, which may be compared or, where it says so,
silent; any other mutant that is makes the exit code 1.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gbkg import build
from gbkg.core.errors import GbkgError, ValidationError
from gbkg.core.prefixes import PREFIXES, shorten
from gbkg.core.project import Project

ROOT = Path(__file__).resolve().parents[1]
LISTED = ROOT / "docs" / "mutants.md"
OUTCOMES = ("refused", "reported", "compared", "same", "silent", "broken")
Random = random.Random


@dataclass(frozen=True)
class Mutant:
    """A change of one file: `place` is the file and the column or predicate, `kind` what was done to it."""

    file: str
    place: str
    kind: str
    what: str
    text: str | None


@dataclass(frozen=True)
class Tried:
    """A mutant and what became of it; `said` is the first thing that was said."""

    mutant: Mutant
    outcome: str
    said: str


# ---- Changes of one text, each None where it cannot be made


def _digit(text: str, dice: Random) -> str | None:
    at = [i for i, c in enumerate(text) if c.isdigit() and c.isascii()]
    if not at:
        return None
    i = dice.choice(at)
    return text[:i] + dice.choice([d for d in "0123456789" if d != text[i]]) + text[i + 1 :]


def _digits(text: str, dice: Random) -> str | None:
    at = [m.start() for m in re.finditer(r"(?=(\d)(?!\1)\d)", text, re.ASCII)]
    return _exchanged(text, dice.choice(at)) if at else None


def _neighbours(text: str, dice: Random) -> str | None:
    at = [i for i in range(len(text) - 1) if text[i] != text[i + 1]]
    return _exchanged(text, dice.choice(at)) if at else None


def _exchanged(text: str, i: int) -> str:
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _dropped(text: str, dice: Random) -> str | None:
    i = dice.randrange(len(text)) if text else 0
    return text[:i] + text[i + 1 :] if text else None


def _word(text: str, dice: Random) -> str | None:
    words = text.split(" ")
    if len(words) < 2:
        return None
    del words[dice.randrange(len(words))]
    return " ".join(words)


def _case(text: str, dice: Random) -> str | None:
    at = [i for i, c in enumerate(text) if c.swapcase() != c]
    i = dice.choice(at) if at else 0
    return text[:i] + text[i].swapcase() + text[i + 1 :] if at else None


def _invisible(text: str, dice: Random) -> str | None:
    i = dice.randint(0, len(text))
    return text[:i] + dice.choice("\u200b\u200d\u2060\u00ad\u202e\u2066\ufeff") + text[i:] if text else None


def _lookalike(text: str, dice: Random) -> str | None:
    twins = dict(zip("aceopxyABCEHIKMOPTX-", "асеорхуАВСЕНІКМОРТХ\u2010", strict=True))
    at = [i for i, c in enumerate(text) if c in twins]
    i = dice.choice(at) if at else 0
    return text[:i] + twins[text[i]] + text[i + 1 :] if at else None


def _emptied(text: str, dice: Random) -> str | None:  # noqa: ARG001
    return "" if text else None


TEXTUAL: dict[str, Callable[[str, Random], str | None]] = {
    "digit changed": _digit,
    "digits exchanged": _digits,
    "neighbours exchanged": _neighbours,
    "character dropped": _dropped,
    "word dropped": _word,
    "case changed": _case,
    "invisible character": _invisible,
    "look-alike character": _lookalike,
    "emptied": _emptied,
}


# ---- Mutants of the kinds of files


def of_table(file: str, text: str, dice: Random) -> Mutant | None:
    """A mutant of a table: a cell by itself, from another row, from another column; or a line."""
    header, *lines = text.removesuffix("\n").split("\n")
    columns, rows = header.split("\t"), [line.split("\t") for line in lines]
    row, other = dice.randrange(len(rows)), dice.randrange(len(rows))
    full = [n for n, cell in enumerate(rows[row]) if cell]
    column = dice.choice(full)
    kind = dice.choice([*TEXTUAL, "value of another row", "values of two rows exchanged", "filled", "columns exchanged",
                        "line dropped", "line doubled", "line moved"])  # fmt: skip
    place, before = columns[column], rows[row][column]
    key = rows[row][0]
    if kind.startswith("line"):
        line = lines.pop(row) if kind != "line doubled" else lines[row]
        if kind != "line dropped":
            lines.insert(other, line)
        return _mutant(file, "line", kind, key, "\n".join([header, *lines, ""]), text)
    if kind == "values of two rows exchanged":
        rows[row][column], rows[other][column] = rows[other][column], before
    elif kind == "columns exchanged":
        second = dice.choice(full)
        rows[row][column], rows[row][second] = rows[row][second], before
        place = " and ".join(sorted({place, columns[second]}))
    elif kind == "filled":
        column = dice.randrange(len(columns))
        place, before = columns[column], rows[row][column]
        rows[row][column] = dice.choice([r[column] for r in rows if r[column]] or [""])
    elif kind == "value of another row":
        rows[row][column] = rows[other][column]
    else:
        changed = TEXTUAL[kind](before, dice)
        if changed is None:
            return None
        rows[row][column] = changed
    what = f"{key}: {place} {before!r} -> {rows[row][columns.index(place)]!r}" if place in columns else key
    return _mutant(file, place, kind, what, "\n".join([header, *("\t".join(r) for r in rows), ""]), text)


def of_turtle(file: str, text: str, dice: Random) -> Mutant | None:
    """A mutant of a Turtle file: a triple removed, added, or with another subject, predicate or object."""
    triples = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    n = dice.randrange(len(triples))
    one, other = triples[n].triple, dice.choice(triples).triple
    like = [t.triple for t in triples if t.predicate == one.predicate and t.object != one.object]
    literal = isinstance(one.object, ox.Literal)
    kinds = ["triple removed", "triple added", "other predicate", "other object", "other subject"]
    kind = dice.choice([*kinds, *(TEXTUAL if literal else ())])
    subject, predicate, object_ = one.subject, one.predicate, one.object
    if kind == "other predicate":
        predicate = other.predicate
    elif kind in ("other object", "triple added"):
        if not like:
            return None
        object_ = dice.choice(like).object
    elif kind == "other subject":
        subject = other.subject
    elif kind in TEXTUAL:
        changed = TEXTUAL[kind](object_.value, dice)
        if changed is None:
            return None
        extra = {"language": object_.language} if object_.language else {"datatype": object_.datatype}
        object_ = ox.Literal(changed, **extra)
    made = ox.Triple(subject, predicate, object_)
    rest = [t.triple for t in triples[:n] + triples[n + 1 :]]
    kept = {"triple removed": rest, "triple added": [*rest, one, made]}.get(kind, [*rest, made])
    place, what = shorten(one.predicate.value), f"{one} -> {'' if kind == 'triple removed' else made}"
    written = ox.serialize(kept, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    assert written is not None
    same = set(map(str, kept)) == {str(t.triple) for t in triples}
    return None if same else Mutant(file, place, kind, what, written.decode())


WORDED = ("line dropped", "line doubled", "line moved", "other term", "digit changed", "neighbours exchanged",
          "character dropped", "emptied", "file dropped")  # fmt: skip


def of_words(file: str, text: str, dice: Random) -> Mutant | None:
    """A mutant of any other text: a line, a term of ours for another, a digit or a character; or the file is gone."""
    lines = text.split("\n")
    n = dice.randrange(len(lines))
    kind = dice.choice(WORDED)
    what = lines[n]
    if kind == "file dropped":
        return Mutant(file, "text", kind, "", None)
    if kind == "emptied":
        return _mutant(file, "text", kind, "", "", text)
    if kind == "other term":
        terms = sorted(set(re.findall(r"\bgbkg:\w+", text)))
        found = list(re.finditer(r"\bgbkg:\w+", text))
        if len(terms) < 2:
            return None
        at, term = dice.choice(found), dice.choice(terms)
        return _mutant(file, "text", kind, f"{at[0]} -> {term}", text[: at.start()] + term + text[at.end() :], text)
    if kind.startswith("line"):
        line = lines.pop(n) if kind != "line doubled" else lines[n]
        if kind != "line dropped":
            lines.insert(dice.randrange(len(lines) + 1), line)
    else:
        changed = TEXTUAL[kind](lines[n], dice)
        if changed is None:
            return None
        lines[n] = changed
        what = f"{what!r} -> {changed!r}"
    return _mutant(
        file, "comment" if what.lstrip("'\"").startswith("#") else "text", kind, what, "\n".join(lines), text
    )


def _mutant(file: str, place: str, kind: str, what: str, text: str, former: str) -> Mutant | None:
    return None if text == former else Mutant(file, place, kind, what, text)


MAKERS: dict[str, Callable[[str, str, Random], Mutant | None]] = {".tsv": of_table, ".ttl": of_turtle}
WEIGHTS = {
    "data/claims": 34, "data/entities.tsv": 10, "data/readings": 5, "data/curation.ttl": 10, "data/sources.ttl": 4,
    "data/dataset.ttl": 4, "data/mappings": 7, "data/review.tsv": 6, "data/expected.toml": 3, "ontology/economy.ttl": 5,
    "ontology/indicators.ttl": 3, "ontology/shapes.ttl": 4, "ontology/rules": 2, "queries": 2,
}  # fmt: skip
"""How often something is changed, of about a hundred times."""


def mutants(project: Path, number: int, seed: int) -> Iterator[Mutant]:
    """So many mutants of a project; the same for the same seed."""
    dice = Random(seed)
    files = {start: [f for f in _files(project) if f.startswith(start)] for start in WEIGHTS}
    texts = {file: (project / file).read_text(encoding="utf-8") for some in files.values() for file in some}
    starts = [start for start in WEIGHTS if files[start]]
    made = 0
    while made < number:
        (start,) = dice.choices(starts, [WEIGHTS[start] for start in starts])
        file = dice.choice(files[start])
        found = MAKERS.get(Path(file).suffix, of_words)(file, texts[file], dice)
        if found:
            made += 1
            yield found


def _files(project: Path) -> list[str]:
    return sorted(
        path.relative_to(project).as_posix()
        for folder in ("data", "ontology", "queries")
        for path in (project / folder).rglob("*")
        if path.is_file()
    )


# ---- Gates


class Bench:
    """A copy of a project in which one mutant after another is built."""

    def __init__(self, project: Path, documents: Path, folder: Path) -> None:
        self.root, self.out, self.documents = folder / "project", folder / "out", documents
        for part in ("data", "ontology", "queries"):
            if (project / part).exists():
                shutil.copytree(project / part, self.root / part)
        self.former = folder / "former"
        self.base = self._built()
        shutil.copytree(self.out, self.former, symlinks=True)

    def tried(self, mutant: Mutant) -> Tried:
        path = self.root / mutant.file
        former = path.read_bytes()
        try:
            path.unlink() if mutant.text is None else path.write_text(mutant.text, encoding="utf-8", newline="")
            return Tried(mutant, *self._outcome())
        finally:
            path.write_bytes(former)

    def _outcome(self) -> tuple[str, str]:
        try:
            typed = build.read(Project(self.root))
            early = [*typed.findings, *build.verify(typed, self.documents)[0]]
            if stern := [str(fault) for fault in early if fault.severity == "violation"]:
                return "refused", stern[0]
            rows, warnings, graph, since = self._built()
        except ValidationError as stopped:
            return "refused", next(str(fault) for fault in stopped.findings if fault.severity == "violation")
        except GbkgError as error:
            return "refused", str(error)
        except Exception as error:  # what a curator would see as a traceback
            return "broken", f"{type(error).__name__}: {error}"
        told = [warning for warning in warnings if warning not in self.base[1]]
        told += [" ".join(row) for row in rows if row not in self.base[0]]
        if told:
            return "reported", told[0]
        if since:
            return "compared", since[0]
        return ("same" if graph == self.base[2] else "silent"), ""

    def _built(self) -> tuple[list[Any], tuple[str, ...], str, tuple[str, ...]]:
        if self.former.exists():  # every mutant is compared with the unchanged project
            shutil.rmtree(self.out)
            shutil.copytree(self.former, self.out, symlinks=True)
        made = build.run(Project(self.root), self.out, build.Settings(self.documents, None, (), "shacl"))
        lines = (self.out / "gbkg.nq").read_bytes().splitlines()
        said = b"\n".join(line for line in lines if b"/isBasedOn>" not in line)  # the digest of what is typed
        return made.rows(), made.warnings, sha256(said).hexdigest(), made.changes


def tried(project: Path, documents: Path, number: int, seed: int, jobs: int, seconds: float = math.inf) -> list[Tried]:
    """What became of so many mutants, in their order, whatever the number of processes; of those alone that were begun
    within so many seconds."""
    every, until = list(mutants(project, number, seed)), time.monotonic() + seconds
    shares = [every[n::jobs] for n in range(jobs)]
    if jobs == 1:
        done = [_share(project, documents, every, until)]
    else:
        with ProcessPoolExecutor(jobs) as pool:
            done = list(pool.map(_share, [project] * jobs, [documents] * jobs, shares, [until] * jobs))
    return [one for row in zip_longest(*done) for one in row if one is not None]


def _share(project: Path, documents: Path, some: list[Mutant], until: float) -> list[Tried]:
    with tempfile.TemporaryDirectory(prefix="gbkg-mutants-") as folder:
        bench = Bench(project, documents, Path(folder))
        return [bench.tried(mutant) for mutant in some if time.monotonic() < until]


# ---- Report


def place(mutant: Mutant) -> str:
    """The file, without the name of one of many, and the column or predicate."""
    parts = mutant.file.split("/")
    many = len(parts) == 3 or parts[0] == "queries"
    return f"{'/'.join(parts[:-1]) if many else mutant.file} {mutant.place}"


def listed(page: Path = LISTED) -> dict[str, str]:
    """The places of the page where no gate can know, each with the outcome that it may have at most."""
    rows = re.findall(r"^\| `([^`|]+)` \| (compared|silent) \|", page.read_text(encoding="utf-8"), re.M)
    return dict(rows)


def unlisted(every: list[Tried]) -> list[Tried]:
    """What passes where the page does not say so, or breaks the build."""
    known = listed()
    allowed = {"compared": {"compared"}, "silent": {"compared", "silent"}}
    return [
        one
        for one in every
        if one.outcome in ("compared", "silent", "broken")
        and one.outcome not in allowed.get(known.get(place(one.mutant), ""), set())
    ]


def table(every: list[Tried]) -> str:
    """How many mutants of each place ended in which way, most silent first."""
    counts: dict[str, Counter[str]] = {}
    for one in every:
        counts.setdefault(place(one.mutant), Counter())[one.outcome] += 1
    rows = sorted(
        counts.items(), key=lambda pair: (-pair[1]["broken"], -pair[1]["silent"], -pair[1]["compared"], pair[0])
    )
    total = Counter(one.outcome for one in every)
    lines = [f"{'place':<58}{''.join(f'{name:>9}' for name in OUTCOMES)}"]
    for name, found in [*rows, ("all", total)]:
        lines.append(f"{name:<58}{''.join(f'{found[outcome]:>9}' for outcome in OUTCOMES)}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--number", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--project", type=Path, default=ROOT)
    parser.add_argument("--documents", type=Path, required=True)
    asked = parser.parse_args()
    print(f"trying {asked.number} mutants of seed {asked.seed} for {asked.minutes:g} minutes at most", flush=True)
    every = tried(asked.project, asked.documents, asked.number, asked.seed, asked.jobs, asked.minutes * 60)
    print(table(every))
    found = unlisted(every)
    for one in found:
        print(f"{one.outcome}: {place(one.mutant)}, {one.mutant.kind}: {one.mutant.what[:300]} {one.said}")
    if len(every) < asked.number:
        print(f"{len(every)} of {asked.number} mutants were tried when the time was up")
    print(f"{len(found)} of {len(every)} mutants pass where docs/mutants.md does not say so, or break the build")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
