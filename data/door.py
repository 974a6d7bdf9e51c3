"""The door: every row is accepted, or rejected with file, line, column and rule.

Rows come in batches of bounded size. Cells are read by the table's contract, pandera
checks the rows, and nothing is lost: in every batch `rows_in` is accepted + rejected.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

import pandera.polars as pa
import polars as pl

from data import checks, held, sources
from data.ahead import ahead
from data.errors import RefusedError
from data.parsing.cells import Conventions
from data.parsing.tables import Typed, typed
from data.remedies import REMEDIES
from data.schemas import INPUTS, accepted_columns, fields, key_text
from data.settings import Settings
from data.sources import Place, exported
from data.sources.columns import (
    Plan,
    canonical,
    extra_columns,
    flawed,
    plan,
    raw_row,
)
from data.sources.extracts import Extract, Notice

__all__ = ["REJECTED", "Batch", "Notice", "batches", "tables_found"]

REJECTED: Final[Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "file": pl.String(),
        "line": pl.Int64(),
        "line_end": pl.Int64(),
        "column": pl.String(),
        "rule": pl.String(),
        "remedy": pl.String(),
        "row": pl.String(),
        "rules": pl.List(pl.String),
        "key": pl.String(),
        "corrects": pl.String(),
        "held": pl.String(),
    }
)
UNKNOWN: Final = "unknown_customer"
NOBODY: Final = pl.Schema(
    {
        "index": pl.Int64(),
        "column": pl.String(),
        "rule": pl.String(),
        "rules": pl.List(pl.String),
    }
)


@dataclass(frozen=True)
class Batch:
    """Some rows of one file: those accepted and those rejected, with the reason.

    `accepted` has the columns of the contract, personal ones included, and `_file` and
    `_line`. `rejected` has the columns of `REJECTED`; a row that breaks several rules
    stands there once, under the first. Its `key` is there if it could be read; `held`
    is the row itself, for one that only waits for its customer. `corrects` names the
    rejected row that a row is another version of; for accepted rows, in their order.
    """

    file: str
    rows_in: int
    accepted: pl.DataFrame
    rejected: pl.DataFrame
    notices: tuple[Notice, ...] = ()
    corrects: pl.Series | None = None


def tables_found(source: Place, settings: Settings) -> tuple[str, ...]:
    """The tables that a source folder holds, or its settings find in a database.

    Errors: RefusedError when there is no such folder, or a file named in the settings
    is not there.
    """
    return tuple(
        name for name in INPUTS if sources.has(name, source, settings.table(name))
    )


def batches(
    table: str,
    source: Place,
    settings: Settings,
    *,
    now: datetime | None = None,
    customers: pl.Series | None = None,
) -> Iterator[Batch]:
    """The rows of a table, checked, file by file; each file has at least one batch.

    `now` (UTC) bounds what may have happened. With `customers`, sorted ids, rows that
    name another customer are held.

    Errors: RefusedError when a file is unreadable, a required column is missing, or
    the table is `orders` and there is none.
    """
    door = _Door(table, settings, _conventions(table, settings, now))
    door.customers = None if table == "customers" else customers
    return ahead(_admitted(door, source, settings))


def _admitted(
    door: "_Door", source: Place, settings: Settings
) -> Generator[Batch, None, None]:
    table, limits = door.table, settings.limits
    for extract in sources.extracts(table, source, door.settings, limits):
        yield door.admit(extract)
    if table == "orders" and not door.plans:
        raise RefusedError("The source folder holds no orders, which are required.")


class _Door:
    """One table's door: knows each file's columns and how many rows came before."""

    def __init__(self, table: str, settings: Settings, how: Conventions) -> None:
        self.table = table
        self.settings = settings.table(table)
        self.contract = checks.model(table, anonymous=settings.allow_anonymous)
        self.how = how
        self.plans: dict[str, Plan] = {}
        self.customers: pl.Series | None = None
        self.read = 0

    def admit(self, extract: Extract) -> Batch:
        """Read and check the rows of one extract."""
        extract, marks = exported.taken(extract)
        notices = (*extract.notices, *self._entered(extract))
        raw = canonical(extract, self.plans[extract.file], self.read + 1)
        self.read += extract.rows.height
        known = typed(self.table, raw, self.how, self.settings.values)
        flaws = flawed(extract, self.plans[extract.file])
        broken = _broken_rules(self.table, known, self.contract, flaws)
        unknown = _unknown(known.rows, broken, self.customers)
        out = pl.concat([broken, unknown])
        rejected = _rejected(self.table, extract, known.rows, out)
        if marks is not None:
            rejected = _marked(rejected, extract, out, marks)
        return Batch(
            file=extract.file,
            rows_in=extract.rows.height + extract.broken.height,
            accepted=_accepted(self.table, extract, known.rows, out),
            rejected=pl.concat([rejected, _unread(extract)]).sort("line"),
            notices=notices,
            corrects=None
            if marks is None
            else marks.filter(_others(extract.rows.height, out)),
        )

    def _entered(self, extract: Extract) -> tuple[Notice, ...]:
        """Plan a file's columns at its first extract."""
        if extract.file in self.plans:
            return ()
        self.plans[extract.file] = plan(self.table, self.settings, extract)
        return extra_columns(extract, self.plans[extract.file])


