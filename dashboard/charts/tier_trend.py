"""How many customers are in each tier, month end by month end."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import queries, style
from dashboard.charts import look
from dashboard.filters import View
from dashboard.numbers import Cell, Ink, noted
from dashboard.question import Question
from dashboard.words import label_of

HEIGHT = 320


def tier_trend(view: View, scheme: str) -> None:
    """Bars of customers by tier on each as-of date, in the tiers' fixed colours."""
    question = view.ask("tier_distribution", by="as_of", scheme=scheme)
    figure = _figure(view.key, question, view.lang, scheme)
    look.drawn(view, question, figure, "tier_trend")


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(key: str, question: Question, lang: str, scheme: str) -> go.Figure | None:
    answer = queries.answer(question)
    if "as_of" not in answer.columns or answer.is_empty():
        return None
    figure = look.base(HEIGHT)
    figure.update_layout(barmode="stack", bargap=0.15, showlegend=True)
    figure.update_yaxes(tickformat=",")
    figure.update_layout(legend={"orientation": "h", "y": 1.12, "x": 0})
    for place, rule in enumerate(queries.reader().settings.tiers[scheme]):
        held = answer.filter(pl.col("segment") == rule.name).sort("as_of")
        figure.add_bar(
            x=held["as_of"].to_list(),
            y=held["customers"].to_list(),
            name=label_of(lang, rule.name, "tier"),
            marker={"color": style.tier_colour(rule.name, place)},
        )
    ink = Ink(lang, "count")
    look.note(
        figure,
        [
            noted(Cell(question, row, "customers"), ink.value(row["customers"]))
            for row in answer.to_dicts()
        ],
    )
    return figure
