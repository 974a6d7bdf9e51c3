"""A campaign's report as a workbook: every result of the page, a sheet each."""

import shlex

import polars as pl
import streamlit as st

from dashboard import desk, exports, fates, queries
from dashboard.book import lessons
from dashboard.campaign_effects import CUTS
from dashboard.filters import View
from dashboard.words import say

SHEETS = {
    "verdict": "pilot_gate",
    "outcomes": "campaign_effect",
    "split": "srm",
    "power": "campaign_power",
    "funnel": "campaign_funnel",
    "comparisons": "campaign_comparison",
}
"""Per sheet, the metric whose rows it holds."""


def download(view: View, campaign: str) -> None:
    """A button for the report, where the viewer may export."""
    if not queries.viewer().rights.export:
        st.caption(say(view.lang, "people.no_export"))
        return
    question = view.ask("pilot_gate", campaign=campaign)
    command = f"customer-health metric {shlex.join(question.arguments())}"
    manifest, viewer = queries.reader().snapshot.manifest, queries.viewer()
    found = sheets(view, campaign)

    def made() -> bytes:
        return exports.as_workbook(
            found, exports.stamped(manifest, viewer, None, command)
        )

    label = say(view.lang, "report.xlsx")
    fates.download(label, f"campaign_{campaign}.xlsx", made, f"report_{campaign}")


def sheets(view: View, campaign: str) -> dict[str, pl.DataFrame]:
    """The report's sheets by name."""
    found = {
        name: queries.answer(view.ask(metric, campaign=campaign))
        for name, metric in SHEETS.items()
    }
    for cut in CUTS:
        question = view.ask("campaign_effect", by=cut, campaign=campaign)
        found[f"by {cut}"] = queries.answer(question)
    if not view.where:  # the days are kept for all members together
        found["days"] = queries.answer(view.ask("campaign_monitor", campaign=campaign))
    said = desk.read(view.lang, lambda book: lessons.listed(book, campaign))
    if said is not None:
        found["lessons"] = said.drop("id", "version")
    return found
