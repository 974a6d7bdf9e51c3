"""Metrics on the command line: one question, the same numbers in every format."""

import csv
import io
import json
from pathlib import Path

import pytest

from dashboard.answers import answer
from dashboard.catalogue import METRICS
from dashboard.cli.asking import conditions, options
from dashboard.question import Condition, Question
from dashboard.reader import Reader
from dashboard.viewer import LOCAL
from data.warehouse import open_current
from tests.dashboard.commands import run

pytestmark = pytest.mark.usefixtures("state")


def frame_of(store: Path, question: Question) -> list[dict[str, object]]:
    return answer(Reader(open_current(store)), LOCAL, question).to_dicts()


def test_every_format_prints_the_same_numbers(company_store: Path) -> None:
    asked = ("metric", "revenue", "--by", "tier", "--store", company_store, "--format")
    expected = frame_of(company_store, Question("revenue", by="tier"))
    as_json = json.loads(run(*asked, "json").stdout)
    assert as_json == expected
    as_csv = list(csv.DictReader(io.StringIO(run(*asked, "csv").stdout)))
    assert [float(row["value"]) for row in as_csv] == [r["value"] for r in expected]
    table = run(*asked, "table").stdout.splitlines()
    assert table[0].split()[:2] == ["segment", "value"]
    assert [line.split()[0] for line in table[1:]] == [r["segment"] for r in expected]


def test_filters_and_options_reach_the_metric(company_store: Path) -> None:
    asked = run(
        "metric", "concentration", "--store", company_store, "--top=10",
        "--where", "tier!=gold", "--where", "tier!=silver", "--format", "json",
    )  # fmt: skip
    question = Question(
        "concentration",
        where=(Condition("tier", ("gold", "silver"), negate=True),),
        options=(("top", "10"),),
    )
    assert json.loads(asked.stdout) == frame_of(company_store, question)


def test_conditions_of_one_attribute_are_alternatives() -> None:
    given = ["region=East", "tier!=gold", "region=West", "store=a=b"]
    assert conditions(given) == (
        Condition("region", ("East", "West")),
        Condition("tier", ("gold",), negate=True),
        Condition("store", ("a=b",)),
    )


def test_options_are_read_with_and_without_an_equals_sign() -> None:
    given = ["--top", "5", "--model=bgnbd", "--per-customer"]
    assert list(options(given)) == [
        ("top", "5"),
        ("model", "bgnbd"),
        ("per-customer", "true"),
    ]


def test_the_arguments_of_a_question_ask_it_again(company_store: Path) -> None:
    question = Question(
        "revenue", window="90", where=(Condition("tier", ("gold",)),), by="region"
    )
    printed = run(
        "metric", *question.arguments(), "--store", company_store, "--format", "json"
    )
    assert json.loads(printed.stdout) == frame_of(company_store, question)


def test_the_catalogue_names_every_metric() -> None:
    told = json.loads(run("metrics", "--json").stdout)
    assert [each["metric"] for each in told] == [each.name for each in METRICS]
    assert all(each["definition"] for each in told)
    lines = run("metrics").stdout.splitlines()
    assert len(lines) == len(METRICS) + 1
