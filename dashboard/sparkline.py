"""The history of a metric as a small line inside a card or a table."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from dashboard import queries
from dashboard.filters import View
from dashboard.style import ACCENT
from dashboard.words import say

WIDTH, HEIGHT, PAD = 100.0, 44.0, 4.0
MONTHS = 25


def history(view: View, metric: str) -> str:
    """The month-end history of a metric, oldest first."""
    rows = queries.answer(view.ask(metric, by="as_of")).sort("segment").tail(MONTHS)
    return svg(rows["value"].to_list(), say(view.lang, "kpi.history"))


def svg(values: Sequence[float | None], label: str) -> str:
    """A line over the known values; nothing where fewer than two are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    points = _points(values, min(known), max(known))
    picture = quote(_drawing(points))
    return (
        f'<img class="ch-spark" alt="{escape(label)}" '
        f'src="data:image/svg+xml,{picture}">'
    )


def _drawing(points: Sequence[tuple[float, float]]) -> str:
    """The line, the ground below it and its last point; strokes do not stretch."""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (first, _), (x, y) = points[0], points[-1]
    stroke = f'stroke="{ACCENT}" vector-effect="non-scaling-stroke"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="none" '
        f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">'
        f'<polygon points="{first:.1f},{HEIGHT:.0f} {line} {x:.1f},{HEIGHT:.0f}" '
        f'fill="{ACCENT}" fill-opacity="0.12"/>'
        f'<polyline points="{line}" fill="none" {stroke} stroke-width="1.8" '
        'stroke-linejoin="round"/>'
        f'<path d="M{x:.1f} {y:.1f}h0.01" {stroke} stroke-width="6" '
        'stroke-linecap="round"/></svg>'
    )


def _points(
    values: Sequence[float | None], low: float, high: float
) -> list[tuple[float, float]]:
    step = (WIDTH - 2) / max(len(values) - 1, 1)
    spread = (high - low) or 1.0
    room = HEIGHT - 2 * PAD
    return [
        (position * step, HEIGHT - PAD - room * (value - low) / spread)
        for position, value in enumerate(values)
        if value is not None
    ]
