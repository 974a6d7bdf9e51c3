"""The whole company, chunk by chunk, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from data.errors import UsageError
from data.sample.base import Base, Chunk
from data.sample.behind import Behind, behind
from data.sample.campaigns import CAMPAIGNS
from data.sample.contacts import KINDS as CONTACT_KINDS
from data.sample.contacts import Missed, contacts_table, draw_contacts
from data.sample.experience import go_through
from data.sample.extracts import Extracts, extracts
from data.sample.interactions import interactions_table
from data.sample.labels import chosen, customer_ids
from data.sample.leads import channel_spend_table, leads_table
from data.sample.mistakes import spoil, unreadable
from data.sample.order_tables import items_table, orders_table
from data.sample.pace import busy
from data.sample.people import TYPES, customers_table, know_people, look_alikes
from data.sample.plans import campaigns_table, targets_table
from data.sample.points import draw_ledger, points_table
from data.sample.redemptions import contaminated, members_table
from data.sample.seasons import DAY, seasons
from data.sample.stores import open_stores, stores_table
from data.sample.story import Story, tell
from data.sample.surveys import surveys_table
from data.sample.tickets import draw_tickets, tickets_table
from data.sample.truth import (
    Truth,
    company_report,
    customers_truth,
    start_truth,
    write_json,
)

CUSTOMERS_PER_CHUNK = 50_000
TYPES_OF_MEMBERS = np.array([kind == "member" for kind in TYPES])
CAMPAIGN_IDS = tuple(campaign.campaign_id for campaign in CAMPAIGNS)


@dataclass
class Company:
    """The files being written and what has been counted on the way."""

    files: Extracts
    truths: Extracts
    behind: Behind
    truth: Truth
    numbered: dict[str, int] = field(default_factory=dict)

    def add(self, chunk: Chunk, table: str, frame: pl.DataFrame) -> None:
        """Number a chunk's rows of a table, to be written while the next are drawn."""
        self.numbered[table] = self.next(table) + len(frame)
        self.behind.do(partial(self._write, chunk, table, frame))

    def _write(self, chunk: Chunk, table: str, frame: pl.DataFrame) -> None:
        """Write the rows, mistakes among them."""
        spoilt, counts = spoil(table, frame, chunk.dice(f"mistakes in {table}"))
        self.truth.count(counts)
        lines: tuple[str, ...] = ()
        if self.files.suffix == "csv":
            dice = chunk.dice(f"unreadable {table}")
            lines, counts = unreadable(table, frame, dice)
            self.truth.count(counts)
        self.files.add(table, spoilt, lines)

    def next(self, table: str) -> int:
        """Say how many rows of a table have been numbered so far."""
        return self.numbered.get(table, 0)

    def plant(self, kind: str, ids: pl.Series, detail: pl.Series | str = "") -> None:
        """Record what was planted, for a test to find."""
        if isinstance(detail, str):
            detail = pl.repeat(detail, len(ids), dtype=pl.String, eager=True)
        kinds = pl.repeat(kind, len(ids), dtype=pl.String, eager=True)
        planted = pl.DataFrame({"kind": kinds, "id": ids, "detail": detail})
        self.truths.add("planted", planted)


def _write_orders(company: Company, story: Story) -> None:
    """Write orders and what follows from single orders."""
    base, orders, chunk = story.base, story.orders, story.base.chunk
    table = orders_table(base, orders, company.next("orders"), CAMPAIGN_IDS)
    experience = go_through(base, orders, story.lives)
    tickets = draw_tickets(base, orders, experience)
    company.add(chunk, "orders", table)
    company.add(chunk, "order_items", items_table(base, orders, table))
    company.add(chunk, "surveys", surveys_table(base, orders, experience, table))
    table, stuck = tickets_table(base, orders, tickets, company.next("tickets"))
    company.add(chunk, "tickets", table)
    company.plant("loop_stuck", stuck["ticket_id"], stuck["step"])


def _write_people(company: Company, story: Story) -> None:
    """Write customers and what is kept per customer."""
    base, orders, chunk = story.base, story.orders, story.base.chunk
    people = know_people(base, orders)
    company.add(chunk, "customers", customers_table(base, people))
    one, other = (customer_ids(base.number[pair]) for pair in look_alikes(people))
    company.plant("look_alike", one, other)
    leads = leads_table(base, people.channel, people.acquired, company.next("leads"))
    company.add(chunk, "leads", leads)
    ledger = draw_ledger(base, orders, TYPES_OF_MEMBERS[people.type])
    points, wrong = points_table(base, ledger, company.next("points"))
    company.add(chunk, "points", points)
    company.plant("points_mismatch", wrong)


