# The two commands are `make` and `make test`; `make help` lists the rest.

CORES ?= 4
PYTHON ?= python3
VENV := .venv
BENCH := .venv-bench
AUDIT := .venv-audit
MUTANTS := .venv-mutants
CLUSTER := .venv-cluster
BROWSER := .venv-browser
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := all
.PHONY: all ablation reference record sweep notebooks export crate predict verify test lint format docs bench browser peers cluster-test faults mutants audit lock clean help

all: $(VENV)/installed ## train, evaluate and build the page: results/<data set>/report.html
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) $(ARGS)

# On as many cores as there are, so that training times mean something. Snakemake reads one --config
# only, so one among ARGS joins the ablation study's.
ablation: $(VENV)/installed ## train the ablation study, five seeds a step, and put it on the page
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores all --config 'ablation={"train": true}' $(filter-out --config,$(ARGS))

reference: $(BENCH)/installed ## train the same network in PyTorch, and put the comparison on the page
	PATH="$(CURDIR)/$(BENCH)/bin:$$PATH" snakemake --cores $(CORES) --config compare_pytorch=true $(filter-out --config,$(ARGS))

record: $(VENV)/installed ## train the record's models, hours of work that may be interrupted: docs/record.md
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores all record_ensemble $(ARGS)
	$(BIN)/python docs/make_record.py

sweep: $(VENV)/installed ## try settings by the dozen, choose by dev: results/<data set>/sweep
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) sweeps $(ARGS)

notebooks: $(VENV)/installed ## run the original project's notebooks as pages beside the report
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) notebooks $(ARGS)

export: $(VENV)/installed ## write the page's models as ONNX, safetensors, JSON and .npz
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) exports $(ARGS)

crate: $(VENV)/installed ## keep the run as one file, an RO-Crate: results/<data set>/crate
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) crates $(ARGS)

predict: $(VENV)/installed ## what the default run reads in pictures: make predict ARGS=digit.png
	@$(BIN)/python -m handwritten.predict $(ARGS)

verify: $(VENV)/installed ## measure every artifact again: is it still what it was when it was made?
	$(BIN)/python -m handwritten.artifacts.verification

test: $(VENV)/installed ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/installed ## check the style of code and rules, and the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --lint

format: $(VENV)/installed ## put all code into its layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

docs: $(VENV)/installed ## write config/README.md from the schema
	$(BIN)/python docs/make_configuration.py

bench: $(VENV)/installed $(BENCH)/installed ## measure training beside PyTorch and scikit-learn: docs/benchmarks.md
	$(BIN)/python benchmarks/training.py $(ARGS)

# The browser itself is the system's: apt-get install chromium, or its like elsewhere.
browser: all notebooks crate $(BROWSER)/installed ## open the pages in Chromium, off the network, and use them
	$(BROWSER)/bin/python -m pytest -n 2 tests/browser

peers: export $(BENCH)/installed ## train in PyTorch too, open exports with PyTorch and onnxruntime: the same?
	$(BENCH)/bin/python -m pytest --confcutdir tests/peers tests/peers

# Slurm itself is the system's: this installs it where there is Debian and root, and it is missing.
cluster-test: $(CLUSTER)/installed ## sweeps on a Slurm of this machine that falls apart, and without a shared disk
	command -v slurmctld && command -v munged && command -v rsync || { apt-get update -qq && apt-get install -y -qq slurm-wlm munge rsync; }
	$(CLUSTER)/bin/python -m pytest tests/cluster $(ARGS)

faults: $(VENV)/installed ## try for minutes to break every promise: docs/promises.md
	$(BIN)/python -m pytest -m promise --full $(ARGS)

mutants: $(VENV)/installed $(MUTANTS)/installed ## change the code in a thousand places: do the tests notice? docs/mutants.md
	$(BIN)/python tests/mutants.py $(MUTANTS)/bin/python

audit: $(VENV)/installed $(AUDIT)/installed ## list licences and known vulnerabilities of what is installed
	$(AUDIT)/bin/python envs/audit.py $(VENV) requirements.lock

lock: ## pin the newest dependencies, with hashes (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --fork-strategy fewest --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --upgrade --output-file requirements.lock
	for tool in audit browser mutants; do \
	  uv pip compile envs/$$tool.in --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade \
	    --output-file envs/$$tool.txt || exit 1; \
	done
	uv pip compile pyproject.toml envs/cluster.in --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" \
	  --upgrade --output-file envs/cluster.txt
	@echo 'Now write the new versions into envs/*.yaml; make test names those that differ.'

clean: ## remove what the pipeline made; downloads and .venv stay
	rm -rf results/*/ logs .snakemake

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# The peers live apart, so that the locked environment stays as it is; by pip, since PyTorch's builds
# for the CPU come from wherever pip is told to look.
$(BENCH)/installed: benchmarks/requirements.txt | $(VENV)/installed
	$(BIN)/python envs/install.py $(BENCH) $< --no-uv

.venv-%/installed: envs/%.txt | $(VENV)/installed
	$(BIN)/python envs/install.py .venv-$* $< --require-hashes

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) envs/install.py $(VENV) $< --require-hashes
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
