"""The picture of a training that is under way."""

from __future__ import annotations

import base64

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient
from test_show import _a_shell, pixels  # noqa: F401 - a shell for every picture

from classroom import show
from classroom.show.training import live
from classroom.training import Report


def report(updates: int, share: float, scores: dict[str, float] | None = None) -> Report:
    return Report(updates, updates / 10, 0, 8.0 / (1 + updates / 100), 1e-3, 5000.0, share, scores)


def published(reports: list[Report]) -> list:
    with capture_output() as captured:
        on_report = show.live_training("Korean to English")
        for one in reports:
            on_report(one)
    assert captured.stdout == captured.stderr == ""
    return captured.outputs


def test_the_picture_says_how_far_the_training_is_and_what_it_reached(monkeypatch):
    monkeypatch.setattr(live, "PAUSE", 0.0)
    monkeypatch.setattr(live, "EFFORT", 0)
    outputs = published([report(100, 0.5), report(200, 1.0, {"exact": 0.25, "bleu": 61.5})])
    assert len(outputs) == 2 and all(set(output.data) == {"image/png", "text/plain", "text/html"} for output in outputs)
    first, last = (output.metadata["image/png"]["alt"] for output in outputs)
    assert "50% done: 100 updates, 10 s, loss 4.00" in first and "BLEU" not in first
    assert "100% done: 200 updates" in last and "25% of sentences" in last and "BLEU is 61.5" in last
    assert outputs[1].data["text/plain"] == last


def test_scores_get_axes_of_their_own():
    plain, scored = (
        pixels(base64.b64decode(published([one])[0].data["image/png"]))
        for one in (report(200, 1.0), report(200, 1.0, {"exact": 0.25, "bleu": 61.5}))
    )
    assert plain.shape == scored.shape
    middle = slice(plain.shape[1] * 60 // 100, None)
    assert abs(plain[:, middle] - scored[:, middle]).max() > 100


def test_drawing_takes_a_small_part_of_the_time_but_the_end_is_always_drawn():
    assert len(published([report(n, n / 100) for n in range(1, 101)])) == 2


def test_outside_ipython_the_end_is_said_once(capsys):
    InteractiveShell.clear_instance()
    on_report = show.live_training("Korean to English")
    for one in (report(50, 0.5), report(100, 1.0)):
        on_report(one)
    assert capsys.readouterr().out.count("Korean to English") == 1


def test_a_page_keeps_one_output_and_it_is_the_last_drawing():
    code = """
from classroom import show
from classroom.show.training import live
from classroom.training import Report
live.PAUSE = live.EFFORT = 0
on_report = show.live_training("Korean to English")
for updates in (100, 200):
    on_report(Report(updates, 1.0, 0, 3.0, 1e-3, 5000.0, updates / 200))
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    [output] = notebook.cells[0].outputs
    assert "100% done: 200 updates" in output.metadata["image/png"]["alt"]


@pytest.mark.parametrize("share", [0.01, 1.0])
def test_the_axis_ends_where_the_training_will(share):
    assert live._end([report(20, share)]) == pytest.approx(20 / share)
