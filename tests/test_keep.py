"""`keep` and `parts.use`: a part that passes its check goes along to later lessons, in real kernels."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import need
from kernels import COLAB, ROOT, Kernel

from classroom import keep, parts
from classroom.keep import definitions
from classroom.keep.keep import _kept

IMPORTS = """
import functools, math
import torch, torch.nn.functional as F
from torch import nn, Tensor
from classroom import keep, parts
"""
ATTENTION = '''
def attention(q, k, v, mask=None):
    """My own."""
    s = q @ k.transpose(-2, -1) / root(k.size(-1))
    if mask is not None:
        s = s.masked_fill(~mask, HIDDEN)
    weights = softmax(s, dim=-1)
    return weights @ v, weights
'''
HELPERS = "HIDDEN = -1e30\ndef root(x):\n    return math.sqrt(x)\n"
HELPERS += "def softmax(x, dim):\n    return F.softmax(x, dim=dim)\n"
UNSCALED = ATTENTION.replace(" / root(k.size(-1))", "")
HEADS = """
def split(x, H):
    return x.unflatten(-1, (H, -1)).transpose(1, 2)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.num_heads = num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, query, key, value, mask=None):
        if mask is not None:
            mask = mask.unsqueeze(-3)
        q, k, v = (split(W(x), self.num_heads) for W, x in
                   ((self.W_q, query), (self.W_k, key), (self.W_v, value)))
        mixed, weights = attention(q, k, v, mask)
        return self.W_o(mixed.transpose(1, 2).flatten(2)), weights
"""
PLACE = "__import__('sys').modules['classroom.keep.folder'].path"


@pytest.fixture(scope="module", params=["this environment", "Colab's versions"])
def kernel(request, tmp_path_factory):
    if request.param != "this environment":
        need((COLAB.parent.parent / ".ready").is_file(), "No environment with Colab's versions (.venv-colab).")
    python = sys.executable if request.param == "this environment" else str(COLAB)
    folder = tmp_path_factory.mktemp("kernel")
    kernel = Kernel(folder, python, TRANSFORMER_LESSONS_KEPT=str(folder / "kept"))
    kernel.kept = folder / "kept"
    yield kernel
    kernel.close()


@pytest.fixture
def fresh(kernel):
    """The kernel with nothing defined but the lesson's imports, and nothing kept."""
    for file in sorted(kernel.kept.rglob("*.py")):
        file.unlink()
    assert kernel.run("%reset -f") == ""
    assert kernel.run(IMPORTS) == ""
    return kernel


def test_what_is_kept_is_there_in_the_next_lesson_with_all_that_it_needs(fresh):
    fresh.run(HELPERS)
    fresh.run(ATTENTION)
    said = fresh.run('keep("attention", attention)')
    assert said == "Kept: attention, in kept/attention.py (with HIDDEN, root and softmax)."
    fresh.restart()
    fresh.run("import torch\nfrom classroom import parts")
    use = 'attention, MultiHeadAttention = parts.use("attention", "MultiHeadAttention")'
    assert fresh.run(use) == "attention: your own, from kept/attention.py\nMultiHeadAttention: the finished part"
    assert fresh.run("print(attention.__doc__, MultiHeadAttention.__module__)") == (
        "My own. classroom.parts.layers.multi_head"
    )
    fresh.run("q = torch.randn(2, 3, 4)\nmine, finished = attention(q, q, q)[0], parts.attention(q, q, q)[0]")
    assert fresh.run("print(torch.allclose(mine, finished, atol=1e-6))") == "True"
    text = (fresh.kept / "attention.py").read_text()
    assert text.startswith("# attention of lesson 04_self_attention, kept from your notebook on ")
    assert "import torch.nn.functional as F\n" in text and text.rstrip().endswith(ATTENTION.strip())


