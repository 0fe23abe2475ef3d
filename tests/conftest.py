"""What a test needs of the machine: `need` and `need_browser` skip it, with the reason, where that is missing."""

from __future__ import annotations

import os

import pytest
from browser import CHROMIUM_PLACES, chromium

# A test's notebooks keep no part in the course's own folder, and use none that lies there. (test_keep names folders.)
os.environ["TRANSFORMER_LESSONS_KEPT"] = "off"


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
