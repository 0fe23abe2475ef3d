"""Training a translator: the precision rule, the buckets, the whole step without a GPU, and a run that is killed."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from tiny_translator import DEVICES, RECIPE, SIZES, OnlyOnMeta, corpus, fresh
from torch import nn
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from classroom import parts, training
from classroom.training.loop.average import Average
from classroom.training.loop.buckets import Buckets
from classroom.training.loop.step import mean_loss, start, update
from classroom.translator import GRUTranslator

FP32 = training.Precision("fp32", "a test's")


def weights(model: nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().cpu().flatten() for parameter in model.parameters()])


# Precision


@pytest.mark.parametrize(("capability", "name"), [((7, 5), "fp16"), ((8, 0), "bf16"), ((9, 0), "bf16")])
def test_a_gpu_computes_in_bf16_from_capability_8_on_and_before_it_in_scaled_fp16(monkeypatch, capability, name):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    chosen = training.precision("cuda")
    assert (chosen.name, chosen.scaled) == (name, name == "fp16")
    assert f"{capability[0]}.{capability[1]}" in chosen.why


@pytest.mark.filterwarnings("ignore:User provided device_type of 'cuda'")
def test_a_model_that_can_not_compute_in_few_bits_is_trained_in_fp32(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))

    def step() -> None:
        torch.zeros(2, dtype=torch.float16).masked_fill(torch.tensor([True, False]), -1e9)

    chosen = training.precision("cuda", step)
    assert chosen.name == "fp32" and "does not run in fp16" in chosen.why
    assert training.precision("cuda", lambda: None).name == "fp16"


@pytest.mark.parametrize(("fp32", "bf16", "name"), [(0.004, 0.001, "bf16"), (0.001, 0.004, "fp32")])
def test_a_cpu_computes_in_bf16_only_where_timed_steps_are_faster(fp32, bf16, name):
    def step() -> None:
        time.sleep(bf16 if torch.is_autocast_enabled("cpu") else fp32)

    assert training.precision("cpu", step).name == name


def test_a_cpu_that_emulates_bf16_is_left_after_one_slow_step():
    slow = []

    def step() -> None:
        if torch.is_autocast_enabled("cpu"):
            slow.append(1)
            time.sleep(0.02)

    assert training.precision("cpu", step).name == "fp32"
    assert len(slow) == 1


def test_without_a_step_to_time_a_cpu_computes_in_fp32():
    assert training.precision("cpu").name == "fp32"


# Buckets


def test_an_epoch_holds_every_pair_once_in_batches_within_their_cells_and_with_little_padding():
    buckets = Buckets(corpus().train, corpus().vocabulary, "cpu")
    order, cuts = buckets.epoch(400, seed=1, number=0)
    seen, real, cells = [], 0, 0
    for cut in cuts:
        source, target = buckets.batch(order, cut)
        seen += order[cut.start : cut.end].tolist()
        assert len(source) * max(source.size(1), target.size(1)) <= 400
        assert source[:, -1].any() and target[:, -1].any(), "a column of padding only"
        assert cut.words == int(target[:, 1:].ne(0).sum())
        real += int(target.ne(0).sum())
        cells += target.numel()
    assert sorted(seen) == list(range(len(corpus().train)))
    assert real / cells > 0.85


def test_an_epoch_is_the_same_for_the_same_numbers_and_another_for_the_next_epoch():
    buckets = Buckets(corpus().train, corpus().vocabulary, "cpu")
    one, again, other = buckets.epoch(400, 1, 0), buckets.epoch(400, 1, 0), buckets.epoch(400, 1, 1)
    assert torch.equal(one[0], again[0]) and one[1] == again[1]
    assert not torch.equal(one[0], other[0]) and one[1] != other[1]


def test_pairs_longer_than_the_longest_are_left_out_and_a_corpus_without_pairs_is_refused():
    buckets = Buckets(corpus().train, corpus().vocabulary, "cpu", longest=8)
    assert 0 < len(buckets) < len(corpus().train)
    assert buckets.source.size(1) <= 9 and buckets.target.size(1) <= 10
    with pytest.raises(ValueError, match="no pair to train on"):
        Buckets(corpus().train, corpus().vocabulary, "cpu", longest=1)
    with pytest.raises(ValueError, match="allow more"):
        buckets.epoch(4, 0, 0)


# The whole step, without a GPU


def step(model: nn.Module, device: torch.device, precision: training.Precision = FP32) -> torch.Tensor:
    running = start(model, RECIPE, device, precision)
    source = torch.ones(3, 7, dtype=torch.int64, device=device)
    target = torch.ones(3, 8, dtype=torch.int64, device=device)
    update(running, source, target, RECIPE, precision)
    return running.losses[0]


class ForgetsTheDevice(parts.Transformer):
    """It makes its positions where no one asked for them."""

    def embed(self, tokens: torch.Tensor) -> torch.Tensor:
        return super().embed(tokens) + torch.zeros(tokens.size(1), 1)


def test_the_whole_update_is_made_on_the_models_device_which_meta_shows_without_a_gpu():
    for model in (fresh(), GRUTranslator(50, 50, 8)):
        assert step(model.to("meta"), torch.device("meta")).device.type == "meta"
    with pytest.raises(RuntimeError, match="meta"):
        step(training.translator(50, SIZES, ForgetsTheDevice).to("meta"), torch.device("meta"))


class ReadsBack(parts.Transformer):
    """It asks the device for a number, which a GPU would wait for."""

    def encode(self, source: torch.Tensor) -> torch.Tensor:
        return super().encode(source) * source.sum().item()


def test_no_tensor_is_made_elsewhere_and_then_copied_to_the_models_device():
    source = torch.ones(3, 7, dtype=torch.int64, device="meta")

    class CopiesItsIndices(GRUTranslator):
        def forward(self, source: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
            return super().forward(source[torch.arange(len(source))], read)

    def attention(q: torch.Tensor, k: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return parts.attention(q, k, k, mask[:, None])

    for model in (fresh(), GRUTranslator(50, 50, 8), GRUTranslator(50, 50, 8, attention)):
        model.to("meta")
        with OnlyOnMeta():
            mean_loss(model, source, source, 0.1).backward()
    copies = CopiesItsIndices(50, 50, 8).to("meta")
    with OnlyOnMeta(), pytest.raises(RuntimeError, match="arange"):
        mean_loss(copies, source, source, 0.1)


@pytest.mark.parametrize("name", ["fp32", "bf16"])
@pytest.mark.filterwarnings("ignore:Accessing the data pointer of FakeTensor")
def test_an_update_reads_nothing_back_from_the_device(name):
    precision = training.Precision(name, "a test's")
    good, bad, mode = training.translator(50, SIZES), training.translator(50, SIZES, ReadsBack), FakeTensorMode()
    good, bad = faked(good, mode), faked(bad, mode)
    with mode:
        step(good, torch.device("cpu"), precision)
        with pytest.raises(DataDependentOutputException):
            step(bad, torch.device("cpu"), precision)


def faked(model: nn.Module, mode: FakeTensorMode) -> nn.Module:
    """The model with tensors that have a shape, a type and a device, and no numbers."""
    for module in model.modules():
        for name, parameter in module._parameters.items():
            module._parameters[name] = nn.Parameter(mode.from_tensor(parameter.detach()))
        for name, buffer in module._buffers.items():
            module._buffers[name] = mode.from_tensor(buffer)
    return model


@pytest.mark.skipif(not torch.cuda.is_available(), reason="There is no GPU here.")
@pytest.mark.parametrize("name", ["fp32", "bf16", "fp16"])
def test_on_a_gpu_an_update_waits_for_nothing(name):
    device, precision = torch.device("cuda"), training.Precision(name, "a test's")
    buckets = Buckets(corpus().train, corpus().vocabulary, device)
    order, cuts = buckets.epoch(400, 0, 0)
    running = start(fresh().to(device), RECIPE, device, precision)
    update(running, *buckets.batch(order, cuts[0]), RECIPE, precision)
    torch.cuda.set_sync_debug_mode("error")
    try:
        update(running, *buckets.batch(order, cuts[1]), RECIPE, precision)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert torch.isfinite(torch.stack(running.losses)).all()


# fit


@pytest.mark.parametrize("device", DEVICES)
def test_training_lowers_the_loss_and_its_record_is_json(device):
    reports = []
    recipe = dataclasses.replace(RECIPE, updates=40, report_every=10, score_every=20, score_sentences=4)
    record = training.fit(fresh(), corpus(), recipe, device, on_report=reports.append)
    losses = [loss for _, loss in record.losses]
    assert losses[-1] < losses[0] - 0.5
    assert [report.updates for report in reports] == [10, 20, 30, 40]
    assert [report.share for report in reports] == [0.25, 0.5, 0.75, 1.0]
    assert [at for at, _ in record.scores] == [20, 40] and set(record.scores[0][1]) == {"exact", "bleu"}
    assert json.loads(json.dumps(record.as_dict()))["updates"] == 40
    assert record.words > 40 * 200 and record.precision == "fp32"


def test_training_ends_when_its_seconds_are_over():
    recipe, reports = dataclasses.replace(RECIPE, updates=None, seconds=0.5, report_every=1), []
    record = training.fit(fresh(), corpus(), recipe, "cpu", on_report=reports.append)
    assert [report.share == 1 for report in reports] == [False] * (len(reports) - 1) + [True]
    assert 0 < record.updates and 0.5 <= record.seconds < 10
    with pytest.raises(ValueError, match="needs an end"):
        dataclasses.replace(RECIPE, updates=None)
    with pytest.raises(ValueError, match="at least one update"):
        dataclasses.replace(RECIPE, updates=0)


def test_training_leaves_the_random_numbers_of_the_notebook_alone_and_repeats_itself():
    state = torch.get_rng_state()
    one, two = fresh(), fresh()
    training.fit(one, corpus(), RECIPE, "cpu")
    assert torch.equal(state, torch.get_rng_state())
    torch.rand(3)
    training.fit(two, corpus(), RECIPE, "cpu")
    assert torch.equal(weights(one), weights(two))


def test_the_recurrent_translators_and_a_students_own_transformer_are_trained_by_the_same_loop():
    class Own(parts.Transformer):
        """As a student's own: another class with the same parts."""

    size = len(corpus().vocabulary)
    for model in (GRUTranslator(size, size, 16), training.translator(size, SIZES, Own)):
        record = training.fit(model, corpus(), RECIPE, "cpu")
        assert record.losses[-1][1] < record.losses[0][1]
        assert not model.training


