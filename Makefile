# CertHub: `make run` starts it, `make test` checks it. Both set up what they need in .venv.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: run test check check-types check-words check-imports check-deploy lock reliability bench format clean migration

run: .venv/run
	@$(BIN)/certhub run --demo --port $(PORT)

# The suite: unit tests once, the others on SQLite and on a real PostgreSQL, then the checks.
test: .venv/test
	$(MAKE) check
	$(BIN)/pytest -q -n 2 tests/unit
	$(BIN)/pytest -q -n 2 --dist loadgroup --database=sqlite -m "not browser and not reliability and not benchmarks and not wkhtmltopdf" tests/integration tests/contract tests/releases
	$(BIN)/pytest -q -n 2 --dist loadgroup --database=postgresql -m "not browser and not reliability and not benchmarks and not wkhtmltopdf" tests/integration tests/contract tests/releases

check: .venv/test
	$(MAKE) --no-print-directory -j 2 --output-sync=target check-types check-words check-imports check-deploy

check-types:
	$(BIN)/mypy

check-words:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint templates --lint --quiet

check-imports:
	$(BIN)/lint-imports

check-deploy:
	$(BIN)/python -m deploy.check

# Kills, restarts, outages and full disks in their full numbers, on both databases; the figures are kept as JSON.
reliability: .venv/test
	$(BIN)/pytest -q -n 2 -m reliability --counts=full --database=sqlite tests/reliability; held=$$?; \
	$(BIN)/pytest -q -n 2 -m reliability --counts=full --database=postgresql tests/reliability && exit $$held

bench: .venv/test
	$(BIN)/python -m benchmarks

format: .venv/test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Renew the locked versions: names, versions and hashes, no addresses.
lock: .venv/test
	$(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-header requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-header requirements/base.in -c requirements/dev.txt -o requirements/base.txt

.venv/run: requirements/base.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing CertHub into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/test: requirements/dev.txt .venv/run
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Write the migration of the unreleased changes and the data dictionary anew from the models.
migration: .venv/test
	$(BIN)/python -m migrations.renew_unreleased
	$(BIN)/python -m certhub data-dictionary docs/data-dictionary.md

clean:
	rm -rf .venv instance .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
