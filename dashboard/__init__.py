"""The application: command line, refresh, queries, cards, charts and words."""