def test_the_average_lies_between_the_weights_it_saw_and_forgets_the_first():
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 100.0)
    average = Average(model, 0.998)
    for value in range(200):
        nn.init.constant_(model.weight, float(value % 2))
        average.update(model)
    assert 0.4 < average.weights[0].item() < 0.6
    with average.in_place(model):
        assert model.weight.item() == average.weights[0].item() and not model.training
    assert model.weight.item() == 1.0 and model.training


def test_what_training_hands_back_are_the_averaged_weights():
    begun, last, averaged = fresh(), fresh(), fresh()
    training.fit(
        last, corpus(), dataclasses.replace(RECIPE, average=0.0), "cpu"
    )  # the average of the last weights only
    training.fit(averaged, corpus(), RECIPE, "cpu")
    way = (weights(last) - weights(begun)).norm()
    for other in (begun, last):
        assert (weights(averaged) - weights(other)).norm() > 0.03 * way


# Checkpoints

KILLED = """
import os, signal, sys
sys.path[:0] = [{tests!r}, {root!r}]
import torch
torch.set_num_threads(1)
from tiny_translator import RECIPE, corpus, fresh
import dataclasses
from classroom import training

def die(report):
    if report.updates == 8:
        os.kill(os.getpid(), signal.SIGKILL)

training.fit(fresh(), corpus(), dataclasses.replace(RECIPE, checkpoint_every=0.0), "cpu", {path!r}, die)
"""


