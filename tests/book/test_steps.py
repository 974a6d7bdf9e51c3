"""Any sequence of steps: the book says what a table of allowed steps says, no more."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dashboard.book import (
    ConflictError,
    NotAllowedError,
    Record,
    Seen,
    follow_ups,
    verify,
)
from dashboard.book.contacts import Contact
from dashboard.book.follow_ups import Task
from tests.book.conftest import NOON, opened, pen

TODAY = NOON.date()
CALL = Contact("c1", "call", TODAY, "winback", "no_answer")
PEOPLE = st.sampled_from(["Li", "Wang"])
STALE = st.booleans()


class FollowUps(RuleBasedStateMachine):
    """Two people and one customer; `held` is what a plain reading expects."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.book = opened(Path(self.folder.name), lambda: NOON)
        self.held: Record | None = None
        self.entries = 0

    @rule(who=PEOPLE)
    def assign(self, who: str) -> None:
        given = follow_ups.assign(self.book, pen(who), ["c1"], Task("churn", who))
        assert bool(given.records) == (self.held is None)
        if given.records:
            self.held = given.records[0]
            self.entries += 1

    @rule(who=PEOPLE, stale=STALE)
    def reassign(self, who: str, stale: bool) -> None:
        self.step(
            stale,
            lambda seen: follow_ups.reassign(self.book, pen(who), seen, who, None),
        )

    @rule(who=PEOPLE, stale=STALE)
    def contact(self, who: str, stale: bool) -> None:
        before = self.entries
        self.step(
            stale, lambda seen: follow_ups.contacted(self.book, pen(who), seen, CALL)
        )
        self.entries += self.entries - before  # the contact is a record too

    @rule(who=PEOPLE, stale=STALE, days=st.integers(-2, 9))
    def snooze(self, who: str, stale: bool, days: int) -> None:
        until = TODAY + timedelta(days=days)
        self.step(
            stale,
            lambda seen: follow_ups.snooze(self.book, pen(who), seen, until),
            refused=days < 0,
        )

    @rule(who=PEOPLE, stale=STALE, outcome=st.sampled_from(["", "kept"]))
    def close(self, who: str, stale: bool, outcome: str) -> None:
        self.step(
            stale,
            lambda seen: follow_ups.close(self.book, pen(who), seen, outcome),
            refused=not outcome,
        )
        if outcome and not stale:
            self.held = None

    def step(self, stale: bool, act, *, refused: bool = False) -> None:
        """A step of what is held, from its version or from one before."""
        if self.held is None:
            return
        seen = Seen(self.held.id, self.held.version - 1 if stale else self.held.version)
        try:
            after = act(seen)
        except (ConflictError, NotAllowedError):
            assert stale or refused
            return
        assert not any((stale, refused))
        self.held, self.entries = after, self.entries + 1

    @invariant()
    def one_is_open_at_most_and_it_is_what_was_written(self) -> None:
        rows = follow_ups.listed(self.book).to_dicts()
        told = [(row["id"], row["version"], row["status"]) for row in rows]
        held = self.held
        assert told == ([(held.id, held.version, held.status)] if held else [])

    def teardown(self) -> None:
        found = verify.verify(self.book)
        assert not found.findings
        assert found.entries == self.entries
        self.book.engine.dispose()
        self.folder.cleanup()


TestFollowUps = FollowUps.TestCase
TestFollowUps.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None
)
