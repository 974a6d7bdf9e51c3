"""Colours and the style sheet that every page shares.

Colours are pairs for the light and the dark theme, written as CSS `light-dark()`: a
switch of theme does not run the script again. Chart colours are mid-tones that keep a
contrast of 3 on both. The palette stays apart under deuteranopia and protanopia; a
state is also always said in words.
"""

from functools import cache
from pathlib import Path

import streamlit as st

ACCENT, GOOD, WATCH, BAD = "#3F74E0", "#128A7E", "#C97F0A", "#C4473E"
NEUTRAL = "#8793A5"
# One colour per tier, wherever a tier is drawn.
TIER_COLOURS = {
    "diamond": "#3F74E0",
    "gold": "#D09A22",
    "silver": "#8FA3B8",
    "dormant": "#A9788F",
}
OTHER_COLOURS = ("#128A7E", "#7C68C8", "#C4473E", "#5F7FA8", "#8793A5")
FONT = "'Source Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
SHEET = Path(__file__).with_name("static") / "style.css"


def apply(name: str) -> None:
    """Put the style sheet on the page, and the product's name beside its mark."""
    mark = f'[data-testid="stSidebarHeader"]::before {{ content: "{name}"; }}'
    st.html(_sheet() + f"<style>{mark}</style>")


def tier_colour(tier: str, position: int) -> str:
    """The colour of a tier; tiers of other schemes take theirs by position."""
    return TIER_COLOURS.get(tier, OTHER_COLOURS[position % len(OTHER_COLOURS)])


@cache
def _sheet() -> str:
    return f"<style>{SHEET.read_text(encoding='utf-8')}</style>"
