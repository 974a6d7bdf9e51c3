"""Work that a thread does behind the one that draws, in order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

AHEAD = 2  # pieces of work that may wait: what bounds the memory


@dataclass
class Behind:
    """A queue of pieces of work, done one after the other as they were given."""

    thread: ThreadPoolExecutor
    waiting: deque[Future[None]] = field(default_factory=deque)

    def do(self, work: Callable[[], None]) -> None:
        """Queue a piece of work; wait while too many are queued.

        Errors: those of earlier pieces
        """
        self.waiting.append(self.thread.submit(work))
        while len(self.waiting) > AHEAD:
            self.waiting.popleft().result()

    def finish(self) -> None:
        """Wait until everything is done.

        Errors: those of the work
        """
        while self.waiting:
            self.waiting.popleft().result()


@contextmanager
def behind() -> Iterator[Behind]:
    """Start the thread, and end it when its work is done."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield Behind(thread)
