"""Why did a health score change? Parts that sum to the change."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame, LazyFrame

from data.health import HEALTH
from data.schemas.health import HealthMoves
from metrics.estimates import EVERYONE, ratio, segments
from metrics.frames import Result
from metrics.health import MILLION, millionths

PARTS: Final = ("weights", *HEALTH, "new_data", "lost_data")
"""What changes the score of a customer who has one on both dates."""

MOVES: Final = ("stayed", "joined", "left")
"""Whose share of the customers changes the mean."""

BEFORE, AFTER = "_before", "_after"


class HealthChange(Result):
    """One row per segment and part: what it adds to the change of the mean score."""

    segment: pl.String = pa.Field()
    part: pl.String = pa.Field(isin=(*PARTS, *MOVES))
    effect: pl.Float64 = pa.Field(nullable=True)
    n: pl.Int64 = pa.Field(ge=0)


def health_change(
    moves: LazyFrame[HealthMoves], *, by: str = EVERYONE
) -> DataFrame[HealthChange]:
    """Health change: what the change of a mean health score is made of, exactly.

    Formula: of a customer with weights shares omega: weights = score of the earlier
        factors under the new weights less under the old; a factor known on both dates =
        mean omega x its change; new and lost data = what the shares move because
        factors appear or vanish (the mean of both orders). Of a group: those who stayed
        count with their mean share of the customers on both dates; stayed, joined, left
        = change of share x (their mean score less the overall mean score)
    Interval: none, it is an exact split of the observed change
    Grain: one row per segment of `by` and part: segment, part, effect, n = customers
        whom it concerns
    Units: points; the effects of a segment sum to its change
    Source: Bennet, Journal of the Royal Statistical Society 83 (1920); Shapley,
        Contributions to the Theory of Games 2 (1953)
    """
    sums = segments(moves, by, *_sums()).with_columns(*_means())
    told = [
        sums.select(
            "segment",
            pl.lit(part).alias("part"),
            effect.alias("effect"),
            pl.col(n).alias("n"),
        )
        for part, effect, n in _effects()
    ]
    rows = pl.concat(told).collect().sort("segment", maintain_order=True)
    return HealthChange.validate(rows)


def customer_change(
    scores: pl.LazyFrame, old: Mapping[str, float], new: Mapping[str, float]
) -> pl.LazyFrame:
    """The parts of each customer's change of score; other columns stay.

    Every factor stands there twice, `x_before` and `x_after`, null where unknown.
    """
    then = weighted_by({name: f"{name}{BEFORE}" for name in new}, new)
    under_old = weighted_by({name: f"{name}{BEFORE}" for name in old}, old)
    mean_of = {name: f"{name}_mean" for name in new}
    known = scores.with_columns(
        pl.mean_horizontal(f"{name}{BEFORE}", f"{name}{AFTER}").alias(mean_of[name])
        for name in new
    )
    appeared, vanished = _data(mean_of, new)
    factors = {name: _factor(name, new).fill_null(0.0) for name in new}
    return known.with_columns(
        (then - under_old).alias("weights"),
        appeared.alias("new_data"),
        vanished.alias("lost_data"),
        **factors,
    )


def change_sums(parts: pl.DataFrame, cells: Sequence[str]) -> pl.DataFrame:
    """The sums of health moves over customers, by the cells of both dates.

    Each of `cells` stands there twice, `x_before` and `x_after`, null on a date without
    a score.
    """
    before, after = pl.col(f"health{BEFORE}"), pl.col(f"health{AFTER}")
    stays = before.is_not_null() & after.is_not_null()
    move = pl.when(stays).then(pl.lit("stayed")).when(before.is_null()).then(
        pl.lit("joined")
    ).otherwise(pl.lit("left"))  # fmt: skip
    told = parts.lazy().filter(before.is_not_null() | after.is_not_null()).select(
        *(f"{cell}{when}" for cell in cells for when in (BEFORE, AFTER)),
        move.alias("move"),
        millionths(before).alias("score_before"),
        millionths(after).alias("score_after"),
        *(millionths(pl.when(stays).then(part)).alias(part) for part in PARTS),
    )  # fmt: skip
    return pl.concat([_by_cells(told, cell) for cell in cells]).collect()


def weighted_by(columns: Mapping[str, str], weights: Mapping[str, float]) -> pl.Expr:
    """The weighted mean of known columns, each under the weight of its factor."""
    known = {name: pl.col(column).is_not_null() for name, column in columns.items()}
    return _mean(columns, weights, known)


def _mean(
    columns: Mapping[str, str],
    weights: Mapping[str, float],
    inside: Mapping[str, pl.Expr],
) -> pl.Expr:
    """The weighted mean over the factors inside a set; null where none has a weight."""
    total = pl.sum_horizontal(
        pl.when(inside[name]).then(pl.lit(weight)).otherwise(0.0)
        for name, weight in weights.items()
    )
    summed = pl.sum_horizontal(
        pl.when(inside[name]).then(weight * pl.col(columns[name])).otherwise(0.0)
        for name, weight in weights.items()
    )
    return ratio(summed, total)


def _share(name: str, weights: Mapping[str, float], when: str) -> pl.Expr:
    total = pl.sum_horizontal(
        pl.when(pl.col(f"{each}{when}").is_not_null())
        .then(pl.lit(weight))
        .otherwise(0.0)
        for each, weight in weights.items()
    )
    return ratio(pl.lit(weights[name]), total)


def _factor(name: str, weights: Mapping[str, float]) -> pl.Expr:
    """What a factor's own change adds, under its mean share; null without one."""
    shares = (_share(name, weights, BEFORE) + _share(name, weights, AFTER)) / 2
    return shares * (pl.col(f"{name}{AFTER}") - pl.col(f"{name}{BEFORE}"))


