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
# # 2 · Recurrent seq2seq: the model that came before
#
# *Read a sentence once, close the book, and say it in another language, from memory. Five words are easy. How about twenty-five? And why did the best translators of 2014 have to work exactly so?*
#
# ![A map of the Transformer: the encoder stack above, the decoder stack below, and at the upper right, lit, a chain in which one word comes after another: the recurrent model that came before; this lesson is number 2.](../../assets/figures/map_02.png)
#
# When you have finished, you can
#
# * write a recurrent translator, an encoder and a decoder, of which padding changes nothing and which never sees its own answer;
# * show its two troubles: one vector must hold the whole sentence, and each step waits for the one before it;
# * say which of the two troubles attention cures, and why it took the Transformer to cure the other.
#
# **Time:** about three hours. **Needs:** Python, a little PyTorch; lesson 1 for softmax. **Points:** 22.
#
# Run the cell below first. It is safe to run again.

# %% tags=["set-up"]
# The build puts the set-up cell here.

# %% tags=["imports"]
import math
import time

import torch
import torch.nn.functional as F
from torch import nn

from classroom import check, show
from classroom.corpus import Vocabulary, batches, korean_english, padded, readable
from classroom.reach import reach
from classroom.translator import GRUTranslator, train

# %% [markdown]
# **Conventions, the same in every lesson.** Batch first. `B` batch, `S` length of the source, `T` length of the target, `D` width of a word vector, `H` width of the state, `V` size of the vocabulary.
# Masks hold booleans, and **True = may attend**. `pad = 0` fills up short sentences, `bos = 1` begins a sentence, `eos = 2` ends it. "The paper" is Vaswani et al. (2017), [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762).
#
# ## A network with a memory
#
# A sentence has no fixed length. A *recurrent* network reads it word by word, and keeps what it knows of the words so far in one vector, the **state** h. Each word x changes the state a little:
#
# $$h' = \tanh(W_{ih}\,x + b_{ih} + W_{hh}\,h + b_{hh})$$
#
# The weights are the same at every step. To translate, take two such networks (Sutskever et al., 2014; Cho et al., 2014): the **encoder** reads the source sentence, and its last state goes to the **decoder**. That one writes the target sentence word by word, each time reading the word that it wrote before.
#
# ![Above, the encoder reads five words from left to right; each state goes to the next. Its last state, one vector, is all that goes to the decoder, which begins with bos and writes the cat sat on the mat, each word fed back as the next input.](../../assets/figures/02_unrolled.png)
#
# Everything the decoder will ever know of the source goes through that one arrow in the middle. Keep it in mind.
#
# As in lesson 1, vectors are rows and PyTorch keeps a matrix as (out, in), so W x is `x @ W.T`. `nn.RNNCell` names its four weights as in the formula.
#
# **Exercise 2.1 · `rnn_step`** · 1 point · ● ○ ○ · 5 minutes


# %% nbgrader={"grade": false, "grade_id": "rnn_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step of a plain recurrent network: tanh(W_ih x + b_ih + W_hh h + b_hh), as nn.RNNCell.

    x: (B, D), one word of each sentence; h: (B, H), the state before it.
    W_ih: (H, D); W_hh: (H, H); b_ih, b_hh: (H,). Returns the new state (B, H).
    """
    ### BEGIN SOLUTION
    from_word = x @ W_ih.T + b_ih
    from_state = h @ W_hh.T + b_hh
    return torch.tanh(from_word + from_state)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_rnn_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("rnn_step", rnn_step)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("rnn_step", rnn_step)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Two layers, one for the word and one for the state, summed. Where does tanh stand?</details>
# <details><summary>Hint 2: the approach</summary>A layer is <code>x @ W.T + b</code>. Everything is inside the one tanh.</details>
# <details><summary>Hint 3: almost code</summary>Compute the two layers on two lines, then <code>torch.tanh</code> of their sum.</details>

# %% [markdown]
# ## Gates: what to keep, what to forget
#
# A plain step rewrites the whole state at every word. What the first word left there goes through the matrix and through tanh again and again, and fades. A **gated recurrent unit** (GRU; Cho et al., 2014) learns what to keep. It computes two *gates*, vectors of numbers between 0 and 1 with one number for each entry of the state:
#
# $$r = \sigma(W_{ir}x + b_{ir} + W_{hr}h + b_{hr}) \qquad z = \sigma(W_{iz}x + b_{iz} + W_{hz}h + b_{hz})$$
#
# $$n = \tanh\!\big(W_{in}x + b_{in} + r \odot (W_{hn}h + b_{hn})\big) \qquad h' = (1 - z) \odot n + z \odot h$$
#
# The **update gate** z says how much of the old state stays: where z is 1, the state is carried on untouched. The **reset gate** r says how much of the old state the proposal n may use. (⊙ multiplies entry by entry.)
#
# ![One GRU step: the word x and the state h feed the reset gate r, the update gate z and the proposal n, where r acts on what the state adds to n; the new state is one minus z times n plus z times h, and a straight line carries h past everything where z is 1.](../../assets/figures/02_gru.png)
#
# Two warnings, since texts differ. This is PyTorch's form: r multiplies `W_hn h + b_hn`, *after* the matrix; Cho et al. multiply h by r *before* the matrix. And some papers write z for 1 − z. Both are good models, but weights trained for one give nonsense in the other.
#
# How far back does the memory go? Here is the size of the gradient of the last state with respect to each word, for untrained networks. Move the slider: a larger bias of the update gate opens the gate z.

# %% tags=["picture"]
show.memory()

# %% [markdown]
# *What to see: the vertical axis is logarithmic. In the plain network, with PyTorch's usual random weights, the first words are as good as forgotten after some twenty steps. A GRU with its gates half open forgets too, only later; where z stays near 1 it remembers far longer. Training can move that bias; it cannot add room: the state keeps its H numbers.*
#
# `nn.GRUCell` stacks its three matrices on top of each other, in the order r, z, n: `W_ih` has the shape (3H, D), `W_hh` (3H, H), the biases (3H,). `chunk(3, dim=-1)` cuts a tensor into three equal parts.
#
# **Exercise 2.2 · `gru_step`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "gru_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gru_step(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step of a gated recurrent unit, as nn.GRUCell computes it.

    x: (B, D); h: (B, H); W_ih: (3H, D); W_hh: (3H, H); b_ih, b_hh: (3H,), each in three parts: r, z, n.
    Returns the new state (B, H): (1 - z) * n + z * h.
    """
    ### BEGIN SOLUTION
    x_r, x_z, x_n = (x @ W_ih.T + b_ih).chunk(3, dim=-1)
    h_r, h_z, h_n = (h @ W_hh.T + b_hh).chunk(3, dim=-1)
    r = torch.sigmoid(x_r + h_r)
    z = torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + r * h_n)
    return (1 - z) * n + z * h
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_gru_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("gru_step", gru_step)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("gru_step", gru_step)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>One layer for the word and one for the state give all six parts at once.</details>
# <details><summary>Hint 2: the approach</summary>Cut both results into three. r and z add their two parts under a sigmoid; in n, the gate r stands between the two parts.</details>
# <details><summary>Hint 3: almost code</summary>Six parts: x_r, x_z, x_n and h_r, h_z, h_n. Two lines with <code>torch.sigmoid</code>, one with <code>torch.tanh</code>, where r multiplies h_n with its bias; the docstring has the last line.</details>