@contextlib.contextmanager
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_run_that_is_killed_goes_on_to_the_very_weights_of_an_unbroken_one(tmp_path):
    path = tmp_path / "run.safetensors"
    tests = Path(__file__).parent
    program = KILLED.format(tests=str(tests), root=str(tests.parent), path=str(path))
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    (tmp_path / "run.safetensors.part").write_bytes(b"half a file, as a kill while writing leaves it")
    with one_thread():
        resumed, unbroken = fresh(seed=7), fresh()
        record = training.fit(resumed, corpus(), RECIPE, "cpu", path)
        whole = training.fit(unbroken, corpus(), RECIPE, "cpu")
    assert torch.equal(weights(resumed), weights(unbroken))
    assert record.runs == 2 and (record.updates, record.words) == (whole.updates, whole.words)
    assert record.losses == [list(loss) for loss in whole.losses[:1]] + whole.losses[1:]


@pytest.mark.parametrize("device", DEVICES)
def test_a_training_that_ends_early_goes_on_where_it_stopped(tmp_path, device):
    path = tmp_path / "a folder" / "run.safetensors"
    first = dataclasses.replace(RECIPE, updates=7)
    training.fit(fresh(), corpus(), first, device, path)
    resumed, unbroken = fresh(seed=3), fresh()
    record = training.fit(resumed, corpus(), RECIPE, device, path)
    whole = training.fit(unbroken, corpus(), RECIPE, device)
    assert record.updates == 12 and record.runs == 2
    assert record.losses[-1][1] == pytest.approx(whole.losses[-1][1], rel=1e-2)  # a GPU adds in any order
    assert device != "cpu" or torch.equal(weights(resumed), weights(unbroken))
    again = fresh(seed=4)
    assert training.fit(again, corpus(), RECIPE, device, path).updates == 12  # it was at its end already
    assert torch.equal(weights(again), weights(resumed))


