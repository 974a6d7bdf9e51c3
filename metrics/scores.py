"""How the answers spread over the scale of the recommendation score."""

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import DataFrame

from metrics.estimates import CONFIDENCE, ratio, wilson
from metrics.frames import Estimate

SCALE = pl.DataFrame({"score": pl.Series(range(11), dtype=pl.Int64)})


class ScoreShare(Estimate):
    """One row per score: the answers that gave it, and their share."""

    answers: pl.Int64 = pa.Field(ge=0)


def score_distribution(
    answers: pl.DataFrame, *, confidence: float = CONFIDENCE
) -> DataFrame[ScoreShare]:
    """Score distribution: how many of the answers gave each score from 0 to 10.

    Formula: answers with the score / scored answers in the window
    Interval: Wilson, 95%
    Grain: one row per score: segment, answers, value, n = scored answers,
        ci_low, ci_high
    Units: share, 0 to 1
    Source: Wilson, Journal of the American Statistical Association 22 (1927)
    """
    scored = answers.filter(pl.col("score").is_not_null())
    counts = scored.group_by("score").agg(pl.len().cast(pl.Int64).alias("answers"))
    every = SCALE.join(counts, on="score", how="left").sort("score")
    k = pl.col("answers").fill_null(0)
    n = pl.lit(scored.height, pl.Int64)
    low, high = wilson(k, n, confidence=confidence)
    return ScoreShare.validate(
        every.select(
            pl.col("score").cast(pl.String).alias("segment"),
            k.alias("answers"),
            ratio(k, n).alias("value"),
            n.alias("n"),
            low,
            high,
        )
    )
