from pathlib import Path

from tests.benchmarks.measured import Cost, Measured, Size
from tests.benchmarks.page import Row, Table, figure, write_page

SMALL, LARGE = Size(20_000), Size.parse("1000000:10000000")


def row(size: Size, step: str, seconds: float, cpu: float) -> Row:
    measured = Measured(Cost(seconds, cpu, rows=1_000), peak_mb=512.4)
    return Row(size, step, "parquet", f"{step} of {{rows}} rows", measured)


def table() -> Table:
    steps = (("bare", 2.0, 4.0), ("load", 10.0, 12.0), ("day", 0.5, 0.6))
    return Table([row(size, *step) for size in (SMALL, LARGE) for step in steps])


def test_a_line_tells_seconds_and_their_ratio_to_the_bare_pass_of_that_size() -> None:
    measured = table()
    assert measured.line(measured.rows[1]) == (
        "| 20,000 | load of 1,000 rows | parquet | 10.0 | 5.00 | 12.0 | 3.00 | 512 |"
    )


def test_before_the_bare_pass_there_is_no_ratio() -> None:
    first = row(SMALL, "sample", 1.0, 1.5)
    assert Table([first]).line(first).count("–") == 2


def test_a_step_that_failed_has_no_numbers() -> None:
    failed = Row(SMALL, "load", "csv", "load of {rows} rows", None)
    line = Table([failed]).line(failed)
    assert line == "| 20,000 | load of ? rows | csv | failed | – | – | – | – |"


def test_findings_compare_a_day_with_a_full_refresh_and_sizes_with_the_smallest() -> (
    None
):
    told = table().findings().splitlines()
    assert told[0] == (
        "- 20,000 customers: a day more takes 5.0% of a full refresh, 0.250 x bare;"
        " 5.0% of its CPU seconds."
    )
    assert told[2].startswith("- From 20,000 to 1,000,000 with 10,000,000 orders")
    assert "a full refresh 1.00 times" in told[2]


def test_the_page_holds_the_table_the_machine_and_nothing_unfilled(
    tmp_path: Path,
) -> None:
    write_page(tmp_path / "performance.md", table(), load=0.25)
    text = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert table().line(table().rows[0]) in text
    assert "DuckDB 1." in text or "DuckDB 2." in text
    assert "{" not in text


def test_figures_have_three_digits() -> None:
    shown = [figure(number) for number in (0.0714, 1.234, 45.67, 123.4, 12_345.6)]
    assert shown == ["0.071", "1.23", "45.7", "123", "12,346"]
