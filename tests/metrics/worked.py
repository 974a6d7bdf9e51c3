"""The fitted models of the worked customer."""

import numpy as np

from metrics.purchase_fit import PurchaseFit
from metrics.spend_model import SpendFit

ERRORS = np.array([0.159, 0.113, 0.174, 0.333])
SPREAD = tuple(tuple(map(float, row)) for row in np.diag(ERRORS**2))
PURCHASES = PurchaseFit(
    model="mbgnbd",
    theta=tuple(map(float, np.log([0.52484, 6.18309, 0.89136, 1.61401]))),
    covariance=SPREAD,
    log_likelihood=-9582.1357,
    customers=2357,
    triples=1016,
    reason=None,
)
SPEND = SpendFit(6.24957, 3.74422, 15.44352, -4055.9177, 946, None)
