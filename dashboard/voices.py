"""What customers wrote, decrypted for viewers who may see it and never cached."""

import json
from datetime import date

import polars as pl

from dashboard import queries
from dashboard.answers.listed import rows
from dashboard.answers.view import look
from dashboard.question import Question
from data.vault import Place, Vault, load_master
from data.warehouse.personal import read_salts

DETRACTOR = pl.col("score") <= 6
Comment = dict[str, str | int | date]


def detractors(question: Question, most: int) -> list[Comment]:
    """The newest comments with scores of 0 to 6 in a view, as far as rights go."""
    if not queries.viewer().may_see_personal:
        return []
    view = look(queries.reader(), queries.viewer(), question)
    unhappy = rows(view, "window_answers").filter(DETRACTOR)
    found = _sealed(unhappy.select("response_id", "score", "store_id", "known_on"))
    newest = found.sort("known_on", "key", descending=True).head(most)
    return _opened(newest) if newest.height else []


def _sealed(answers: pl.DataFrame) -> pl.DataFrame:
    """The answers that have a comment, with it still encrypted."""
    snapshot = queries.reader().snapshot
    parts = snapshot.manifest.of("personal", "surveys")
    paths = [snapshot.store.root / part.path for part in parts]
    if not paths or answers.is_empty():
        return answers.clear().rename({"response_id": "key"})
    kept = pl.scan_parquet(paths).select("key", "customer_id", "sealed")
    keyed = answers.lazy().rename({"response_id": "key"})
    return keyed.join(kept, on="key", how="inner").collect()


def _opened(found: pl.DataFrame) -> list[Comment]:
    master = load_master()
    if master is None:
        return []
    vault, salts = Vault(master), read_salts(queries.reader().snapshot.store)
    return [
        {
            "response_id": row["key"],
            "customer_id": row["customer_id"],
            "answered_on": row["known_on"],
            "score": row["score"],
            "store": row["store_id"] or "unknown",
            "comment": _comment(vault, salts.owner(row["customer_id"]), row),
        }
        for row in found.to_dicts()
    ]


def _comment(
    vault: Vault, owner: tuple[str, bytes], row: dict[str, str | bytes]
) -> str:
    place = Place("surveys", str(row["key"]))
    sealed = row["sealed"]
    text = json.loads(vault.open(place, owner, bytes(sealed)))  # type: ignore[arg-type]  # Parquet binary
    return str(text["comment"])
