"""What happens to the customers of a chunk, before anything is written down."""

from dataclasses import dataclass

from data.sample.base import Base, Chunk, draw_base
from data.sample.campaigns import CAMPAIGNS
from data.sample.orders import Orders, draw_orders
from data.sample.purchases import Lives, Occasions, live, with_comebacks
from data.sample.redemptions import coupons
from data.sample.trials import Members, run_campaigns


@dataclass(frozen=True)
class Story:
    """What happened to the customers of a chunk."""

    base: Base
    occasions: Occasions
    lives: Lives
    trials: tuple[Members, ...]
    orders: Orders


def tell(chunk: Chunk) -> Story:
    """Let a chunk's customers live, meet the campaigns and order."""
    base = draw_base(chunk)
    organic, lives = live(base)
    occasions, trials = run_campaigns(base, organic, CAMPAIGNS)
    orders = draw_orders(base, occasions, coupons(base, occasions, trials))
    return Story(base, occasions, with_comebacks(lives, occasions), trials, orders)
