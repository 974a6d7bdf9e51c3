"""The input contract that users read is the one that the door keeps."""

import re
import tomllib
from pathlib import Path

import pytest

from data.mapping import TableSettings
from data.remedies import REMEDIES
from data.schemas import INPUTS, fields, key_columns, metadata, required_columns
from data.settings import Settings

DOCUMENT = (Path(__file__).parents[2] / "docs" / "inputs.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TABLES = {name: (columns, key) for name, columns, key in ROW.findall(DOCUMENT)}
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)


def test_every_table_stands_there_with_its_columns_and_key() -> None:
    assert list(INPUTS) == [name for name in TABLES if name in INPUTS]
    for table in INPUTS:
        columns, key = TABLES[table]
        starred = [
            name + r"\*" * (name in required_columns(table)) for name in fields(table)
        ]
        assert columns.split() == starred
        assert key.split(", ") == list(key_columns(table))


def test_every_choice_and_personal_column_stands_there() -> None:
    for table in INPUTS:
        for name in fields(table):
            about = metadata(table, name)
            assert all(f"`{word}`" in DOCUMENT for word in about.get("choices", ()))
            assert not about.get("personal") or name in DOCUMENT


def test_every_rule_stands_there() -> None:
    assert [rule for rule in REMEDIES if f"`{rule}`" not in DOCUMENT] == []


def test_every_setting_stands_there() -> None:
    names = [*Settings.model_fields, *TableSettings.model_fields]
    spoken = [n for n in names if n not in ("tables", "thresholds", "clv", "tiers")]
    told = [n for n in spoken if f"`{n}`" in DOCUMENT or f"`[{n}]`" in DOCUMENT]
    assert told == spoken


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_valid(example: str) -> None:
    Settings.model_validate(tomllib.loads(example))
