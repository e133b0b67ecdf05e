# The two commands are `make` and `make test`; `make help` lists the rest.

CORES ?= 4
PYTHON ?= python3
VENV := .venv
BENCH := .venv-bench
AUDIT := .venv-audit
MUTANTS := .venv-mutants
BIN := $(VENV)/bin
LIBRARY := workflow/scripts
ARGS ?=

.DEFAULT_GOAL := all
.PHONY: all ablation reference record sweep notebooks export crate exercises mine grade lessons predict verify gradients test lint format docs bench browser picture peers extras cluster-test faults mutants audit lock clean help

all: $(VENV)/run.installed ## train, evaluate and build the page: results/<data set>/report.html
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) $(ARGS)

# On as many cores as there are, so that training times mean something. Snakemake reads one --config
# only, so one among ARGS joins the ablation study's. Where PyTorch was installed (`make reference`), the
# study has a convolutional network too.
STUDY = $(if $(wildcard $(BENCH)/bench.installed),$(BENCH),$(VENV))
ablation: $(VENV)/run.installed ## train the ablation study, five seeds a step, for the page and docs/ablation.md
	PATH="$(CURDIR)/$(STUDY)/bin:$$PATH" snakemake --cores all --config 'ablation={"train": true}' $(filter-out --config,$(ARGS))
	for kind in md json png; do if [ -f results/mnist/ablation.$$kind ]; then cp results/mnist/ablation.$$kind docs/; fi; done

reference: $(BENCH)/bench.installed ## train the same network in PyTorch, and put the comparison on the page
	PATH="$(CURDIR)/$(BENCH)/bin:$$PATH" snakemake --cores $(CORES) --config compare_pytorch=true $(filter-out --config,$(ARGS))

record: $(VENV)/run.installed ## train the record's models, hours of work that may be interrupted
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores all record_ensemble $(ARGS)

sweep: $(VENV)/run.installed ## try settings by the dozen, choose by dev: results/<data set>/sweep
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) sweeps $(ARGS)

notebooks: $(VENV)/notebooks.installed ## run the original project's notebooks as pages beside the report
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) notebooks $(ARGS)

# What a reader sees who runs nothing: the notebooks with what they print and draw on MNIST.
lessons: notebooks ## run the notebooks, and store them with their outputs in notebooks/
	cp results/mnist/nn-implementation.ipynb results/mnist/nn-implementation-modular.ipynb notebooks/

export: $(VENV)/export.installed ## write the page's models as ONNX, safetensors, JSON and .npz
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) exports $(ARGS)

crate: $(VENV)/crate.installed ## keep the run as one file, an RO-Crate: results/<data set>/crate
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) crates $(ARGS)

predict: $(VENV)/run.installed ## predict the symbols on pictures: make predict ARGS="page.jpg --show seen.png"
	@$(BIN)/python -m handwritten.predict $(ARGS)

exercises: $(VENV)/run.installed ## write the network yourself, and be told what is wrong: exercises/README.md
	@$(BIN)/python -m handwritten.exercises $(ARGS)

mine: $(VENV)/run.installed ## train what you have written in exercises/, and put it on a page of its own
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) mine $(ARGS)

grade: $(VENV)/run.installed ## check submissions: make grade FROM=folder, see docs/teaching.md
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --cores $(CORES) grade --config 'submissions=$(FROM)' $(filter-out --config,$(ARGS))

verify: $(VENV)/run.installed ## measure every artifact again: is it still what it was when it was made?
	$(BIN)/python -m handwritten.artifacts.verification

gradients: $(VENV)/run.installed ## check every gradient of the network against central differences, in seconds
	@$(BIN)/python $(LIBRARY)/check_gradients.py

test: $(VENV)/test.installed ## run all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

lint: $(VENV)/test.installed ## check the style of code and rules, and the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	cd $(LIBRARY) && $(CURDIR)/$(BIN)/lint-imports --no-logo --no-cache $(CURDIR)/pyproject.toml
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" snakemake --lint
	$(BIN)/python -m handwritten.io.measured_pages
	if command -v npm; then cd tests/javascript && npm ci --silent && npm run --silent check && cd ../.. && $(BIN)/python -m pytest -n 0 tests/javascript; else echo "npm is not there: the JavaScript of the page was not checked"; fi

format: $(VENV)/test.installed ## put all code into its layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow
	if command -v npm; then cd tests/javascript && npm ci --silent && npm run --silent format; fi