def _conventions(table: str, settings: Settings, now: datetime | None) -> Conventions:
    own = settings.table(table)
    return Conventions(
        now=(now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None),
        business_zone=settings.timezone,
        naive_zone=own.timezone or settings.naive_timezone or settings.timezone,
        decimal=own.decimal,
        date_format=own.date_format,
    )


def _broken_rules(
    table: str, known: Typed, contract: type[pa.DataFrameModel], flaws: pl.DataFrame
) -> pl.DataFrame:
    """Per rejected row, by position: the first column and rule, and all rules."""
    cells = known.broken
    if flaws.height:  # what the source says of a cell comes before what it looks like
        cells = pl.concat(
            [flaws, cells.join(flaws, on=["index", "column"], how="anti")]
        )
    rows = checks.failures(known.rows, contract)
    news = rows.join(cells, on=["index", "column"], how="anti")
    order = pl.col("column").cast(pl.Enum(list(fields(table))))
    return (
        pl.concat([cells, news])
        .sort("index", order, "rule")
        .group_by("index", maintain_order=True)
        .agg(
            pl.first("column"),
            pl.first("rule"),
            rules=pl.col("rule").unique(maintain_order=True),
        )
    )


def _accepted(
    table: str, extract: Extract, rows: pl.DataFrame, broken: pl.DataFrame
) -> pl.DataFrame:
    known = rows.select(
        *accepted_columns(table), _file=pl.lit(extract.file), _line=extract.line
    )
    if broken.is_empty():
        return known
    return known.filter(_others(rows.height, broken))


def _others(height: int, broken: pl.DataFrame) -> pl.Series:
    """Whether a row is none of the broken ones."""
    kept = pl.Series([True]).new_from_index(0, height)
    return kept.scatter(broken["index"], values=False)


def _marked(
    rejected: pl.DataFrame, extract: Extract, broken: pl.DataFrame, marks: pl.Series
) -> pl.DataFrame:
    """Rejected rows with those that they try to correct; a blank one has no row."""
    index = broken["index"]
    blank = pl.all_horizontal(pl.all().cast(pl.String).fill_null("").eq(""))
    empty = extract.rows[index].select(blank).to_series()
    return rejected.with_columns(
        corrects=marks[index],
        row=pl.when(~empty).then("row"),
    )


def _unknown(
    rows: pl.DataFrame, broken: pl.DataFrame, customers: pl.Series | None
) -> pl.DataFrame:
    """The rows in order that name a customer who is not among these."""
    if customers is None or "customer_id" not in rows.columns:
        return NOBODY.to_frame()
    named = rows["customer_id"]
    places = customers.search_sorted(named).clip(0, max(len(customers) - 1, 0))
    if customers.is_empty():
        strange = named.is_not_null()
    else:
        strange = (customers.gather(places) != named).fill_null(value=False)
    index = (strange & _others(rows.height, broken)).arg_true()
    return pl.DataFrame(
        {"index": index.cast(pl.Int64)},
    ).with_columns(
        column=pl.lit("customer_id"),
        rule=pl.lit(UNKNOWN),
        rules=pl.concat_list(pl.lit(UNKNOWN)),
    )


def _rejected(
    table: str, extract: Extract, rows: pl.DataFrame, broken: pl.DataFrame
) -> pl.DataFrame:
    index = broken["index"]
    waits = pl.col("rule") == UNKNOWN
    return _complete(
        extract,
        broken.with_columns(
            line=extract.line[index],
            line_end=extract.line_end[index],
            row=extract.rows[index].select(raw_row(extract)).to_series(),
            key=rows[index].select(key_text(table)).to_series(),
            held=pl.when(waits).then(held.written(table, rows[index])),
            corrects=pl.lit(None, dtype=pl.String),
        ),
    )


def _unread(extract: Extract) -> pl.DataFrame:
    """The rows that have no cells, because they could not be split."""
    nowhere = pl.lit(None, dtype=pl.String)
    only = pl.concat_list("rule")
    blank = dict.fromkeys(("column", "key", "held", "corrects"), nowhere)
    return _complete(extract, extract.broken.with_columns(**blank, rules=only))


def _complete(extract: Extract, rejected: pl.DataFrame) -> pl.DataFrame:
    remedy = pl.col("rule").replace_strict(dict(REMEDIES), return_dtype=pl.String)
    columns = rejected.with_columns(file=pl.lit(extract.file), remedy=remedy)
    return columns.select(pl.col(name).cast(kind) for name, kind in REJECTED.items())
