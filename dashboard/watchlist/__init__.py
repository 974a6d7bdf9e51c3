"""The page Churn watchlist: whom to contact, why, and how far to trust it."""
