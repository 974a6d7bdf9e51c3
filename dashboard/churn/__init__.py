"""Who may leave: what was known of customers on past days, and what came of it."""
