# nextword: `make run` and `make test` do all that is needed on a fresh machine. GNU make 3.81 (macOS) and newer.

PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
COMPILED := $(wildcard engine/models/*.py) engine/measure/projections.py

# One thread per process: measured, two threads on busy cores are 10 to 20 times slower.
export OMP_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where it is set, each process would compile anew what it imports: torch and its like, ten seconds of it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test bench pictures clean
.DEFAULT_GOAL := help

help:
	@echo "make run [PORT=8501]  set up what is missing, then start the app"
	@echo "make test             set up what is missing, then check style, types, imports and behaviour"
	@echo "make bench            measure, and write the table in README.md"
	@echo "make pictures         train small models, and draw the lessons' pictures on the first page from them"
	@echo "make setup            only set up: .venv and compiled training loops"
	@echo "make clean            remove .venv and all caches"

setup: $(VENV)/.warm

run: setup
	@echo "Open http://localhost:$(PORT) (ready in about 5 seconds; Ctrl-C stops it)"
	@exec $(BIN)/python -m streamlit run app.py --server.port $(PORT) --server.headless true

test: $(VENV)/.requirements-dev
	@echo "compiling the training loops beside the checks of style, imports and types"
	@$(MAKE) --no-print-directory setup > $(VENV)/warm.log 2>&1 & warm=$$!; code=0; \
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy || code=1; \
	$(BIN)/python tests/browser/find_chromium.py --install || code=1; \
	wait $$warm || { cat $(VENV)/warm.log; code=1; }; exit $$code
	@echo "two parts side by side: all tests without a browser, then, printed when they are over, those with a browser"
	@$(BIN)/python -m pytest tests/browser > $(VENV)/browser.log 2>&1 & browser=$$!; \
	code=0; $(BIN)/python -m pytest --ignore=tests/browser || code=1; \
	wait $$browser || code=1; cat $(VENV)/browser.log; exit $$code

bench: setup $(VENV)/.requirements-dev
	$(BIN)/python tests/browser/find_chromium.py --install
	$(BIN)/python -m tests.bench

pictures: setup
	$(BIN)/python -m tests.pictures

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps below are made once, and again when what they depend on changes. Packages are not compiled to bytecode at
# once, which takes as long as installing them: what is imported is, and most never is.

$(VENV)/.made:
	@echo "[1/3] making $(VENV)"
	@python=; for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	  if $$name -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "No Python 3.11 or newer with venv was found. Debian, Ubuntu: apt-get install python3-venv."; \
	  echo "macOS: brew install python@3.12. Then run the same command again."; exit 1; fi; \
	$$python -m venv --clear $(VENV)
	@touch $@

$(VENV)/.requirements: requirements.txt $(VENV)/.made
	@echo "[2/3] installing the packages (about 2 GB, a few minutes the first time)"
	@$(BIN)/python -m pip install --no-compile --requirement requirements.txt
	@touch $@

$(VENV)/.requirements-dev: requirements-dev.txt $(VENV)/.requirements
	@echo "installing the packages for the tests"
	@$(BIN)/python -m pip install --no-compile --requirement requirements-dev.txt
	@touch $@

$(VENV)/.warm: $(COMPILED) $(VENV)/.requirements
	@echo "[3/3] compiling the training loops (a minute the first time)"
	@$(BIN)/python -m engine warm
	@touch $@
