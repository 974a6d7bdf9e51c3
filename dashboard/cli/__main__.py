"""`python -m dashboard.cli` is `customer-health`."""

from dashboard.cli import main

main()
