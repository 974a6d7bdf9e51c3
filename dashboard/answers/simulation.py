"""Answers about tier rules that are tried out before they are saved."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from pydantic import TypeAdapter, ValidationError

from dashboard import periods
from dashboard import tier_queries as asked
from dashboard.answers import worth_dates
from dashboard.answers.tiering import in_view, standing_from
from dashboard.answers.view import View
from dashboard.reader import Wanted
from data.errors import UsageError
from data.schemas.cells import TwoTiers
from data.tiers import Scheme, TierRule, of_worth
from metrics.migration import tier_simulation
from metrics.tier_rules import tier_codes

SIMULATED = ("days_since_last_min", "annual_spend_min", "clv_min", "loyalty_min")


def simulated(view: View) -> pl.DataFrame:
    """The customers in view by tier, under the rules in force and changed ones."""
    scheme = asked.scheme_of(view)
    if why := worth_dates.unsimulated(view):
        return worth_dates.empty(why)
    settings, rows = view.reader.settings, asked.standing_of(view)
    rules = settings.tiers[scheme]
    if of_worth(rules):
        rows = worth_dates.valued(view)
    changed = _changed(rules, view.options.get("set", ""))
    names = [rule.name for rule in rules]
    tiers = {
        name: pl.Series(
            np.array(names)[tier_codes(standing_from(rows), each, settings.rfm)]
        )
        for name, each in (("now", rules), ("then", changed))
    }
    return tier_simulation(
        TwoTiers.validate(in_view(view, rows.with_columns(**tiers)).lazy()),
        rules=rules,
        order=asked.order(view, scheme),
        revenue=_annual(view),
    )


def _annual(view: View) -> float:
    """Net revenue of the trailing year in view, of orders without a customer too."""
    spans = (periods.span(view.as_of, str(periods.YEAR)),)
    found = view.reader.cells(Wanted("purchase_cells", spans, view.where))
    return float(found["revenue"].sum())


def _changed(rules: Sequence[TierRule], text: str) -> tuple[TierRule, ...]:
    """The rules with other bounds: `gold.annual_spend_min=12000,...`."""
    told = {rule.name: rule.model_dump() for rule in rules}
    for part in filter(None, text.split(",")):
        name, _, bound = part.partition("=")[0].rpartition(".")
        if told.get(name, {}).get(bound) is None:
            known = ", ".join(f"{r.name}.{b}" for r in rules for b in _bounds(r))
            raise UsageError(f"--set {part}: give BOUND=NUMBER; bounds are {known}")
        told[name][bound] = part.partition("=")[2]
    try:
        return TypeAdapter(Scheme).validate_python(tuple(told.values()))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise UsageError(f"--set {text}: {problem}") from None


def _bounds(rule: TierRule) -> list[str]:
    return [b for b in SIMULATED if getattr(rule, b) is not None]
