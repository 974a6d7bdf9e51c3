"""The application: command line, refresh, queries, cards, charts and words."""

import os

# The models multiply small matrices thousands of times: waiting threads cost ten
# times the work. The libraries read this when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
