# Everything runs in .venv, which the first target that needs it sets up.
#   make test ARGS="-k writer"     make demo DATA=usps.txt     make generate PYTHON=python3.12

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help generate test prove check demo bench lint

help: ## say what each target does
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

generate: $(VENV)/.installed ## derive, prove and emit every layer into generated/
	$(BIN)/backproof generate $(ARGS)

test: $(VENV)/.installed-test,demo ## run the tests
	$(BIN)/python -m pytest -n auto $(ARGS)

prove: $(VENV)/.installed ## judge every claim, read every generated module back
	$(BIN)/backproof prove $(ARGS)

check: $(VENV)/.installed ## fail where a generated file is not what would be emitted
	$(BIN)/backproof generate --check $(ARGS)

demo: $(VENV)/.installed-demo ## train on handwritten digits, draw what was learnt (DATA=usps.txt)
	$(BIN)/python -m training.demo $(if $(DATA),--data '$(DATA)') $(ARGS)

bench: $(VENV)/.installed-bench ## measure the generated code
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.installed-lint ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/mypy

# Once pyproject.toml is newer than a stamp, the project is installed again.
$(VENV)/.installed: pyproject.toml | $(BIN)/pip
	$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-%: pyproject.toml | $(BIN)/pip
	$(PIP) install --editable '.[$*]'
	@touch $@ $(VENV)/.installed

# pip is the last thing that venv puts there: an interrupted set-up is taken up again.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