def _write_touches(company: Company, story: Story) -> None:
    """Write interactions, contacts and campaign members."""
    base, chunk = story.base, story.base.chunk
    first = company.next("interactions")
    touches = interactions_table(base, story.lives, story.trials, first)
    company.add(chunk, "interactions", touches)
    contacts, missed = draw_contacts(base, story.occasions, story.lives)
    table, overdue = contacts_table(base, contacts, company.next("contacts"))
    company.add(chunk, "contacts", table)
    company.plant("follow_up_overdue", overdue)
    company.truths.add("missed_contacts", _missed_table(base, missed))
    members = [members_table(base, story.orders, each) for each in story.trials]
    company.add(chunk, "campaign_members", pl.concat(members))
    for members_, truth in zip(story.trials, company.truth.campaigns, strict=True):
        truth.add(base, story.occasions, members_)
        both = members_.customer[contaminated(base, members_)]
        ids = customer_ids(base.number[both])
        company.plant("in_both_arms", ids, members_.campaign.campaign_id)


def _missed_table(base: Base, missed: Missed) -> pl.DataFrame:
    calendar = base.chunk.seasons
    return pl.DataFrame(
        {
            "customer_id": customer_ids(base.number[missed.customer]),
            "kind": chosen(CONTACT_KINDS, missed.kind),
            "period_start": calendar.planned(missed.period_start * DAY).cast(pl.Date),
            "next_period": calendar.planned(missed.period_end * DAY).cast(pl.Date),
        }
    )


def _chunks(chunk: Chunk, customers: int) -> Iterator[Chunk]:
    """Give the first chunk and those that follow it."""
    for number, first in enumerate(range(0, customers, CUSTOMERS_PER_CHUNK), 1):
        size = min(CUSTOMERS_PER_CHUNK, customers - first)
        yield replace(chunk, number=number, first=first, size=size)


def _write_chunk(company: Company, chunk: Chunk) -> None:
    story = tell(chunk)
    _write_orders(company, story)
    _write_people(company, story)
    _write_touches(company, story)
    company.truths.add("customers", customers_truth(story.base, story.lives))


def _write_plans(company: Company, chunk: Chunk, customers: int) -> None:
    """Write what exists once, and the truths that are sums over the chunks."""
    files, truth, calendar = company.files, company.truth, chunk.seasons
    files.add("stores", stores_table(chunk.stores, calendar))
    files.add("campaigns", campaigns_table(truth.campaigns, calendar))
    spend = channel_spend_table(calendar, customers, chunk.seed)
    files.add("channel_spend", spend)
    files.add("targets", targets_table(calendar))
    folder = company.truths.folder
    write_json(folder / "company.json", company_report(chunk, customers))
    write_json(folder / "bad_rows.json", truth.mistakes_report())
    reports = {each.campaign.campaign_id: each.report() for each in truth.campaigns}
    write_json(folder / "campaigns.json", reports)


def _first_chunk(customers: int, seed: int, until: date, orders: int | None) -> Chunk:
    """Give the first customers, buying as often as so many orders ask for."""
    if customers < 1:
        raise UsageError("A sample company needs at least one customer.")
    size = min(CUSTOMERS_PER_CHUNK, customers)
    chunk = Chunk(seed, 1, 0, size, seasons(until), open_stores(seed))
    return chunk if orders is None else busy(chunk, customers, orders)


def write_company(  # noqa: PLR0913 what a company is made from
    folder: Path,
    *,
    customers: int,
    seed: int,
    until: date,
    format: Literal["csv", "parquet"] = "csv",
    orders: int | None = None,
) -> None:
    """Write the company's fourteen extracts and, in `truth/`, what is true of them.

    With `orders`, customers buy as often as it takes to make about so many in all.
    Grain: one file per input table, `<table>.csv` or `<table>.parquet`
    Units: CNY, local business time (Asia/Shanghai); history of 4.5 years to `until`
    Errors: UsageError without customers, and for orders that so many do not make
    The same customers, orders, seed, `until` and format give identical bytes.
    """
    first = _first_chunk(customers, seed, until, orders)
    with (
        extracts(folder, format) as files,
        extracts(folder / "truth", "parquet") as truths,
        behind() as writer,
    ):
        company = Company(files, truths, writer, start_truth(CAMPAIGNS))
        for chunk in _chunks(first, customers):
            _write_chunk(company, chunk)
        writer.finish()
        _write_plans(company, first, customers)
