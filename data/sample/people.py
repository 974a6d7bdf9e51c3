"""The customers' extract: attributes, and personal fields of people who do not exist.

Telephone numbers run from 1380 0000000, mail goes to example.com, identity numbers
carry area codes from 990100 on that no place has; their check digits are right.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from data.sample.arrays import Days, Instants, Texts, blank_unless
from data.sample.base import Base, summed
from data.sample.brand import (
    ACQUISITION_BY_GROUP,
    ACQUISITION_CHANNELS,
    EMPLOYEES_PER_STORE,
    INDUSTRIES,
    MEMBER_LEVELS,
    MEMBER_SHARES,
)
from data.sample.dice import Dice, pick_by
from data.sample.labels import NOBODY, chosen, customer_ids, employee_ids, store_ids
from data.sample.orders import Orders
from data.sample.seasons import DAY, HISTORY_DAYS, YEAR

TYPES = ("individual", "member", "corporate")
INDIVIDUAL, MEMBER, CORPORATE = range(3)
CORPORATE_GROUP = 3
LEVEL_LIMITS = (2_000, 10_000, 50_000)  # CNY in the last year
OWNED = 10_000  # CNY in the last year: has a person of its own
NO_STORE, NO_REGION, NO_CHANNEL, NO_CONSENT = 0.08, 0.02, 0.03, 0.15
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉红梅建国文辉鹏宇浩欣雨"
FIRMS = ("华信", "恒远", "博雅", "天成", "瑞丰", "同创", "金桥", "长青", "明德", "宏图")
LOOK_ALIKES = 5  # pairs planted per chunk: one person registered twice
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])  # GB 11643
CHECK_DIGITS = np.array(list("10X98765432"))


@dataclass(frozen=True)
class People:
    """One entry per customer: what the company knows of it."""

    type: Days
    channel: Days  # of acquisition
    acquired: Days  # moment
    level: Days  # -1 = no member
    owner: Days  # employee, -1 = nobody


def _acquired(base: Base, orders: Orders, rng: Dice) -> Days:
    """Register just before the first order, or up to three weeks earlier."""
    size = len(base.number)
    moment = base.chunk.seasons.day(base.started) * DAY + 12 * 3600
    bought = np.flatnonzero(orders.completed)[::-1]
    moment[orders.customer[bought]] = orders.moment[bought]
    early = rng.integers(1, 21, size) * DAY
    before = np.where(rng.random(size) < 0.3, early, 900)
    return np.maximum(moment - before, 0)


def last_year_spend(base: Base, orders: Orders) -> Instants:
    """Sum each customer's purchases of the last 365 days."""
    recent = orders.completed & (orders.day >= HISTORY_DAYS - YEAR)
    who, amount = orders.customer[recent], orders.amount[recent]
    return summed(who, amount, len(base.number))


def know_people(base: Base, orders: Orders) -> People:
    """Draw type, channel, registration, level and owner."""
    rng = base.chunk.dice("people")
    size = len(base.number)
    member = rng.random(size) < np.array(MEMBER_SHARES)[base.group]
    kind = np.where(base.group == CORPORATE_GROUP, CORPORATE, member * MEMBER)
    spend = last_year_spend(base, orders)
    level = np.searchsorted(LEVEL_LIMITS, spend, side="right")
    clerk = base.store * EMPLOYEES_PER_STORE + base.number % EMPLOYEES_PER_STORE
    owned = (kind == CORPORATE) | (spend >= OWNED)
    return People(
        type=kind,
        channel=pick_by(base.group, ACQUISITION_BY_GROUP, rng),
        acquired=_acquired(base, orders, rng),
        level=np.where(kind == MEMBER, level, NOBODY),
        owner=np.where(owned, clerk, NOBODY),
    )


def _names(base: Base, people: People, rng: Dice) -> Texts:
    """Name persons by surname and given name, firms by city and trade."""
    size = len(base.number)
    first, second = np.array(list(GIVEN))[rng.integers(0, len(GIVEN), (2, size))]
    second = np.where(rng.random(size) < 0.35, "", second)
    surname = np.array(list(SURNAMES))[rng.integers(0, len(SURNAMES), size)]
    person = np.strings.add(np.strings.add(surname, first), second)
    firm = np.array(FIRMS)[rng.integers(0, len(FIRMS), size)]
    firm = np.strings.add(base.chunk.stores.city[base.store], firm)
    return np.where(people.type == CORPORATE, np.strings.add(firm, "有限公司"), person)


