"""A written project while faults are planted in it: its files in memory, and where each fault will be found.

Rows and blocks are changed in place; lines are counted when everything has been planted and is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from corpus.page import COLUMNS, READING_COLUMNS, Row

ENTITY_COLUMNS = ("id", "type", "label", "description")
Test = Callable[[Row], bool]
RAW = "\0"
"""The key of what is put after the last cell of a row as it is."""
LINE_ONE = ""
"""The name that begins the first line of any file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and the finding that it leads to: `gate`, `file` and `line` are the finding's, empty or None where it has
    none or none that is the same everywhere; `what` stands in its message or in what it found."""

    kind: str
    gate: str
    file: str
    line: int | None
    what: str


@dataclass
class Table:
    """A table of the project by its name below `data/`."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]
    frame: Callable[[str], str] = str
    """What is done to the text of the table before it is written."""

    def text(self) -> str:
        lines = ["\t".join(self.columns)]
        lines += ["\t".join(row.get(column, "") for column in self.columns) + row.get(RAW, "") for row in self.rows]
        return self.frame("\n".join(lines) + "\n")


@dataclass(frozen=True, slots=True)
class Pending:
    """A fault whose line is not known yet: it is at a row of a table, or where `name` begins a line of a file."""

    kind: str
    gate: str
    what: str
    table: Table | None = None
    row: Row | None = None
    file: str = ""
    name: str | None = None


