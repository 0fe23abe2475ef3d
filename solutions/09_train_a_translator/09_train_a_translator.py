# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 9 · Train a translator
#
# *The machine of lesson 8 can turn any sentence into any other, and so far it knows neither language. In a few minutes it is to translate sentences it has never seen. What has to happen in these minutes, so that they are enough? And how will you know that it worked?*
#
# ![Map of the course on the Transformer. Source words become vectors and pass the encoder stack; its memory goes to the cross-attention of the decoder stack, which turns the target words so far into the next word; the training loop runs under it all. Lit: lesson 9, Train a translator. Regions: 1 Activation functions: the activation inside each feed-forward block; 2 Recurrent seq2seq: the recurrent model that came before; 3 Positional encoding: the embeddings and positions before the encoder and the decoder; 4 Self-attention: self-attention inside the encoder and the decoder; 5 Multi-head attention: the heads side by side in every attention block; 6 Residual and norm: add and norm after every block, and the feed-forward blocks; 7 Encoder: the encoder stack; 8 Decoder and Transformer: the decoder stack, with its cross-attention, and the next word; 9 Train a translator: the training loop under it all.](../../assets/figures/map_09.png)
#
# When you have finished, you can
#
# * write every part of a training loop that lasts: batches, learning rate, loss, update, checkpoint;
# * let a trained model write with beam search, and judge it by BLEU and by its alignments;
# * say what your model does well and what it does not, and hand it in.
#
# **Time:** about four hours, three and a half of them for the exercises. **Needs:** lessons 2, 7 and 8. **Points:** 22.
#
# Run the cell below first. It is safe to run again.

# %% tags=["set-up"]
# The build puts the set-up cell here.

# %% tags=["imports"]
import math
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec

import torch
import torch.nn.functional as F
from torch import nn

from classroom import check, parts, show
from classroom.corpus import Pair, load_corpus
from classroom.submission import check_model, submit_model
from classroom.training import BASE, KOREAN_ENGLISH, MULTI30K, SMALL
from classroom.training import alignments, fit, score, translate, translator
from classroom.training.scoring import bleu

(Transformer,) = parts.use("Transformer")

# %% [markdown]
# **Conventions, the same in every lesson.** Batch first. `B` batch, `T` words of the target, `S` words of the source, `D` (`d_model`) model width, `V` vocabulary. `pad = 0`, `bos = 1` begins a sentence, `eos = 2` ends it, `unk = 3` stands for a word that the vocabulary does not have. "The paper" is Vaswani et al. (2017), [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762); its section 5 is what this lesson is about.
#
# The model that is trained below is the `Transformer` that the cell above took: your own, with all that you kept in lessons 3 to 8, where it still passes its check.
#
# ## From text to numbers
#
# A vocabulary of whole words is never large enough: every new text brings words that it does not have, and each of them becomes the same `unk`. A vocabulary of letters has everything, and makes sentences five times as long. **Byte-pair encoding** (Sennrich et al., 2016) lies between. Begin with letters. Count which two tokens stand side by side most often, make them one token everywhere, and count again. After some thousand merges frequent words are one token, and rare ones fall into pieces that are words elsewhere. The paper does so, with about 37,000 tokens for both languages together (section 5.1).
#
# One step of it is this: of all pairs one has been chosen; now merge it wherever it stands.
#
# **Exercise 9.1 · `merge_pair`** · 1 point · ● ○ ○ · 10 minutes · Sennrich et al. (2016), section 3.2


# %% nbgrader={"grade": false, "grade_id": "merge_pair", "locked": false, "schema_version": 3, "solution": true, "task": false}
def merge_pair(tokens, pair):
    """Join two tokens into one, wherever they stand side by side.

    tokens: a list of strings; pair: two strings. Returns a new list. It goes from left to right, and a token that has
    been joined is not joined again: ("a", "a") makes "aa", "a" of "a", "a", "a".
    """
    ### BEGIN SOLUTION
    merged, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            merged.append(pair[0] + pair[1])
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_merge_pair", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("merge_pair", merge_pair)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("merge_pair", merge_pair)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Go through the list with your finger. After a merge, where does your finger stand?</details>
# <details><summary>Hint 2: the approach</summary>A place <code>i</code> that moves on by two after a merge and by one otherwise, and a new list that grows. (A <code>for</code> over the places can not skip one.)</details>
# <details><summary>Hint 3: almost code</summary><code>while i &lt; len(tokens)</code>: if the two tokens from i on are the pair, append their sum; else append the one token. Mind the last token, which has nobody behind it.</details>
#
# Eight merges on four words (their counts are those of Sennrich's example: "low" 5 times, "lower" 2, "newest" 6, "widest" 3; `_` marks the end of a word):

# %%
words = {"l o w _": 5, "l o w e r _": 2, "n e w e s t _": 6, "w i d e s t _": 3}
pieces = {word: word.split() for word in words}
for _ in range(8):
    counts = Counter()
    for word, often in words.items():
        for pair in zip(pieces[word], pieces[word][1:]):
            counts[pair] += often
    best = max(counts, key=lambda pair: (counts[pair], pair))
    pieces = {word: merge_pair(tokens, best) for word, tokens in pieces.items()}
    print(f"{' + '.join(best):<12} {counts[best]} times   {'   '.join(' '.join(tokens) for tokens in pieces.values())}")

# %% [markdown]
# *What to see: the ending "est_" is one token after three merges, found by counting alone, and "low" soon after. A new word such as "lowest" would be "low" and "est_", two tokens that both mean something.* (Where counts are equal, we take the pair that is last in the alphabet; any rule will do.)
#
# Two rules go with it. The merges are learned from the **training** sentences only: a vocabulary that has seen the test has seen the answers. And one vocabulary serves both languages, because the model has one embedding for source, target and output (lesson 8).
#
# The corpus that we train on first is the generated one of lesson 2, Korean to English. Its grammar hands over morphemes, so nothing needs to be split there. Multi30k, at the end of the lesson, is split by `sentencepiece`, a library that does what you have just written, fast.
#
# ## Batches with little padding
#
# A batch is a rectangle: as wide as its longest sentence. Everything behind the shorter ones is padding, and the model computes it as diligently as words. Put sentences of like length together, and hardly any is left.

# %% tags=["picture"]
show.padding()

# %% [markdown]
# *What to see: the same forty sentences three times, in batches of ten. Padded to one fixed length, two thirds of what is computed is padding. With batches drawn by chance each is as wide as its longest sentence. Sorted by length first, little padding is left; with thousands of sentences to sort there is hardly any.*
#
# A batch of long sentences should have fewer of them: what must fit into memory is the number of *cells*, rows times width. The paper counts so too, about 25,000 tokens a batch (section 5.1).
#
# **Exercise 9.2 · `bucket_batches`** · 1 point · ● ● ○ · 15 minutes · paper, section 5.1


