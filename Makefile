# Two commands do everything on a machine with Python 3.11 (or later), make and git:
#   make demo    analyse a shipped fixture bundle, write its report, print the verdict
#   make test    lint the catalogue, verify all fixtures, run all tests
PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
VENV := .venv
BIN := $(VENV)/bin
DEMO := fixtures/linux-extensions-disabled/bundle

.PHONY: demo test check format formats benchmark clean

$(VENV)/.installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[test,timeline]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/analyze $(DEMO) -o demo-report.html
	@echo "The report is demo-report.html: open it in a browser."

test: $(VENV)/.installed
	$(BIN)/analyze signatures lint
	$(BIN)/analyze verify fixtures --junit results.xml
	$(BIN)/python -m pytest

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Generated files: the header expressions of the line formats.
formats: $(VENV)/.installed
	$(BIN)/python -m analyzer.parsers.grammar

benchmark: $(VENV)/.installed
	$(BIN)/python -m benchmarks.run

clean:
	rm -rf $(VENV) dist build demo-report.html results.xml
