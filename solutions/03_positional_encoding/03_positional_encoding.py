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
# # 3 · Positional encoding: order for a model that has none
#
# *"The dog bit the man." "The man bit the dog." The same five words, and not the same news. A recurrent network cannot mistake one for the other,
# since it reads from left to right. A Transformer looks at all words at once: what tells it who bit whom?*
#
# ![A map of the Transformer: the encoder stack above, the decoder stack below. The embeddings and positions before both stacks are lit; this lesson is number 3.](../../assets/figures/map_03.png)
#
# When you have finished, you can
#
# * test whether a model knows the order of its words, and show that attention alone does not;
# * write the paper's positional encoding, and say what each of its columns is for;
# * say why a shift by k positions is a rotation, and what that does and does not buy.
#
# **Time:** about two hours. **Needs:** Python, a little PyTorch (indexing, `@`, `nn.Module`), sine and cosine. **Points:** 20.
#
# Run the cell below first. It is safe to run again.

# %% tags=["set-up"]
# The build puts the set-up cell here.

# %% tags=["imports"]
import math

import torch
import torch.nn.functional as F
from torch import nn

from classroom import check, keep, show

# %% [markdown]
# **Conventions, the same in every lesson.** Batch first. `B` batch, `T` length of the sentence, `D` (in code `d_model`) width of a word's vector, `V` size of the vocabulary. Positions are counted from 0, and so
# are dimensions. "The paper" is Vaswani et al. (2017), [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762).
#
# ## From a word to a vector
#
# A sentence reaches the model as a list of numbers, one for each word: its *tokens*. An **embedding** is a table with one row of D learned numbers for each of the V words, and
# looking a word up means taking its row. That is all it is: no product, no non-linearity.
#
# The paper does one thing more (section 3.4, last sentence): it multiplies the row by √D. Its table also serves as the last layer, which scores the next word (lesson 8), and most implementations therefore keep its entries small,
# with a standard deviation of about 1/√D. Times √D, the entries of a word vector are about as large as the sines and cosines that will be added to them in a moment. Without it, the position would drown the word:

# %% tags=["picture"]
table = torch.randn(1000, 512, generator=torch.Generator().manual_seed(0)) / math.sqrt(512)
word_size = table[7].norm().item()
position_size = math.sqrt(512 / 2)
show.bars(
    {
        "word, as it stands in the table": word_size,
        "word, times √512": word_size * math.sqrt(512),
        "position": position_size,
    },
    title="length of the vectors that are added, D = 512",
)

# %% [markdown]
# *What to see: unscaled, the vector of a word is 16 times shorter than that of its position; scaled, it is longer by √2.* (The length of every position's vector is √(D/2): D/2 pairs, each with sin² + cos² = 1.)
#
# **Exercise 3.1 · `embed`** · 2 points · ● ○ ○ · 5 minutes · paper, section 3.4


# %% nbgrader={"grade": false, "grade_id": "embed", "locked": false, "schema_version": 3, "solution": true, "task": false}
def embed(tokens, table):
    """Look words up, and scale them.

    tokens: (..., T) integers from 0 to V - 1; table: (V, D), a row for each word of the vocabulary.
    Returns (..., T, D): the row of each token, times √D.
    """
    ### BEGIN SOLUTION
    d_model = table.size(1)
    return table[tokens] * math.sqrt(d_model)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_embed", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("embed", embed)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("embed", embed)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>A tensor of integers can stand between the square brackets of another tensor.</details>
# <details><summary>Hint 2: the approach</summary><code>table[tokens]</code> takes one row for each token: the shape of <code>tokens</code>, with D behind it. What is D, and where do you find it?</details>
# <details><summary>Hint 3: almost code</summary>The rows, times the square root of the number of columns of the table.</details>

# %% [markdown]
# ## A model that cannot count
#
# Take the two sentences, look their words up, and let every word attend to every other. What attention does inside is the matter of lesson 4; here it is a black box from torch that mixes
# each word's vector with those of the others. Under each word stands the vector that comes out, one coloured cell for each entry.