docs: $(VENV)/run.installed ## write what is made from code: config/README.md, the schema for editors, the drawing in docs/pipeline.md
	cd workflow/scripts && ../../$(BIN)/python -m handwritten.config.documentation
	cd workflow/scripts && ../../$(BIN)/python -m handwritten.plan.drawing

# About 20 minutes, and 10 GB of memory on two cores: every contestant has a process for each case.
bench: $(BENCH)/bench.installed ## measure training beside PyTorch and scikit-learn: docs/benchmarks.md
	$(BENCH)/bin/python benchmarks/training.py $(ARGS)

# The browser itself is the system's: apt-get install chromium, or its like elsewhere. CI opens a part of
# the pages with each commit: PAGES="--part 5/48".
browser: all $(VENV)/test.installed $(VENV)/browser.installed ## open pages of small runs and of MNIST in Chromium, off the network, and use them
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/browser --ignore tests/browser/test_mnist_photographs.py $(or $(PAGES),--full)

picture: all $(VENV)/test.installed $(VENV)/browser.installed ## write README's moving picture, docs/draw.webp, from MNIST's page
	$(BIN)/python -m pytest -n 0 tests/browser/readme_picture.py

peers: $(BENCH)/bench.installed ## train in PyTorch too, open exports with PyTorch and onnxruntime: the same?
	$(BENCH)/bin/python -m pytest --confcutdir tests/peers tests/peers $(ARGS)

extras: ## make all that is beside the page for MNIST itself, and open it in Chromium: longer than CI may take
	$(MAKE) reference notebooks export crate
	$(MAKE) sweep ARGS="--config 'sweep={\"candidates\": 9, \"rounds\": 2}'"
	$(MAKE) all ARGS='--config report=["phase1","phase2_full_batch","phase2","phase2_ensemble"]'
	$(MAKE) browser PAGE=results/mnist/report.html
	$(BIN)/python -m pytest --full tests/browser/test_mnist_photographs.py

# Slurm itself is the system's: this installs it where there is Debian and root, and it is missing.
cluster-test: $(VENV)/test.installed $(VENV)/cluster.installed ## sweeps on a Slurm of this machine that falls apart, and without a shared disk
	command -v slurmctld && command -v munged && command -v rsync || { apt-get update -qq && apt-get install -y -qq slurm-wlm munge rsync; }
	$(BIN)/python -m pytest tests/cluster $(ARGS)

faults: $(VENV)/test.installed ## try for minutes to break every promise: docs/promises.md
	$(BIN)/python -m pytest -m promise --full $(ARGS)

mutants: $(VENV)/test.installed $(MUTANTS)/mutants.installed ## change the code in a thousand places: do the tests notice? docs/mutants.md
	$(BIN)/python tests/mutants.py $(MUTANTS)/bin/python $(ARGS)

audit: $(VENV)/run.installed $(AUDIT)/audit.installed ## list the licences of what is installed, and known vulnerabilities in every lock
	$(AUDIT)/bin/pip-licenses --from=mixed --python $(BIN)/python
	failed=0; for lock in requirements/*.txt; do echo "$$lock"; $(AUDIT)/bin/pip-audit --strict --disable-pip --no-deps --requirement "$$lock" || failed=1; done; exit $$failed

lock: ## pin the newest dependencies, with hashes (needs uv)
	requirements/lock.sh --upgrade
	@echo 'Now write the new versions into envs/*.yaml; make test names those that differ.'

clean: ## remove what the pipeline made; downloads and .venv stay
	rm -rf results/*/ logs .snakemake

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# What the locks in requirements/ name. In $(VENV) each lock adds to run.txt.
INSTALL = $(PYTHON) requirements/install.py $(@D) $(filter %.txt,$^)

$(VENV)/run.installed: requirements/build.txt requirements/run.txt
	$(INSTALL) .

$(VENV)/%.installed: requirements/%.txt $(VENV)/run.installed
	$(INSTALL)

$(VENV)/test.installed: $(patsubst %,$(VENV)/%.installed,crate export notebooks)

# These have environments of their own, so that the one that the pipeline runs in stays as it is.
$(BENCH)/bench.installed: $(patsubst %,requirements/%.txt,build run crate export bench)
	$(INSTALL) .

$(AUDIT)/audit.installed: requirements/build.txt requirements/audit.txt
	$(INSTALL)

$(MUTANTS)/mutants.installed: requirements/build.txt requirements/mutants.txt
	$(INSTALL)
