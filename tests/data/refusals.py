"""Files of orders to be spoilt, and a refusal that takes nothing along."""

import io
import time
import zipfile

import psutil
import pytest

from data.errors import RefusedError
from tests.data.conftest import Source

HEADER = "order_id,customer_id,ordered_at,amount"
ROWS = [f"{number},C,2025-01-02,{number}.25" for number in range(1, 3000)]
TEXT = "\n".join([HEADER, *ROWS, ""]).encode()
MB = 1024 * 1024


def zipped(content: bytes, *names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("orders.csv",):
            archive.writestr(name, content)
    return out.getvalue()


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if each.is_running()]


def refused(source: Source, words: str, **chosen: object) -> None:
    """Refused for this reason, soon, and with no process left."""
    started = time.process_time()
    with pytest.raises(RefusedError, match=words):
        source.admit(**chosen)
    assert time.process_time() - started < 5
    assert children() == []
