"""Speed and memory, measured alone on a machine: never a timed test."""
