"""How often customers buy, for a company that is to have so many orders."""

from dataclasses import replace
from operator import itemgetter

from data.errors import UsageError
from data.sample.base import Chunk
from data.sample.story import tell

FEWEST, MOST = 2, 50  # orders per customer that can be asked for
NEAR = 0.003  # of the orders: close enough
TRIES = 12


def busy(chunk: Chunk, customers: int, orders: int) -> Chunk:
    """Give the chunk's customers the pace that brings about so many orders in all.

    The chunk is drawn at one pace after the other until its share of the orders is
    right, or chance comes no nearer: small companies vary much.
    Errors: UsageError for fewer than 2 or more than 50 orders a customer.
    """
    wanted = orders / customers
    if not FEWEST <= wanted <= MOST:
        raise UsageError(
            f"{customers:,} customers can have {FEWEST * customers:,} to"
            f" {MOST * customers:,} orders, not {orders:,}."
        )
    pace, tried = 1.0, []
    for _ in range(TRIES):
        paced = replace(chunk, groups=tuple(each.paced(pace) for each in chunk.groups))
        made = max(1, len(tell(paced).orders)) / chunk.size
        tried.append((abs(made / wanted - 1), paced))
        if tried[-1][0] < NEAR:
            break
        pace *= wanted / made
    return min(tried, key=itemgetter(0))[1]