# %% [markdown]
# Yours against PyTorch's own, with PyTorch's own weights:

# %%
cell = nn.GRUCell(6, 5)
x, h = torch.randn(3, 6), torch.randn(3, 5)
mine = gru_step(x, h, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
print("equal to nn.GRUCell:", torch.allclose(mine, cell(x, h), atol=1e-6))

# %% [markdown]
# ## The encoder, and the trap of padding
#
# The encoder goes through the sentence with `gru_step`, from a state of zeros. The state after the last word is what the decoder gets.
#
# But sentences come in batches, and the short ones are filled up with padding. Who takes the state after the last *column* lets a short sentence be read on through three, ten, thirty steps of padding, and each of them changes the state. The translation of a sentence then hangs on
# how long its neighbours in the batch are. Nothing crashes; the model is just worse, and differently so on another batch. So: *at padding the state is carried on as it is.*
#
# **Exercise 2.3 · `encode`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "encode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def encode(x, lengths, W_ih, W_hh, b_ih, b_hh):
    """Read sentences with a GRU, from a state of zeros in the type of x. Padding leaves the state as it is.

    x: (B, S, D), the word vectors; lengths: (B,) integers: the first lengths[b] words of sentence b are real.
    The four weights as in gru_step.
    Returns states (B, S, H), the state after each word (at padding: the state before it, carried on),
    and the final state (B, H), after each sentence's last real word.
    """
    ### BEGIN SOLUTION
    h = x.new_zeros(x.size(0), W_hh.size(1))
    states = []
    for s in range(x.size(1)):
        new = gru_step(x[:, s], h, W_ih, W_hh, b_ih, b_hh)
        real = (s < lengths).unsqueeze(1)
        h = torch.where(real, new, h)
        states.append(h)
    return torch.stack(states, dim=1), h
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_encode", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("encode", encode)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("encode", encode)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>A loop over S. At step s, which sentences still have a word there?</details>
# <details><summary>Hint 2: the approach</summary>Compute the new state for all sentences, then choose row by row: the new one where the word is real, the old one elsewhere. <code>torch.where(condition, a, b)</code> chooses.</details>
# <details><summary>Hint 3: almost code</summary>The condition compares s with <code>lengths</code> and has the shape (B, 1), so that it stretches over H. Collect the chosen states in a list, and stack them along dimension 1.</details>

# %% [markdown]
# ## The decoder, and the trap of the answer
#
# In training we know the right translation, and we let the decoder read *it*, not its own words: at each step it gets the right word before, and is asked for the next. This is **teacher forcing**. The loss of all steps is known at once (the recurrence itself still waits, step by step), and an early error does not spoil the rest.
#
# So the input at step t must be word t − 1 of the target. If the decoder is handed the target as it stands, it reads the very word that it is asked for, copies it, reaches a loss near 0, and has learned nothing. The mend is a shift by one: `bos` in front, the last word dropped.
#
# | step | 1 | 2 | 3 | 4 | 5 | 6 | 7 |
# |---|---|---|---|---|---|---|---|
# | **target** | the | cat | sat | on | the | mat | eos |
# | **input** | bos | the | cat | sat | on | the | mat |
#
# **Exercise 2.4 · `shift_right`** · 1 point · ● ○ ○ · 5 minutes · paper, section 3.1 ("offset by one position")


# %% nbgrader={"grade": false, "grade_id": "shift_right", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shift_right(target, bos=1):
    """What the decoder reads when it is to write `target`: each word moved one place on, bos in front.

    target: (B, T) integers; bos: the number that begins a sentence. Returns (B, T) integers.
    """
    ### BEGIN SOLUTION
    begin = torch.full_like(target[:, :1], bos)
    return torch.cat([begin, target[:, :-1]], dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_shift_right", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("shift_right", shift_right)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("shift_right", shift_right)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>The result is as long as the target. Which word of the target is never read?</details>
# <details><summary>Hint 2: the approach</summary>A column of bos, then all columns of the target but the last.</details>
# <details><summary>Hint 3: almost code</summary><code>torch.full_like</code> makes the column from one column of the target; <code>torch.cat</code> along dimension 1 puts the two side by side.</details>

# %% [markdown]
# Now the decoder: a GRU again, with weights of its own. It starts from the encoder's final state, looks up the vector of the word that it reads, makes a step, and turns its state into a score for each word of the vocabulary (its *logits*).
#
# **Exercise 2.5 · `decode`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "decode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decode(target, start, table, W_ih, W_hh, b_ih, b_hh, W_out):
    """The decoder with teacher forcing: scores for each word of `target`, made from the words before it.

    target: (B, T) integers; start: (B, H), the encoder's final state; table: (V, D), a vector for each word.
    W_ih, W_hh, b_ih, b_hh as in gru_step; W_out: (V, H), from a state to scores (no bias).
    Returns logits (B, T, V): logits[:, t] is computed from the state after reading bos and target[:, :t].
    """
    ### BEGIN SOLUTION
    h = start
    logits = []
    for word in shift_right(target).unbind(dim=1):
        h = gru_step(table[word], h, W_ih, W_hh, b_ih, b_hh)
        logits.append(h @ W_out.T)
    return torch.stack(logits, dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_decode", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("decode", decode)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("decode", decode)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>The same loop as in <code>encode</code>, with another start and with words looked up in a table.</details>
# <details><summary>Hint 2: the approach</summary>What it reads is <code>shift_right(target)</code>. The state goes on from step to step; the scores are made from the state after the step.</details>
# <details><summary>Hint 3: almost code</summary>For each column of the shifted target: <code>table[column]</code> are its vectors; a <code>gru_step</code>; the state times <code>W_out.T</code> into a list. Stack along dimension 1.</details>

# %% [markdown]
# ## How good is a translator?
#
# In use there is no right translation to read from. The model writes on its own: it takes the word with the highest score, and reads *that* at the next step (*greedy decoding*). One wrong word, and it goes on from a sentence it has never seen. A score taken under teacher forcing does not show this:
# every error is mended before the next step. Public projects have reported such scores as translation quality ([mead-baseline, pull request 223](https://github.com/mead-ml/mead-baseline/pull/223) mends one).
#
# We count two things on the model's own writing: the share of *words* that stand right in their place, and the share of *sentences* that are right from the first word to `eos`.
#
# **Exercise 2.6 · `accuracy`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "accuracy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accuracy(step, state, target, bos=1, pad=0):
    """How much of `target` a model writes right when it writes on its own.

    step: a function: step(words (B,), state) returns logits (B, V) and the next state.
    state: what the first step gets, with bos; target: (B, T) integers, each sentence closed by eos, then padding.
    Returns two numbers (float): the share of the real words of all sentences (those that are not pad) that are
    right, and the share of the sentences in which every real word is right.
    """
    ### BEGIN SOLUTION
    word = torch.full_like(target[:, 0], bos)
    written = []
    for _ in range(target.size(1)):
        logits, state = step(word, state)
        word = logits.argmax(dim=-1)
        written.append(word)
    real = target != pad
    right = torch.stack(written, dim=1) == target
    words = right[real].float().mean().item()
    sentences = (right | ~real).all(dim=1).float().mean().item()
    return words, sentences
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_accuracy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("accuracy", accuracy)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("accuracy", accuracy)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Write first, compare afterwards: T steps give a table of written words of the shape (B, T).</details>
# <details><summary>Hint 2: the approach</summary>Each step reads the word it wrote before, and the state of the step before. Padding counts for nothing: as no word, and as no error.</details>
# <details><summary>Hint 3: almost code</summary>A column of bos to begin with; in the loop <code>step</code>, then <code>argmax</code> over V. Of the table right (B, T): the mean over the real places, and the mean over sentences of "all right or padding".</details>

# %% [markdown]
# ## A small translator
#
# Now train one. The course brings a corpus of its own: Korean sentences and their English translations, made by two grammars from the same thought, so that it is known which Korean morpheme each English word came from. A Korean sentence ends in its verb and an English one does not, so there is much to carry across.
# The sentences are cut into *morphemes*, the smallest parts that mean something; `##` marks one that is written without a space before it.

# %%
for pair in korean_english(3, "train", seed=0, longest=15):
    print(" ".join(pair.source), "→", readable(pair.target))

# %% [markdown]
# `GRUTranslator` (in `classroom/translator`) is an encoder and a decoder like yours, on `nn.GRU`, which makes the same steps in compiled code. `train` calls your `shift_right` for each batch. One walk through the corpus takes about twenty seconds on two cores. (Batches hold sentences of like length, and at most 300 cells, so that
# hardly any cell is padding.) The corpus itself takes a few seconds to generate.

# %% tags=["training"]
seed = 0
pairs = korean_english(40_000, "train", seed=0, longest=15)
korean = Vocabulary.build(pair.source for pair in pairs)
english = Vocabulary.build(pair.target for pair in pairs)
epoch = batches(pairs, korean, english, cells=300, seed=seed)
torch.manual_seed(seed)
plain = GRUTranslator(len(korean), len(english))
losses = train(plain, [epoch], shift_right, name="GRU")

# %% [markdown]
# Test it on sentences it has never seen, sorted by length. First all of them together, with your `accuracy`; and beside it the flattering number, next words under teacher forcing:

# %% tags=["training"]
unseen = korean_english(1_500, "iid", seed=1, longest=15)


def tensors(chosen):
    """Source and target of some pairs, each sentence closed by eos = 2."""
    source = padded([[*korean.encode(pair.source), 2] for pair in chosen])
    return source, padded([[*english.encode(pair.target), 2] for pair in chosen])


source, target = tensors(unseen)
with torch.no_grad():
    guesses = plain(source, shift_right(target)).argmax(dim=-1)
    words, sentences = accuracy(plain.step, plain.start(source), target)
forced = (guesses == target)[target != 0].float().mean()
print(f"words right, reading the right word before each: {forced:.0%}")
print(f"words right, reading its own:                    {words:.0%}")
print(f"sentences right from the first word to eos:      {sentences:.0%}")

# %% [markdown]
# And now by length. This is the picture of the bottleneck:

# %% tags=["training"]
buckets = {f"{n} to {n + 2}": range(n, n + 3) for n in (4, 7, 10, 13)}


def by_length_right(model):
    """The share of sentences that the model translates without a mistake, for each range of lengths."""
    shares = []
    for lengths in buckets.values():
        source, target = tensors([pair for pair in unseen if len(pair.source) in lengths])
        with torch.no_grad():
            shares.append(accuracy(model.step, model.start(source), target)[1])
    return shares


curves = {"one vector": by_length_right(plain)}
labels = ("sentences right", "sentences without a mistake", True, False, "morphemes in the Korean sentence")
show.by_length(list(buckets), curves, *labels)

# %% [markdown]
# *What to see: the longer the sentence, the less of it comes out right. The state has as many numbers for fifteen morphemes as for five. Some fall is no more than arithmetic: a whole sentence without a mistake gets rarer with length even if each word goes wrong equally often. A model with 84 % at five morphemes would then still have about 60 % at fourteen. The curve ends far below that. Train longer, or make the state wider, and the curve moves up; it still falls.*

# %% [markdown]
# ## Let it look back: attention
#
# The cure came in 2014 (Bahdanau, Cho and Bengio). Keep *all* the encoder's states, one for each source word, and let the decoder look at them anew for each word that it writes. It compares its own state, the **query**, with each of them, turns the comparisons into weights that sum to 1, and takes the mean of the states with these
# weights, the **context**:
#
# $$\text{scores}_{ts} = q_t \cdot h_s \qquad \text{weights}_t = \text{softmax}(\text{scores}_t) \qquad \text{context}_t = \sum_s \text{weights}_{ts}\,h_s$$
#
# ![The decoder's state at one step is compared with all the encoder's states; the weights, drawn as lines of different width, make a context vector that joins the decoder's state before the word is chosen.](../../assets/figures/02_attention.png)
#
# This is the simplest form, the *dot* score of Luong et al. (2015). Lesson 4 looks closely at each of its pieces; here three lines are enough. Only one thing is to be minded: padding is not a word, and gets no weight. Its score becomes so low before softmax that e to that power is 0.
#
# **Exercise 2.7 · `dot_attention`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "dot_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dot_attention(query, states, mask):
    """Attention of a decoder over the encoder's states, with plain dot products for scores.

    query: (B, T, H), the decoder's states; states: (B, S, H), the encoder's.
    mask: bool (B, S), True = a real word, which may be attended to; False = padding.
    Returns context (B, T, H) and weights (B, T, S).
    A source that is all padding must not give NaN: any finite numbers will do there.
    """
    ### BEGIN SOLUTION
    match = query @ states.transpose(1, 2)
    match = match.masked_fill(~mask[:, None, :], torch.finfo(match.dtype).min)
    weights = match.softmax(dim=2)
    context = weights @ states
    return context, weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_dot_attention", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("dot_attention", dot_attention)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("dot_attention", dot_attention)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>A table with a row for each target word and a column for each source word: which matrix product gives it?</details>
# <details><summary>Hint 2: the approach</summary>The last two dimensions of <code>states</code> change places for the scores, and stay as they are for the mean. The mask needs a dimension for T.</details>
# <details><summary>Hint 3: almost code</summary>query @ states transposed; <code>masked_fill</code> where the mask is <em>not</em> True, with <code>torch.finfo(….dtype).min</code>; softmax along S; weights @ states.</details>

# %% [markdown]
# And now the same translator with your `dot_attention`: the same sentences, the same batches, the same number of updates. For each word the context and the decoder's state are joined by one more layer before the scores are made.

# %% tags=["training"]
torch.manual_seed(seed)
attentive = GRUTranslator(len(korean), len(english), attention=dot_attention)
losses = train(attentive, [epoch], shift_right, name="GRU with attention")
curves["with attention"] = by_length_right(attentive)
show.by_length(list(buckets), curves, *labels)

# %% [markdown]
# *What to see: same corpus, same updates, one more layer and a few lines of yours. A long sentence now has more states to look at than a short one, and each word finds its own: sentences of which the one vector kept nothing right come out right, most of them. What is still missing at the end of the curve is training, not room:
# try `[epoch] * 3`.*
#
# What do both write? Your `accuracy` hands each word the model has written back to `step`; who listens there hears the translation. The longest sentences, first the right translation, then both models':

# %% tags=["training"]
longest = sorted(unseen, key=lambda pair: -len(pair.source))[:3]
source, target = tensors(longest)


def written(model):
    """What the model writes: the words that `step` is handed after bos."""
    heard = []

    def step(words, reading):
        heard.append(words)
        return model.step(words, reading)

    with torch.no_grad():
        accuracy(step, model.start(source), target)
    return [readable(english.decode(row)) for row in torch.stack(heard[1:], dim=1)]


for pair, without, with_attention in zip(longest, written(plain), written(attentive)):
    print(f"right:       {readable(pair.target)}\none vector:  {without}\nattention:   {with_attention}\n")

# %% [markdown]
# And where did it look? Row by row, each English word, and how much of its weight went to each Korean morpheme:

# %% tags=["training"]
pair = next(p for p in unseen if len(p.source) == 10)
source, target = tensors([pair])
with torch.no_grad():
    looks = attentive.weights(source, shift_right(target))[0]
show.alignment(looks, [*pair.target, "(eos)"], [*pair.source, "(eos)"], f"where it looks: {readable(pair.target)}")

# %% [markdown]
# *What to see: in English "not sleep" comes before the blanket. In Korean it comes after it, 안 잘, the seventh and eighth of ten morphemes; and there, near the end, the model looks when it writes "not" and "sleep". Nobody told the model which word is which; it found out because looking in the right place made its loss fall. It does not always look at the word itself: a state also knows the words before it, so its neighbour to the right may do as well.*

# %% [markdown]
# ## Find the bug
#
# PyTorch's official translation tutorial taught attention from 2017 to 2023, to very many people. In its decoder a linear layer turned the decoder's own state and the word just read into `max_length` numbers; softmax made weights of them, number s for source word s. Readers wondered for years
# ([practical-pytorch, issue 149](https://github.com/spro/practical-pytorch/issues/149); [tutorials, issue 1098](https://github.com/pytorch/tutorials/issues/1098)), until it was mended
# ([pull request 2452](https://github.com/pytorch/tutorials/pull/2452)). Below is the same slip in a few lines of ours, for one sentence and one step:


# %%
def attend_with_a_bug(query, states, W):
    """Attention of one decoder state over the encoder's. query: (H,); states: (S, H), S at most H; W: (H, H)."""
    scores = (W @ query)[: len(states)]
    weights = torch.softmax(scores, dim=0)
    return weights @ states, weights


# %% [markdown]
# It runs, its weights sum to 1, and the context is a mean of encoder states. The model trains, and its loss falls. (Luong et al. describe such a "location-based" attention on purpose. Here it was taken for the real one.)
#
# What should have happened: the layer turns the query into what it is *looking for*, and the score of a word is the dot product of that with the word's own state. This is the "general" score of Luong et al.: $\text{score}_s = h_s \cdot (W q)$.
#
# **Exercise 2.8 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """An input that exposes the bug: one word deserves more than 0.9 of the weight, and the bug gives it less than 0.1.

    (It deserves what softmax makes of the scores h_s · (W q).)
    Returns query (H,), states (S, H) with S at most H, and W (H, H), small ones.
    """
    ### BEGIN SOLUTION
    query = torch.tensor([4.0, 0.0])
    states = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    W = torch.eye(2)
    return query, states, W
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose: states", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(query, states, W):
    """`attend_with_a_bug`, with the bug taken out: the states are looked at. Same inputs, any S; context and weights."""
    ### BEGIN SOLUTION
    looking_for = W @ query
    weights = torch.softmax(states @ looking_for, dim=0)
    return weights @ states, weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended: states", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended: states", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Change one of the states, and look at the weights. Which inputs do they depend on?</details>
# <details><summary>Hint 2: the approach</summary>With W the identity, the bug gives word s the weight of the query's entry s. Put the state that fits the query best in the place of a small entry.</details>
# <details><summary>Hint 3: almost code</summary>Two words, H = 2: a query with one large entry and one 0; the fitting state second. The mend: W @ query first, then a dot product with each of the states.</details>

# %% [markdown]
# The question that finds it in any model, with no right answer at hand: *change one encoder state; do the weights move?*
#
# ## The other trouble: waiting
#
# Attention has cured the bottleneck. The GRU is still there, and step 20 still cannot begin before step 19 is done. A graphics processor can do thousands of multiplications at once; a recurrence hands it one small step after another. Move the slider, one tick of the clock after another:

# %% tags=["picture"]
show.timeline()

# %% [markdown]
# *What to see: the recurrent network lights one cell a tick in each layer, and the sentence's length decides when it is done. A convolution and self-attention do a whole layer in one tick, whatever the length.*
#
# Convolutions were the first way out. A **causal convolution** computes the vector at position t from the k positions up to t (never from later ones: those are what a decoder is to write). All positions at once; but each sees only its neighbourhood, and to connect words that are far apart you stack layers:

# %% tags=["picture"]
show.receptive_field()

# %% [markdown]
# *What to see: with plain convolutions every layer adds k − 1 words to what the last position sees. With **dilated** ones, whose taps stand k times further apart in each layer than in the one below, the field grows k-fold with every layer (ByteNet; Kalchbrenner et al., 2016).*
#
# `F.conv1d` wants the channels before the words, (B, D, T), and keeps its weight as (D_out, D_in, k); tap number k − 1 is the last.
#
# **Exercise 2.9 · `causal_conv1d`** · 2 points · ● ● ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "causal_conv1d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def causal_conv1d(x, weight, bias, dilation=1):
    """A convolution over the words in which no position sees a later one.

    x: (B, T, D_in); weight: (D_out, D_in, k), as F.conv1d takes it; bias: (D_out,).
    Output t is made from the words t, t - dilation, ..., t - (k - 1) * dilation; before the first word stand zeros.
    Returns (B, T, D_out).
    """
    ### BEGIN SOLUTION
    before = (weight.size(2) - 1) * dilation
    x = F.pad(x.transpose(1, 2), (before, 0))
    return F.conv1d(x, weight, bias, dilation=dilation).transpose(1, 2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_causal_conv1d", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("causal_conv1d", causal_conv1d)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("causal_conv1d", causal_conv1d)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>How many zeros must stand before the first word, so that it sees nothing but itself and zeros?</details>
# <details><summary>Hint 2: the approach</summary>The <code>padding</code> of F.conv1d pads both ends. <code>F.pad(tensor, (left, right))</code> pads the last dimension, as much as you like on each side.</details>
# <details><summary>Hint 3: almost code</summary>Swap words and channels; pad at the left by (k − 1) · dilation; <code>F.conv1d</code> with the dilation; swap back.</details>

# %% [markdown]
# The reach map of yours, k = 3: two words back, and none ahead.

# %%
random = torch.Generator().manual_seed(2)
weight, bias = torch.randn(4, 4, 3, generator=random).double(), torch.zeros(4).double()
may_see = torch.ones(7, 7, dtype=torch.bool).tril().triu(-2)
vectors = torch.randn(7, 4, generator=random)
show.reach(reach(lambda x: causal_conv1d(x[None], weight, bias)[0], vectors), may_see, title="your causal convolution")

# %% [markdown]
# How many layers does it take until a position sees the word `distance` places before it? A small calculation, and a place where `math.log` has tripped many.
#
# **Exercise 2.10 · `layers_to_connect`** · 1 point · ● ● ○ · 10 minutes · paper, section 4


# %% nbgrader={"grade": false, "grade_id": "layers_to_connect", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layers_to_connect(distance, kernel, dilated=False):
    """The smallest number of causal convolutions stacked so that a position sees the word `distance` before it.

    distance: 0 or more; kernel: k, at least 2, the taps of each layer.
    dilated: False = all layers have dilation 1; True = the first has dilation 1, the second k, the third k * k, ...
    Returns an int; for distance 0, which needs no layer, 0.
    """
    ### BEGIN SOLUTION
    layers, sees, dilation = 0, 0, 1
    while sees < distance:
        layers += 1
        sees += (kernel - 1) * dilation
        if dilated:
            dilation *= kernel
    return layers
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_layers_to_connect", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("layers_to_connect", layers_to_connect)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("layers_to_connect", layers_to_connect)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>How many places further back does one more layer see? In the picture, count the places between its first tap and its last.</details>
# <details><summary>Hint 2: the approach</summary>A layer of dilation d adds (k − 1) · d. Add layers until the sum reaches the distance; so you need no logarithm, whose rounding is off by one now and then.</details>
# <details><summary>Hint 3: almost code</summary>A <code>while</code> loop with three numbers: layers so far, places seen so far, and the dilation of the next layer.</details>

# %% [markdown]
# ## Table 1 of the paper
#
# Section 4 of the paper compares the layers that could carry a translator by three numbers: the operations of a layer, the steps that must wait for each other, and the longest path that a signal takes between two words. The table writes O(…), so constants do not count: take each leading term with the factor 1.
# Work the numbers out before you look them up; n is the number of words, d the width.
#
# * **Self-attention** takes a dot product of width d for every pair of words, all at once, and any word reaches any other directly.
# * A **recurrent** layer multiplies a vector of width d by a d × d matrix for every word, one word after the other.
# * A **convolution** of k taps, dilated, has k such matrices for every word, and needs no waiting. Each layer multiplies what a position sees by k; how many layers until that is n?
# * **Restricted self-attention** looks only at the r words around each position. A signal hops at most about r words a layer.
#
# **Exercise 2.11 · `complexity`** · 1 point · ● ○ ○ · 5 minutes · paper, section 4, Table 1


# %% nbgrader={"grade": false, "grade_id": "complexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def complexity(layer_type, n, d, k=3):
    """The paper's Table 1, each entry with the factor 1.

    layer_type: "self-attention", "recurrent", "convolutional" or "restricted self-attention"; another: ValueError.
    n: words; d: width; k: the kernel of the convolution, or the r of the restricted self-attention.
    Returns three numbers: operations of a layer, sequential steps, longest path (not rounded).
    """
    ### BEGIN SOLUTION
    if layer_type == "self-attention":
        return n * n * d, 1, 1
    if layer_type == "recurrent":
        return n * d * d, n, n
    if layer_type == "convolutional":
        return k * n * d * d, 1, math.log(n) / math.log(k)
    if layer_type == "restricted self-attention":
        return k * n * d, 1, n / k
    raise ValueError(f"no layer is called {layer_type!r}")
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_complexity", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("complexity", complexity)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("complexity", complexity)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Four rows, four cases. What happens with a name that is none of the four?</details>
# <details><summary>Hint 2: the approach</summary>log to the base k of n is log n / log k. Nothing is rounded, so n / r is no whole number in general.</details>
# <details><summary>Hint 3: almost code</summary>An <code>if</code> for each name that returns three numbers in the order of the columns; at the end, <code>raise ValueError(...)</code>.</details>

# %% [markdown]
# Your table as a picture, at the width of the paper's base model:

# %%
lengths = [16, 32, 64, 128, 256, 512, 1024, 2048]
layers = ["self-attention", "recurrent", "convolutional", "restricted self-attention"]
operations = {layer: [complexity(layer, n, 512, k=7)[0] for n in lengths] for layer in layers}
show.by_length(
    lengths, operations, "operations of one layer", "operations of one layer, d = 512, k = r = 7", powers=True
)

# %% [markdown]
# *What to see: self-attention is cheaper than a recurrent layer as long as n is smaller than d, which for single sentences it is. On long texts the square takes its toll.*
#
# ## How long must one wait?
#
# How do you *measure* sequential work? Not with a clock on this machine: a processor with a few cores can do little at once, so waiting costs it little, and a claim of a parallel speed-up measured on a CPU says nothing. There is an honest measure that needs no machine. When PyTorch computes a loss it
# keeps a graph: each operation, and the operations whose results it used. `loss.grad_fn` is the last one; `node.next_functions` is a tuple of pairs whose first entry is an operation before it (or None, where no gradient is wanted). At the far ends stand the leaves, nodes with no next functions at all. **The longest path in that graph is the number of operations
# that had to wait for one another**, on any machine, with any number of cores. (It counts operations: a whole matrix product is one, and so is a mere transpose.)
#
# **Exercise 2.12 · `graph_depth`** · 2 points · ● ● ● · 20 minutes


# %% nbgrader={"grade": false, "grade_id": "graph_depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def graph_depth(loss):
    """The number of operations on the longest path from a loss back to a leaf, in the autograd graph.

    loss: a tensor. An operation is a node of the graph; the leaves at the end of a path (nodes whose
    next_functions are empty) are data, not operations. Returns an int; 0 for a loss without a graph.
    The graph may be thousands of operations deep, and an operation may be reached in very many ways.
    """
    ### BEGIN SOLUTION
    depth = {None: 0}
    waiting = [loss.grad_fn]
    while waiting:
        node = waiting[-1]
        before = [] if node is None else [function for function, _ in node.next_functions]
        unknown = [function for function in before if function not in depth]
        if unknown:
            waiting.extend(unknown)
        else:
            depth[node] = 1 + max(depth[function] for function in before) if before else 0
            waiting.pop()
    return depth[loss.grad_fn]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_graph_depth", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("graph_depth", graph_depth)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("graph_depth", graph_depth)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>The depth of an operation is one more than the largest depth among those before it. A leaf has depth 0.</details>
# <details><summary>Hint 2: the approach</summary>Keep each depth in a dictionary once you know it, or the same operations are walked again and again. A function that calls itself stops at a thousand levels; a list of nodes to visit does not.</details>
# <details><summary>Hint 3: almost code</summary>Look at the last node in the list. If some of those before it have no depth yet, append them and go on; else its depth is known: note it, and take the node off the list.</details>

# %% [markdown]
# An experiment, with your own code: the depth of the graph of `encode`, of a stack of causal convolutions with just enough layers to connect the first word with the last, and of attention.

# %%
width, lengths = 8, [4, 8, 16, 32, 64, 128]
depths = {"GRU": [], "convolutions": [], "attention": []}
gru = [parameter.detach() for parameter in nn.GRUCell(width, width).parameters()]
kernel, bias = torch.randn(width, width, 3), torch.zeros(width)
for n in lengths:
    x = torch.randn(1, n, width, requires_grad=True)
    depths["GRU"].append(graph_depth(encode(x, torch.tensor([n]), *gru)[1].sum()))
    depths["attention"].append(graph_depth(dot_attention(x, x, torch.ones(1, n, dtype=torch.bool))[0].sum()))
    y = x
    for layer in range(layers_to_connect(n - 1, 3, dilated=True)):
        y = causal_conv1d(y, kernel, bias, dilation=3**layer)
    depths["convolutions"].append(graph_depth(y.sum()))
show.by_length(lengths, depths, "operations, one after the other", "the longest path in the graph", powers=True)
each = (depths["GRU"][-1] - depths["GRU"][0]) / (lengths[-1] - lengths[0])
print(f"your GRU: {each:g} operations a word; your attention: {depths['attention'][-1]} whatever the length")

# %% [markdown]
# *What to see: both axes are logarithmic. The path through the GRU grows with every word, that through the convolutions with the logarithm of the length, that through attention not at all. (How many operations a step has depends on how you wrote it; that the line rises with n does not.)*
#
# Does the clock agree? On a GPU it does, when the work is large enough to fill it. This cell measures, and says on what; without a GPU it measures nothing.


# %% tags=["measured"]
def milliseconds(layer, x):
    """The fastest of five runs, forward and back, on a GPU that has finished what it was asked."""
    runs = []
    for _ in range(6):
        torch.cuda.synchronize()
        began = time.perf_counter()
        layer(x).sum().backward()
        torch.cuda.synchronize()
        runs.append(1000 * (time.perf_counter() - began))
    return min(runs[1:])


if torch.cuda.is_available():
    gru, attend = nn.GRU(512, 512, batch_first=True).cuda(), nn.MultiheadAttention(512, 8, batch_first=True).cuda()
    for n in (32, 128, 512, 2048):
        x = torch.randn(16, n, 512, device="cuda", requires_grad=True)
        by_step, at_once = milliseconds(lambda x: gru(x)[0], x), milliseconds(lambda x: attend(x, x, x)[0], x)
        print(f"{torch.cuda.get_device_name(0)}, n = {n}: GRU {by_step:.1f} ms, self-attention {at_once:.1f} ms")
else:
    print("There is no GPU here, so nothing was measured. (On Colab: Runtime → Change runtime type.)")

# %% [markdown]
# ## In your own words
#
# **Exercise 2.13 · explain** · 2 points · ● ● ○ · 10 minutes · read by a person
#
# (a) Your translator with attention still has a GRU in its encoder and its decoder. Which of the two troubles of this lesson has attention cured, which not, and what in your measurements says so? (b) A Transformer has no recurrence, and trains on all words of a sentence at once. Can it also *write* all words of a translation at once? Why, or why not? Four or five sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# (a) Attention cures the bottleneck: the decoder no longer has only one vector of fixed size but all the encoder's states, and the accuracy falls far less with the length of the sentence (the second curve). It does not cure the waiting: the states themselves are still made one after another, and the depth of the graph of the GRU grows with
# the number of words, while that of attention alone stays the same.
# (b) No. In training the right words are given (teacher forcing), so every position's input is known beforehand. In use the input of step t is the word written at step t − 1, and it must be chosen first. Writing stays sequential for the Transformer, too; only reading the source, and training, are done at once.
#
# *For the grader.* 1 point: attention cures the bottleneck (one vector) and not the sequential steps, with the curve by length or the graph depth as evidence. 1 point: writing stays word by word, because each input is the word written before; training is parallel because the target is known. "The Transformer is faster" alone is worth nothing.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# * `rnn_step`, `gru_step`, `encode`, `shift_right`, `decode`: a whole recurrent translator, in five short functions.
# * `accuracy`, which tests a translator as it is used, and `dot_attention`, which took the bottleneck away.
# * `causal_conv1d`, `layers_to_connect`, `complexity`, `graph_depth`: how to say, without a clock, what has to wait for what.
#
# **Try next:** read the source backwards, as Sutskever et al. did: `pair.source[::-1]` before the vocabulary is built. Which sentences gain without attention, and why? Does it still matter with attention?
#
# **In the paper:** section 1 (the sequential nature of recurrent models), section 4 with Table 1. `shift_right` is in section 3.1 and figure 1. **Lesson 3** asks what is lost when the recurrence goes: the order of the words.
#
# **Further reading:**
#
# * Sutskever, Vinyals and Le (2014), [*Sequence to sequence learning with neural networks*](https://arxiv.org/abs/1409.3215);
# * Cho et al. (2014), [*Learning phrase representations using RNN encoder–decoder*](https://arxiv.org/abs/1406.1078);
# * Luong, Pham and Manning (2015), [*Effective approaches to attention-based neural machine translation*](https://arxiv.org/abs/1508.04025);
# * Gehring et al. (2017), [*Convolutional sequence to sequence learning*](https://arxiv.org/abs/1705.03122).