# %% nbgrader={"grade": false, "grade_id": "bucket_batches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bucket_batches(lengths, cells):
    """Share sentences out into batches of like length.

    lengths: a list of integers, the length of each sentence. cells: the most that a batch may hold, counted as the
    number of its sentences times the length of the longest of them.
    Returns a list of batches, each a list of numbers of sentences (their places in lengths): from the shortest to the
    longest sentence, equal ones in the order in which they stand, and as many in each batch as may be.
    Raises ValueError where a sentence alone is longer than cells.
    """
    ### BEGIN SOLUTION
    if max(lengths, default=0) > cells:
        raise ValueError(f"A sentence of {max(lengths)} words does not fit into a batch of {cells} cells.")
    batches = []
    for number in sorted(range(len(lengths)), key=lambda number: lengths[number]):
        if not batches or lengths[number] * (len(batches[-1]) + 1) > cells:
            batches.append([])
        batches[-1].append(number)
    return batches
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_bucket_batches", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("bucket_batches", bucket_batches)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("bucket_batches", bucket_batches)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>If sentences come from the shortest to the longest, which sentence of a batch is its longest?</details>
# <details><summary>Hint 2: the approach</summary>Sort the <em>places</em>, not the lengths: <code>sorted(range(…), key=…)</code>. Then fill a batch until one more sentence would be too much. One more sentence makes the batch taller and, since it is the longest so far, wider.</details>
# <details><summary>Hint 3: almost code</summary>For each place in order: if there is no batch yet, or (sentences in the last one + 1) · this length is more than cells, begin a new one. Then append.</details>
#
# In training these batches come in random order, and another one in each epoch. Otherwise the model would see short sentences only, then long ones only, and forget the first.
#
# ## A learning rate that rises and falls
#
# The first updates are made by a model that knows nothing, and by an Adam whose averages have seen a handful of gradients. Large steps at this time do damage that takes long to mend. So the rate begins near 0 and rises evenly for `warmup` steps. Then the model gets finer and the steps smaller, with the inverse square root of their number:
#
# $$\text{rate} = d_\text{model}^{-0.5} \cdot \min(\text{step}^{-0.5},\ \text{step} \cdot \text{warmup}^{-1.5})$$
#
# Move the sliders:

# %% tags=["picture"]
show.rates()

# %% [markdown]
# *What to see: the two curves cross at step = warmup, and there the rate is highest. A longer warm-up makes the peak later and lower. A wider model takes smaller steps. With the paper's numbers, d_model = 512 and warmup = 4,000, the peak is 0.0007.*
#
# **Exercise 9.3 · `noam_rate`** · 1 point · ● ○ ○ · 5 minutes · paper, section 5.3, equation 3


# %% nbgrader={"grade": false, "grade_id": "noam_rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def noam_rate(step, d_model, warmup):
    """The paper's learning rate.

    step: the number of the update, from 1 on. 0 counts as 1: torch's schedulers ask for step 0 before the first one.
    Returns one number (float).
    """
    ### BEGIN SOLUTION
    step = max(step, 1)
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_noam_rate", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("noam_rate", noam_rate)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("noam_rate", noam_rate)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Which of the two terms is smaller at step 1, and which far behind the warm-up?</details>
# <details><summary>Hint 2: the approach</summary>Python's <code>**</code> takes negative exponents, and <code>0 ** -0.5</code> is a division by zero. What should stand in the place of a step of 0?</details>
# <details><summary>Hint 3: almost code</summary>Step at least 1; then the formula, as it stands there.</details>
#
# (The name is that of the paper's author Noam Shazeer.) It is used with `torch.optim.lr_scheduler.LambdaLR`, which multiplies the optimizer's rate, here 1, by what a function says of the step.
#
# ## Not too sure of itself
#
# Cross-entropy asks for probability 1 for the one right word, and no finite score gives that. So the model goes on raising the scores of words it has long got right, and becomes sure of itself beyond reason. **Label smoothing** asks for a little less: $1 - \varepsilon$ for the right word, and $\varepsilon$ shared out among *all* V words alike, the right one included.
#
# ![What is asked for at one place, among 8 words, of which “cat” is right. Without smoothing: 1 for “cat”, 0 for every other word. With ε = 0.1: 0.9125 for “cat”, 0.0125 for each of the others.](../../assets/figures/09_smoothing.png)
#
# $$\text{loss} = -(1 - \varepsilon) \log p_\text{right} \;-\; \frac{\varepsilon}{V} \sum_{v} \log p_v$$
#
# The paper takes $\varepsilon = 0.1$ and says that it makes perplexity worse and BLEU better (section 5.4). The lowest possible loss is no longer 0; that is nothing to worry about. Where every sentence has one right translation, as in our generated corpus, there is nothing to be unsure of, and we shall train without; on real sentences with ε = 0.1. Padding stays nobody's word: as in lesson 8 it counts neither in the sum nor in what the sum is divided by.
#
# **Exercise 9.4 · `label_smoothed_loss`** · 1 point · ● ● ○ · 20 minutes · paper, section 5.4


# %% nbgrader={"grade": false, "grade_id": "label_smoothed_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def label_smoothed_loss(scores, target, smoothing=0.1, pad=0):
    """The mean smoothed cross-entropy over all words of the batch that are not padding.

    scores: (B, T, V), before softmax; target: (B, T) integers, the words asked for; smoothing: ε; pad: the number of
    padding. Returns one number, a tensor without dimensions, that can be differentiated.
    """
    ### BEGIN SOLUTION
    log_p = torch.log_softmax(scores, dim=-1)
    right = log_p.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    smooth = log_p.mean(dim=-1)
    losses = -(1 - smoothing) * right - smoothing * smooth
    real = target != pad
    return (losses * real).sum() / real.sum()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_label_smoothed_loss", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("label_smoothed_loss", label_smoothed_loss)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("label_smoothed_loss", label_smoothed_loss)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Three tables (B, T): the right word's log-probability, the mean of all V log-probabilities, and whether a real word is asked for.</details>
# <details><summary>Hint 2: the approach</summary><code>log_softmax</code> over V; <code>gather</code> picks the right word's entry (lesson 8 did it inside <code>F.cross_entropy</code>); ε/V times a sum over V is ε times a mean.</details>
# <details><summary>Hint 3: almost code</summary>−(1 − ε) · the first table − ε · the second; times the third; sum over sum.</details>
#
# PyTorch's own, `F.cross_entropy(..., label_smoothing=0.1, ignore_index=0)`, uses the same definition. The difference should be rounding:

# %%
torch.manual_seed(9)
scores, target = torch.randn(2, 5, 7).double(), torch.tensor([[3, 4, 2, 0, 0], [5, 6, 3, 4, 2]])
theirs = F.cross_entropy(scores.flatten(0, 1), target.flatten(), label_smoothing=0.1, ignore_index=0)
print(f"apart by {abs(label_smoothed_loss(scores, target, 0.1) - theirs).item():.1e}")

# %% [markdown]
# ## One update
#
# Eight of these ten calls make an update, and most wrong orders of them run without an error. They stand in the order of the alphabet:
#
# | call | what it does |
# |---|---|
# | `loss.backward()` | adds the gradients of the loss to those that are there |
# | `model.train()` | turns dropout on |
# | `nn.utils.clip_grad_norm_(model.parameters(), max_norm)` | shortens all gradients together to the length max_norm, where they are longer |
# | `optimizer.step()` | moves the weights |
# | `optimizer.zero_grad()` | forgets the gradients |
# | `scaler.scale(loss)` | the loss times a large number |
# | `scaler.step(optimizer)` | `optimizer.step()`, unless a gradient is infinite or NaN |
# | `scaler.unscale_(optimizer)` | divides the gradients by the large number |
# | `scaler.update()` | makes the large number smaller after an infinity, larger after a long time without |
# | `scheduler.step()` | sets the learning rate for the *next* update |
#
# The scaler is there for **mixed precision**. A GPU multiplies numbers of 16 bits much faster than those of 32. There are two kinds. `bfloat16` has the range of float32 and less precision; it needs nothing. `float16`, which older GPUs have, ends at 65,504 and begins at 0.00000006; what is much smaller becomes 0. Many gradients are (the hill in the picture is a sketch). So the loss is multiplied by a large number, the gradients come out larger by the same factor, and before they are used they are divided by it (Micikevicius et al., 2018). Where no scaling is needed, the same code runs with a scaler that is switched off and multiplies by 1.
#
# ![Numbers from 10 to the power −12 to 10 to the power 6 on a line. float16 holds those from about 0.00000006 to 65,504, float32 and bfloat16 all of them. A sketch of the gradients of a model, a hill between 10 to the power −9 and 10 to the power −4, lies in part below float16's range; multiplied by 65,536 all of it lies inside.](../../assets/figures/09_scaling.png)
#
# **Exercise 9.5 · `train_step`** · 2 points · ● ● ○ · 20 minutes


# %% nbgrader={"grade": false, "grade_id": "train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_step(model, optimizer, scheduler, source, target, criterion, scaler, max_norm=1.0):
    """One update of the model on one batch, with teacher forcing.

    model: model(source, read) gives scores (B, T, V); it is put into train mode. source: (B, S); target: (B, N), bos,
    words, eos, padding. criterion: criterion(scores, asked) gives the loss. scaler: a torch.amp.GradScaler.
    Gradients that were there before do not count. Those of this batch are cut to the length max_norm, unscaled.
    Returns the loss, unscaled: a tensor without dimensions that hangs in no graph.
    """
    ### BEGIN SOLUTION
    model.train()
    optimizer.zero_grad()
    loss = criterion(model(source, target[:, :-1]), target[:, 1:])
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    scheduler.step()
    return loss.detach()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("train_step", train_step)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("train_step", train_step)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>For each call of the table: what must have happened before it, and what must not have happened yet?</details>
# <details><summary>Hint 2: the approach</summary>The gradients live between <code>backward</code> and the optimizer's step. Before: forget the old ones. Between: first unscale, then clip, since max_norm is about true lengths. After: the scaler and the scheduler look ahead.</details>
# <details><summary>Hint 3: almost code</summary><code>scaler.scale(loss).backward()</code>, not <code>loss.backward()</code>; the three calls of the scaler that follow are unscale_, step, update, with clipping behind the first. Read and asked as in lesson 8: <code>target[:, :-1]</code>, <code>target[:, 1:]</code>. <code>loss.detach()</code> leaves the graph.</details>
#
# Why not `loss.item()`? On a GPU it waits until everything before it is computed. Once in a hundred updates that does not matter; at every update the GPU stands idle while Python prepares the next one.
#
# ## Training that survives
#
# A free GPU runtime may be taken away at any minute. What would have to lie on the disk, so that a new process could go on as if nothing had happened? The weights, certainly. But also the optimizer's state, the scheduler's (at which step are we?), and which batches have been used. (Adam keeps two averages for every weight; without them the first updates after the restart are as wild as at the very beginning.)
#
# And the file has to be whole. Who is killed while writing leaves half a file, and has just overwritten the last good one. So write to another name first and rename it when it is complete: `os.replace` does it in one stroke.
#
# **Exercise 9.6 · `train`** · 2 points · ● ● ● · 30 minutes
#
# The three functions belong together; `train` is tested by killing it, in the middle of an update and in the middle of a save.


# %% nbgrader={"grade": false, "grade_id": "train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def save_checkpoint(path, model, optimizer, scheduler, done):
    """Write all that is needed to go on after `done` updates. What was at path before stays whole until it is replaced."""
    ### BEGIN SOLUTION
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "done": done,
    }
    torch.save(state, f"{path}.part")
    os.replace(f"{path}.part", path)
    ### END SOLUTION


def load_checkpoint(path, model, optimizer, scheduler):
    """Put everything back as it was saved. Returns the number of updates that had been made; 0 if there is no file."""
    ### BEGIN SOLUTION
    if not os.path.exists(path):
        return 0
    state = torch.load(path)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    return state["done"]
    ### END SOLUTION


