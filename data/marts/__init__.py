"""The heavy SQL, one text per mart, in the subset that DuckDB and Spark SQL share."""

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LAYOUT = 2  # to be raised when `dashboard.build` makes other tables of the same texts


@cache
def sql(mart: str) -> str:
    """The text of one mart; its first comment tells the grain."""
    return (FOLDER / f"{mart}.sql").read_text(encoding="utf-8")


@cache
def layout() -> str:
    """Tells which tables a snapshot has: the same until a mart is written anew."""
    texts = "\0".join((str(LAYOUT), *map(sql, names())))
    return hashlib.sha256(texts.encode()).hexdigest()[:16]


def names() -> tuple[str, ...]:
    """Every mart there is."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))
