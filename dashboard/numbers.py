"""Numbers on a page, each carrying the question that gives it again.

Every number shown is wrapped in an element with these attributes, so that anyone can
repeat it outside the browser and a test does so for every page:

- `data-args`: what follows `customer-health metric` on the command line, as one string;
- `data-metric`: the metric's name, the first of these arguments;
- `data-column` and `data-row`: the cell of the printed frame that is shown, the row by
  the columns that name it, as JSON ({"segment": "East"}).

In a table the element around the rows states `data-metric` and `data-args` once for all
numbers inside. A number of a list that another command prints has `data-command` too:
what follows `customer-health`, such as "snapshots list"; `data-metric` and `data-args`
repeat it, and `--json` prints the list. The text of the element is the rounded number
with its unit (38.0, 31.8%, ¥1,235万, +1.2 pp). Figures carry the same facts in
`layout.meta["numbers"]`, one object per number with the keys metric, args, column, row
and text.
"""

import json
import shlex
from dataclasses import dataclass
from html import escape
from typing import Any

from dashboard import formats
from dashboard.question import Question

Row = dict[str, Any]
# The columns that tell the rows of a printed frame apart.
ROW_NAMES = (
    *(
        "as_of",
        "segment",
        "month",
        "dimension",
        "horizon_days",
        "score",
        "top",
        "percent",
    ),
    *("arm", "outcome", "day"),
    *("cohort", "months_since"),
    *("customer_id", "part", "tier_from", "tier_to", "tier", "other_tier"),
)
OWN_NAMES = {
    "acquisition_funnel": ("segment", "stage"),
    "lifecycle_flows": ("stage_from", "stage"),
    "alerts": ("metric", "part"),
    "rectifications": ("rectification",),
    "customer_timeline": ("day", "time", "event", "kind", "id"),
    "customer_preferences": ("habit", "segment"),
    "next_action": ("action",),
    "time_pattern": ("weekday", "hour"),
    "order_channels": ("segment", "total"),
    "clv_distribution": ("low", "high"),
    "rfm_grid": ("recency", "frequency", "monetary"),
    "repurchase_curve": ("segment", "days"),
    "purchase_interval": ("segment", "days"),
    "churn_calibration": ("segment", "tenth"),
    "churn_precision": ("segment", "top"),
}


@dataclass(frozen=True)
class Ink:
    """How numbers are written: language, unit of the metric, currency."""

    lang: str
    unit: str
    currency: str = "CNY"

    def value(self, number: float) -> str:
        """The number in its unit."""
        return formats.value(self.lang, self.unit, number, self.currency)

    def change(self, number: float) -> str:
        """The difference with its sign."""
        return formats.change(self.lang, self.unit, number, self.currency)

    def distance(self, number: float) -> str:
        """How far apart two numbers are, without a sign."""
        return self.change(number).lstrip("+±")

    def count(self, number: float) -> str:
        """A whole number."""
        return formats.count(self.lang, number)

    def relative(self, number: float) -> str:
        """A relative change in percent, with its sign."""
        return formats.relative(self.lang, number)

    def of(self, unit: str) -> "Ink":
        """The same hand for another unit."""
        return Ink(self.lang, unit, self.currency)


@dataclass(frozen=True)
class Listing:
    """A list that a command prints with `--json`, and what tells its rows apart."""

    command: str
    names: tuple[str, ...]

    @property
    def metric(self) -> str:
        """What stands in the place of a metric's name."""
        return self.command

    @property
    def by(self) -> None:
        """A list is not cut."""

    def arguments(self) -> tuple[str, ...]:
        """What follows `customer-health` to print the list."""
        return tuple(self.command.split())


@dataclass(frozen=True)
class Cell:
    """One cell of the frame that answers a question, or of a list."""

    question: Question | Listing
    row: Row
    column: str = "value"

    @property
    def number(self) -> float | None:
        """The number, or null."""
        above, _, below = self.column.partition("/")
        found, base = self.row.get(above), self.row.get(below) if below else 1.0
        return None if found is None or not base else float(found) / float(base)

    def origin(self) -> dict[str, str]:
        """Where the number comes from, as the page states it."""
        asked = self.question
        command = {"command": asked.command} if isinstance(asked, Listing) else {}
        return {
            "metric": asked.metric,
            "args": shlex.join(asked.arguments()),
            "column": self.column,
            "row": self._name(),
            **command,
        }

    def _name(self) -> str:
        asked = self.question
        names = _names(asked)
        named = {k: str(self.row[k]) for k in names if self.row.get(k) is not None}
        return json.dumps(named, ensure_ascii=False)


def _names(asked: Question | Listing) -> tuple[str, ...]:
    if isinstance(asked, Listing):
        return asked.names
    return OWN_NAMES.get(asked.metric, ROW_NAMES)


def written(cell: Cell, ink: Ink, form: str = "value") -> str:
    """The cell as HTML with its origin; a dash for null. Form: a method of Ink."""
    if cell.number is None:
        return formats.DASH
    return _marked(getattr(ink, form)(cell.number), cell.origin())


def inside(cell: Cell, ink: Ink, form: str = "value") -> str:
    """As `written`, inside an element that states the question for all its numbers."""
    if cell.number is None:
        return formats.DASH
    origin = cell.origin()
    own = {name: origin[name] for name in ("column", "row")}
    return _marked(getattr(ink, form)(cell.number), own)


def stated(question: Question | Listing) -> str:
    """The attributes of an element whose numbers all answer one question."""
    origin = Cell(question, {}).origin()
    told = ("metric", "args", "command")
    return _attributes({name: origin[name] for name in told if name in origin})


def _marked(text: str, origin: dict[str, str]) -> str:
    return f'<span class="ch-num" {_attributes(origin)}>{escape(text)}</span>'


def _attributes(origin: dict[str, str]) -> str:
    return " ".join(f'data-{k}="{escape(v)}"' for k, v in origin.items())


def noted(cell: Cell, text: str) -> dict[str, str]:
    """The entry of `layout.meta["numbers"]` for a number drawn by a figure."""
    return {**cell.origin(), "text": text}