# %% tags=["picture"]
generator = torch.Generator().manual_seed(1)
words = {word: torch.randn(8, generator=generator) for word in ("the", "dog", "bit", "man")}


def attend(x):
    """Attention of every word to every word: torch's own, without masks. x: (T, D). Returns (T, D)."""
    return F.scaled_dot_product_attention(x[None], x[None], x[None])[0]


sentences = [["the", "dog", "bit", "the", "man"], ["the", "man", "bit", "the", "dog"]]
show.orders(
    sentences, [attend(torch.stack([words[w] for w in s])) for s in sentences], title="attention without positions"
)

# %% [markdown]
# *What to see: "dog" has the same vector in both sentences, and so have "man", "bit" and both "the". The vectors have changed places with their words, and nothing else. Whatever comes after has no way to know who bit whom.*
#
# This can be said exactly. A model is **order-blind** if reordering the words of a sentence, any sentence, reorders its outputs in the same way and does nothing else. (Mathematicians call it permutation-equivariant.)
# You can test a model for it from outside, without reading its code, at one sentence. That is a test and no proof, so make it a good one: beware of trying one reordering only. A model may be blind to that one by accident.
#
# **Exercise 3.2 · `is_order_blind`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "is_order_blind", "locked": false, "schema_version": 3, "solution": true, "task": false}
def is_order_blind(model, x):
    """Whether reordering the words reorders the model's outputs in the same way and does nothing else.

    model: a function from (T, D) to (T, D), one vector a word; x: (T, D), all words different.
    Returns True or False. Numbers that differ by rounding only are equal: use torch.allclose(..., atol=1e-5).

    Try every swap of two neighbours: any other reordering can be made of such swaps, one after the other.
    """
    ### BEGIN SOLUTION
    output = model(x)
    for i in range(x.size(0) - 1):
        order = list(range(x.size(0)))
        order[i], order[i + 1] = order[i + 1], order[i]
        if not torch.allclose(model(x[order]), output[order], atol=1e-5):
            return False
    return True
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_is_order_blind", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("is_order_blind", is_order_blind)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("is_order_blind", is_order_blind)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>With <code>order</code> a list of positions, <code>x[order]</code> is the sentence in that order. Two ways lead from x to a reordered output.</details>
# <details><summary>Hint 2: the approach</summary>Reorder first and then ask the model, or ask the model and then reorder what comes out. For a blind model both give the same.</details>
# <details><summary>Hint 3: almost code</summary>For each i, a list of 0 … T − 1 with entries i and i + 1 swapped; compare <code>model(x[order])</code> with <code>model(x)[order]</code>; the first difference decides.</details>

# %% [markdown]
# Your test, put to three models:

# %%
sentence = torch.stack([words[w] for w in ("the", "dog", "bit", "man")])
print("attention:          ", is_order_blind(attend, sentence))
print("a running mean:     ", is_order_blind(lambda x: x.cumsum(0) / torch.arange(1, 5)[:, None], sentence))
print("attention, numbered:", is_order_blind(lambda x: attend(x + torch.arange(4.0)[:, None]), sentence))

