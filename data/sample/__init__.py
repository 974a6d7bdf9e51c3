"""A plausible retail company with a known truth, drawn from a seed.

One call writes the fourteen extracts and, beside them in `truth/`, what is true of
them: every customer's rates and drop-out, every campaign's lift, every planted fault.
"""

from data.sample.company import write_company

__all__ = ["write_company"]