def test_a_part_on_a_kept_part_takes_that_along_and_does_without_its_file(fresh):
    fresh.run(HELPERS + ATTENTION)
    fresh.run('keep("attention", attention)')
    fresh.restart()
    fresh.run(IMPORTS)
    fresh.run('(attention,) = parts.use("attention")')
    fresh.run(HEADS)
    said = fresh.run('keep("MultiHeadAttention", MultiHeadAttention)')
    assert said.startswith("Kept: MultiHeadAttention, in kept/MultiHeadAttention.py (with HIDDEN, root, softmax, att")
    (fresh.kept / "attention.py").unlink()
    fresh.restart()
    fresh.run("import copy, inspect, pickle, torch\nfrom classroom import parts")
    said = fresh.run('attention, MultiHeadAttention = parts.use("attention", "MultiHeadAttention")')
    assert said == ("attention: the finished part\nMultiHeadAttention: your own, from kept/MultiHeadAttention.py")
    fresh.run("mine = MultiHeadAttention(8, 2)\nx = torch.randn(2, 3, 8)\nmask = torch.ones(3, 3).tril().bool()")
    fresh.run("finished = parts.MultiHeadAttention(8, 2)\nfinished.load_state_dict(mine.state_dict())")
    fresh.run("others = copy.deepcopy(mine), pickle.loads(pickle.dumps(mine)), finished")
    fresh.run("same = [torch.allclose(mine(x, x, x, mask)[0], o(x, x, x, mask)[0], atol=1e-6) for o in others]")
    assert fresh.run("print(same, 'class MultiHead' in inspect.getsource(MultiHeadAttention))") == (
        "[True, True, True] True"
    )
    assert fresh.run("with parts.watch(mine) as seen: mine(x, x, x)\nprint(seen[''].shape)") == (
        "torch.Size([2, 2, 3, 3])"
    )


def test_a_part_that_does_not_pass_is_not_kept_and_the_one_kept_before_stays(fresh):
    fresh.run(HELPERS + UNSCALED)
    said = fresh.run('keep("attention", attention)')
    assert said.startswith("Not kept: attention does not pass its check yet (attention: ")
    assert len(said.splitlines()) == 1
    assert not list(fresh.kept.rglob("*.py"))
    fresh.run(ATTENTION)
    fresh.run('keep("attention", attention)')
    before = (fresh.kept / "attention.py").read_text()
    fresh.run("def attention(q, k, v, mask=None):\n    raise NotImplementedError")
    assert fresh.run('keep("attention", attention)') == (
        "Not kept: attention does not pass its check yet (attention is not written yet). The one you kept before stays."
    )
    fresh.run("def attention(q, k, v, mask=None):\n    return v.sum() * q, q * 7.5")
    assert fresh.run('keep("attention", attention)') == (
        'Not kept: attention does not pass its check yet (check("attention", attention) says why). '
        "The one you kept before stays."
    )
    assert (fresh.kept / "attention.py").read_text() == before
    assert fresh.run('keep("attention", 3)').startswith("Not kept: attention does not pass its check yet (")


def test_an_earlier_version_lies_beside_the_new_one_and_the_same_again_makes_none(fresh):
    texts = [ATTENTION, ATTENTION.replace("My own.", "Better."), ATTENTION.replace("My own.", "Best.")]
    fresh.run(HELPERS)
    for text in (*texts, texts[-1]):
        fresh.run(text)
        assert fresh.run('keep("attention", attention)').startswith("Kept: ")
    files = {str(file.relative_to(fresh.kept)): file.read_text() for file in fresh.kept.rglob("*.py")}
    assert sorted(files) == ["attention.py", "earlier/attention.1.py", "earlier/attention.2.py"]
    for name, word in [("earlier/attention.1", "My own."), ("earlier/attention.2", "Better."), ("attention", "Best.")]:
        assert word in files[f"{name}.py"]
    assert not [file for file in fresh.kept.rglob("*") if file.suffix not in (".py", "")]


# What goes along, and what can not.

