"""Every figure of a store, to the last digit, as `customer-health metric` prints it.

`python -m tests.faults.figures STORE [SOURCE]` prints them as one JSON document; with
SOURCE it refreshes the store first.
"""

import json
import sys
from pathlib import Path
from typing import Any

from dashboard.alert_metrics import ALERTS
from dashboard.answers import answer
from dashboard.catalogue import METRICS
from dashboard.question import Question
from dashboard.reader import Reader
from dashboard.refresh import refresh
from dashboard.viewer import LOCAL
from data.errors import UsageError
from data.settings import Settings
from data.warehouse import open_current

CUTS = (None, "region", "tier", "as_of")


def figures(store: Path) -> dict[str, Any]:
    """The snapshot's hash, and each metric as it is and in the usual cuts."""
    snapshot = open_current(store)
    reader, found = Reader(snapshot), {}
    written = {metric.name for metric in ALERTS}  # what people write is no snapshot's
    for metric in METRICS:
        if metric.name in written:
            continue
        for cut in CUTS:
            try:
                frame = answer(reader, LOCAL, Question(metric.name, by=cut))
            except UsageError:  # a metric that has no such cut
                continue
            found[f"{metric.name} by {cut}"] = str(frame.rows())
    return {"hash": snapshot.manifest.hash, "figures": found}


if __name__ == "__main__":
    for each in sys.argv[2:]:
        refresh(Path(each), Path(sys.argv[1]), Settings())
    print(json.dumps(figures(Path(sys.argv[1]))))  # noqa: T201 what the test reads
