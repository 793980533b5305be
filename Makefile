# make         build the graph and print what is in it
# make serve   look at it in a browser
# make test    the tests but for those of make test-web (with GBKG_SOURCES=DIR also those that need the documents)
# make test-web   the tests of pages, web server and server for agents, with chromium and real clients, and those of each standard
#              by its own tool
# make test-lowest   some of them with the oldest versions that pyproject.toml allows
# make test-virtuoso   publishing on a Virtuoso server; needs virtuoso-t, of Debian's package virtuoso-opensource-7-bin
# make fuzz-tables   up to 5,000 small changes of what is typed, which the gates have to notice: docs/mutants.md; it ends
#              within 11 minutes and says how many it tried (make fuzz-tables DOCUMENTS=DIR MUTANTS=5000 MINUTES=10 SEED=1)
# make golden  what tests expect, written anew after a change of data or queries, with the difference
# make fuzz    proofs of random queries on random graphs, other ones each time, and more of what `make test` samples;
#              less than ten minutes on two cores (make fuzz EXAMPLES=50000: an hour)
# make check   ruff, mypy, and TypeScript's compiler over the JavaScript
# make bench   everything about size, up to ten million triples: benchmarks/RESULTS.md; less than forty minutes
# make bench-quick   the aims and what is found beside its floor, as a table; 4 minutes (make bench-ci: one)
# make bench-detail   CPU seconds and memory of the build's stages, and of each saved query
# make pictures   draw the pictures of docs/ anew, those of pages with chromium
# make clean   remove what make made

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: build serve test test-web test-lowest test-virtuoso golden fuzz fuzz-tables check bench bench-quick bench-ci bench-detail pictures clean
build: $(VENV)/run
	@$(BIN)/gbkg build

serve: $(VENV)/run
	@$(BIN)/gbkg serve --open $(if $(GBKG_SOURCES),--sources "$(GBKG_SOURCES)")

WEB = tests/web tests/agents tests/test_standards.py
test: $(VENV)/dev
	@$(BIN)/pytest -q -n auto --dist worksteal $(WEB:%=--ignore=%)

test-web: $(VENV)/dev $(VENV)/standards/tools
	@GBKG_STANDARDS=$(abspath $(VENV))/standards/bin/python $(BIN)/pytest -q -n auto --dist worksteal $(WEB)

test-lowest: $(VENV)/python
	@$(PYTHON) -m venv $(VENV)/lowest
	@$(VENV)/lowest/bin/python -m pip install --quiet --disable-pip-version-check --constraint tests/lowest.txt --editable . hypothesis pytest pytest-xdist
	@$(VENV)/lowest/bin/python -m pytest -q -n auto tests/test_cli.py tests/test_bad_input.py

test-virtuoso: $(VENV)/dev
	@command -v virtuoso-t >/dev/null || { echo "needs virtuoso-t: apt-get install virtuoso-opensource-7-bin" >&2; exit 2; }
	@$(BIN)/pytest -q -n 0 tests/virtuoso/on_virtuoso.py

golden: $(VENV)/dev
	@$(BIN)/python tests/golden.py

fuzz: EXAMPLES ?= 10000
fuzz: $(VENV)/dev
	@GBKG_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -q -n auto --dist worksteal --durations 5 tests/test_cite_oracle.py tests/test_cite_queries.py tests/test_attack.py \
		tests/test_incremental.py tests/test_incremental_edits.py tests/test_known_oracle.py

fuzz-tables: MUTANTS ?= 5000
fuzz-tables: MINUTES ?= 10
fuzz-tables: SEED ?= 1
fuzz-tables: DOCUMENTS ?= $(GBKG_SOURCES)
fuzz-tables: $(VENV)/dev
	@$(BIN)/python tests/mutants.py --number $(MUTANTS) --minutes $(MINUTES) --seed $(SEED) --documents "$(DOCUMENTS)"

check: $(VENV)/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python tests/javascript.py $(VENV)/typescript

bench: $(VENV)/dev
	@rm -f benchmarks/results/results.json
	@$(BIN)/python benchmarks/bench_scale.py

bench-quick bench-ci: $(VENV)/dev
	@$(BIN)/python benchmarks/bench_scale.py --$(@:bench-%=%)

bench-detail: $(VENV)/dev
	@$(BIN)/python benchmarks/bench_build.py
	@$(BIN)/python benchmarks/bench_query.py
	@$(BIN)/python benchmarks/bench_analysis.py

pictures: $(VENV)/dev
	@for name in network timeline; do \
		$(BIN)/gbkg draw $$name -o docs/pictures/$$name.svg && $(BIN)/gbkg draw $$name -o docs/pictures/$$name.png --dpi 120; done
	@$(BIN)/python tests/screenshots.py docs/pictures

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit("gbkg needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run: $(VENV)/python pyproject.toml hatch_build.py src/gbkg/web/static/vendor.json
	@echo "installing gbkg into $(VENV) (once)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[web]"
	@$(BIN)/python src/gbkg/web/vendor.py
	@touch $@

$(VENV)/dev: $(VENV)/run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,web]"
	@touch $@

# Tools that want other versions of what gbkg uses.
$(VENV)/standards/tools: $(VENV)/python tests/standards/tools.txt
	@$(PYTHON) -m venv $(VENV)/standards
	@$(VENV)/standards/bin/python -m pip install --quiet --disable-pip-version-check -r tests/standards/tools.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
