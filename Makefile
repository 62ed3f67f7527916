# Every target does its own set-up; calling it again does no harm.
PYTHON := .venv/bin/python
RECENT := 'import sys; sys.exit(sys.version_info < (3, 11))'
BOOTSTRAP := $(firstword $(foreach name,python3.11 python3 python3.12 python3.13 python3.14,\
	$(shell $(name) -c $(RECENT) 2>/dev/null && command -v $(name))) python-3.11-or-later-is-needed)
SERVE ?= 1
ADDRESS ?= 127.0.0.1:8000
WORKERS ?= 3
SECONDS ?= 3600
# The engine words its own messages in both languages; the rest is not on screen.
UNTRANSLATED := .venv var docs tests evaluator assessments/samples
export PYTHONUNBUFFERED := 1
# Each of the many programs that the tests start would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-tests demo samples samples-source test bench fuzz lint stop clean lock messages

help:
	@echo "make demo           set up, show the whole chain, then serve on $(ADDRESS)"
	@echo "make demo SERVE=0   the same, without serving"
	@echo "make samples        build the two sample projects in var/samples"
	@echo "make samples-source make again what the samples hold: notebooks, models, notes"
	@echo "make test           set up and run every test"
	@echo "make bench          set up and measure what the platform must reach (JSON=1 for JSON)"
	@echo "make fuzz           an hour of fuzzing of whatever reads candidates' material (SECONDS=3600)"
	@echo "make lint           style, types, import contracts, migrations, production settings"
	@echo "make setup          set up only"
	@echo "make stop           stop the embedded PostgreSQL and Redis"
	@echo "make clean          stop, then remove everything that was made (.venv and var)"
	@echo "make lock           compile the pinned requirements again"
	@echo "make messages       collect and compile the translations"

setup:
	@$(BOOTSTRAP) .ci/bootstrap.py run

setup-tests:
	@$(BOOTSTRAP) .ci/bootstrap.py tests

demo: setup
	@exec $(PYTHON) manage.py demo --address $(ADDRESS) $(if $(filter 0,$(SERVE)),--no-serve)

samples: setup
	@rm -rf var/samples/good var/samples/flawed
	@$(PYTHON) -m assessments.samples.build var/samples

samples-source: setup-tests
	@$(PYTHON) -m assessments.samples._make

test: setup-tests
	@exec $(PYTHON) -m pytest -n $(WORKERS) --dist worksteal

bench: setup-tests
	@exec $(PYTHON) -m tests.bench $(if $(JSON),--json) $(BENCHES)

fuzz: setup-tests
	@$(PYTHON) -m tests.fuzz all --seconds $(SECONDS)

lint: setup-tests
	@$(PYTHON) .ci/lint.py

stop:
	@$(BOOTSTRAP) .ci/bootstrap.py stop

clean:
	@$(BOOTSTRAP) .ci/bootstrap.py clean

lock:
	@$(BOOTSTRAP) .ci/bootstrap.py lock

messages: setup-tests
	@$(PYTHON) manage.py makemessages --locale=en $(UNTRANSLATED:%=--ignore=%) --no-obsolete --no-wrap --add-location=file
	@$(PYTHON) manage.py compilemessages $(UNTRANSLATED:%=--ignore=%)
