"""Delimited text, whatever its dialect, comes back as the cells that were written."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.mapping import TableSettings
from data.sources import delimited, wellformed
from data.sources.extracts import Extract
from data.sources.records import Layout, split

KNOWN = frozenset({"order_id", "customer_id", "amount"})
HEADER = ["order_id", "customer_id", "amount"]
CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00\ufeff\u2028\x85"),
    max_size=8,
)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12)
MESS = st.text(st.sampled_from('a1",\n"é,\n'), max_size=60)


def read(folder: Path, content: bytes, **table: object) -> list[Extract]:
    path = folder / "orders.csv"
    path.write_bytes(content)
    settings_of = TableSettings.model_validate(table)
    return list(delimited.read(path, path.name, settings_of, KNOWN))


def cells(extracts: list[Extract]) -> list[tuple[str, ...]]:
    return [row for extract in extracts for row in extract.rows.rows()]


def broken(extracts: list[Extract]) -> list[tuple[int, int, str]]:
    return [row[:3] for extract in extracts for row in extract.broken.rows()]


def written(rows: list[list[str]], delimiter: str, ending: str, quoting: int) -> str:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=ending, quoting=quoting
    )
    writer.writerows([HEADER, *rows])
    return out.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


@settings(deadline=None)
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_cells_come_back_as_the_csv_module_wrote_them(
    folder: Path, rows: list[list[str]], delimiter: str, ending: str, quoting: int
) -> None:
    text = written(rows, delimiter, ending, quoting)
    extracts = read(folder, text.encode(), delimiter=delimiter)
    assert cells(extracts) == [tuple(row) for row in rows]
    assert broken(extracts) == []


@settings(deadline=None)
@given(rows=ROWS, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_the_fast_and_the_careful_reader_agree(
    rows: list[list[str]], quoting: int
) -> None:
    text = written(rows, ",", "\n", quoting)
    layout = Layout(",", 3)
    careful = split(text, layout, 1, final=True)
    fast = wellformed.read(text.encode(), layout, 1)
    assert fast is not None
    assert fast.rows.rows() == [tuple(row) for row in careful.rows]
    assert fast.line.to_list() == careful.line
    assert fast.line_end.to_list() == careful.line_end


@pytest.mark.parametrize("many", [1, 50_000])
def test_a_long_line_does_not_make_up_for_a_short_one(folder: Path, many: int) -> None:
    head, whole = "order_id,customer_id,amount\n", "a,b,c\n" * many
    text = head + whole + "1,2\n" + whole + "1,2,3,4\n" + whole
    extracts = read(folder, text.encode())
    assert sum(extract.rows.height for extract in extracts) == 3 * many
    assert [line for line, *_ in broken(extracts)] == [many + 2, 2 * many + 3]


def covered(extracts: list[Extract]) -> Iterator[int]:
    for extract in extracts:
        spans = [
            *zip(extract.line, extract.line_end, strict=True),
            *extract.broken.select("line", "line_end").rows(),
        ]
        for first, last in spans:
            yield from range(first, last + 1)


@settings(deadline=None, max_examples=300)
@given(mess=MESS)
def test_every_line_of_a_messy_file_is_in_exactly_one_row(
    folder: Path, mess: str
) -> None:
    extracts = read(folder, ("order_id,customer_id,amount\n" + mess).encode())
    told = {at for at, line in enumerate(mess.split("\n"), start=2) if line}
    seen = list(covered(extracts))
    assert len(seen) == len(set(seen))
    assert told <= set(seen)


@settings(deadline=None, max_examples=300)
@given(mess=MESS)
def test_a_messy_file_reads_the_same_in_small_pieces(mess: str) -> None:
    layout = Layout(",", 3)
    whole = split(mess, layout, 1, final=True)
    first = split(mess, layout, 1, final=False)
    rest = split(mess[first.used :], layout, 1 + first.lines, final=True)
    assert first.rows + rest.rows == whole.rows
    assert first.line + rest.line == whole.line
    assert first.broken.rows + rest.broken.rows == whole.broken.rows


def test_an_unbalanced_quote_costs_its_own_line_alone(folder: Path) -> None:
    """Reliability 6: the rows below it come in."""
    lines = [f"{number},c,1" for number in range(1, 101)]
    lines[9] = '10,"c,1'
    extracts = read(folder, "\n".join([",".join(HEADER), *lines]).encode())
    assert broken(extracts) == [(11, 11, "quote")]
    assert len(cells(extracts)) == 99


def test_an_unbalanced_quote_before_quoted_rows_costs_its_own_line_alone(
    folder: Path,
) -> None:
    rows = ['1,"a",1', '2,"b,1', '3,"c",1', '4,"d\nd",1', "5,e,1"]
    extracts = read(folder, "\n".join([",".join(HEADER), *rows]).encode())
    assert broken(extracts) == [(3, 3, "quote")]
    assert [row[0] for row in cells(extracts)] == ["1", "3", "4", "5"]


def test_ragged_rows_are_named_by_their_lines_and_blank_lines_are_none(
    folder: Path,
) -> None:
    """Reliability 7: ragged rows."""
    text = 'order_id,customer_id,amount\n1,c,1\n\n2,c\n3,"c\nc",1,9\n\r\n4,c,1'
    extracts = read(folder, text.encode())
    assert broken(extracts) == [(4, 4, "field_count"), (5, 6, "field_count")]
    assert [line for each in extracts for line in each.line] == [2, 8]


def test_a_quote_within_a_cell_is_a_letter(folder: Path) -> None:
    extracts = read(folder, b'order_id,customer_id,amount\n1,5" pipe,3\n2,b,4\n')
    assert cells(extracts) == [("1", '5" pipe', "3"), ("2", "b", "4")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_a_line_ending(folder: Path, ending: str) -> None:
    text = ending.join([",".join(HEADER), "1,a,2", "3,b,4"])
    for last in ("", ending):
        extracts = read(folder, (text + last).encode())
        assert cells(extracts) == [("1", "a", "2"), ("3", "b", "4")]
        assert [line for each in extracts for line in each.line] == [2, 3]


def test_mixed_line_endings_are_line_endings(folder: Path) -> None:
    """Reliability 7: line endings of all kinds in one file."""
    extracts = read(folder, b"order_id,customer_id,amount\r\n1,a,2\n3,b,4\r5,c,6\n")
    assert [row[0] for row in cells(extracts)] == ["1", "3", "5"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_reported(folder: Path, delimiter: str) -> None:
    """Reliability 7: commas, semicolons, tabs."""
    text = f"{delimiter.join(HEADER)}\n1{delimiter}a, b; c{delimiter}2\n"
    if delimiter in ",;":
        text = text.replace("a, b; c", '"a, b; c"')
    extracts = read(folder, text.encode())
    assert cells(extracts) == [("1", "a, b; c", "2")]
    shown = "tab" if delimiter == "\t" else delimiter
    assert extracts[0].notices[0].words == f"Read as utf-8, delimiter {shown}."


def test_runs_of_blanks_separate_cells_when_declared(folder: Path) -> None:
    extracts = read(
        folder,
        b" 00004 0001 19970101  2   29.33\r\n 00021  0002\t19970101  3   63.34\r\n",
        delimiter="whitespace",
        header=False,
        columns={"order_id": {"position": 1}},
    )
    assert cells(extracts)[1] == ("00021", "0002", "19970101", "3", "63.34")
    assert extracts[0].line.to_list() == [1, 2]


def test_rows_across_blocks_keep_their_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.sources.encodings.BLOCK", 64)
    rows = [f'{number},"c\n{number}",1' for number in range(1, 200)]
    extracts = read(folder, "\n".join([",".join(HEADER), *rows]).encode())
    assert len(extracts) > 5
    assert [row[1] for row in cells(extracts)] == [f"c\n{n}" for n in range(1, 200)]
    lines = [line for each in extracts for line in each.line]
    assert lines == list(range(2, 400, 2))
