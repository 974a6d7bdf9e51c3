"""A Parquet file decoded once where it can do no harm, before it is read."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.confined.refusal import Refusal

if TYPE_CHECKING:
    import polars as pl

ROWS_PER_BYTE: Final = 20  # real tables have keys, and keys take room
FEW_ROWS: Final = 1_000_000
LONGEST: Final = 1_000_000  # bytes of one cell
LARGEST: Final = 1024**3  # bytes of text in one batch
DAMAGED: Final = "is not a readable Parquet file; export it again"


def read(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Decode every batch and let it go; there is nothing to say when all is well.

    Errors: Refusal when it is damaged, or expands beyond what a table does.
    """
    import polars as pl

    try:
        _decode(Path(task["path"]), task["columns"], task["batch"])
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise Refusal(DAMAGED) from None
    yield from ()


def _decode(path: Path, columns: int, batch: int) -> None:
    import polars as pl

    rows = pl.scan_parquet(path, glob=False)
    if len(rows.collect_schema()) > columns:
        raise Refusal(
            f"has more than {columns:,} columns (rule limit); leave out those that are "
            "not needed, or raise the bound in [limits] of the settings"
        )
    declared = int(rows.select(pl.len()).collect().item())
    if declared > FEW_ROWS + ROWS_PER_BYTE * path.stat().st_size:
        raise Refusal("declares far more rows than its size can hold (rule expansion)")
    count = 0
    for decoded in rows.collect_batches(chunk_size=batch, maintain_order=True):
        _measure(decoded)
        count += decoded.height
    if count != declared:  # a decoder that failed may end as if all were well
        raise Refusal(DAMAGED)


def _measure(decoded: "pl.DataFrame") -> None:
    """Bound the text of a batch; numbers take what their rows take."""
    import polars as pl
    import polars.selectors as cs

    sizes = decoded.select(
        cs.string().str.len_bytes().cast(pl.Int64),
        cs.binary().bin.size().cast(pl.Int64),
        (cs.categorical() | cs.enum()).cat.len_bytes().cast(pl.Int64),
    )
    longest = (size or 0 for row in sizes.max().rows() for size in row)
    if max(longest, default=0) > LONGEST:
        raise Refusal(f"holds a cell of more than {LONGEST:,} bytes (rule limit)")
    if sum(size or 0 for row in sizes.sum().rows() for size in row) > LARGEST:
        raise Refusal("expands to far more text than its size (rule expansion)")
