# Each target does all of its own set-up into .venv and is safe to run again.
PYTHON ?= python3
BIN := .venv/bin
MINUTES ?= 10
MULTI30K ?=

.PHONY: setup demo test lab build probes train clean

setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	@echo "Setting up .venv (once; torch and JupyterLab take a minute or two to download) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[translation,lab,instructor,cluster,postgres,test]"
	@touch $@
	@echo "Ready: $$($(BIN)/python --version), torch $$($(BIN)/python -c 'import torch; print(torch.__version__)')"

# Colab's versions, without JupyterLab and nbgrader, and sacrebleu, which lesson 9 installs there. Where it cannot be made, its tests are skipped and say so.
.venv-colab/.ready: tests/colab_pins.txt constraints.txt
	@echo "Setting up .venv-colab, with the versions that Colab has (once; a minute) ..."
	@rm -f $@
	@{ test -x .venv-colab/bin/python || $(PYTHON) -m venv .venv-colab; } \
	 && .venv-colab/bin/python -m pip install --quiet --disable-pip-version-check \
	    -r tests/colab_pins.txt $$(grep -E '^(torch|sacrebleu)==' constraints.txt) \
	 && touch $@ || echo "It could not be made (the reason stands above): the tests that need it are skipped."

demo: setup            ## the main job: build, a demo class of twelve, collect, autograde, feedback, class page
	@$(BIN)/autograder demo

# What trains in the browser as the lessons do, some ten minutes, is left out: .venv/bin/python -m pytest -m long
test: setup .venv-colab/.ready  ## everything in tests/, the same as .ci/run
	@$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

lab: setup             ## JupyterLab on the first lesson
	@$(BIN)/jupyter lab lessons/01_activation_functions/01_activation_functions.ipynb

build: setup           ## sources in solutions/ -> notebooks in solutions/ and lessons/, recordings in assets/
	@$(BIN)/autograder build

probes: setup          ## prove the checks: every wrong solution caught and named, every right one accepted
	@$(BIN)/autograder probes

train: setup           ## a translator for Multi30k: `make train MINUTES=40 MULTI30K=folder`; run again, it goes on
	@$(BIN)/python -m classroom.training --minutes $(MINUTES) $(if $(MULTI30K),--folder $(MULTI30K))

clean:                 ## remove the demo class and the environments
	rm -rf .venv .venv-colab autograder/class/demo
