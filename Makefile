# Needs python3 (3.11 or newer), make and git. All paths are relative: the checkout may stand anywhere, also at a path
# with spaces.

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?= -n 2
UV_VERSION := 0.13.9

IN := .venv/bin/python
UV := .venv/.uv-$(UV_VERSION)
WITH_SERVERS := $(IN) -m config.embedded run

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test soak check bench screenshots services shell

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

demo: .venv/.installed var/.translations ## Run the portal with demo data; PORT=8123 chooses the port
	@exec $(IN) -m config.processes --port $(PORT)

test: .venv/.installed-dev var/.translations ## Run the tests; PYTEST_ARGS='-n 0 -k cart' chooses
	exec $(IN) -m pytest $(PYTEST_ARGS)

soak: .venv/.installed-dev var/.translations ## Run the long proofs; SOAK_STEPS=5000 makes them longer
	exec $(IN) -m pytest -n 2 -m soak tests/soak

# A complete production environment, for what reads the settings and needs no server.
check var/.translations: export ENVIRONMENT := production
check var/.translations: export DEBUG :=
check var/.translations: export SECRET_KEY = $(shell $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(48))')
check var/.translations: export BASE_URL := https://portal.example
check var/.translations: export ALLOWED_HOSTS := portal.example
check var/.translations: export PROXY_COUNT := 1
check var/.translations: export STAFF_MFA_REQUIRED := true
check var/.translations: export DATABASE_URL := postgres://portico@localhost:9/portico
check var/.translations: export REDIS_URL := redis://localhost:9/0
check var/.translations: export EMAIL_URL := smtp+tls://user:password@mail.example:587
check var/.translations: export DEFAULT_FROM_EMAIL := sales@portal.example
check var/.translations: export MAIL_DIR :=

check: .venv/.installed-dev ## Lint, types, import contracts, production settings, migrations, translations
	$(IN) -m ruff check
	$(IN) -m ruff format --check
	$(IN) -m mypy
	$(IN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(IN) -m djlint --lint --quiet templates
	$(IN) manage.py check --deploy --fail-level WARNING
	$(IN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(IN) manage.py translations check
	$(IN) -m deptry .

bench: .venv/.installed var/.translations ## Measure on generated data; NAME=catalog_page, ARGS='--seconds 20'
	@exec $(IN) -m benchmarks $(NAME) $(ARGS)

screenshots: .venv/.installed-dev var/.translations ## Take every page of the demo as pictures into var/screenshots
	@exec $(WITH_SERVERS) $(IN) -m tests.browser.screenshots

services: .venv/.installed ## Run only PostgreSQL and Valkey, and print their URLs
	@exec $(IN) -m config.embedded

shell: .venv/.installed ## Open a Python shell on the demo data
	@exec $(WITH_SERVERS) $(IN) manage.py shell

# The stamps are written last, so that an interrupted installation is repeated.
$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("Portico needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(IN) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.installed: requirements.lock $(UV)
	.venv/bin/uv pip install --quiet --python $(IN) --require-hashes -r requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock $(UV)
	.venv/bin/uv pip install --quiet --python $(IN) --require-hashes -r requirements-dev.lock
	@touch $@ .venv/.installed

var/.translations: $(wildcard locale/*/LC_MESSAGES/*.po)
	@$(IN) manage.py translations compile
	@mkdir -p var && touch $@