def _data(
    mean_of: Mapping[str, str], weights: Mapping[str, float]
) -> tuple[pl.Expr, pl.Expr]:
    """What factors add that appear, and that vanish: the mean of both orders.

    Where no factor with a weight is known on both dates, they can but appear first.
    """
    then, now = (
        {name: pl.col(f"{name}{when}").is_not_null() for name in weights}
        for when in (BEFORE, AFTER)
    )
    either = {name: then[name] | now[name] for name in weights}
    both = {name: then[name] & now[name] for name in weights}
    start, end, most, least = (
        _mean(mean_of, weights, inside) for inside in (then, now, either, both)
    )
    first, last = most - start, end - most
    appeared = pl.when(least.is_null()).then(first).otherwise((first + end - least) / 2)
    vanished = pl.when(least.is_null()).then(last).otherwise((last + least - start) / 2)
    return appeared, vanished


def _by_cells(told: pl.LazyFrame, cell: str) -> pl.LazyFrame:
    keys = [pl.col(f"{cell}{when}").alias(f"cell{when}") for when in (BEFORE, AFTER)]
    sums = (
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("score_before", "score_after", *PARTS).sum(),
    )
    some = (
        pl.col(f"{cell}{BEFORE}").is_not_null() | pl.col(f"{cell}{AFTER}").is_not_null()
    )
    return told.filter(some).group_by(*keys, "move").agg(*sums)


def _sums() -> list[pl.Expr]:
    """Per kind of move the customers and their scores; parts of those who stayed."""
    told = []
    for move in MOVES:
        inside = pl.col("move") == move
        told += [
            pl.col("customers").filter(inside).sum().alias(move),
            pl.col("score_before").filter(inside).sum().alias(f"{move}_from"),
            pl.col("score_after").filter(inside).sum().alias(f"{move}_to"),
        ]
    stays = pl.col("move") == "stayed"
    return [*told, *(pl.col(part).filter(stays).sum() for part in PARTS)]


def _means() -> list[pl.Expr]:
    """Shares of the customers on both dates, mean scores, and the overall mean."""
    stayed, joined, left = (pl.col(move) for move in MOVES)
    before, after = stayed + left, stayed + joined
    total_before = pl.col("stayed_from") + pl.col("left_from")
    total_after = pl.col("stayed_to") + pl.col("joined_to")
    return [
        ratio(stayed, before).alias("share_from"),
        ratio(stayed, after).alias("share_to"),
        ratio(left, before).alias("left_share"),
        ratio(joined, after).alias("joined_share"),
        ratio(
            ratio(total_before, before) + ratio(total_after, after),
            pl.lit(2 * MILLION),
        ).alias("overall"),
    ]


def _effects() -> list[tuple[str, pl.Expr, str]]:
    """Every part, its effect on the mean, and the column that counts its customers."""
    stayed = pl.col("stayed")
    mean_share = (pl.col("share_from") + pl.col("share_to")) / 2
    level = ratio(pl.col("stayed_from") + pl.col("stayed_to"), 2 * MILLION * stayed)
    moved = pl.col("share_to") - pl.col("share_from")
    parts = [
        (part, _none(mean_share * ratio(pl.col(part), MILLION * stayed)), "stayed")
        for part in PARTS
    ]
    mixes = {
        "stayed": moved * (level - pl.col("overall")),
        "joined": pl.col("joined_share") * (_level("joined_to", "joined")),
        "left": -pl.col("left_share") * (_level("left_from", "left")),
    }
    return [*parts, *((move, _none(effect), move) for move, effect in mixes.items())]


def _level(total: str, n: str) -> pl.Expr:
    """How far the mean score of some customers is from the overall mean."""
    return ratio(pl.col(total), MILLION * pl.col(n)) - pl.col("overall")


def _none(effect: pl.Expr) -> pl.Expr:
    """Nothing where nobody is concerned; unknown where a date has no customers."""
    return pl.when(pl.col("overall").is_not_null()).then(effect.fill_null(0.0))
