"""The sample company's true lifts lie in the intervals as often as these say."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.answers import answer
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.sample import write_company
from data.settings import Settings
from data.warehouse import open_current

UNTIL, NOW = date(2026, 10, 20), datetime(2026, 10, 22, tzinfo=UTC)
RANDOM = ("CP03", "CP06", "CP07", "CP08", "CP10", "CP12", "CP13")
SEEDS = range(40, 48)


def told(folder: Path, seed: int) -> list[tuple[float, dict[str, Any]]]:
    """The true lift of the conversion of each campaign, and what is said of it."""
    source, store = folder / "source", folder / "store"
    write_company(source, customers=1500, seed=seed, until=UNTIL)
    refresh(source, store, Settings(), now=NOW)
    reader = Reader(open_current(store))
    truth = json.loads((source / "truth" / "campaigns.json").read_text("utf-8"))
    found = []
    for campaign in RANDOM:
        options = (("campaign", campaign), ("outcome", "conversion"))
        asked = Question("campaign_effect", options=options)
        row = answer(reader, LOCAL, asked).to_dicts()[0]
        if row["ci_low"] is not None:
            found.append((truth[campaign]["lift"]["treatment"]["absolute"], row))
    return found


@pytest.mark.slow
def test_true_lifts_lie_in_their_intervals_as_often_as_they_should(
    tmp_path: Path,
) -> None:
    rows = [each for seed in SEEDS for each in told(tmp_path / str(seed), seed)]
    inside = [row["ci_low"] <= lift <= row["ci_high"] for lift, row in rows]
    assert len(inside) > 45
    assert sum(inside) / len(inside) >= 0.87  # 95%, less chance
    wins = [row for lift, row in rows if lift > 0.05]
    assert sum(row["value"] > 0 for row in wins) / len(wins) > 0.8
