"""The catalogue of words: complete, in both languages, with the same placeholders."""

import ast
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

import dashboard.words
from dashboard.catalogue import METRICS
from dashboard.filters import CUTS
from dashboard.words import TEXTS, definition, label, label_of, reason_text, rules, say
from data.remedies import REMEDIES
from data.schemas import INPUTS
from data.warehouse.gate import DIMENSIONS

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted([*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").glob("*.py")])
SPACE = re.compile(r"{\w*}|<\w+>|</\w+>")
HAN = re.compile("[一-鿿]")
# Texts that are a symbol, a code or a number in both languages.
SAME = {"kpi.n", "value.app", "change.moved", "unit.score"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def keys_said() -> set[str]:
    """Every key that some module asks for as a plain string."""
    found = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                key = node.args[1]
                if isinstance(key, ast.Constant):
                    found.add(key.value)
    return found


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    zh, en = TEXTS[key]
    assert placeholders(zh) == placeholders(en)


@pytest.mark.parametrize("key", sorted(set(TEXTS) - SAME))
def test_each_language_is_written_in_its_own_script(key: str) -> None:
    zh, en = (SPACE.sub("", text) for text in TEXTS[key])
    assert not HAN.search(en)
    assert HAN.search(zh) or not re.search("[A-Za-z]{2}", zh)


def test_every_text_that_a_page_asks_for_is_there() -> None:
    assert keys_said() <= set(TEXTS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_has_a_name_and_a_definition_in_both_languages(metric) -> None:
    assert HAN.search(definition("zh", metric))
    assert HAN.search(label("zh", metric))
    assert not HAN.search(definition("en", metric) + label("en", metric))


def test_every_cut_unit_and_table_is_named() -> None:
    wanted = {f"by.{cut}" for cut in CUTS}
    wanted |= {f"unit.{metric.unit}" for metric in METRICS}
    wanted |= {f"table.{name}{part}" for name in INPUTS for part in ("", ".adds")}
    wanted |= {f"window.{metric.window}" for metric in METRICS if metric.window}
    assert wanted <= set(TEXTS)


def test_every_rule_and_every_refusal_is_told_in_both_languages() -> None:
    assert set(REMEDIES) == set(rules.NAMED)
    assert {f"refusal.{rule}" for rule in DIMENSIONS} <= set(TEXTS)


def test_a_value_without_a_translation_stands_as_the_data_write_it() -> None:
    assert label_of("en", "浦东新区", "region") == "浦东新区"
    assert label_of("en", "华东", "region") == "East China"
    assert label_of("zh", "unknown", "region") == "未知"
    assert label_of("zh", "gold", "tier") == "黄金"


def test_a_reason_is_told_in_chinese_part_by_part() -> None:
    reason = "no forecast: fewer than 500 buyers"
    assert reason_text("zh", reason) == "没有预测：购买客户不足 500 位"
    assert reason_text("en", reason) == "No forecast: fewer than 500 buyers"
    assert reason_text("zh", "something new") == "something new"


def test_placeholders_are_filled() -> None:
    assert say("en", "kpi.n", n="12") == "n = 12"


def test_no_text_takes_the_place_of_another() -> None:
    keys = [
        key
        for module in pkgutil.iter_modules(dashboard.words.__path__)
        for key in getattr(import_module(f"dashboard.words.{module.name}"), "TEXTS", ())
    ]
    assert sorted(keys) == sorted(set(keys))
