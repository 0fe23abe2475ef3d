"""Lesson 09: the small worlds its checks put a student's function into, lists as answers, and its bug."""

from __future__ import annotations

import contextlib
import os

import pytest
import torch

from classroom.bugs.training import accumulate_with_a_bug, batches_are_lost
from classroom.checking.made import make
from classroom.checking.questions import Question
from classroom.checking.runner import ask

START, BATCHES = torch.tensor([1.0, -2.0]), torch.tensor([[[1.0, 0.5]], [[0.2, 1.0]], [[-1.0, 1.0]], [[0.3, 0.1]]])


def trainer(save=True):
    """A training that saves after every update, whole, by renaming; or one that never saves."""

    def train(update, model, optimizer, scheduler, batches, path, every):
        parts, done, losses = (model, optimizer, scheduler), 0, []
        if os.path.exists(path):
            *states, done = torch.load(path)
            for part, state in zip(parts, states, strict=True):
                part.load_state_dict(state)
        for batch in batches[done:]:
            losses.append(update(*batch))
            done += 1
            if save:
                torch.save([*(part.state_dict() for part in parts), done], f"{path}.new")
                os.replace(f"{path}.new", path)
        return losses

    return train


def interrupted(train, *how):
    return ask(train, Question((START, BATCHES, 1, *how), scene="interruption"))


def test_who_saves_everything_ends_with_the_weights_of_an_unbroken_training():
    whole, broken = interrupted(trainer(), -1), interrupted(trainer(), 2)
    assert whole.outputs[0] == [] and broken.outputs[0] == [2, 3] and broken.outputs[1] == []
    assert torch.equal(whole.outputs[3], broken.outputs[3])
    unsaved = interrupted(trainer(save=False), 2)
    assert unsaved.outputs[0] == [0, 1, 2, 3] and not torch.allclose(unsaved.outputs[3], broken.outputs[3])


@pytest.mark.parametrize("number", [1, 3])
def test_a_training_killed_in_a_save_finds_the_checkpoint_before(number):
    answer = interrupted(trainer(), -1, number)
    assert answer.failure is None
    assert answer.outputs[0] == list(range(number - 1, 4))


def test_who_writes_in_place_is_left_with_half_a_file():
    def train(update, model, optimizer, scheduler, batches, path, every):
        if os.path.exists(path):
            torch.load(path)
        for batch in batches:
            update(*batch)
            torch.save(model.state_dict(), path)

    assert interrupted(train, -1, 1).failure is not None


def test_the_scene_of_a_killed_training_leaves_folder_and_torch_as_they_were():
    before = os.getcwd(), torch.save
    with contextlib.suppress(ZeroDivisionError):
        interrupted(lambda *args: 1 / 0, 2)
    assert (os.getcwd(), torch.save) == before


def test_an_update_with_gradients_that_are_not_finite_moves_nothing_and_halves_the_scale():
    def train_step(model, optimizer, scheduler, source, target, criterion, scaler, max_norm):
        optimizer.zero_grad()
        loss = criterion(model.train()(source, target[:, :-1]), target[:, 1:])
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss.detach()

    weights, source, target = torch.eye(5), torch.tensor([[3, 2]]), torch.tensor([[1, 4, 2]])
    calm = ask(train_step, Question((weights, source, target, 1, 1.0), scene="updates"))
    wild = ask(train_step, Question((weights, source, target, 1, 1.0, True), scene="updates"))
    assert calm.outputs[0] == pytest.approx(wild.outputs[0])
    assert not torch.equal(calm.outputs[2], weights) and torch.equal(wild.outputs[2], weights)
    assert wild.outputs[4] == calm.outputs[4] / 2


def test_a_list_may_be_one_answer():
    as_list = ask(lambda: [[1, 2], [3]], Question(whole=True))
    assert as_list.outputs == ([[1, 2], [3]],) and as_list.came_as == "list"
    assert ask(lambda: [[1, 2], [3]], Question()).outputs == ([1, 2], [3])


def test_chances_sum_to_one_and_behind_eos_nothing_is_told():
    tell = make({"made": "drawn chances", "of": (torch.eye(5), 0.3)})
    assert tell([1, 4, 3]).exp().sum() == pytest.approx(1.0)
    assert torch.equal(tell([1, 4, 3]), tell(torch.tensor([[1, 4, 3]])))
    with pytest.raises(RuntimeError, match="behind eos"):
        tell([1, 4, 2])
    with pytest.raises(ValueError, match="from bos on"):
        tell([4, 3])


def test_the_bug_makes_its_first_update_from_one_batch_and_loses_the_last():
    found = accumulate_with_a_bug(torch.tensor([1.0, 2.0, 3.0, 4.0]), 2)
    assert found.tolist() == [0.5, 2.5]
    assert batches_are_lost((torch.tensor([1.0, 2.0, 3.0, 4.0]), 2)) == ""


@pytest.mark.parametrize(
    "outputs, said",
    [
        ((torch.tensor([1.0, 2.0]), 1), "k = 1"),
        ((torch.tensor([1.0, 2.0, 3.0]), 2), "come out even"),
        ((torch.tensor([1.0, 0.0]), 2), "by chance"),
        ((torch.tensor([1.0, 2.0, 3.0, 0.0]), 2), "nobody can tell"),
        ((torch.tensor([1, 2]), 2), "real numbers"),
        ((torch.tensor([1.0, 2.0]), 3), "from 1 to 2"),
        ((2, torch.tensor([1.0, 2.0])), "two things"),
        ((torch.tensor([1.0, 2.0]), 2.0), "whole number"),
        ((torch.tensor([1.0, float("inf")]), 2), "between -1000 and 1000"),
    ],
)
def test_an_input_that_does_not_expose_it_is_told_why(outputs, said):
    assert said in batches_are_lost(outputs)
