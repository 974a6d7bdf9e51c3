"""Lines between the product and a server, which break as real ones do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"


@dataclass
class Line:
    """A port that passes on what a server says, up to a number of bytes.

    The first `deaf` connections are hung up on. After `limit` bytes the line is cut
    or, if it is `frozen`, stays silent.
    """

    server: int
    limit: int | None = None
    deaf: int = 0
    frozen: bool = False
    tried: int = 0
    listener: socket.socket = field(default_factory=socket.socket)
    ends: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            self.tried += 1
            if self.tried <= self.deaf:
                near.close()
                continue
            far = socket.create_connection((LOOPBACK, self.server))
            self.ends += [near, far]
            for one, other, limit in ((near, far, None), (far, near, self.limit)):
                work = (one, other, limit)
                threading.Thread(target=self._pass_on, args=work, daemon=True).start()

    def _pass_on(
        self, one: socket.socket, other: socket.socket, limit: int | None
    ) -> None:
        left = limit
        try:
            while said := one.recv(4096 if left is None else min(4096, left)):
                other.sendall(said)
                left = None if left is None else left - len(said)
                if left == 0:
                    break
            if not (self.frozen and left == 0):
                other.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def hang_up(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        for end in (self.listener, *self.ends):
            end.close()


@contextmanager
def line(
    server: int, *, limit: int | None = None, deaf: int = 0, frozen: bool = False
) -> Iterator[Line]:
    """A line to a server's port, open as long as the context."""
    made = Line(server, limit, deaf, frozen)
    made.listener.bind((LOOPBACK, 0))
    made.listener.listen()
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.hang_up()
        thread.join(5)