# %% [markdown]
# The third one shows the way out: make the words themselves different at different places, by *adding* something that depends on the position. The plain number of the position would do for a test, but a poor
# job in a model: at position 500 it would be far larger than any word. We want vectors that stay small, that differ at every position, and from which "three words further" can be read as easily at position 5 as at 500.
#
# ## Sines and cosines
#
# Think of a clock. One hand tells the second, another the minute, a third the hour: each alone repeats, together they name a moment of the day. The paper gives every position D/2 such hands.
# Pair i of dimensions holds one hand, as the sine and the cosine of its angle:
#
# $$PE_{(pos,\,2i)} = \sin\left(\frac{pos}{10000^{2i/D}}\right) \qquad PE_{(pos,\,2i+1)} = \cos\left(\frac{pos}{10000^{2i/D}}\right)$$
#
# ![The columns of a positional encoding of width 8: sines in the even columns 0, 2, 4, 6 and cosines in the odd ones, counted from 0; each pair of neighbours has one frequency: 1, 1/10, 1/100, 1/1000.](../../assets/figures/03_pairs.png)
#
# **Mind the counting.** Dimensions are counted from 0, here, in the paper and in Python: then sines stand in the *even* dimensions 0, 2, 4, … and cosines in the odd ones. Many notes count from 1; then the very same columns
# are called 1, 3, 5, … and the sines stand in the "odd" dimensions. Both describe one table. Who mixes the two gets it swapped.
#
# The hand of pair 0 turns by 1 radian a position: once around in 2π ≈ 6.28 positions. The hand of the last pair, i = D/2 − 1, takes 2π · 10000^((D − 2)/D) positions. For D = 512 these are about 60,600, a little short of the 10000 · 2π ≈ 62,800
# that the paper gives as the end of the range. Move the slider and watch them:

# %% tags=["picture"]
show.clock_hands()

# %% [markdown]
# *What to see: to the right is the sine, upwards the cosine, so at position 0 every hand stands at the top (sine 0, cosine 1); the shaded part is the turn since then. From one position to the next the first hand moves a lot and the last hardly at all. After a hundred positions those in the middle have
# something to say, too; the last one needs thousands.*
#
# And all of it at once, a row for each position. Change the length and the width:

# %% tags=["picture"]
show.position_map()

# %% [markdown]
# *What to see: at the left the stripes are narrow, at the right a column hardly changes over the whole table. No two rows are alike, as you will compute in a moment. An odd width ends with a sine whose cosine has no room.*
#
# **Exercise 3.3 · `positional_encoding`** · 4 points · ● ● ○ · 20 minutes · paper, section 3.5