def _id_numbers(birth: npt.NDArray[np.datetime64], rng: Dice) -> pl.Series:
    """Write identity numbers of 18 places with a right check digit."""
    day = pl.Series(birth).dt.strftime("%Y%m%d")
    area = (990_100 + pl.Series(rng.integers(0, 900, len(day)))).cast(pl.String)
    serial = pl.Series(rng.integers(0, 1000, len(day))).cast(pl.String).str.zfill(3)
    body = area + day + serial
    digits = np.array([body.str.slice(at, 1).cast(pl.Int64) for at in range(17)])
    check = CHECK_DIGITS[(WEIGHTS @ digits) % 11]
    return body + pl.Series(check.astype(str))


def _personal(base: Base, people: People) -> pl.DataFrame:
    """Make up names, birthdays, telephones, mail addresses, identity numbers."""
    rng = base.chunk.dice("names")
    size = len(base.number)
    age = rng.integers(20 * YEAR, 68 * YEAR, size)
    birth = np.datetime64(base.chunk.seasons.until, "D") - age.astype("m8[D]")
    ids = customer_ids(base.number)
    person = people.type != CORPORATE
    gender = np.where(person, rng.integers(0, 2, size), NOBODY)
    digits = pl.Series(base.number).cast(pl.String).str.zfill(7)
    return pl.DataFrame(
        {
            "customer_id": ids,
            "name": _names(base, people, rng),
            "gender": chosen(("female", "male"), gender),
            "birth_date": blank_unless(person, pl.Series(birth)),
            "phone": "1380" + digits,
            "email": ids.str.to_lowercase() + "@example.com",
            "id_number": blank_unless(person, _id_numbers(birth, rng)),
        }
    )


def look_alikes(people: People) -> tuple[Days, Days]:
    """Choose pairs of neighbours who are one person registered twice."""
    persons = np.flatnonzero(people.type != CORPORATE)
    step = max(2, len(persons) // (LOOK_ALIKES + 1))
    one = persons[step // 2 : -1 : step][:LOOK_ALIKES]
    other = persons[step // 2 + 1 :: step][:LOOK_ALIKES]
    return one, other


def _with_look_alikes(personal: pl.DataFrame, people: People) -> pl.DataFrame:
    one, other = look_alikes(people)
    source = np.arange(len(personal))
    source[other] = one
    same = personal.select("name", "gender", "birth_date", "phone")[source]
    return personal.with_columns(same)


def _where(base: Base) -> pl.DataFrame:
    """Write region, city and home store; some are unknown."""
    rng = base.chunk.dice("where")
    store, size = base.store, len(base.number)
    stores = base.chunk.stores
    known = rng.random(size) >= NO_REGION
    home = np.where(rng.random(size) < NO_STORE, NOBODY, store)
    return pl.DataFrame(
        {
            "region": blank_unless(known, pl.Series(stores.region[store])),
            "city": blank_unless(known, pl.Series(stores.city[store])),
            "store_id": store_ids(home),
        }
    )


def customers_table(base: Base, people: People) -> pl.DataFrame:
    """Write the customers as their extract shows them."""
    rng = base.chunk.dice("attributes")
    size = len(base.number)
    personal = _with_look_alikes(_personal(base, people), people)
    where = _where(base)
    industry = rng.integers(0, len(INDUSTRIES), size)
    channel = np.where(rng.random(size) < NO_CHANNEL, NOBODY, people.channel)
    trade = np.where(people.type == CORPORATE, industry, NOBODY)
    return personal.with_columns(
        where["region"],
        where["city"],
        industry=chosen(INDUSTRIES, trade),
        customer_type=chosen(TYPES, people.type),
        acquisition_channel=chosen(ACQUISITION_CHANNELS, channel),
        acquired_at=base.chunk.seasons.happened(people.acquired),
        store_id=where["store_id"],
        member_level=chosen(MEMBER_LEVELS, people.level),
        owner=employee_ids(people.owner),
        consent=rng.random(size) >= NO_CONSENT,
    )
