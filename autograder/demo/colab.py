"""A notebook the way Colab saves it: for the demo class and for tests, so that neither needs Colab."""

import hashlib
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode, from_dict

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
USER = {"displayName": "A Student", "userId": "12345678901234567890"}


def as_colab_saves(nb: NotebookNode, badge: str | None = None) -> NotebookNode:
    """A copy of `nb` (nbformat 4.5) with what Colab adds and takes away.

    nbformat 4.0; nbgrader's metadata, locks and cell ids kept; `metadata.id`, `colab`, `outputId` and
    `executionInfo` (name and number of the user) added; a GPU; widgets without their `state`; sources as one
    string each. `badge`, a path on GitHub such as "ada/course/blob/main/04.ipynb", adds the cell of
    "Save a copy in GitHub". The result is not a valid 4.0 notebook: neither are Colab's.
    """
    saved: dict[str, Any] = deepcopy(dict(nb))
    saved["nbformat_minor"] = 0
    saved["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True, "gpuType": "T4"},
        "kernelspec": {"display_name": "Python 3", "name": "python3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
        "widgets": {WIDGET_STATE: {"0f3b": {"model_module": "@jupyter-widgets/controls", "model_name": "HTMLModel"}}},
    }
    for number, cell in enumerate(saved["cells"]):
        mark = hashlib.sha256(f"{number}{cell.source}".encode()).hexdigest()
        cell.metadata["id"] = mark[:12]
        if cell.cell_type == "code":
            cell.metadata["executionInfo"] = {
                "status": "ok",
                "timestamp": 1760000000000 + number,
                "user_tz": -540,
                "elapsed": 12,
                "user": dict(USER),
            }
        if cell.get("outputs"):
            cell.metadata["outputId"] = f"{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:32]}"
            cell.metadata["colab"] = {"base_uri": "https://localhost:8080/", "height": 35}
    if badge is not None:
        saved["cells"].insert(0, badge_cell(badge))
    return from_dict(saved)


def badge_cell(path: str) -> NotebookNode:
    """The cell "Save a copy in GitHub" puts first: markdown without a cell id."""
    url = f"https://colab.research.google.com/github/{path}"
    image = "https://colab.research.google.com/assets/colab-badge.svg"
    source = f'<a href="{url}" target="_parent"><img src="{image}" alt="Open In Colab"/></a>'
    return from_dict(
        {
            "cell_type": "markdown",
            "metadata": {"id": "view-in-github", "colab_type": "text"},
            "source": source,
        }
    )