def test_a_checkpoint_that_can_not_be_written_leaves_the_one_before_it_whole(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    training.fit(fresh(), corpus(), dataclasses.replace(RECIPE, updates=2), "cpu", path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        training.fit(fresh(), corpus(), RECIPE, "cpu", path)
    assert path.read_bytes() == before


def test_a_checkpoint_of_something_else_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "run.safetensors"
    training.fit(fresh(), corpus(), dataclasses.replace(RECIPE, updates=1), "cpu", path)
    with pytest.raises(ValueError, match="another recipe"):
        training.fit(fresh(), corpus(), dataclasses.replace(RECIPE, rate=1e-3), "cpu", path)
    with pytest.raises(ValueError, match="another size"):
        training.fit(fresh(dataclasses.replace(SIZES, d_ff=48)), corpus(), RECIPE, "cpu", path)
    with pytest.raises(ValueError, match="other sizes"):  # whose weights have the same shapes
        training.fit(fresh(dataclasses.replace(SIZES, num_heads=1)), corpus(), RECIPE, "cpu", path)
    with pytest.raises(ValueError, match="another corpus"):
        training.fit(fresh(), dataclasses.replace(corpus(), name="other"), RECIPE, "cpu", path)
    path.write_bytes(b"\x80\x04 a pickle, perhaps")
    with pytest.raises(ValueError, match="no checkpoint of a training"):
        training.fit(fresh(), corpus(), RECIPE, "cpu", path)
