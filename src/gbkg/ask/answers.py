"""What comes back from a query: rows, a truth value, or triples; and how a query is run within its limits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pyoxigraph as ox

from gbkg.ask.rows import Cells, Row, Rows, pandas_frame, plain_label, polars_frame, value
from gbkg.core.limits import UNLIMITED, Limits, confined
from gbkg.core.prefixes import PREFIXES
from gbkg.core.result import WIDTH, Lines, Result
from gbkg.core.terms import Term, to_json
from gbkg.core.text import counted
from gbkg.sparql.kinds import Kinds, mixed
from gbkg.store.base import Store

if TYPE_CHECKING:
    from gbkg.ask.citation import Citation
    from gbkg.ask.prepared import Ready
    from gbkg.evidence.proofs import ClaimEvidence, Proof
    from gbkg.sparql.clauses import Graphs

Label = Callable[[Term], str]
"""How a reader is shown a term."""

_T = TypeVar("_T")
_FIRST = 5
_LONGEST = 120


def bare(claim: ClaimEvidence) -> Citation:
    """As `gbkg.ask.citation.bare`, which is imported when a claim is cited."""
    from gbkg.ask import citation

    return citation.bare(claim)


@dataclass(frozen=True)
class Answer(Result):
    """The solutions of a SELECT, in an order that leaves nothing open (`gbkg.sparql.order`).

    `rows` are pyoxigraph terms by column, None where a column is not bound. `complete` is False when there were more
    rows than `limit`. `proofs` has one proof for each row, and is None when no citations were asked for. For values
    take `records()`, for words `texts()`. `remarks` say what a reader must know to trust the answer, above all which
    terms of the query the graph does not have. `settled` is False when the query asks for no order and
    has too many rows to be put in one. `cited` makes a citation of a claim of the proofs.
    """

    kind = "answer"
    columns: tuple[str, ...]
    rows: Sequence[Cells]
    complete: bool = True
    limit: int | None = None
    proofs: tuple[Proof, ...] | None = None
    label: Label = field(default=plain_label, repr=False, compare=False)
    settled: bool = True
    cited: Callable[[ClaimEvidence], Citation] = field(default=bare, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.proofs is not None and len(self.proofs) != len(self.rows):
            raise ValueError(f"{len(self.proofs)} proofs for {len(self.rows)} rows")

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return (Row(self.columns, terms) for terms in self.rows)

    def __getitem__(self, index: int) -> Row:
        return Row(self.columns, self.rows[index])

    def __repr__(self) -> str:
        """How much there is, the columns, and the first rows as a reader sees them; never long."""
        count = counted(len(self), "row") + ("" if self.complete else " and more")
        lines = [_cut(f"Answer: {count} of {', '.join(self.columns)}")]
        first = Answer(self.columns, self.rows[:_FIRST], label=self.label).texts()
        lines += [_cut("  " + " | ".join(row.values())) for row in first]
        return "\n".join(lines + (["  …"] if len(self) > _FIRST else []))

    def texts(self) -> list[dict[str, str]]:
        """The rows as the table shows them: words by heading; of columns `X` and `XName` only `X`, with the name."""
        from gbkg.ask.cells import columns

        shown = columns(self)
        return [{column.heading: column.cells[at] for column in shown} for at in range(len(self.rows))]

    def records(self) -> list[dict[str, Any]]:
        """The rows as Python has such values: str for IRIs and words, int, Decimal, float, bool, date, datetime; what
        Python has no type for (a year without its days) stays the text that it is; None where nothing is bound."""
        return [dict(zip(self.columns, map(value, terms), strict=True)) for terms in self.rows]

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame` of the records, with the claims behind each row in a last column when they were asked
        for. Raises `GbkgError` when pandas is not installed."""
        return pandas_frame(self.columns, self.rows, self.proofs)

    def to_polars(self) -> Any:
        """As `to_pandas`, a `polars.DataFrame`; a column of several types becomes text. Raises `GbkgError` when polars
        is not installed."""
        return polars_frame(self.columns, self.rows, self.proofs)

    def values(self) -> dict[str, Any]:
        rows = [
            {name: to_json(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.rows
        ]
        proofs = None if self.proofs is None else [proof.to_dict() for proof in self.proofs]
        return {"columns": list(self.columns), "rows": rows, "proofs": proofs, "complete": self.complete}

    @property
    def summary(self) -> str:
        return _counted(self, "row")

    def text(self, width: int | None = None) -> str:
        """The table; `width` is that of a terminal, in cells."""
        from gbkg.ask.tables import text

        return text(self, width)

    def _repr_html_(self) -> str:
        from gbkg.ask.tables import html

        return html(self)


def _counted(found: Answer | Triples, noun: str) -> str:
    if not found.complete:
        return f"not the whole answer: these are the first {counted(len(found), noun)}; --limit 0 gives all"
    return counted(len(found), noun) if len(found) else ""


@dataclass(frozen=True)
class Truth(Result):
    """The answer to an ASK."""

    kind = "truth"
    value: bool

    def __bool__(self) -> bool:
        return self.value

    def lines(self, width: int = WIDTH) -> Lines:  # noqa: ARG002
        yield str(self.value).lower()


@dataclass(frozen=True)
class Triples(Result):
    """What a CONSTRUCT or DESCRIBE gives: different triples by subject, its types first, then in the order of
    N-Triples; blank nodes named by content (RDF Dataset Canonicalization), so that equal answers are equal texts.
    """

    kind = "triples"
    triples: tuple[ox.Triple, ...]
    complete: bool = True
    limit: int | None = None
    settled: bool = True

    def __len__(self) -> int:
        return len(self.triples)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.triples)

    def values(self) -> dict[str, Any]:
        triples = [[to_json(part) for part in triple] for triple in self.triples]
        return {"triples": triples, "complete": self.complete}

    @property
    def summary(self) -> str:
        return _counted(self, "triple")

    def text(self, width: int | None = None) -> str:  # noqa: ARG002
        """Turtle."""
        return self.turtle()

    def turtle(self) -> str:
        """Turtle, with the prefixes that it needs."""
        return self._text(ox.RdfFormat.TURTLE)

    def ntriples(self) -> str:
        """N-Triples."""
        return self._text(ox.RdfFormat.N_TRIPLES)

    def jsonld(self) -> str:
        """JSON-LD, expanded: it needs no context."""
        return self._text(ox.RdfFormat.JSON_LD) + "\n"

    def _text(self, form: ox.RdfFormat) -> str:
        whole = "\n".join(map(str, self.triples))
        used = {prefix: space for prefix, space in sorted(PREFIXES.items()) if f"<{space}" in whole}
        prefixes = used if form == ox.RdfFormat.TURTLE else None
        text = (ox.serialize(self.triples, format=form, prefixes=prefixes) or b"").decode()
        if not prefixes:
            return text
        # The engine declares prefixes in an order of its own that changes from run to run.
        lines = text.split("\n")
        return "\n".join(sorted(lines[: len(used)]) + lines[len(used) :])


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def run(
    store: Store,
    text: str,
    *,
    limits: Limits = UNLIMITED,
    limit: int | None = None,
    label: Label = plain_label,
    cited: Callable[[ClaimEvidence], Citation] = bare,
    graphs: Graphs | None = None,
    ready: Ready | None = None,
) -> Answer | Truth | Triples:
    """The answer to a query, after it was checked (`gbkg.sparql.guard`), in an order that leaves nothing open
    (`gbkg.sparql.order`); only of more than 200,000 rows without ORDER BY in the engine's own.

    `limits` are of time and memory: with any, the query runs in a process of its own (`gbkg.core.limits.confined`).
    `limit` is in rows or triples; None is none. Beyond it reading stops and the answer says that it is not complete.
    `graphs` are those that the query sees; None is all of them. `label` and `cited` are those of the answer.
    `ready` is how the text is asked, where that is known.

    Raises `NotCoveredError` at what a query may not do; `ParseError` (line, column, a caret as a note) when the text
    is not SPARQL; `QueryLimitError` when time or memory is up; `GbkgError` when the engine refuses while it runs.
    """
    found = confined(lambda: _prepared(store, ready, limit), limits) if ready else None
    settles = True
    if found is None:
        from gbkg.sparql.guard import check

        check(text)
        kinds = store.kinds  # remembered here: what a process of its own finds out is lost with it
        found, settles = confined(lambda: _read(store, text, limit, kinds, graphs), limits)
    if isinstance(found, _Solutions):
        return Answer(found.columns, found.rows, found.complete, limit, label=label, settled=settles, cited=cited)
    return found if isinstance(found, Truth) else replace(found, settled=settles)


class _Solutions(NamedTuple):
    """What the engine gives for a SELECT; see `Answer`."""

    columns: tuple[str, ...]
    rows: Rows
    complete: bool


_Found = _Solutions | Truth | Triples


def _prepared(store: Store, ready: Ready, limit: int | None) -> _Found | None:
    """What a query gives that is asked as it was made ready; None where that does not settle its order, or the engine
    gives up, which is explained when it is asked in the other way."""
    try:
        found = _made(store.query(ready.text), limit)
    except (SyntaxError, OSError, RuntimeError, ValueError):
        return None
    columns = [_column(found, at) for at in ready.doubtful]
    return None if any(cells is None or mixed(cells) for cells in columns) else found


def _read(store: Store, text: str, limit: int | None, kinds: Kinds, graphs: Graphs | None) -> tuple[_Found, bool]:
    from gbkg.sparql.guard import explained
    from gbkg.sparql.order import answered

    with explained(text):
        settles = store.settles(text)
        return answered(text, settles, kinds, lambda made: _made(store.query(made, graphs), limit), _column), settles


def _made(result: Any, limit: int | None) -> _Found:
    if isinstance(result, ox.QueryBoolean):
        return Truth(bool(result))
    if isinstance(result, ox.QueryTriples):
        found, complete = _taken(result, limit)
        return Triples(_ordered(found), complete, limit)
    columns = tuple(variable.value for variable in result.variables)
    rows, complete = _taken(result, limit)
    return _Solutions(columns, Rows(rows), complete)


def _column(found: _Found, at: int) -> Iterable[Any] | None:
    return found.rows.column(at) if isinstance(found, _Solutions) and found.complete else None


def _taken(solutions: Iterator[_T], limit: int | None) -> tuple[list[_T], bool]:
    """The first `limit` solutions, and whether there are no more."""
    found = list(islice(solutions, None if limit is None else min(limit, sys.maxsize - 1) + 1))
    complete = limit is None or len(found) <= limit
    return (found if complete else found[:limit]), complete


def _ordered(triples: list[ox.Triple]) -> tuple[ox.Triple, ...]:
    """Each triple once, in the order of N-Triples; blank nodes get the names of their canonical form."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    if any(isinstance(term, ox.BlankNode) for t in triples for term in (t.subject, t.object)):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(sorted((quad.triple for quad in dataset), key=_place))


def _place(triple: ox.Triple) -> tuple[str, bool, str]:
    """By subject, its types first."""
    return str(triple.subject), triple.predicate.value != PREFIXES["rdf"] + "type", str(triple)
