# Each target does all of its own set-up into .venv and is safe to run again.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test lab build probes clean

setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	@echo "Setting up .venv (once; torch and JupyterLab take a minute or two to download) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[lab,instructor,test]"
	@touch $@
	@echo "Ready: $$($(BIN)/python --version), torch $$($(BIN)/python -c 'import torch; print(torch.__version__)')"

demo: setup            ## the main job: build, a demo class of twelve, collect, autograde, feedback, class page
	@$(BIN)/autograder demo

test: setup            ## everything in tests/, the same as .ci/run
	@$(BIN)/python -m pytest

lab: setup             ## JupyterLab on the first lesson
	@$(BIN)/jupyter lab lessons/04_self_attention/04_self_attention.ipynb

build: setup           ## sources in solutions/ -> notebooks in solutions/ and lessons/, recordings in assets/
	@$(BIN)/autograder build

probes: setup          ## prove the checks: every wrong solution caught and named, every right one accepted
	@$(BIN)/autograder probes

clean:                 ## remove the demo class and the environment
	rm -rf .venv autograder/class
