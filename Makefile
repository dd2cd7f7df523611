# Two commands for a newcomer: `make grade` and `make test`. Both make .venv on their first run.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
CLASS := example_class

.PHONY: grade test test-slow fuzz lint format build clean

grade: $(BIN)/.ready
	python -m autograder example-class $(CLASS)
	python -m autograder grade $(CLASS) --csv $(CLASS)/scores.csv

test: $(BIN)/.ready lint
	python -m autograder build --check
	pytest -q
	pytest -q autograder

test-slow: $(BIN)/.ready
	pytest -q -m slow

fuzz: $(BIN)/.ready
	FUZZ_EXAMPLES=3000 pytest -q tests/test_fuzz.py

lint: $(BIN)/.ready
	ruff check .
	ruff format --check .
	mypy

format: $(BIN)/.ready
	ruff check --fix .
	ruff format .

build: $(BIN)/.ready
	python -m autograder build

clean:
	rm -rf .venv $(CLASS)

# pip's own version is left alone: the one that comes with Python 3.11 is enough.
$(BIN)/.ready: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@
