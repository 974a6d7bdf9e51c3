"""The entry: `streamlit run dashboard/app.py`, or `customer-health serve`."""

import gc
import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # `streamlit run` puts only dashboard/ on the path
    sys.path.insert(0, str(ROOT))

from dashboard import broken, filters, header, state, style  # noqa: E402
from dashboard.words import say  # noqa: E402
from data.errors import DashboardError  # noqa: E402

GROUPS = {
    "health": (
        ("overview", "monitor_heart"),
        ("satisfaction", "sentiment_satisfied"),
        ("retention", "autorenew"),
        ("lifetime_value", "savings"),
    ),
    "marketing": (
        ("tiers", "stairs"),
        ("life_cycle", "cycle"),
        ("campaigns", "campaign"),
        ("loyalty", "loyalty"),
    ),
    "operations": (
        ("churn_watchlist", "person_alert"),
        ("customer_360", "person_search"),
        ("visits", "event_available"),
        ("service", "support_agent"),
    ),
    "data": (("data_quality", "verified"), ("definitions", "menu_book")),
}
UNFILTERED = ("customer_360", "data_quality", "definitions")
STATIC = Path(__file__).with_name("static")


def main() -> None:
    """One run of the script: restore the choices, then the shell, then the page."""
    lang = _restored_language()
    st.set_page_config(
        page_title=say(lang, "app"),
        page_icon=str(STATIC / "favicon.png"),
        layout="wide",
        menu_items={"About": say(lang, "app.about")},
    )
    style.apply(say(lang, "app"))
    st.logo(str(STATIC / "logo.svg"), size="large")
    page = st.navigation(_pages(lang), expanded=True)
    _run(page, lang)
    _freeze_heap()


def _run(page: st.Page, lang: str) -> None:
    """The one place where what a reader can understand is caught and shown."""
    try:
        state.restore(filters.fields(lang_by_default()))
        state.publish(filters.fields(lang_by_default()))
        header.show(page.url_path or "overview", lang)
        if page.url_path not in UNFILTERED:
            filters.bar()
        page.run()
    except DashboardError as error:
        broken.show(lang, error)


def _restored_language() -> str:
    """The language comes first: even a broken store is spoken about in it."""
    state.restore([filters.language(lang_by_default())])
    return str(state.chosen("lang"))


def lang_by_default() -> str:
    """The browser's language, if it is one of ours; English for the others."""
    return "zh" if (st.context.locale or "zh").lower().startswith("zh") else "en"


def _pages(lang: str) -> dict[str, list[st.Page]]:
    return {
        say(lang, f"group.{group}"): [
            st.Page(
                ROOT / "pages" / f"{name}.py",
                title=say(lang, f"page.{name}"),
                icon=f":material/{icon}:",
                url_path=name,
                default=name == "overview",
            )
            for name, icon in members
        ]
        for group, members in GROUPS.items()
    }


@st.cache_resource(show_spinner=False)
def _freeze_heap() -> bool:
    """Streamlit collects all generations after every run, 0.1 s with Plotly loaded;
    frozen after the first whole run, what was imported is not looked at again."""
    gc.collect()
    gc.freeze()
    return True


main()
