"""What a confined process may use, enforced by the operating system."""

import sys
from typing import Final

EXCEEDED: Final = 3  # exit code
PARENT_DEATH: Final = 1  # PR_SET_PDEATHSIG


def confine(memory: int) -> None:
    """Bound this process's memory, in bytes, and let it write no file.

    It ends with the process that started it. Windows has no such bounds.
    """
    if sys.platform == "win32":
        return
    import resource
    import signal

    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL)


def allow(seconds: int) -> None:
    """Let this process compute for so long from now; beyond, the system ends it."""
    if sys.platform == "win32":
        return
    import resource
    import time

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(time.process_time()) + 1 + seconds
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (bound, hard))
