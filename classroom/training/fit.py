"""The whole training of a translator."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from classroom.corpus import TranslationCorpus, vocabulary_hash
from classroom.training.loop.buckets import Buckets
from classroom.training.loop.checkpoint import load_checkpoint, read_progress, save_checkpoint
from classroom.training.loop.step import mean_loss, start, update
from classroom.training.precision import Precision, precision
from classroom.training.recipe import Recipe
from classroom.training.record import Record, Report, device_name, versions
from classroom.training.scoring.scores import quick_score


def fit(
    model: nn.Module,
    corpus: TranslationCorpus,
    recipe: Recipe,
    device: torch.device | str | None = None,
    checkpoint: str | Path | None = None,
    on_report: Callable[[Report], object] | None = None,
) -> Record:
    """Train `model` on the training part of `corpus`. It is moved to `device`, and ends with the averaged weights.

    model: called with source ids (B, S) and the target's ids that it reads (B, T), it returns scores (B, T, V).
    device: None = a GPU where there is one. checkpoint: a file; where it exists, training goes on from it with the
    same batches and the same random numbers, so that the weights become those of an unbroken run (on one machine; on
    a GPU up to the order of its sums). on_report: called every `recipe.report_every` updates.
    Raises ValueError where the checkpoint is of another model, corpus or recipe.
    """
    device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    path = None if checkpoint is None else Path(checkpoint)
    model.to(device)
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.seed)
        return _Fit(model, corpus, recipe, device, path, on_report or (lambda report: None)).run()


class _Fit:
    """One run of a training, from its start or its checkpoint to its end."""

    def __init__(
        self,
        model: nn.Module,
        corpus: TranslationCorpus,
        recipe: Recipe,
        device: torch.device,
        path: Path | None,
        on_report: Callable[[Report], object],
    ) -> None:
        self.corpus, self.recipe, self.device, self.path, self.on_report = corpus, recipe, device, path, on_report
        self.buckets = Buckets(corpus.train, corpus.vocabulary, device, recipe.longest)
        self.position = 0  # the next batch of the epoch
        self.share = 0.0  # of the budget, at the last report
        before = None if path is None else read_progress(path)
        self.precision = self._precision(model, before)
        self.record = Record(
            corpus=corpus.name,
            vocabulary=vocabulary_hash(corpus.vocabulary),
            model=type(model).__name__,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            recipe=dataclasses.asdict(recipe),
            precision=self.precision.name,
            why=self.precision.why,
            device=device_name(device),
            versions=versions(),
        )
        self.running = start(model, recipe, device, self.precision)
        if path is not None and before is not None:
            self._go_on(path, before)

    def run(self) -> Record:
        record, recipe, running = self.record, self.recipe, self.running
        running.model.train()
        self.before, self.words_before = record.seconds, record.words
        self.began = self.saved = time.perf_counter()
        order, cuts = self.buckets.epoch(recipe.cells, recipe.seed, record.epochs)
        while not self._over():
            if self.position == len(cuts):
                record.epochs, self.position = record.epochs + 1, 0
                order, cuts = self.buckets.epoch(recipe.cells, recipe.seed, record.epochs)
            cut = cuts[self.position]
            update(running, *self.buckets.batch(order, cut), recipe, self.precision)
            self.position += 1
            record.updates += 1
            record.words += cut.words
            if record.updates % recipe.report_every == 0:
                self._report()
            if self.path is not None and time.perf_counter() - self.saved >= recipe.checkpoint_every:
                self._save()
        if running.losses or self.share < 1:
            self._report()
        if self.path is not None:
            self._save()
        running.average.store(running.model)
        running.model.eval()
        return record

    def _over(self) -> bool:
        recipe, record = self.recipe, self.record
        record.seconds = self.before + time.perf_counter() - self.began
        return (recipe.updates is not None and record.updates >= recipe.updates) or (
            recipe.seconds is not None and record.seconds >= recipe.seconds
        )

    def _report(self) -> None:
        record, recipe, running = self.record, self.recipe, self.running
        if running.losses:
            loss = torch.stack(running.losses).mean().item()  # here a GPU is waited for
            running.losses.clear()
            record.losses.append((record.updates, round(loss, 5)))
        over = self._over()
        scores = None
        if recipe.score_every and (over or record.updates % recipe.score_every < recipe.report_every):
            with running.average.in_place(running.model):
                scores = quick_score(running.model, self.corpus, recipe.score_sentences)
            record.scores.append((record.updates, scores))
        shares = [record.updates / recipe.updates] if recipe.updates else []
        shares += [record.seconds / recipe.seconds] if recipe.seconds else []
        self.share = 1.0 if over else min(1.0, max(shares))
        report = Report(
            updates=record.updates,
            seconds=record.seconds,
            epoch=record.epochs,
            loss=record.losses[-1][1],
            rate=running.optimizer.param_groups[0]["lr"],
            words_per_second=(record.words - self.words_before) / (record.seconds - self.before),
            share=self.share,
            scores=scores,
        )
        self.on_report(report)

    def _precision(self, model: nn.Module, before: dict | None) -> Precision:
        if before is not None:
            return Precision(before["record"]["precision"], before["record"]["why"])
        if self.recipe.precision is not None:
            return Precision(self.recipe.precision, "the recipe's")
        order, cuts = self.buckets.epoch(self.recipe.cells, self.recipe.seed, 0)
        batch = self.buckets.batch(order, cuts[0])

        def step() -> None:
            mean_loss(model, *batch, self.recipe.smoothing).backward()
            model.zero_grad()

        with torch.random.fork_rng([]):
            return precision(self.device, step)

    def _save(self) -> None:
        self._over()
        progress = {"position": self.position, "record": self.record.as_dict(), "sizes": _sizes(self.running.model)}
        save_checkpoint(self.path, self.running, progress)
        self.saved = time.perf_counter()

    def _go_on(self, path: Path, before: dict) -> None:
        found, mine = before["record"], self.record
        budget = ("updates", "seconds", "report_every", "score_every", "score_sentences", "checkpoint_every")
        same = {name: value for name, value in mine.recipe.items() if name not in budget}
        for what, had, have in (
            ("corpus", (found["corpus"], found["vocabulary"]), (mine.corpus, mine.vocabulary)),
            ("recipe", {name: found["recipe"].get(name) for name in same}, same),
        ):
            if had != have:
                raise ValueError(
                    f"{path} is the checkpoint of another {what}: name another file, or delete it to begin anew."
                )
        load_checkpoint(path, self.running)
        sizes = before.get("sizes")  # of some, such as the number of heads, the weights' shapes know nothing
        if sizes is not None and sizes != _sizes(self.running.model):
            raise ValueError(
                f"{path} is the checkpoint of a model of other sizes: name another file, or delete it to begin anew."
            )
        kept = {name: found[name] for name in ("updates", "epochs", "seconds", "words", "losses", "scores")}
        self.record = dataclasses.replace(mine, **kept, runs=found["runs"] + 1)
        self.position = before["position"]


def _sizes(model: nn.Module) -> dict | None:
    """What `translator` built it with; None for a model of another make."""
    sizes = getattr(model, "sizes", None)
    return dataclasses.asdict(sizes) if dataclasses.is_dataclass(sizes) else None
