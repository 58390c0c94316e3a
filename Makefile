# gouji: `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# The first Python on PATH that is new enough; `make demo PYTHON=/path/to/python` overrides it.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v "$$name"; break; }; done)

REPORTS = $(sort $(filter-out %.gold.json,$(wildcard examples/*.*)))
# Read through LibreOffice, where it is installed.
OFFICE_REPORTS := examples/rtf_form.rtf
DEMO_REPORTS = $(if $(shell command -v soffice || command -v libreoffice),$(REPORTS),$(filter-out $(OFFICE_REPORTS),$(REPORTS)))
SHOWN := examples/wrong_total.html
OUT := out/demo

.PHONY: help demo test test-slow label-studio check-style bench golden examples clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: $(VENV)/.installed ## Make .venv, read the reports of examples/, show the result
	@$(BIN)/gouji read $(SHOWN)
	@echo
	@mkdir -p $(OUT)
	@$(BIN)/gouji read --html $(OUT)/ $(DEMO_REPORTS)
	@echo
	@echo "网页在 $(CURDIR)/$(OUT)/，例如 $(CURDIR)/$(OUT)/$(notdir $(SHOWN)).html"

test: $(VENV)/.installed-dev check-style ## Make .venv, check style and types, run the fast tests
	$(BIN)/pytest -n auto -m "not slow"

label-studio: $(VENV)/.installed-dev ## Label Studio in an environment of its own, 1 GB, once
	@$(BIN)/gouji annotate up --install

test-slow: $(VENV)/.installed-dev label-studio ## The tests that take minutes
	$(BIN)/pytest -n auto -m slow

check-style: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy --strict

bench: $(VENV)/.installed-dev ## Measure the search against CP-SAT, reports per second, and page images against other readers
	$(BIN)/gouji bench

golden: $(VENV)/.installed-dev ## Write the golden records anew; look at the difference before you keep it
	GOUJI_WRITE_GOLDEN=1 $(BIN)/pytest tests/examples -k golden_record

examples: $(VENV)/.installed-dev ## Write the reports of examples/ and their gold anew, all but the PDF
	$(BIN)/python -m training.examples

clean: ## Remove .venv, results and caches
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "需要 Python 3.11 或更新的版本：先安装，或用 make $(MAKECMDGOALS) PYTHON=路径 指定" >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) 缺少 venv 或 pip：Debian 和 Ubuntu 上运行 apt-get install python3-venv python3-pip" >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV)

# What was installed stays until the versions or the project's own description change.
$(VENV)/.installed: $(BIN)/python constraints.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python constraints.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(VENV)/.installed $@
