# Everything a machine with Python 3.11+ (venv), make and git needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PORT ?= 8501
CUSTOMERS ?= 20000

.PHONY: install demo test check bench browser slow faults hostile databases published lock clean

install: $(READY)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: install
	$(BIN)/customer-health demo --customers $(CUSTOMERS) --port $(PORT)

test: install
	$(BIN)/python -m pytest -q -n auto

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

browser: install
	$(BIN)/python -m pytest -q -m browser tests/browser

slow: install
	$(BIN)/python -m pytest -q -m slow --ignore=tests/hostile --ignore=tests/faults

# Kills, full disks, flipped bytes, wrong clocks; needs strace, faketime and, to mount, root.
faults: install
	$(BIN)/python -m pytest -q -m slow -n 2 --dist worksteal tests/faults

# 500 hostile deliveries and more against an oracle, in one process.
hostile: install
	$(BIN)/python -m pytest -q -m slow tests/hostile

databases: install
	$(BIN)/python -m pytest -q -m database tests/databases

published: install
	$(BIN)/python -m pytest -q -m published tests/published

# SIZES="100000 1000000:10000000" are customers, or customers:orders.
bench: install
	$(BIN)/python -m tests.benchmarks $(SIZES) $(BENCH)

# Resolves pyproject.toml anew for every supported Python; needs uv.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --constraint constraints.txt --extra dev pyproject.toml -o requirements.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
