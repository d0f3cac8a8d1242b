# zhiban: `make run` and `make test` prepare everything they need in .venv.
PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.zhiban-setup
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
PYTEST := $(BIN)/python -m pytest -q
# durable-rules calls a function that Python 3.13 took away; its old meaning lives on under another name
DURABLE_ENV := CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench triage-model practice-model soak wheel clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' Makefile

setup: $(STAMP)  ## .venv with the pinned versions; later runs do nothing
	@:

# Everything but durable-rules first, so that a machine without a compiler still gets a working program.
$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo '找不到 $(PYTHON)：请装好 Python 3.11 以上版本，或用 make PYTHON=路径 指定' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "zhiban 需要 Python 3.11 以上版本，而 $(PYTHON) 是 $$($(PYTHON) -V 2>&1)：请用 make PYTHON=python3.12 这样的写法指定新版本" >&2; exit 1; }
	@echo '正在准备运行环境 .venv，只有这一次，约一分钟 …'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@grep -v '^durable-rules==' constraints.txt >$(VENV)/pins.txt
	@$(PIP) install --no-deps -r $(VENV)/pins.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@{ durable() { $(DURABLE_ENV) $(PIP) install --no-deps --no-build-isolation --use-pep517 "$$@" \
	     "$$(grep '^durable-rules==' constraints.txt)" && $(BIN)/python -c 'import durable.engine'; }; \
	   durable || durable --force-reinstall --no-cache-dir; } >$(VENV)/durable-rules.log 2>&1 \
	 || { $(PIP) uninstall -y durable-rules >>$(VENV)/durable-rules.log 2>&1; \
	      echo '没有 durable-rules 也能用：它要 C 编译器和 Python 头文件（如 gcc、python3-dev），现由程序自带的第二套求值器代替。装好后运行 make -B setup；详情在 $(VENV)/durable-rules.log'; }
	@touch $@

run: $(STAMP)  ## open zhiban; ARGS='drill list' passes arguments
ifeq ($(strip $(ARGS)),)
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/zhiban; else $(BIN)/zhiban --help; fi
else
	@$(BIN)/zhiban $(ARGS)
endif

test: $(STAMP)  ## the whole test suite, some soak tests apart; ARGS='-k journal' picks
	@$(PYTEST) -n 2 $(ARGS)

check: $(STAMP)  ## lint, format, types, layers, playbooks
	@$(BIN)/python -m ruff check --quiet --output-format concise .
	@$(BIN)/python -m ruff format --check --quiet . || { \
	  echo 'not formatted: run $(BIN)/python -m ruff format .' >&2; exit 1; }
	@$(BIN)/python -m mypy --no-error-summary
	@$(BIN)/zhiban playbook check
	@$(PYTEST) tests/test_layers.py

bench: $(STAMP)  ## the measurements of benchmarks/; ARGS=--json prints JSON
	@$(BIN)/python benchmarks $(ARGS)

triage-model: $(STAMP)  ## learn the weights of triage anew from playbooks/triage/*.jsonl
	@$(BIN)/python -m engine.triage.learn

practice-model: $(STAMP)  ## learn the weights of practice anew from playbooks/practice/said (about a minute)
	@$(BIN)/python -m engine.practice.learn

soak: $(STAMP)  ## the tests that take minutes
	@$(PYTEST) -n 2 -m soak --hypothesis-profile=default $(ARGS)

wheel: $(STAMP)  ## a wheel in dist/
	@$(BIN)/python -m hatchling build -t wheel

clean:  ## remove .venv and everything built
	@rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
	@find . -name __pycache__ -prune -exec rm -rf {} +
