"""A campaign's report as a workbook: every result of the page, a sheet each."""

import shlex

import polars as pl
import streamlit as st

from dashboard import answers, exports, fates, queries
from dashboard.book import book_of, lessons
from dashboard.campaign_effects import CUTS
from dashboard.filters import View
from dashboard.reader import Reader
from dashboard.viewer import Viewer
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
    here = queries.reader()

    def made() -> bytes:
        stamp = exports.stamped(manifest, viewer, None, command)
        return exports.as_workbook(sheets(here, viewer, view, campaign), stamp)

    label = say(view.lang, "report.xlsx")
    fates.download(label, f"campaign_{campaign}.xlsx", made, f"report_{campaign}")


def sheets(
    reader: Reader, viewer: Viewer, view: View, campaign: str
) -> dict[str, pl.DataFrame]:
    """The report's sheets by name; made outside of a script run, when clicked."""

    def ask(metric: str, by: str | None = None) -> pl.DataFrame:
        return answers.answer(reader, viewer, view.ask(metric, by, campaign=campaign))

    found = {name: ask(metric) for name, metric in SHEETS.items()}
    found |= {f"by {cut}": ask("campaign_effect", cut) for cut in CUTS}
    if not (view.where or viewer.rights.rows):  # days are kept for all together
        found["days"] = ask("campaign_monitor")
    noted = lessons.listed(book_of(reader.snapshot.store.root), campaign)
    found["lessons"] = noted.drop("id", "version")
    return found
