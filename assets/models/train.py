"""Train the small model that lesson 05 looks into: python assets/models/train.py

Writes masked_words.safetensors beside itself: an encoder that guesses hidden words of the corpus's English sentences,
singly or in pairs, as BERT does. One thread and one seed: on one machine the same bytes each time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import Tensor

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from classroom.corpus import SHA256, VERSION, Vocabulary, korean_english  # noqa: E402
from classroom.models.masked_words import MaskedWords  # noqa: E402

SEED, STEPS, BATCH = 0, 5000, 48
PAIRS, PAIRS_SEED, LONGEST = 40_000, 5, 16  # drawn from the corpus: sentences of at most so many Korean morphemes
SIZES = {"d_model": 96, "heads": 4, "layers": 3, "d_ff": 192}
RATE, WARM_UP = 3e-3, 200  # the rate rises for so many steps, and falls to 0 at the end
HIDDEN, IN_TWO = 0.2, 0.5  # the share of words to be guessed; how often two sentences stand side by side
SHOW = 250  # steps between two lines of progress


def main() -> None:
    """Train, measure on sentences never trained on, write the file, and say all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS, help="fewer, to try whether two runs are the same")
    parser.add_argument("--into", type=Path, default=HERE, help="the folder to write into")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)
    sentences = sorted({pair.target for pair in korean_english(PAIRS, "train", PAIRS_SEED, LONGEST)})
    vocabulary = Vocabulary((*Vocabulary.build(sentences).tokens, "<mask>"))
    model = MaskedWords(len(vocabulary), **SIZES)
    began = time.perf_counter()
    _train(model, vocabulary, [vocabulary.encode(sentence) for sentence in sentences], options.steps)
    measured = evaluate(model.eval(), vocabulary)
    card = {
        "model": "MaskedWords",
        "sizes": SIZES,
        "tokens": vocabulary.tokens,
        "trained": {"seed": SEED, "steps": options.steps, "batch": BATCH, "sentences": len(sentences)},
        "corpus": {"version": VERSION, "sha256": SHA256, "split": "train", "seed": PAIRS_SEED, "longest": LONGEST},
        "measured": measured,
    }
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    content = save(tensors, {"card": json.dumps(card)})  # one entry: the order of several is left to chance
    path = options.into / "masked_words.safetensors"
    path.write_bytes(content)
    print(
        f"{path.name}: {len(content) / 1e6:.2f} MB, sha256 {hashlib.sha256(content).hexdigest()}, "
        f"{time.perf_counter() - began:.0f} s; on new sentences {measured}"
    )


def _train(model: MaskedWords, vocabulary: Vocabulary, sentences: list[list[int]], steps: int) -> None:
    draw = random.Random(SEED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98))
    lost, began = 0.0, time.perf_counter()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min((step + 1) / WARM_UP, 1.0) * (1 - step / steps)
        given, tokens, chosen = _batch(draw, vocabulary, sentences)
        scores, _ = model(given)
        loss = F.cross_entropy(scores[chosen], tokens[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        lost += loss.item()
        if step % SHOW == SHOW - 1:
            print(
                f"step {step + 1:5} of {steps}  loss {lost / SHOW:.3f}  {time.perf_counter() - began:.0f} s", flush=True
            )
            lost = 0.0


def _batch(draw: random.Random, vocabulary: Vocabulary, sentences: list[list[int]]) -> tuple[Tensor, Tensor, Tensor]:
    """What the model is given (B, T), what it should have been, and bool: the places it has to guess.

    Of the words to be guessed 80 % are hidden, 10 % exchanged for another word, 10 % left as they are, as in BERT."""
    rows = []
    for _ in range(BATCH):
        row = [vocabulary.bos, *draw.choice(sentences), vocabulary.eos]
        if draw.random() < IN_TWO:
            row += [*draw.choice(sentences), vocabulary.eos]
        rows.append(row)
    longest = max(map(len, rows))
    tokens = torch.tensor([row + [vocabulary.pad] * (longest - len(row)) for row in rows])
    chosen = (tokens > vocabulary.eos) & (torch.rand(tokens.shape) < HIDDEN)
    fate = torch.rand(tokens.shape)
    mask = len(vocabulary) - 1
    given = tokens.masked_fill(chosen & (fate < 0.8), mask)
    swapped = chosen & (fate >= 0.9)
    given[swapped] = torch.randint(vocabulary.unk + 1, mask, (int(swapped.sum()),))
    return given, tokens, chosen


@torch.no_grad()
def evaluate(model: MaskedWords, vocabulary: Vocabulary, count: int = 500) -> dict[str, float]:
    """On `count` sentences of the split iid, every word hidden in turn: the mean loss in nats, and how often the word
    itself is the first guess."""
    lost, right, words = 0.0, 0, 0
    for pair in korean_english(count, "iid", seed=0, longest=LONGEST):
        row = torch.tensor([vocabulary.bos, *vocabulary.encode(pair.target), vocabulary.eos])
        places = torch.arange(1, len(row) - 1)
        given = row.repeat(len(places), 1)
        given[torch.arange(len(places)), places] = len(vocabulary) - 1
        scores = model(given)[0][torch.arange(len(places)), places]
        lost += F.cross_entropy(scores, row[places], reduction="sum").item()
        right += int((scores.argmax(-1) == row[places]).sum())
        words += len(places)
    return {"loss": round(lost / words, 4), "right": round(right / words, 4), "words": words}


if __name__ == "__main__":
    main()