GOES = {
    "values": (
        'HIDDEN, root = -1e30, math.sqrt\n'
        'SIZES = {"a": [1, (2,)], 3: {4.5}}\nNONE = float("-inf")\nTYPE = torch.float32',
        "assert SIZES == {'a': [1, (2,)], 3: {4.5}} and NONE < -1e308 and TYPE is torch.float32 and root(4) == 2",
    ),
    "tensors": (
        'TABLE, PLACE = torch.tensor([1.5, float("nan")]), torch.device("cpu")\nroot = math.sqrt\nHIDDEN = -1e30',
        "assert TABLE[0] == 1.5 and TABLE[1].isnan() and PLACE.type == 'cpu'",
    ),
    "functions of all kinds": (
        "HIDDEN = -1e30\nminus = lambda x: -x\nroot = functools.partial(pow, exp=0.5)\n"
        "from operator import add as plus\n@functools.lru_cache\ndef once(x):\n    return plus(x, 1)\n"
        "@torch.no_grad()\ndef still(x):\n    return minus(x)",
        "assert minus(2) == -2 and once(1) == 2 and still(3) == -3 and root(4) == 2",
    ),
    "layers without weights and other names": (
        "HIDDEN, relu, norm_of = -1e30, nn.ReLU(), F.layer_norm\nrelu = nn.ReLU()\nnorm_of = F.layer_norm\n"
        "root = torch.sqrt\nroot = lambda x: x ** 0.5",
        "assert relu(torch.tensor(-1.0)) == 0 and norm_of is F.layer_norm",
    ),
    "classes": (
        "HIDDEN = -1e30\nfrom dataclasses import dataclass\nclass Empty:\n    a = 2\n@dataclass\nclass Point(Empty):\n"
        "    x: int\n    y: int = HIDDEN\nclass Root:\n    @staticmethod\n    def of(x):\n        return math.sqrt(x)\n"
        "if True:\n    def root(x):\n        return Root.of(x)",
        "assert Point(1).y == HIDDEN and Point(1).a == 2",
    ),
    "functions that call each other": (
        "HIDDEN = -1e30\ndef even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n > 0 and even(n - 1)\n"
        "def root(x):\n    def inner(y):\n        return math.sqrt(y)\n    return inner(x)",
        "assert even(10) and not odd(10)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", GOES)
def test_it_goes_along(fresh, what):
    helpers, needed = GOES[what]
    fresh.run(f"def softmax(x, dim):\n    return F.softmax(x, dim=dim)\n{helpers}")
    fresh.run(ATTENTION.replace("    weights =", f"    {needed}\n    weights ="))
    said = fresh.run('keep("attention", attention)')
    assert said.startswith("Kept: attention, in kept/attention.py (with "), said
    assert fresh.run('_ = parts.use("attention")') == "attention: your own, from kept/attention.py"


STAYS = {
    "a tensor": ("HIDDEN = -1e30\nTABLE = torch.zeros(200)", "TABLE.sum()", "TABLE"),
    "a layer with weights": ("HIDDEN = -1e30\nlinear = nn.Linear(1, 1)", "linear(torch.ones(1))", "linear"),
    "a generator": ("HIDDEN = -1e30\nrows = (i for i in range(3))", "list(rows)", "rows"),
    "a function made inside another": (
        "HIDDEN = -1e30\ndef make():\n    def made(x):\n        return x\n    return made\nmade = make()",
        "made(1)",
        "made",
    ),
    "a file of their own": ("HIDDEN = -1e30\nfrom own_file import twice", "twice(1)", "own_file.py"),
    "a definition without text": ("HIDDEN = -1e30\nexec('def told(x): return x')", "told(1)", "told"),
}  # fmt: skip


@pytest.mark.parametrize("what", STAYS)
def test_what_can_not_go_along_is_said_in_one_sentence(fresh, what, tmp_path):
    (tmp_path / "own_file.py").write_text("def twice(x):\n    return 2 * x\n")
    fresh.run(f"import os, sys\nos.chdir({str(tmp_path)!r})\nsys.path.insert(0, '')")
    helpers, needed, named = STAYS[what]
    fresh.run(f"root = math.sqrt\ndef softmax(x, dim):\n    return F.softmax(x, dim=dim)\n{helpers}")
    fresh.run(ATTENTION.replace("    weights =", f"    {needed}\n    weights ="))
    said = fresh.run('keep("attention", attention)')
    assert said.startswith("Not kept: attention passes, but ") and named in said and len(said.splitlines()) == 1, said
    assert not list(fresh.kept.rglob("*.py"))


def test_what_passes_only_in_the_notebook_is_not_kept(fresh):
    fresh.run(HELPERS + HEADS + ATTENTION)
    fresh.run("right = MultiHeadAttention.forward\nMultiHeadAttention.forward = lambda self, *_: None")
    fresh.run(HEADS.replace("self.W_o(mixed.transpose(1, 2).flatten(2)), weights", "None"))
    fresh.run("MultiHeadAttention.forward = right")
    said = fresh.run('keep("MultiHeadAttention", MultiHeadAttention)')
    assert said.startswith("Not kept: MultiHeadAttention passes here, but not on its own: it does not pass its check")


def test_an_annotation_of_a_later_name_goes_along_too(fresh):
    fresh.run("from __future__ import annotations\n" + HELPERS)
    fresh.run(ATTENTION.replace("q, k, v, mask=None", "q: Later, k: Tensor, v: Tensor, mask: Tensor | None = None"))
    assert fresh.run('keep("attention", attention)').startswith("Kept: ")
    assert "from __future__ import annotations\n" in (fresh.kept / "attention.py").read_text()
    fresh.restart()  # the shell would keep that import


def test_a_kept_part_may_have_another_name_in_the_notebook(fresh):
    fresh.run(HELPERS + ATTENTION.replace("def attention", "def look"))
    assert fresh.run('keep("attention", look)').startswith("Kept: ")
    assert (fresh.kept / "attention.py").read_text().endswith("\nattention = look\n")


def test_a_name_that_no_part_has_is_said(fresh):
    for name in ("attention!", "masked attention", "Attention"):
        assert fresh.run(f"keep({name!r}, None)").startswith(f"UnknownExercise: There is no part {name!r}")
    assert fresh.run('parts.use("MultiHead")').startswith("ValueError: There is no part 'MultiHead'. There are: Pos")


@pytest.mark.parametrize("lesson", sorted(path.parent.name for path in (ROOT / "solutions").glob("0[3-8]*/*.ipynb")))
def test_every_part_of_a_solved_lesson_that_is_to_be_kept_can_be(fresh, lesson):
    cells = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4).cells
    kept = []
    for cell in cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            continue
        if marks.get("solution") or "imports" in cell.metadata.get("tags", []):
            fresh.run(cell.source)
        elif cell.source.startswith("keep("):
            kept += fresh.run(cell.source).splitlines()
            shown = [line for output in cell.outputs for line in output.text.splitlines()]
            assert shown and all(line.endswith(": nothing is kept in this run.") for line in shown)
    assert kept and all(said.startswith("Kept: ") for said in kept), kept
    names = json.dumps([file.stem for file in fresh.kept.glob("*.py")])
    fresh.run("from classroom import parts\nfrom classroom.parts.finished import FINISHED")
    said = fresh.run(f"_ = parts.use(*[name for name in {names} if name in FINISHED])")
    assert said.count(": your own, from kept/") == len(said.splitlines()) >= 1


def test_another_part_handed_over_by_mistake_is_said():
    layer, _ = parts.use("EncoderLayer", "Encoder")
    said = _kept("Encoder", layer)
    assert said.startswith("Not kept: Encoder does not pass its check yet (you handed over EncoderLayer; ")


def test_keeping_a_part_without_its_name_is_said():
    class Encoder:
        pass

    with pytest.raises(ValueError, match=r'keep takes a name and the part, as in keep\("Encoder", Encoder\)'):
        keep(Encoder)


def test_own_is_what_a_notebook_or_a_kept_part_made():
    kept = type("Part", (), {"__module__": "kept_part_attention"})
    assert definitions.own(kept) and not definitions.own(Path) and not definitions.own(len)