@dataclass
class Draft:
    """The project in `folder`; `rng` says where faults come."""

    folder: Path
    rng: Random
    pending: list[Pending] = field(default_factory=list)
    grown: Counter[str] = field(default_factory=Counter)
    """How many claims, statistics and entities more there are than the project had."""
    _tables: dict[str, Table] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _taken: set[object] = field(default_factory=set)
    _spoilt: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.data = self.folder / "project" / "data"
        self.names = sorted(path.stem for path in (self.data / "claims").iterdir())
        self.rng.shuffle(self.names)

    def claims(self, name: str) -> Table:
        """The table of claims of a source."""
        return self._table(f"claims/{name}.tsv", COLUMNS)

    def readings(self, name: str) -> Table:
        """The table of readings of a source."""
        return self._table(f"readings/{name}.tsv", READING_COLUMNS)

    def entities(self) -> Table:
        """The table of entities."""
        return self._table("entities.tsv", ENTITY_COLUMNS)

    def text(self, name: str) -> str:
        """A file below `data/` that is no table."""
        if name not in self._texts:
            path = self.data / name
            self._texts[name] = path.read_text(encoding="utf-8") if path.exists() else ""
        return self._texts[name]

    def put(self, name: str, text: str) -> None:
        """Gives a file below `data/` that is no table another text."""
        self._texts[name] = text

    def claim(self, test: Test) -> tuple[Table, Row]:
        """The first of `all_claims`, which is taken then. Raises `LookupError` when there is none."""
        for table, row in self.all_claims(test):
            return table, self.take(row)
        raise LookupError("no claim is left for this fault")

    def all_claims(self, test: Test) -> Iterator[tuple[Table, Row]]:
        """The claims with one passage that no fault has been planted in and that pass the test."""
        for table in self._unspoilt(self.claims):
            yield from ((table, row) for row in self.untaken(table) if test(row))

    def untaken(self, table: Table) -> Iterator[Row]:
        """The claims of a table with one passage that no fault has been planted in."""
        ids = Counter(row["id"] for row in table.rows)
        return (row for row in table.rows if id(row) not in self._taken and ids[row["id"]] == 1 and row["predicate"])

    def reading(self, test: Test) -> tuple[Table, Row]:
        """As `claim`, a reading."""
        for table in self._unspoilt(self.readings):
            for row in table.rows:
                if id(row) not in self._taken and test(row):
                    return table, self.take(row)
        raise LookupError("no reading is left for this fault")

    def entity(self, test: Test) -> Row:
        """As `claim`, an entity."""
        for row in self.entities().rows:
            if id(row) not in self._taken and test(row):
                return self.take(row)
        raise LookupError("no entity is left for this fault")

    def named(self, slug: str) -> Row:
        """The entity of this name, which may have been taken."""
        return next(row for row in self.entities().rows if row["id"] == slug)

    def block(self, name: str, pattern: str) -> re.Match[str]:
        """A node of a Turtle file that matches the pattern, from its name to its full stop, and is not taken."""
        for match in re.finditer(r"^(?:cur|src):[\w-]+ a .*?(?= \.\n)", self.text(name), re.M | re.S):
            node = match[0].split(" ", 1)[0]
            if node not in self._taken and re.search(pattern, match[0]):
                self._taken.add(node)
                return match
        raise LookupError(f"no node of {name} is left for this fault")

    def rewrite(self, name: str, match: re.Match[str], old: str, new: str) -> str:
        """Puts `new` for the first match of the pattern `old` within a block; returns the name of its node."""
        changed = re.sub(old, new, match[0], count=1)
        if changed == match[0]:
            raise LookupError(f"{old!r} does not stand in {match[0]!r}")
        text = self.text(name)
        self.put(name, text[: match.start()] + changed + text[match.end() :])
        return match[0].split(" ", 1)[0]

    def take(self, row: Row) -> Row:
        """Marks a row, so that no other fault comes into it."""
        self._taken.add(id(row))
        return row

    def spoil(self) -> str:
        """The name of a source in which no fault stands; none comes into it from now on."""
        for name in self.names:
            tables = (self._tables.get(f"{kind}/{name}.tsv") for kind in ("claims", "readings"))
            if name not in self._spoilt and not any(id(row) in self._taken for t in tables if t for row in t.rows):
                self._spoilt.add(name)
                return name
        raise LookupError("no document is left for this fault")

    def fault(self, kind: str, gate: str, what: str, table: Table | None = None, row: Row | None = None) -> None:
        """Notes a fault that is found at a row, or at no line."""
        self.pending.append(Pending(kind, gate, what, table, row))

    def fault_at(self, kind: str, gate: str, what: str, file: str, name: str | None = None) -> None:
        """Notes a fault that is found in a file below `data/`, where `name` begins a line."""
        self.pending.append(Pending(kind, gate, what, file=file, name=name))

    def finish(self) -> list[Fault]:
        """Writes what was changed; returns the faults with their lines."""
        for name, table in self._tables.items():
            (self.data / name).write_bytes(table.text().encode())
        for name, text in self._texts.items():
            (self.data / name).write_bytes(text.encode())
        return [self._resolved(pending) for pending in self.pending]

    def _resolved(self, pending: Pending) -> Fault:
        file, line = pending.file, None
        if pending.table:
            file = pending.table.name
            line = next((n for n, row in enumerate(pending.table.rows, start=2) if row is pending.row), None)
        elif pending.name == LINE_ONE:
            line = 1
        elif pending.name:
            begin = re.search(rf"^{re.escape(pending.name)}(?![\w-])", self.text(file), re.M)
            assert begin, f"{pending.name} begins no line of {file}"
            line = self.text(file).count("\n", 0, begin.start()) + 1
        return Fault(pending.kind, pending.gate, f"data/{file}" if file else "", line, pending.what)

    def _unspoilt(self, table: Callable[[str], Table]) -> Iterator[Table]:
        """Tables of all sources; each search goes on behind the last one, so that faults are spread."""
        self.names.append(self.names.pop(0))
        for name in self.names:
            if name not in self._spoilt:
                yield table(name)

    def _table(self, name: str, columns: tuple[str, ...]) -> Table:
        if name not in self._tables:
            lines = (self.data / name).read_text(encoding="utf-8").split("\n")[1:-1]
            rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
            self._tables[name] = Table(name, columns, rows)
        return self._tables[name]
