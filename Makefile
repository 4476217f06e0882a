# Every entry point of the course. Each target makes or mends .venv by itself; nothing else needs to be run first.

# Variables, given after the target: make setup PYTHON=python3.12
PYTHON :=
PIP_ARGS :=
NEWEST :=
LAB_ARGS :=
LAB_ROOT := $(CURDIR)
GRADE_ARGS :=
SLOW :=
JOBS := 2

MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
PYTEST := $(PY) -m pytest -n $(JOBS) --dist loadscope $(if $(SLOW),-m "")
NBVAL := --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg --ignore-glob="tests/*.ipynb"
# Jupyter refuses to run as root unless told to; in a container there is often no other user.
LAB = --ServerApp.root_dir="$(LAB_ROOT)" --LabApp.default_url=/lab/tree/course/home.ipynb \
	$(shell [ "$$(id -u)" != 0 ] || echo --allow-root)

# What the reader's own settings must not change: which Python code is imported, how figures appear, how text is read.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP MPLBACKEND
export PYTHONUTF8 := 1
export NEWEST

# One thread a process, a fixed hash seed and no personal Jupyter or IPython settings, so that results repeat.
test build check answers bench: export OMP_NUM_THREADS := 1
test build check answers bench: export OPENBLAS_NUM_THREADS := 1
test build check answers bench: export MKL_NUM_THREADS := 1
test build check answers bench: export VECLIB_MAXIMUM_THREADS := 1
test build check answers bench: export PYTHONHASHSEED := 0
test build check answers bench: export JUPYTER_CONFIG_DIR := $(CURDIR)/.venv/jupyter
test build check answers bench: export IPYTHONDIR := $(CURDIR)/.venv/ipython

.DEFAULT_GOAL := help
.PHONY: help setup lab grade doctor test build check answers bench clean

help: ## this list
	@echo "The course, in one command each. The first one sets up .venv, which takes a few minutes."
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "Variables, given after the target:"
	@echo "  PYTHON=python3.12           the Python to make .venv from; otherwise one is looked for"
	@echo "  PIP_ARGS=...                more arguments for pip install, such as another package index"
	@echo "  NEWEST=1                    the newest versions that pyproject.toml allows, not the pinned ones"
	@echo "  LAB_ARGS=--no-browser       more arguments for JupyterLab"
	@echo "  GRADE_ARGS=--help           more arguments for autograder grade"
	@echo "  SLOW=1 JOBS=8               for make test: slow tests too; how many run at a time"
	@echo
	@echo "On Linux, for PyTorch without CUDA (0.2 GB to download instead of 3), begin with"
	@echo '  make setup PIP_ARGS="--extra-index-url ADDRESS"'
	@echo "where ADDRESS is the index of CPU builds that the installation page of pytorch.org names."

setup: ## make or mend .venv; done at once when nothing has changed
	@command -v python3 >/dev/null || { echo "Python 3.11 or newer is needed, and there is no python3." >&2; exit 1; }
	@python3 scripts/setup_venv.py --python "$(PYTHON)" $(if $(NEWEST),--newest) -- $(PIP_ARGS)

lab: setup ## for students: JupyterLab on the course's home page
	PATH="$(CURDIR)/.venv/bin:$$PATH" JUPYTER_CONFIG_PATH="$(CURDIR)/jupyter_config" $(PY) -m jupyterlab $(LAB) $(LAB_ARGS)

grade: setup ## for instructors: grade classroom/submitted (a sample class if it is empty) and print the marks
	@ls classroom/submitted/* >/dev/null 2>&1 || $(PY) -m autograder sample classroom
	$(PY) -m autograder grade --classroom classroom $(GRADE_ARGS)

doctor: setup ## for instructors: what this machine offers for grading
	$(PY) -m autograder doctor

test: setup ## for developers: every check
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m autograder build --check
	$(PY) -m autograder answers
	$(PYTEST) $(NBVAL) tests solutions

build: setup ## lessons/ -> solutions/ and course/
	$(PY) -m autograder build

check: setup ## fail if solutions/ or course/ is not what lessons/ makes
	$(PY) -m autograder build --check

answers: setup ## fail if a planted mistake passes or another right answer does not
	$(PY) -m autograder answers

bench: setup ## what lessons cost; grading against stock nbgrader
	$(PY) benchmarks/lessons.py
	$(PY) benchmarks/grading.py

clean: ## remove .venv, caches and build leftovers; classroom/ and its marks stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . \( -path ./.git -o -path ./classroom \) -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) \
		-exec rm -rf {} +
