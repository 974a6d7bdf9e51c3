"""The heavy SQL, one text per mart, in the subset that DuckDB and Spark SQL share."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def sql(mart: str) -> str:
    """The text of one mart; its first comment tells the grain."""
    return (FOLDER / f"{mart}.sql").read_text(encoding="utf-8")


def names() -> tuple[str, ...]:
    """Every mart there is."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.sql")))