# %% nbgrader={"grade": false, "grade_id": "positional_encoding", "locked": false, "schema_version": 3, "solution": true, "task": false}
def positional_encoding(length, d_model):
    """The paper's sinusoidal positions.

    length: how many positions, from 0; d_model: width D, even or odd (an odd D ends with a sine).
    Returns float (length, D): PE[pos, 2i] = sin(pos / 10000^(2i/D)), PE[pos, 2i+1] = cos(pos / 10000^(2i/D)).
    1. The positions as a column. 2. The frequency of each pair. 3. Their products. 4. Sines and cosines into their columns.
    """
    ### BEGIN SOLUTION
    position = torch.arange(length, dtype=torch.float64).unsqueeze(1)
    exponent = torch.arange(0, d_model, 2, dtype=torch.float64) / d_model
    angle = position / 10000**exponent
    table = torch.zeros(length, d_model)
    table[:, 0::2] = torch.sin(angle)
    table[:, 1::2] = torch.cos(angle[:, : d_model // 2])
    return table
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_positional_encoding", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("positional_encoding", positional_encoding)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("positional_encoding", positional_encoding)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Write the numbers 0, 2, 4, … below D with <code>torch.arange</code>: they are the 2i of the formula, one for each pair.</details>
# <details><summary>Hint 2: the approach</summary>A column of positions divided by a row of powers is a table of angles, (length, number of pairs). <code>table[:, 0::2]</code> is every second column from column 0 on.</details>
# <details><summary>Hint 3: almost code</summary>Two assignments, to <code>[:, 0::2]</code> and <code>[:, 1::2]</code>. With an odd D there is one cosine fewer than sines: leave off the last column of the angles there.</details>

# %% [markdown]
# ## A shift is a rotation
#
# Why pairs, and why sine *and* cosine? Because of what happens when you walk k positions on. Every hand turns by k times its frequency ω, and this angle is the same wherever you started:
#
# ![Two clocks. In each, the hand of PE(p) and the hand of PE(p + k), with the angle k times omega between them: the same angle in both, though p differs.](../../assets/figures/03_rotation.png)
#
# A turn is a linear map. For one pair with frequency ω, the addition theorems of sine and cosine say
#
# $$\begin{pmatrix} \sin\omega(p+k) \\ \cos\omega(p+k) \end{pmatrix} = \begin{pmatrix} \cos\omega k & \sin\omega k \\ -\sin\omega k & \cos\omega k \end{pmatrix} \begin{pmatrix} \sin\omega p \\ \cos\omega p \end{pmatrix}$$
#
# and p has vanished from the matrix. For all pairs together there is one D × D matrix R_k, with such a block for each pair on its diagonal and zeros elsewhere, and PE(p + k) = R_k · PE(p) for every p. This is
# what the paper means by "for any fixed offset k, PE(pos + k) can be represented as a linear function of PE(pos)".
#
# **Exercise 3.4 · `shift_matrix`** · 3 points · ● ● ● · 25 minutes · paper, section 3.5


# %% nbgrader={"grade": false, "grade_id": "shift_matrix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shift_matrix(k, d_model):
    """The matrix that walks k positions on: shift_matrix(k, D) @ PE(p) = PE(p + k), for every position p.

    k: a whole number of positions, also negative; d_model: width D, even.
    Returns float (D, D), with a block of 2 by 2 for each pair on the diagonal.
    """
    ### BEGIN SOLUTION
    omega = 10000 ** -(torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    even = torch.arange(0, d_model, 2)
    odd = even + 1
    R = torch.zeros(d_model, d_model)
    R[even, even] = torch.cos(omega * k).float()
    R[even, odd] = torch.sin(omega * k).float()
    R[odd, even] = -torch.sin(omega * k).float()
    R[odd, odd] = torch.cos(omega * k).float()
    return R
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_shift_matrix", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("shift_matrix", shift_matrix)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("shift_matrix", shift_matrix)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Write R_1 for D = 2 on paper: it is the matrix above, with ω = 1 and k = 1. What is R_0?</details>
# <details><summary>Hint 2: the approach</summary>Start from zeros. Every pair i has its own ω, and its block stands in rows and columns 2i and 2i + 1. A loop over the pairs is fine.</details>
# <details><summary>Hint 3: almost code</summary>Four entries for each pair: cosines at (2i, 2i) and (2i + 1, 2i + 1), a sine above the diagonal, and the same sine with a minus below it.</details>

# %% [markdown]
# See it hold, for your own two functions, at every position of a table. (Both are rounded to float32, so the last digits differ.) And no two rows of that table are alike:

# %% tags=["measured"]
PE = positional_encoding(200, 64)
walked = PE[:-3] @ shift_matrix(3, 64).T
print(f"R_3 PE(p) against PE(p + 3), largest difference over 197 positions: {(walked - PE[3:]).abs().max():.1e}")
between = torch.cdist(PE, PE) + torch.eye(200) * 100  # a row is not compared with itself
print(f"the two rows nearest to each other are {between.min():.2f} apart")

# %% [markdown]
# Because a rotation keeps lengths and angles, the dot product of two positions depends on their *distance* alone, PE(p) · PE(p + k) = cos ω₀k + cos ω₁k + …, and not on p. Three positions on from 10 and from 150:

# %% tags=["measured"]
print(f"PE(10) · PE(13) = {PE[10] @ PE[13]:.3f}     PE(150) · PE(153) = {PE[150] @ PE[153]:.3f}")

# %% tags=["picture"]
show.position_similarity()

# %% [markdown]
# *What to see: each curve is highest at distance 0 and the same to both sides, so left and right cannot be told apart by the dot product alone. On the whole near positions are more alike than far ones, but the narrow encoding has bumps where its few hands meet again; wide ones are smoother.*
#
# ## A module with a table that is not learned
#
# Now the layer that stands in front of the Transformer. Two things about it are easily done wrong.
#
# The table is made once, in `__init__`, and must travel with the module: to the GPU, to another type, into saved files. But it must not be trained. PyTorch has a name for such a tensor, a **buffer**: `self.register_buffer("table", ...)`.
# An `nn.Parameter` would be trained; a plain attribute would stay behind on the CPU.
#
# And *dropout*: in training it sets a random part of its input to 0 and enlarges the rest to make up for it, so that the model leans on no single number. The paper applies it "to the sums of the embeddings and the positional encodings" (section 5.4).
# `nn.Dropout` does it, in train mode only.
#
# **Exercise 3.5 · `PositionalEncoding`** · 3 points · ● ● ○ · 20 minutes · paper, sections 3.5 and 5.4


# %% nbgrader={"grade": false, "grade_id": "PositionalEncoding", "locked": false, "schema_version": 3, "solution": true, "task": false}
class PositionalEncoding(nn.Module):
    """Adds to each word the encoding of its position, then applies dropout.

    Its buffer is called `table`: (max_len, d_model), from your positional_encoding. It has no parameters.
    """

    def __init__(self, d_model, max_len=5000, dropout=0.1):
        """d_model: width D; max_len: the longest sentence it can take; dropout: probability."""
        super().__init__()
        ### BEGIN SOLUTION
        self.register_buffer("table", positional_encoding(max_len, d_model))
        self.dropout = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, x):
        """x: (B, T, D), embedded words, already scaled. Returns (B, T, D).

        Raises ValueError, in a sentence of your own, if T is larger than max_len.
        """
        ### BEGIN SOLUTION
        T = x.size(1)
        if T > self.table.size(0):
            raise ValueError(f"a sentence of {T} words, but there are positions for {self.table.size(0)} only")
        return self.dropout(x + self.table[:T])
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_PositionalEncoding", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("PositionalEncoding", PositionalEncoding)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("PositionalEncoding", PositionalEncoding)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary><code>__init__</code> makes the table and an <code>nn.Dropout</code>; <code>forward</code> only adds and drops out. A batch is (B, T, D): which of its sizes says how many positions you need?</details>
# <details><summary>Hint 2: the approach</summary>The first T rows of the table have the shape (T, D). Adding them to (B, T, D) adds them to every sentence: broadcasting puts the B in front.</details>
# <details><summary>Hint 3: almost code</summary>Compare <code>x.size(1)</code> with the number of rows and raise; then dropout of x plus a slice of the table.</details>

# %% [markdown]
# **Keep it, if you like.** Later lessons bring finished parts with them, so that nothing you leave out here stands in your way. But a part of yours that passes its check you may *keep*: the cell below writes it to the folder `kept`, with all that it needs. The lessons that build on it
# take yours and say so, and lesson 9 can then train a Transformer of your own. To change your mind, delete the file. (On Colab that folder is lost with the session: `keep.download()` or `keep.to_drive()` saves it, and `keep.restore(...)` brings it back.)

# %%
keep("PositionalEncoding", PositionalEncoding)

# %% [markdown]
# ## Learned positions, and the end of the table
#
# Why compute what one could learn? One can: a parameter of shape (max_len, D), a row for each position, learned with all the rest. The paper tried it and found "nearly identical results" (section 3.5; Table 3, row E). BERT does it so.
#
# **Exercise 3.6 · `LearnedPositions`** · 1 point · ● ○ ○ · 5 minutes · an experiment follows


# %% nbgrader={"grade": false, "grade_id": "LearnedPositions", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LearnedPositions(nn.Module):
    """Adds to each word a learned vector of its position.

    Its one parameter is an nn.Parameter called `table`: (max_len, d_model), filled with what you like at the start.
    """

    def __init__(self, max_len, d_model):
        super().__init__()
        ### BEGIN SOLUTION
        self.table = nn.Parameter(torch.randn(max_len, d_model))
        ### END SOLUTION

    def forward(self, x):
        """x: (B, T, D) with T no larger than max_len. Returns (B, T, D)."""
        ### BEGIN SOLUTION
        return x + self.table[: x.size(1)]
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_LearnedPositions", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("LearnedPositions", LearnedPositions)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("LearnedPositions", LearnedPositions)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary><code>nn.Parameter(tensor)</code>, kept under the name <code>table</code>, is all that <code>__init__</code> needs.</details>
# <details><summary>Hint 2: the approach</summary><code>torch.randn(rows, columns)</code> makes a random start.</details>
# <details><summary>Hint 3: almost code</summary><code>forward</code> is one sum: x, and the first rows of the table, as many as there are words.</details>

# %% [markdown]
# An experiment. The task is the smallest one that needs positions: *find the word before you*. A matrix W turns the position p into a guess at its neighbour, and the guess is compared with all positions of the sentence by a dot product; the largest should be p − 1. We train
# on a sentence of 16 words, ask again for its positions, and then for those of a sentence of 48. There are three contestants: learned positions with a learned W; the sinusoids with a learned W; and the sinusoids with W = R₋₁, your rotation, not trained at all.


# %% tags=["measured"]
def find_previous(table, W, trained=16, steps=500):
    """Train W, and the table if it is a parameter, on a short sentence; return what is found in it and in a long one."""
    learned = [tensor for tensor in (table, W) if tensor.requires_grad]
    optimizer = torch.optim.Adam(learned, lr=0.01) if learned else None
    for _ in range(steps if learned else 0):
        scores = table[1:trained] @ W.T @ table[:trained].T / math.sqrt(W.size(0))
        loss = F.cross_entropy(scores, torch.arange(trained - 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    short, long = ((table[1:n] @ W.T @ table[:n].T).argmax(dim=1) for n in (trained, len(table)))
    return torch.cat([short, long[trained - 1 :]])


torch.manual_seed(0)
first_W = torch.randn(64, 64) / 8
found = {
    "learned positions": find_previous(LearnedPositions(48, 64).table, first_W.clone().requires_grad_()),
    "sinusoids, W learned": find_previous(positional_encoding(48, 64), first_W.clone().requires_grad_()),
    "sinusoids, W the rotation": find_previous(positional_encoding(48, 64), shift_matrix(-1, 64)),
}
right = {name: (guess == torch.arange(47)).float() for name, guess in found.items()}
show.by_position(right, trained=15, first=1, title="where the previous position is found, trained on 16 positions")
for name, guess in found.items():
    print(f"{name + ':':27}asked at 20, 21, 22, 23, 24 it says {guess[19:24].tolist()}")

# %% [markdown]
# *What to see: both trained models are right on what they were trained on, and lost beyond it. The rotation is right everywhere.*
#
# The learned table fails for a plain reason: no gradient ever reached its rows from 16 on; they still hold their random start. With the sinusoids the rows are there, as good as the others. But nothing in 16 positions asked for them: training found a W that answers with one of the positions it knew,
# and not the rotation, though the rotation would have been right there, too. So be careful with a sentence one often reads, that sinusoids "extrapolate". The paper itself only says that they "*may* allow the model to extrapolate" (section 3.5). The table goes on for ever;
# what a model learned of it need not. (Rotary positions put the rotation itself into attention, so that the shift need not be learned: Su et al. 2021, below. Whether the rest of a model copes with lengths it never saw is another matter.)
#
# ## Find the bug
#
# PyTorch's own [translation tutorial](https://github.com/pytorch/tutorials/blob/main/beginner_source/translation_transformer.py) adds positions with a slice `[:token_embedding.size(0), :]` of its table. There the line is right: the tutorial's tensors have the words
# in front, (T, B, D), and its table a 1 in the middle, (max_len, 1, D), so that `size(0)` counts words and every sentence gets the same rows. Most models today are batch-first, (B, T, D). The function below is that line, moved into such a model with a plain table of shape (max_len, D); the `unsqueeze(1)` puts
# the 1 back in the middle, where the line expects it. It runs, and its shapes are right.


# %%
def add_positions_with_a_bug(x, table):
    """Add a position to every word. x: (B, T, D); table: (max_len, D), a row for each position."""
    return x + table[: x.size(0)].unsqueeze(1)


# %% [markdown]
# What does a model make of the same sentence, handed in twice in one batch? Whatever it computes, it should come out twice the same.
#
# **Exercise 3.7 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """A batch that exposes the bug: two sentences in it are equal, and come out of the function different.

    Returns x: (B, T, D), real numbers; a small one is enough.
    """
    ### BEGIN SOLUTION
    return torch.ones(2, 3, 4)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose: positions", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(x, table):
    """`add_positions_with_a_bug`, with the bug taken out. x: (B, T, D); table: (max_len, D). Returns (B, T, D)."""
    ### BEGIN SOLUTION
    return x + table[: x.size(1)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended: positions", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended: positions", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Say the shapes aloud: which number is <code>x.size(0)</code>, and where does <code>unsqueeze(1)</code> put the rows of the table?</details>
# <details><summary>Hint 2: the approach</summary>Take B = 2 and write down which row of the table is added to the first word of each sentence. Which batch shows that something is wrong without any calculation?</details>
# <details><summary>Hint 3: almost code</summary>For the input: any sentence, twice. For the mend: count the words, not the sentences, and let broadcasting put the batch in front.</details>

# %% [markdown]
# With the bug, a word's vector hangs on its *place in the batch*, which is drawn anew in every epoch, and all words of a sentence get the same. The model trains, order-blind and with noise added, and is merely a little worse than it should be.
#
# ## In your own words
#
# **Exercise 3.8 · explain** · 3 points · ● ● ○ · 15 minutes · read by a person
#
# Take D = 512. (a) Which pair of dimensions tells position 1000 from 1001 best, and why? (b) The same pair cannot tell position 1000 from 1710 at all: why not? (c) Name a pair that tells 1000 from every other position up to 3000, with its frequency, and say why it does. Four or five sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# (a) The first pair, dimensions 0 and 1: its hand turns by 1 radian a position, the fastest of all, so 1000 and 1001 are 1 radian (57 degrees) apart; in every other pair they are closer, in the last ones practically equal.
# (b) The hand comes round again every 2π positions, and 710 = 113 · 2π almost exactly (to 0.0001 radian): at 1710 it stands where it stood at 1000.
# (c) A slow hand is needed, one that makes less than a turn from 0 to 3000. Pair i = 192 (dimensions 384 and 385) has the frequency 1/10000^(384/512) = 1/1000: over 3000 positions it turns by 3 radians, less than half a turn, so it never stands twice in the same place, and 1000 and 1710 are 0.71 radians apart.
#
# *For the grader.* 1 point: the first pair (dimensions 0 and 1), since its frequency 1 is the largest. 1 point: the hand repeats every 2π positions, and 710 is a multiple of that (113 turns). 1 point: a pair whose wavelength is over 3000 (any from i = 172, dimension 344, on), with its frequency computed rightly and the reason, less than one turn. The very last
# pairs turn by less than a tenth of a radian per 1000 positions: they are not wrong.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# * `embed` and `positional_encoding`: all that stands before the first layer of a Transformer.
# * `shift_matrix`: the rotation hidden in the table.
# * `PositionalEncoding`, with a buffer, and `LearnedPositions`, its rival.
# * `is_order_blind`, a test for any model, whoever wrote it.
#
# **Try next:** with `pe = PositionalEncoding(8).eval()` (in train mode dropout would make every call different), draw the two sentences again with `show.orders`, but hand `attend` the words with positions: `attend(pe(x[None])[0])`, where `x[None]` makes a batch of one. Does "dog" still come out the same?
#
# **In the paper:** section 3.4 (embeddings), section 3.5 (positions), section 5.4 (dropout), Table 3 row E (learned positions). **Lesson 4** opens the black box: self-attention.
#
# **Further reading:**
#
# * Su et al. (2021), [*RoFormer: enhanced Transformer with rotary position embedding*](https://arxiv.org/abs/2104.09864);
# * Gehring et al. (2017), [*Convolutional sequence to sequence learning*](https://arxiv.org/abs/1705.03122), where the learned positions come from.
