"""What a test needs of the machine: `need` and `need_browser` skip it, with the reason, where that is missing.

And how the tests are shared out over the cores: file by file, the two longest lesson by lesson, and these first.
"""

from __future__ import annotations

import os
import re

import pytest
from browser import CHROMIUM_PLACES, chromium
from matrix import pytest_terminal_summary  # noqa: F401, a hook: the table of the lessons in the browser

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as autograder/__init__.py has it, before anything imports torch
# A test's notebooks keep no part in the course's own folder, and use none that lies there. (test_keep names folders.)
os.environ["TRANSFORMER_LESSONS_KEPT"] = "off"
os.environ.pop("TRANSFORMER_LESSONS_GRADEBOOK", None)  # a test's grades go to no gradebook of a class


def need(condition: object, why: str) -> None:
    """Skip the test and say why, unless `condition` holds. On CI, where everything is installed, fail instead."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{why} On CI nothing may be missing.", pytrace=False)
    pytest.skip(why)


def need_browser() -> str:
    """Where a Chromium is; skips the test where there is none."""
    path = chromium()
    need(path, f"No Chromium on this machine: none of {', '.join(CHROMIUM_PLACES)} is on the PATH.")
    return path


BY_LESSON = ("test_build.py", "test_probes.py")  # minutes a lesson


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in BY_LESSON)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class ByLesson(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            lesson = re.search(r"\[(\d\d_\w+)", test) if file.endswith(BY_LESSON) else None
            return file + (lesson[1] if lesson else "")

    return ByLesson(config, log)