def train(update, model, optimizer, scheduler, batches, path, every=100):
    """Make an update on each of the batches, in order, going on from the checkpoint at path where there is one.

    update: update(*batch) makes one update of the model and returns its loss. batches: a list of tuples.
    A checkpoint is written whenever the number of updates made is a multiple of `every`, and at the end.
    Returns the list of the losses of this run.
    """
    ### BEGIN SOLUTION
    seen = []
    for number in range(load_checkpoint(path, model, optimizer, scheduler), len(batches)):
        seen.append(update(*batches[number]))
        if (number + 1) % every == 0:
            save_checkpoint(path, model, optimizer, scheduler, number + 1)
    save_checkpoint(path, model, optimizer, scheduler, len(batches))
    return seen
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("train", train)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("train", train)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Make a list of everything that has changed after one update. Which of it does a new process not know?</details>
# <details><summary>Hint 2: the approach</summary>Model, optimizer and scheduler each have <code>state_dict()</code> and <code>load_state_dict(…)</code>. A dictionary of these and a number can be written with <code>torch.save</code> and read with <code>torch.load</code>. A loop that goes on has another beginning: <code>range(done, len(batches))</code>.</details>
# <details><summary>Hint 3: almost code</summary>Save to <code>f"{path}.part"</code>, then <code>os.replace(…, path)</code>. In the loop: update, and after batch number n (from 0) n + 1 updates have been made. Is there something to load? <code>os.path.exists(path)</code>.</details>
#
# Two remarks. If the model has dropout, an exact continuation needs the state of the random streams as well; the course's own training saves it. And `torch.load` reads *pickles*. Since PyTorch 2.6 it does so with `weights_only=True` unless told otherwise, which refuses to run code that a file brings along; even that has had holes ([CVE-2025-32434](https://nvd.nist.gov/vuln/detail/CVE-2025-32434)). Your own checkpoint is no danger to you. A stranger's is, and so what you hand in at the end will be `safetensors`, a format that holds numbers and nothing else.
#
# ## Training
#
# Now train. `fit` (in `classroom/training`) is built like the loop that you have written, and is the course's own code: yours is not called. It has some things around it that long trainings need:
#
# * all sentences lie on the device beforehand, as whole numbers; nothing is copied while it trains;
# * the precision is chosen by asking the machine: bfloat16 on a GPU that has it, float16 with a scaler on an older one, float32 on a CPU unless bfloat16 proves faster there;
# * the model that comes out is not the last one but a **running average** of all: after each update $\bar\theta \leftarrow 0.998\,\bar\theta + 0.002\,\theta$. The last weights still jump with every batch; their average is calmer, and better. (The paper averages its last checkpoints, section 6.1.)
# * the norms stand before the sublayers (pre-norm, lesson 6), which trains surely at a high rate with a short warm-up.
#
# Where does the speed come from? Here is the same model, at the size that we use for real sentences, on one core of a CPU:
#
# ![Target words a second in training, on one core of a CPU that computes bfloat16 in hardware. nn.Transformer, all padded to 72 tokens: 244, 1.0 times the first; nn.Transformer, padded to the longest of a batch: 570, 2.3 times the first; nn.Transformer, batches of like length: 1,343, 5.5 times the first; this course's Transformer, the same batches: 1,424, 5.8 times the first; nn.Transformer, in bfloat16: 2,089, 8.6 times the first; this course's Transformer, in bfloat16: 2,481, 10.2 times the first.](../../assets/figures/09_ladder.png)
#
# *What to see: not from clever code. A readable Transformer is as fast as PyTorch's own. More than five times come from padding that is not computed, and nearly two from bfloat16, on this processor, which has it in hardware; on one without it bfloat16 is slower than float32.*
#
# On two cores of a CPU this takes about three minutes, with a corpus that the course generates. **On a GPU** change the first line to `"multi30k"`: 29,000 captions of photographs, German to English ([Elliott et al., 2016](https://aclanthology.org/W16-3210/)), which are downloaded on first use. Its recipe stops after ten minutes. (On an H200, two and a half minutes of it gave 40.4 BLEU, and 40.9 with a beam of 4.)

#
# One library is needed that Colab does not have: sacreBLEU, which scores translations. It is small, and nothing else is changed.

# %% tags=["training"]
if find_spec("sacrebleu") is None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "sacrebleu"], check=True)

