"""Every number that a browser shows is the number that the command line prints."""

import json
import shlex
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PATHS, settled
from tests.dashboard.commands import run

pytestmark = pytest.mark.browser

WRITTEN = """() => [...document.querySelectorAll('[data-column]')].map(e => ({
    metric: e.closest('[data-metric]').dataset.metric,
    args: e.closest('[data-args]').dataset.args,
    command: e.closest('[data-metric]').dataset.command,
    column: e.dataset.column, row: e.dataset.row, text: e.textContent}))"""
DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .flatMap(e => (e.layout.meta && e.layout.meta.numbers) || [])"""
SCALES = {"万": 1e4, "亿": 1e8, "K": 1e3, "M": 1e6, "B": 1e9}
SHARES = ("%", "个百分点", " pp")
SIZES = {" GB": 1e9, " MB": 1e6, " kB": 1e3, " B": 1.0}
SIGNS = "¥$€£+±−- "
VIEWS = (
    "lang=zh&cut=store",
    "lang=en&trend=revenue&cut=tier&as_of=2026-06-30&window=180&tier=gold&tier_mode=not",
)
ASKED: dict[str, list[dict[str, Any]]] = {}


@dataclass(frozen=True)
class Shown:
    """One number as a page shows it, and the command that prints it again."""

    page: str
    command: str
    column: str
    row: str
    text: str


@pytest.mark.parametrize("page", PATHS)
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.timeout(900)
def test_each_number_is_what_the_command_line_prints(
    browser: Browser, address: str, company_store: Path, page: str, view: str
) -> None:
    shown = collect(browser, f"{address}/{PATHS[page]}?{view}", page)
    assert shown or page == "definitions"
    asked = sorted({each.command for each in shown} - set(ASKED))
    ASKED.update((command, printed(command, company_store)) for command in asked)
    for command in asked[:1]:  # a process of its own takes seconds to start
        assert alone(command, company_store) == ASKED[command]
    wrong = [each for each in shown if not agrees(each, ASKED[each.command])]
    assert not wrong, wrong[:5]


def collect(browser: Browser, address: str, name: str) -> list[Shown]:
    """Every number on a page, written and drawn."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    settled(page, address)
    found = [*page.evaluate(WRITTEN), *page.evaluate(DRAWN)]
    context.close()
    return [
        Shown(name, command(each), each["column"], each["row"], each["text"])
        for each in found
    ]


def command(origin: dict[str, Any]) -> str:
    """What follows `customer-health` to print a number: a metric, or a list."""
    if origin.get("command"):
        assert origin["command"] == origin["args"] == origin["metric"]
        return f"{origin['command']} --json"
    assert shlex.split(origin["args"])[0] == origin["metric"]
    return f"metric {origin['args']} --format json"


def printed(asked: str, store: Path) -> list[dict[str, Any]]:
    """What the command line prints, run within this process."""
    done = run(*shlex.split(asked), "--store", store)
    assert done.exit_code == 0, (asked, done.stderr)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def alone(asked: str, store: Path) -> list[dict[str, Any]]:
    """The same, run in a process of its own."""
    program = Path(sys.executable).with_name("customer-health")
    done = subprocess.run(
        [program, *shlex.split(asked), "--store", str(store)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (asked, done.stderr)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def agrees(shown: Shown, rows: list[dict[str, Any]]) -> bool:
    """Whether the text is the printed number, rounded to the digits shown."""
    named = json.loads(shown.row)
    matching = [r for r in rows if all(str(r.get(k)) == v for k, v in named.items())]
    if len(matching) != 1:
        return False
    above, _, below = shown.column.partition("/")
    number = float(matching[0][above]) / float(matching[0][below] if below else 1)
    said, half = read(shown.text)
    return abs(said - number) <= half * (1 + 1e-9) + 1e-12


def read(text: str) -> tuple[float, float]:
    """The number that a text says, and half a unit of its last digit."""
    scale, body = 1.0, text
    for unit in SHARES:
        if body.endswith(unit):
            scale, body = 0.01, body.removesuffix(unit)
    for unit, size in SIZES.items():
        if body.endswith(unit):
            scale, body = size, body.removesuffix(unit)
    if body[-1] in SCALES:
        scale, body = SCALES[body[-1]], body[:-1]
    sign = -1.0 if "−" in body else 1.0
    digits = body.replace(",", "").strip(SIGNS)
    decimals = len(digits.partition(".")[2])
    return sign * float(digits) * scale, 0.5 * scale * 10.0**-decimals


def test_the_texts_are_read_as_a_person_reads_them() -> None:
    expected = {
        "36.2": (36.2, 0.05),
        "31.8%": (0.318, 0.0005),
        "−¥1.23亿": (-1.23e8, 0.5e6),
        "+2.1个百分点": (0.021, 0.0005),
        "¥12.35M": (12.35e6, 5e3),
        "14,203": (14203.0, 0.5),
        "26.5 MB": (26.5e6, 5e4),
        "99.996%": (0.99996, 5e-6),
    }
    found = defaultdict(tuple, {text: read(text) for text in expected})
    for text, (number, half) in expected.items():
        assert found[text] == pytest.approx((number, half))


# Where digits are words: dates, ids, windows, scales, definitions, a command to copy.
WORDED = {
    *("ch-meta", "ch-notice", "ch-kpi-head", "ch-interval", "ch-sub", "ch-lines"),
    *("ch-big", "ch-tip", "ch-def", "ch-score", "ch-command", "ch-id", "ch-page-title"),
}
UNMARKED = """() => { const found = []; const walk = document.createTreeWalker(
    document.querySelector('[data-testid=stMain]'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const at = walk.currentNode, text = at.textContent.trim();
    const inside = at.parentElement.closest(
      '[data-column], th, style, .js-plotly-plot');
    const block = at.parentElement.closest('[class*=ch-]');
    if (/[0-9]/.test(text) && !inside && block) found.push([text, block.className]); }
  return found; }"""


@pytest.mark.parametrize("page", PATHS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_number_stands_on_a_page_without_its_origin(
    browser: Browser, address: str, page: str, lang: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    tab = context.new_page()
    settled(tab, f"{address}/{PATHS[page]}?lang={lang}")
    found: list[tuple[str, str]] = tab.evaluate(UNMARKED)
    context.close()
    loose = [(text, block) for text, block in found if not set(block.split()) & WORDED]
    assert found
    assert not loose
