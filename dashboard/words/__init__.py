"""Every word on a page in Chinese and in English, and the names of what data hold."""

import inspect

from dashboard.catalogue import Metric
from dashboard.words import (
    alerts,
    blocks,
    campaigns,
    churn,
    comparisons,
    definitions,
    desk,
    health,
    lifecycle,
    loyalty,
    names,
    people,
    person,
    planner,
    quality,
    reasons,
    retention,
    rules,
    service,
    shell,
    tiers,
    visits,
    worth,
)

LANGUAGES = ("zh", "en")
FIELDS = ("Formula", "Interval", "Units", "Grain", "Source")
SMALL = "n too small"
TEXTS: dict[str, tuple[str, str]] = {
    **shell.TEXTS,
    **alerts.TEXTS,
    **blocks.TEXTS,
    **campaigns.TEXTS,
    **comparisons.TEXTS,
    **churn.TEXTS,
    **definitions.TEXTS,
    **desk.TEXTS,
    **health.TEXTS,
    **lifecycle.TEXTS,
    **loyalty.TEXTS,
    **names.TEXTS,
    **people.TEXTS,
    **person.TEXTS,
    **planner.TEXTS,
    **quality.TEXTS,
    **retention.TEXTS,
    **rules.TEXTS,
    **service.TEXTS,
    **tiers.TEXTS,
    **visits.TEXTS,
    **worth.TEXTS,
}


def say(lang: str, key: str, **values: object) -> str:
    """The text of a key in a language, its placeholders filled."""
    return TEXTS[key][LANGUAGES.index(lang)].format(**values)


def label(lang: str, metric: Metric) -> str:
    """A metric's name."""
    return metric.zh if lang == "zh" else metric.en


def definition(lang: str, metric: Metric) -> str:
    """A metric's definition: what it is, without the docstring's further fields."""
    if lang == "zh":
        return metric.definition_zh
    text = " ".join(metric.definition.split("\n\n")[0].split())
    text = text.partition(": ")[2] or text
    return text[:1].upper() + text[1:]


def label_of(lang: str, value: str, attribute: str) -> str:
    """A value of the data as a reader calls it: tiers, channels and unknown."""
    known = TEXTS.get(f"value.{attribute}.{value}") or TEXTS.get(f"value.{value}")
    return known[LANGUAGES.index(lang)] if known else value


def reason_text(lang: str, reason: object) -> str:
    """Why a value is unknown, as a sentence's start."""
    if not reason:
        return say(lang, "reason.none")
    text = str(reason)
    return reasons.in_chinese(text) if lang == "zh" else text[:1].upper() + text[1:]


def facts(metric: Metric) -> dict[str, str]:
    """The named fields of a metric's docstring: Formula, Interval, Units and so on."""
    found: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(metric.definition).splitlines():
        head, colon, rest = line.partition(":")
        if colon and head in FIELDS:
            name, found[head] = head, rest.strip()
        elif name and line.startswith(" "):
            found[name] += f" {line.strip()}"
    return found


def explanation(lang: str, metric: Metric) -> str:
    """What a help mark says: the definition, in English with its formula."""
    formula = facts(metric).get("Formula") if lang == "en" else None
    text = definition(lang, metric)
    return f"{text}\n{say(lang, 'definitions.formula')}: {formula}" if formula else text