# %% tags=["training"]
CORPUS = "korean_english"  # on a GPU also "multi30k"
corpus = load_corpus(CORPUS)
recipe, sizes = {"korean_english": (KOREAN_ENGLISH, SMALL), "multi30k": (MULTI30K, BASE)}[CORPUS]
recipe = replace(recipe, score_every=recipe.updates // 8)  # for the curves at the right
torch.manual_seed(0)
model = translator(len(corpus.vocabulary), sizes, Transformer)
print(f"{len(corpus.train):,} pairs, {len(corpus.vocabulary):,} tokens,", end=" ")
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
for pair in corpus.train[:3]:
    print(" ".join(pair.source), "→", corpus.text(pair.target))

# %% [markdown]
# While it trains, three sentences that it is not trained on are translated now and then. If the runtime is taken away, run the cell again: it goes on from the checkpoint. (To begin anew, delete the checkpoint: `training_korean_english.pt`, beside this notebook. On Colab the disk goes with the runtime: `from classroom import keep`, then `keep.to_drive("training_korean_english.pt")` copies the checkpoint to Google Drive while nothing else runs, `keep.restore()` brings it back, and `keep.download(...)` hands a file to your browser.)


# %% tags=["training"]
by_length = sorted(corpus.valid, key=lambda pair: len(pair.source))
chosen = [by_length[len(by_length) * n // 10] for n in (2, 5, 8)]
diary, live = {}, show.live_training(" to ".join(corpus.languages))


def look(report):
    """What is done now and then while the model trains."""
    live(report)
    if report.updates in (40, 200, 400, 800, 1600):
        written = translate(model, [pair.source for pair in chosen], corpus)
        diary[f"update {report.updates:,}"] = [corpus.text(words) for words in written]


record = fit(model, corpus, recipe, checkpoint=f"training_{CORPUS}.pt", on_report=look)
print(f"{record.updates:,} updates in {record.seconds:.0f} s, {record.precision} ({record.why})")

# %% tags=["training"]
written = translate(model, [pair.source for pair in chosen], corpus)
diary["the end"] = [corpus.text(words) for words in written]
sources = [corpus.text(pair.source) for pair in chosen]
show.translations(sources, [corpus.text(pair.target) for pair in chosen], diary, "As training goes on")

# %% [markdown]
# *What to see: at first the model writes the same frequent words whatever the source says. It is learning English, not yet to translate. Then single words of the source come through, in the wrong order or in the place of others like them; then whole phrases, and in the end whole sentences.*
#
# How good is it on sentences that it has never seen? The corpus has three kinds of them. **iid** are new sentences of the same kind. In **comb** some verb stands with an object, or some adjective with a noun, that never stood together in training. And **long** are longer than any sentence of training.

# %% tags=["training"]
for split in corpus.tests:
    scores = score(model, corpus, split)
    print(f"{split:5} without a mistake {scores.exact:.1%}   BLEU {scores.bleu:.1f}", end="   ")
    print("" if scores.alignment is None else f"alignment {scores.alignment:.1%}")
print(scores.signature)

# %% [markdown]
# *What to see: on new sentences nearly all are right, on new combinations a little fewer, so it has learned words and not only sentences by heart. On sentences longer than those of training it fails. That is a limit of this model and of this training, and not a small one: it leaves out whole parts of them, probably because it has never seen these positions.* (*Alignment* is the share of the words whose strongest attention falls on a morpheme that they come from. It and BLEU are what the rest of this lesson is about.)
#
# ## Writing well
#
# Greedy decoding (lesson 8) takes the likeliest word at each step and never looks back. But what is asked for is the likeliest *sentence*. A word that looks second best now may lead to a much better end:
#
# ![A beam search with two beginnings. Behind bos, rain has probability 0.50 and it has 0.42; both are kept. Behind rain, came makes 0.15 and fell 0.14; behind it, rained makes 0.38 and is 0.03: it rained and rain came are kept. Behind it rained, eos makes 0.34; behind rain came, eos makes 0.09. Greedy search takes rain, came, eos, with 0.09; the beam also finds it, rained, eos, with 0.34.](../../assets/figures/09_beam.png)
#
# **Beam search** keeps the `beam` best beginnings instead of one. At each step every one of them is tried with every word behind it, and of all these the best `beam` stay. A beginning that has got its eos is finished: it is put aside, and the others go on (Sutskever et al., 2014, section 3.2).
#
# The probability of a sentence is the product of its words' probabilities, and that is a tiny number; so logarithms are added. Which shows a trouble: every further word makes the sum smaller, so the shortest sentence tends to win. Wu et al. (2016, equation 14) divide by a **length penalty**, and the paper does the same with α = 0.6 and a beam of 4 (section 6.1):
#
# $$\text{score}(Y) = \frac{\log P(Y)}{\text{lp}(Y)} \qquad \text{lp}(Y) = \frac{(5 + |Y|)^\alpha}{(5 + 1)^\alpha}$$
#
# Two exercises: first what the search asks, then the search.
#
# **Exercise 9.7 · `next_words_of`** · 1 point · ● ● ○ · 10 minutes
#
# A function that returns a function. The inner one remembers what the outer one has computed, so the encoder runs once.


# %% nbgrader={"grade": false, "grade_id": "next_words_of", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_words_of(model, source):
    """What a beam search asks: a function from what has been written to the log-probabilities of the next word.

    model: has encode(source) -> memory and decode(target, memory, source) -> scores (B, T, V), as your Transformer;
    it is put into eval mode. source: (S,) integers, one sentence. The encoder runs once.
    Returns next_log_probs: next_log_probs(words), with words a list of integers from bos on, gives a tensor (V,) that
    hangs in no graph.
    """
    ### BEGIN SOLUTION
    model.eval()
    batch = source.unsqueeze(0)
    with torch.no_grad():
        memory = model.encode(batch)

    def next_log_probs(words):
        written = torch.tensor([words], device=batch.device)
        with torch.no_grad():
            scores = model.decode(written, memory, batch)
        return torch.log_softmax(scores[0, -1], dim=-1)

    return next_log_probs
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_next_words_of", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("next_words_of", next_words_of)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("next_words_of", next_words_of)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>What can be computed before a single word is known? What only afterwards?</details>
# <details><summary>Hint 2: the approach</summary>The model wants batches: one sentence is a batch of one. Of the scores (1, T, V) only those at the last place are about the next word. They are scores, not yet log-probabilities.</details>
# <details><summary>Hint 3: almost code</summary><code>model.eval()</code>; memory, inside of <code>with torch.no_grad():</code>; then <code>def next_log_probs(words): …</code> with <code>torch.tensor([words])</code>, a decode, <code>log_softmax</code> of <code>[0, -1]</code>; return the function itself, without calling it.</details>
#
# **Exercise 9.8 · `beam_search`** · 2 points · ● ● ● · 30 minutes · paper, section 6.1


# %% nbgrader={"grade": false, "grade_id": "beam_search", "locked": false, "schema_version": 3, "solution": true, "task": false}
def beam_search(next_log_probs, bos, eos, beam, max_len, alpha):
    """The best sentence that a search with `beam` beginnings finds.

    next_log_probs(words), with words a list of integers from bos on, and without eos, gives the log-probabilities (V,)
    of the next word. max_len: the most words, eos among them, bos not counted.
    At each step, of all beginnings made longer by one word, the `beam` with the largest log P stay; those that end in
    eos are put aside as finished. At the end, of the finished ones the one with the largest score (above) is chosen;
    where none is finished, of those that are left. |Y|: the words of Y, eos among them, bos not counted.
    Returns the words, a list of integers without bos, and the score (float).
    """
    ### BEGIN SOLUTION
    going, finished = [([bos], 0.0)], []
    for _ in range(max_len):
        longer = []
        for words, log_p in going:
            for word, more in enumerate(next_log_probs(words).tolist()):
                longer.append(([*words, word], log_p + more))
        best = sorted(longer, key=lambda pair: pair[1], reverse=True)[:beam]
        finished += [pair for pair in best if pair[0][-1] == eos]
        going = [pair for pair in best if pair[0][-1] != eos]
        if not going:
            break

    def score(pair):
        length = len(pair[0]) - 1
        return pair[1] / ((5 + length) / 6) ** alpha

    chosen = max(finished or going, key=score)
    return chosen[0][1:], score(chosen)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_beam_search", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("beam_search", beam_search)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("beam_search", beam_search)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Keep two lists of pairs (words, log P): those that go on, which begins as bos alone with log P = 0, and the finished ones.</details>
# <details><summary>Hint 2: the approach</summary>In a step all beginnings are of one length, so there log P alone decides; the length penalty is for the end, where sentences of different lengths meet. A finished sentence is never made longer.</details>
# <details><summary>Hint 3: almost code</summary>A loop of max_len steps: all pairs ([*words, word], log P + its log-probability); <code>sorted(…, key=…, reverse=True)[:beam]</code>; share them out by whether the last word is eos; stop when nobody goes on. Then <code>max(finished or going, key=…)</code>.</details>
#
# Now let your beam search write. It asks the model for one beginning at a time and computes everything anew at each step, so it is slow. The course's own (`translate(..., beam=4)`) treats all beginnings of all sentences at once and keeps the keys and values of earlier words. The translations should be the same:


# %% tags=["training"]
def with_my_beam(pair, beam):
    """The translation of a pair's source by the beam search above, as tokens."""
    ids = torch.tensor([*corpus.vocabulary.encode(pair.source), 2], device=next(model.parameters()).device)
    words, _ = beam_search(next_words_of(model, ids), 1, 2, beam, 2 * len(ids) + 8, 0.6)
    return corpus.vocabulary.decode(words)


some = corpus.valid[:12]
theirs = translate(model, [pair.source for pair in some], corpus, beam=4, length_penalty=0.6)
mine = [with_my_beam(pair, 4) for pair in some]
print(f"{sum(a == b for a, b in zip(mine, theirs))} of {len(some)} translations are the same")

# %% [markdown]
# On this corpus the beam changes little: the model is sure of itself, and greedy is right already. On Multi30k, where a sentence can be said in many ways, a beam of 4 gained half a BLEU to one in our trials.
#
# ## How good is it?
#
# On the generated corpus there is one right translation, and one can count sentences without a mistake. Of real sentences there are many right ones. **BLEU** (Papineni et al., 2002) asks how many words, pairs, triples and quadruples of the translation stand in the reference too. It is made of two parts.
#
# **Precision.** Of all n-grams (runs of n words) that the model wrote, how many are in the reference? Each of the reference's may be counted only as often as it stands there, or "the the the the" would be all right. All sentences are counted together before dividing; the mean of the sentences' own values is another number.
#
# **Exercise 9.9 · `ngram_precision`** · 1 point · ● ● ○ · 15 minutes · Papineni et al. (2002), section 2.1


# %% nbgrader={"grade": false, "grade_id": "ngram_precision", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ngram_precision(translations, references, n):
    """The share of the translations' n-grams that stand in their references, over the whole corpus.

    translations, references: lists of sentences, each a list of words (strings); one reference for each translation.
    An n-gram counts as found at most as often as its own reference has it. Returns a float; 0.0 where no translation
    has n words.
    """
    ### BEGIN SOLUTION
    found = total = 0
    for translation, reference in zip(translations, references):
        ours, theirs = (
            Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1)) for words in (translation, reference)
        )
        found += (ours & theirs).total()
        total += ours.total()
    return found / total if total else 0.0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_ngram_precision", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("ngram_precision", ngram_precision)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("ngram_precision", ngram_precision)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>For one sentence: how often does each n-gram stand in the translation, and how often in the reference? Which of the two numbers counts?</details>
# <details><summary>Hint 2: the approach</summary><code>Counter</code> counts tuples: <code>Counter(tuple(words[i : i + n]) for …)</code>. The smaller of both counts, entry by entry, is <code>one &amp; other</code>.</details>
# <details><summary>Hint 3: almost code</summary>Two sums over all sentences: of the smaller counts, and of the translation's counts (<code>.total()</code>). Divide once, at the end.</details>
#
# **Brevity.** Who writes only what is certain gets a high precision: "the" alone may score 100 %. So a corpus of translations that is shorter than its references is marked down; a longer one has its punishment in the precision already. With c words translated and r words in the references:
#
# $$\text{BP} = \begin{cases} 1 & c > r \\ e^{1 - r/c} & c \le r \end{cases} \qquad \text{BLEU} = \text{BP} \cdot \Big(\prod_{n=1}^{4} p_n\Big)^{1/4}$$
#
# **Exercise 9.10 · `brevity_penalty`** · 1 point · ● ○ ○ · 5 minutes · Papineni et al. (2002), section 2.3


# %% nbgrader={"grade": false, "grade_id": "brevity_penalty", "locked": false, "schema_version": 3, "solution": true, "task": false}
def brevity_penalty(length, reference_length):
    """What BLEU is multiplied by. length: c, the words of all translations; reference_length: r, those of all references.

    Returns a float; 0.0 where nothing was translated (c = 0).
    """
    ### BEGIN SOLUTION
    if length == 0:
        return 0.0
    return min(1.0, math.exp(1 - reference_length / length))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_brevity_penalty", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("brevity_penalty", brevity_penalty)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("brevity_penalty", brevity_penalty)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>What is e to the power 1 − r/c where c is half of r? And where c is twice r?</details>
# <details><summary>Hint 2: the approach</summary>Where c &gt; r the exponential is larger than 1: the smaller of it and 1 is what is asked for. Before that, c = 0.</details>
# <details><summary>Hint 3: almost code</summary><code>math.exp</code>, <code>min</code>, and an <code>if</code>.</details>
#
# Your two parts together make BLEU. Beside it the same by **sacreBLEU** (Post, 2018), the library that everybody uses, and its *signature*. A BLEU without a signature is not worth much: lower-cased words, other tokens, or one's own formula move it by several points, and papers have compared such numbers for years. Three ways to get a number that nobody can compare: count pieces or token numbers instead of words, leave eos and padding in, or evaluate in train mode, with dropout on.


# %% tags=["training"]
split = next(iter(corpus.tests))
pairs = corpus.tests[split][:300]
texts = [corpus.text(words) for words in translate(model, [pair.source for pair in pairs], corpus)]
ours = [text.split() for text in texts]
references = [text.split() for text in corpus.references(split)[:300]]
precisions = [ngram_precision(ours, references, n) for n in (1, 2, 3, 4)]
penalty = brevity_penalty(sum(map(len, ours)), sum(map(len, references)))
print("precisions", "  ".join(f"{p:.4f}" for p in precisions), f"  brevity penalty {penalty:.4f}")
print(f"by hand    {100 * penalty * math.prod(precisions) ** (1 / 4):.2f}")
points, signature = bleu(texts, corpus.references(split)[:300])
print(f"sacreBLEU  {points:.2f}   {signature}")

# %% [markdown]
# (They may differ by a little: sacreBLEU splits punctuation off words before it counts, which is the `tok:13a` of the signature.)
#
# ## Where did it look?
#
# In Korean the verb comes last, in English it comes second. Somewhere the order has to be turned round, and no one told the model how. Here is the cross-attention of its last layer, the mean of the heads, while it reads the right translation. The grammar that made the corpus knows which morpheme each word came from; those cells are framed.

# %% tags=["training"]
short = [pair for pair in corpus.valid if 8 <= len(pair.source) <= 12]
past = [p for p in short if {(len(p.source) - 3, 1), (len(p.source) - 2, 1)} <= {*p.links}]
one_verb = [p for p in past if "will" not in p.target and "and" not in p.target]
pair = max(one_verb or short, key=lambda pair: len(pair.target))
[weights] = alignments(model, [pair], corpus)
show.alignment(weights, pair.target, pair.source, corpus.text(pair.target), gold=pair.links)

# %% [markdown]
# *What to see: the verb's row, near the top, has its weight at the far right; what stands between comes afterwards. Row j belongs to the step that writes word j, when word j itself has not been read yet. Several frames in a row: the word comes from several morphemes, as a past tense does from a verb and its ending. Several in a column: an article belongs to its noun, which in Korean has none. Not every row hits its frame: an article often looks at the particle beside the noun.*
#
# How often does it look where the word comes from? For hand-made alignments there is an old measure. People mark links that must be there, *sure* ones S, and links that may be there, *possible* ones P. A model's links A are compared with both:
#
# $$\text{AER} = 1 - \frac{|A \cap S| + |A \cap P|}{|A| + |S|}$$
#
# **Exercise 9.11 · `alignment_error_rate`** · 1 point · ● ● ○ · 10 minutes · Och and Ney (2003)


# %% nbgrader={"grade": false, "grade_id": "alignment_error_rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def alignment_error_rate(found, sure, possible):
    """One minus how well the links found agree with those that people, or a grammar, have made.

    found: A; sure: S, the links that must be there; possible: P, those that may be. Each is a list of links, pairs
    (source place, target place), none of them twice. A sure link counts as possible, whether P holds it or not.
    AER = 1 - (|A and S| + |A and P|) / (|A| + |S|). Returns a float; 0.0 where A and S are both empty.
    """
    ### BEGIN SOLUTION
    A, S = set(map(tuple, found)), set(map(tuple, sure))
    P = S | set(map(tuple, possible))
    if not A and not S:
        return 0.0
    return 1 - (len(A & S) + len(A & P)) / (len(A) + len(S))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_alignment_error_rate", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("alignment_error_rate", alignment_error_rate)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("alignment_error_rate", alignment_error_rate)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>If A is exactly S, and P has nothing more: what should come out?</details>
# <details><summary>Hint 2: the approach</summary>Python's sets have <code>&amp;</code> for "in both" and <code>|</code> for "in either". A list of lists has to be turned into tuples first.</details>
# <details><summary>Hint 3: almost code</summary>Three sets, the third one joined with the second; then the formula, as it stands there.</details>
#
# Here each word is linked to the one source word that it looks at most. Beside the model stands a guess that knows nothing: the n-th part of the sentence comes from the n-th part of the source. First all links of the grammar count as sure. But then 0 can not be reached, since many words come from two morphemes and each is given one link. So once more: sure are the links of words that have only one, and the others are possible, any of them will do.


# %% tags=["training"]
def rates(guess):
    """AER over all sentences, first with all links sure, then with those sure that are a word's only one."""
    found, gold, only = [], [], []
    for n, (pair, weights) in enumerate(zip(pairs, looks)):
        found += [((n, s), (n, t)) for t, s in enumerate(guess(pair, weights))]
        links = Counter(t for _, t in pair.links)
        gold += [((n, s), (n, t)) for s, t in pair.links]
        only += [((n, s), (n, t)) for s, t in pair.links if links[t] == 1]
    return alignment_error_rate(found, gold, []), alignment_error_rate(found, only, gold)


def diagonal(pair, weights):
    """The place that lies as far along in the source as the word does in the target."""
    T, S = len(pair.target), len(pair.source)
    return [t * S // T for t in range(T)]


pairs = [pair for pair in pairs if pair.links]  # real sentences have no links
looks = alignments(model, pairs, corpus)
for name, guess in (("the model", lambda pair, weights: weights.argmax(dim=1).tolist()), ("the diagonal", diagonal)):
    print(f"{name:13} AER {rates(guess)[0]:.1%}, where any of a word's links will do {rates(guess)[1]:.1%}")

# %% [markdown]
# *What to see: the model is far better than the diagonal, and nobody trained it to align. It is not perfect either. A weight says where a value was taken from, and the vector there already knows of its neighbours; a model may look at a particle to learn of the noun before it. Attention is a hint at what comes from where, not a proof.*
#
# ## And without a Transformer?
#
# The two recurrent translators of lesson 2, the same corpus, about the same time on one core of a CPU (two and a half minutes), each with the number of updates that fit into it. All were trained beforehand; the numbers are of one run each. (Of all new sentences together, five trainings of the Transformer had between 97.7 and 98.7 % right.)

# %% tags=["picture"]
lengths = ["1 to 6", "7 to 12", "13 to 18", "19 to 30"]
measured = {  # of 175, 523, 259 and 43 new sentences; `benchmarks/training.py compare` measures it again
    "GRU": [0.863, 0.589, 0.034, 0.0],  # 5,075 updates
    "GRU with attention": [1.0, 1.0, 0.996, 0.964],  # 4,679 updates
    "Transformer": [1.0, 0.994, 0.992, 0.857],  # 3,000 updates
}
labels = ("sentences right", "sentences without a mistake", True, False, "morphemes in the Korean sentence")
show.by_length(lengths, measured, *labels)

# %% [markdown]
# *What to see: one vector is enough for a short sentence and for no long one. Attention mends that at once, and here the GRU with attention is as good as the Transformer or better: of new combinations it translates 99 % without a mistake, the Transformer 96 %, the GRU without attention 11 %.*
#
# That is worth saying plainly. What made translation work is **attention**. What the Transformer takes away is the **recurrence**, and that does not pay on one core with short sentences. It pays where a machine computes all places of a sentence at once. On an H200, forward and backward through one layer takes 32 ms with `nn.GRU` and 2 ms with self-attention for a sentence of 1,024 words. For one of 16 words it is nearly the same, 1.7 and 1.5 ms. With it came models and corpora of a size that no one would have waited for before.
#
# ## Find the bug
#
# A batch that does not fit into memory can be shared out: compute the gradients of k small batches, add them up, and make one update. With a mean over all k it is the same update. A widely read repository on language models made its update at the wrong batches until 2024 ([LLMs-from-scratch, pull request 300](https://github.com/rasbt/LLMs-from-scratch/pull/300) mended it): at the very first batch, and not at the last. In our own few lines, with a single number for each gradient:


# %%
def accumulate_with_a_bug(gradients, k):
    """The gradient of each update, where an update is made for every k small batches. gradients: (N,), one a batch."""
    updates, total = [], 0.0
    for i, gradient in enumerate(gradients):
        total = total + gradient / k
        if i % k == 0:
            updates.append(total)
            total = 0.0
    return torch.stack(updates)


# %% [markdown]
# It runs, the loss falls, and nobody notices. Which batches are in the first update, and which are in none?
#
# **Exercise 9.12 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """An input on which both faults show: the first update is not the mean of k batches, and the last batch is in none.

    Returns gradients, a tensor (N,) of real numbers, and k, a whole number that divides N.
    """
    ### BEGIN SOLUTION
    gradients = torch.tensor([1.0, 2.0, 3.0, 4.0])
    k = 2
    return gradients, k
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose accumulate", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(gradients, k):
    """`accumulate_with_a_bug`, with the bug taken out. gradients: (N,).

    Returns the updates, (N / k,): each the mean of the k gradients of its batches, in order. Where N is no multiple of k,
    the batches that are left at the end make one more update, the mean of those that there are.
    """
    ### BEGIN SOLUTION
    updates = []
    for start in range(0, len(gradients), k):
        group = gradients[start : start + k]
        updates.append(group.sum() / len(group))
    return torch.stack(updates)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended accumulate", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended accumulate", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>For k = 2, write down i = 0, 1, 2, 3 and beside each whether an update is made.</details>
# <details><summary>Hint 2: the approach</summary>After batch i there have been i + 1 batches. And what is still in <code>total</code> when the loop is over?</details>
# <details><summary>Hint 3: almost code</summary>Either mend the condition, and make one more update behind the loop for what is left, divided by how many that are. Or cut the gradients into pieces of k (<code>gradients[start : start + k]</code>, or <code>split</code>), and take the mean of each.</details>
#
# ## In your own words
#
# **Exercise 9.13 · explain** · 2 points · ● ● ● · 30 minutes · read by a person
#
# Below are sentences that the model got wrong. Choose three of them, in each a different kind of error, and for each answer three questions. What is wrong in the translation? Where did the model look as it wrote the wrong word, and was that the right place? (Where a word is missing, look at the row of the word that stands in its place.) And so, did it not find the word, or did it find it and not know what to do with it? Then name one change to the data or to the training that should mend one of the three, and say how you would test it. Six to eight sentences.


# %% tags=["training"]
for split in corpus.tests:
    tried = [pair for pair in corpus.tests[split][:400] if len(pair.source) < 36]
    texts = translate(model, [pair.source for pair in tried], corpus)
    wrong = [(pair, words) for pair, words in zip(tried, texts) if tuple(words) != tuple(pair.target)]
    print(f"{split}: {len(wrong)} of {len(tried)} are wrong; two of them:")
    for pair, words in wrong[:2]:
        print("source:   ", corpus.text(pair.source))
        print("in pieces:", corpus.gloss(pair) or "(known for the generated corpus only)")
        print("reference:", corpus.text(pair.target))
        [weights] = alignments(model, [Pair(pair.source, tuple(words), ())], corpus)
        show.alignment(weights, words, pair.source, f"it wrote: {corpus.text(words)}")

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# (Which errors there are hangs on the training; here is one way to answer.) First, in a sentence from *comb* the model wrote another object, one that often stands with this verb. Its row has its weight on the right noun: it looked at the right place, and the decoder's own habit, what usually comes behind this verb, won over what it read. Second, in a long sentence a phrase comes twice and another is missing. The row of the
# repeated word has its weight on the same morphemes as before: it lost its place, at positions that training never had, and did not find the word. Third, a verb has the wrong tense. In a chain of two clauses the tense stands only at the end of the Korean sentence; the row of the verb has its weight on the verb's stem and nearly none on the last ending, so it did not look where the answer was. A change that should mend the second: put longer sentences into
# training, or begin the positions of each training sentence at a random number, so that high positions are known. To test it, train two models with the same number of updates, one with the change and one without, with several seeds each, and compare the share without a mistake on *long*; *iid* must not fall.
#
# *For the grader.* 1 point: three errors of different kinds, each with what the map shows at the wrong word (right place or not), and a conclusion that fits it. Half of it for two, or where the map is mentioned without a conclusion. 1 point: a change that aims at one of the errors, and a test that could fail (same budget, with and without the change, on sentences not used for the decision). "Train longer" counts only with a reason why the error
# would go. Attention maps read as proof of a cause need not be punished; a remark that they are only a hint is worth praise.
# ### END SOLUTION

# %% [markdown]
# ## Hand it in
#
# `submit_model` writes your model into `translator.safetensors`: its weights, its sizes, its vocabulary and the record of its training, and no code. Hand in this file together with the notebook.
#
# It is graded by letting it translate. `check_model` shows how it does on sentences that everyone has. The grader puts the same question with other sentences, which nobody has seen before: they are drawn from a seed that depends on your file itself, so there is nothing to train for.

# %% tags=["training"]
submit_model(model, corpus, record)

# %% [markdown]
# **Exercise 9.14 · your model** · 4 points · ● ● ● · the time of a training
#
# One point for each goal: sentences without a mistake, among new sentences and among new combinations; BLEU; alignment. The check names the goals. From the goal on the point is whole, at half of it or below there is none, between them it grows evenly. (A model of Multi30k has one goal, its BLEU, for all four points.)

# %% tags=["measured"] nbgrader={"grade": true, "grade_id": "test_model", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check_model("translator.safetensors")

# %% [markdown]
# ## What you built
#
# * `bucket_batches`, `noam_rate`, `label_smoothed_loss`, `train_step`, `train`: a training loop that is fast, careful and hard to kill;
# * `next_words_of` and `beam_search`: a search for the best sentence, for any model that can say how likely the next word is;
# * `ngram_precision`, `brevity_penalty` and `alignment_error_rate`: three ways to say how good it is, and what each of them leaves out;
# * a translator, made of parts that you have written one by one, from the softmax of lesson 1 on.
#
# **Try next:** train a Transformer that you have changed in one place (post-norm for pre-norm, one head, label smoothing of 0.1) with the same number of updates and a checkpoint of another name, and compare both models on *comb*. Which change matters most? With a GPU: Multi30k, with sizes of your own.
#
# **In the paper:** section 5 (data, batches, hardware, optimizer, regularization), section 6.1 (beam, length penalty, averaged checkpoints), and table 3 with its many variations. The paper's base model was trained for 12 hours on 8 GPUs (section 5.2) and reached 27.3 BLEU on English to German (table 2), with 4.5 million pairs of sentences.
#
# **Further reading:**
#
# * Sennrich, Haddow and Birch (2016), [*Neural machine translation of rare words with subword units*](https://arxiv.org/abs/1508.07909);
# * Wu et al. (2016), [*Google's neural machine translation system*](https://arxiv.org/abs/1609.08144);
# * Papineni et al. (2002), [*BLEU: a method for automatic evaluation of machine translation*](https://aclanthology.org/P02-1040/);
# * Post (2018), [*A call for clarity in reporting BLEU scores*](https://arxiv.org/abs/1804.08771);
# * Och and Ney (2003), [*A systematic comparison of various statistical alignment models*](https://aclanthology.org/J03-1002/);
# * Micikevicius et al. (2018), [*Mixed precision training*](https://arxiv.org/abs/1710.03740).
