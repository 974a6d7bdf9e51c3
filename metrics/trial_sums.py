"""Sums per arm and segment out of cells, and the outcomes that they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from pandera.typing.polars import LazyFrame

from data.schemas.trials import CampaignCells
from metrics.arms import Sums
from metrics.estimates import EVERYONE
from metrics.trial_plans import Plan, Span

CENTS = 100
Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How an outcome is summed: its unit, and the columns that are not its own."""

    unit: str
    n: str = "n"
    x: str = "x"
    xx: str = "xx"
    counted: bool = True  # 0 or 1 per member: the square is the value

    @property
    def scale(self) -> int:
        """Whole units per unit: cents of money."""
        return CENTS if self.unit == "money" else 1


OUTCOMES: Final[Mapping[str, Outcome]] = {
    "conversion": Outcome("share"),
    "revenue": Outcome("money", counted=False),
    "margin": Outcome("money", counted=False),
    "repurchase": Outcome("share"),
    "redemption": Outcome("share"),
    "wake_up": Outcome("share", "wake_up_n", "", ""),
    "interaction": Outcome("share"),
    "nps": Outcome("points", "nps_n", "nps_x", "nps_xx", counted=False),
}


@dataclass(frozen=True)
class Arms:
    """The sums of one campaign by segment and arm."""

    rows: Mapping[tuple[str, str], Row]

    def names(self) -> tuple[str, ...]:
        """The arms, in order of their names."""
        return tuple(sorted({arm for _, arm in self.rows}))

    def segments(self) -> tuple[str, ...]:
        """The segments, in order of their names."""
        return tuple(sorted({segment for segment, _ in self.rows}))

    def count(self, column: str, arm: str, segment: str = EVERYONE) -> int:
        """One of the counts of an arm."""
        return int(self.rows.get((segment, arm), {}).get(column) or 0)

    def sums(self, outcome: str, arm: str, segment: str = EVERYONE) -> Sums:
        """The sums of an outcome in an arm; of nobody where there is none."""
        row, how = self.rows.get((segment, arm), {}), OUTCOMES[outcome]
        y = int(row.get(f"{outcome}_y") or 0)
        yy = y if how.counted else int(row.get(f"{outcome}_yy") or 0)
        n, x, xx, xy = (
            int(row.get(name) or 0) for name in (how.n, how.x, how.xx, f"{outcome}_xy")
        )
        return Sums(n, y, yy, x, xx, xy, y_unit=how.scale, x_unit=CENTS)

    def span(self) -> Span | None:
        """When members were assigned; null without one."""
        if not self.rows:
            return None
        first, last, due = (
            [row[name] for row in self.rows.values()]
            for name in ("first_on", "last_on", "due_on")
        )
        return Span(min(first), max(last), max(due))

    def outcomes(self, plan: Plan) -> tuple[str, ...]:
        """The outcomes that a campaign has: the primary one first."""
        others = ("conversion", "revenue", "margin", "repurchase", "redemption", "nps")
        known = [name for name in others if self._has(name)]
        return tuple(dict.fromkeys((plan.outcome, *known)))

    def _has(self, outcome: str) -> bool:
        if outcome not in ("redemption", "nps"):
            return True
        return any(self.sums(outcome, arm, s).yy for s, arm in self.rows)


def arms_of(cells: LazyFrame[CampaignCells], by: str = EVERYONE) -> dict[str, Arms]:
    """Each campaign's sums by segment and arm."""
    segment = pl.lit(EVERYONE) if by == EVERYONE else pl.col(by).cast(pl.String)
    days = [pl.min("first_on"), pl.max("last_on", "due_on")]
    sums = pl.selectors.numeric().sum()
    rows = (
        cells.group_by("campaign_id", "arm", segment.alias("segment"))
        .agg(*days, sums)
        .collect()
        .to_dicts()
    )
    found: dict[str, dict[tuple[str, str], Row]] = {}
    for row in rows:
        found.setdefault(row["campaign_id"], {})[row["segment"], row["arm"]] = row
    return {name: Arms(each) for name, each in found.items()}
