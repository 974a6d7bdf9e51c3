"""What customers went through with each purchase; losses follow bad experiences."""

from dataclasses import dataclass

import numpy as np

from data.sample.arrays import Days, Flags, Instants
from data.sample.base import Base
from data.sample.brand import LATE_REGION
from data.sample.orders import Orders
from data.sample.purchases import Lives
from data.sample.seasons import HISTORY_DAYS

DIMENSIONS = ("product_quality", "service", "delivery", "communication", "support")
TROUBLES = ("product_quality", "service", "delivery")  # what can go wrong with an order
USUAL_TROUBLE = (0.04, 0.04, 0.05)  # chance per purchase
LATE_DAYS = 210  # since when deliveries in LATE_REGION run late
LATE_TROUBLE = 0.50  # chance of late delivery there since then
TROUBLE_OF_THE_LOST = (0.16, 0.14, 0.18)  # added at the purchase that loses a customer
MOOD = 0.40  # spread of the customers' own level, in points of 1-5


@dataclass(frozen=True)
class Experience:
    """One entry per order: its troubles, and the state of its customer."""

    troubles: tuple[Flags, ...]  # one per TROUBLES
    loses: Flags  # the purchase after which the customer is gone
    mood: Instants  # the customer's own level, added to every answer

    @property
    def trouble(self) -> Flags:
        """Whether anything went wrong."""
        trouble: Flags = np.any(self.troubles, axis=0)
        return trouble


def late_area(base: Base, orders: Orders) -> Flags:
    """Orders of customers of the region whose deliveries run late of late."""
    region = base.chunk.stores.region[base.store]
    recent = orders.day >= HISTORY_DAYS - LATE_DAYS
    late: Flags = (region == LATE_REGION)[orders.customer] & recent
    return late


def _losing(orders: Orders, lives: Lives) -> Flags:
    lost_on: Days = np.where(lives.alive, HISTORY_DAYS, lives.lost_on)
    losing: Flags = orders.completed & (orders.day == lost_on[orders.customer])
    return losing


def go_through(base: Base, orders: Orders, lives: Lives) -> Experience:
    """Draw what went wrong: more where a customer is lost, more in the late region."""
    rng = base.chunk.dice("experience")
    loses = _losing(orders, lives)
    late = late_area(base, orders)
    troubles = []
    for name, usual, added in zip(
        TROUBLES, USUAL_TROUBLE, TROUBLE_OF_THE_LOST, strict=True
    ):
        chance = np.where(late & (name == "delivery"), LATE_TROUBLE, usual)
        troubles.append(rng.random(len(orders)) < chance + added * loses)
    mood = base.chunk.dice("mood").normal(0.0, MOOD, len(base.number))
    return Experience(tuple(troubles), loses, mood[orders.customer])
