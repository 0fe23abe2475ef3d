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
# # 5 · Multi-head attention: several views at once, and looking inside
#
# *"The cat sat on the mat." What should "sat" look at? At "cat": who sat. And at "on": where. One word, two questions. But a word has one row
# of weights, and the row sums to 1. How can a word look at two things without mixing them up?*
#
# ![A map of the Transformer: the encoder stack above, the decoder stack below. The cards behind every attention block are lit; this lesson is number 5.](../../assets/figures/map_05.png)
#
# When you have finished, you can
#
# * write multi-head attention, for self- and cross-attention and with any mask, so that it equals torch's own to the last digit;
# * look inside a trained model, head by head, and find what a head does;
# * say what a picture of attention proves, and what it does not.
#
# **Time:** about two and a quarter hours. **Needs:** lesson 4. **Points:** 20.
#
# Run the cell below first. It is safe to run again.

# %% tags=["set-up"]
# The build puts the set-up cell here.

# %% tags=["imports"]
import math

import torch
import torch.nn.functional as F
from torch import nn

from classroom import check, keep, models, parts, show

(attention,) = parts.use("attention")

# %% [markdown]
# **Conventions.** Batch first. `B` batch, `T` length of the queries, `S` length of the keys, `D` (in code `d_model`) model width, `H` (`num_heads`) heads,
# `d_k` = D / H width of a head. Masks hold booleans, **True = may attend**. Layers and heads are counted from 0. "The paper" is Vaswani et al. (2017),
# [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762). `attention` is your own of lesson 4 if you kept it, else the finished part: `attention(q, k, v, mask)` returns output and weights.
#
# ## Two questions, two heads
#
# If "sat" gives half of its weight to "cat" and half to "on", it receives the mean of the two values, and a mean has forgotten which was which.
# The way out: let it look *twice*, each time with a row of its own. Each look is a **head**. Here are three of them, on vectors made by
# hand, not learned: head 0 ties articles to nouns, head 1 asks who, head 2 asks where.

# %% tags=["picture"]
words = ["the", "cat", "sat", "on", "the", "mat"]
kind_of = torch.tensor([0, 1, 2, 3, 0, 4])  # article, animal, verb, preposition, article, thing
looks_for = 4.0 * torch.tensor(
    [
        [[0, 2, 0, 0, 2], [2, 0, 0, 0, 0], [0, 0, 2, 0, 0], [0, 0, 0, 2, 0], [2, 0, 0, 0, 0]],
        [[2, 0, 0, 0, 0], [0, 2, 0, 0, 0], [0, 2, 0, 0, 0], [0, 0, 2, 0, 0], [0, 0, 0, 0, 2]],
        [[2, 0, 0, 0, 0], [0, 2, 0, 0, 0], [0, 0, 0, 2, 0], [0, 0, 0, 0, 2], [0, 0, 0, 2, 0]],
    ]
)
queries, keys = looks_for[:, kind_of], torch.eye(5)[kind_of].expand(3, 6, 5)
_, weights = attention(queries, keys, keys)
show.head_view(weights, words, title="three heads made by hand")

# %% [markdown]
# *How to read it: at the left the words that look, at the right those looked at, a line for each weight; its colour is the head, its
# strength the weight. Point at "sat", or go to it with the Tab key: it looks at "cat" in head 1 and at "on" in head 2, each with nearly all of a row.
# Switch heads off and on, or look at one alone. Every picture of this kind has a table under it that says the same.*
#
# The same in symbols, section 3.2.2 of the paper:
#
# $$\text{MultiHead}(Q, K, V) = \text{Concat}(\text{head}_1, \ldots, \text{head}_H)\,W^O
# \qquad \text{head}_i = \text{Attention}(Q W_i^Q,\; K W_i^K,\; V W_i^V)$$
#
# ![Boxes with shapes: x of shape B, T, D goes through W_q, W_k and W_v; each is cut into H heads, B, H, T, d_k; attention works in every head by itself; the heads are put side by side again, B, T, D, and go through W_o.](../../assets/figures/05_heads.png)
#
# Nobody multiplies H small matrices one by one. The H matrices for the queries stand side by side in one large one, W_q of
# shape (D, D); one product makes all queries of all heads, and then the result is *cut*. So multi-head attention is three steps you know, and two new ones, the cut and its undoing.
#
# ## Cut, and moved
#
# A word's D features are shared out: the first d_k go to head 0, the next d_k to head 1, and so on. And the heads must stand *before* the words, since attention works on the last two
# dimensions: (B, T, D) becomes (B, H, T, d_k).
#
# More Transformers are broken in this step than in any other, because a wrong one has the right shape. So we use **address labels**: a tensor whose every number says where it comes
# from. Here is where they belong after the cut, for D = 8 and four heads:

# %% tags=["picture"]
show.address_labels()

# %% [markdown]
# *What to see: each head holds every word (the first number, 0 to 2), and its own two features, side by side. All of a head has one colour.*
#
# **Exercise 5.1 · `split_heads`** · 2 points · ● ○ ○ · 10 minutes · paper, section 3.2.2


# %% nbgrader={"grade": false, "grade_id": "split_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_heads(x, num_heads):
    """Share out the features of every word among the heads.

    x: (B, T, D), D a multiple of num_heads. Returns (B, H, T, d_k): head h holds features h·d_k to (h + 1)·d_k - 1
    of every word.
    """
    ### BEGIN SOLUTION
    B, T, D = x.shape
    return x.reshape(B, T, num_heads, D // num_heads).transpose(1, 2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_split_heads", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("split_heads", split_heads)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("split_heads", split_heads)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Two steps: cut the last dimension in two, then move one of the pieces. Look at the shape after each.</details>
# <details><summary>Hint 2: the approach</summary><code>reshape</code> can cut D into (H, d_k) where it stands, at the end: (B, T, H, d_k). It cannot move anything. <code>transpose</code> can.</details>
# <details><summary>Hint 3: almost code</summary><code>x.reshape(…, …, num_heads, …)</code>, then <code>.transpose(…, …)</code> of the words and the heads.</details>
#
# Your function, on the address labels:

# %%
show.address_labels(split_heads)

# %% [markdown]
# After attention the heads are put side by side again. It is the same way back.
#
# **Exercise 5.2 · `merge_heads`** · 1 point · ● ○ ○ · 5 minutes


# %% nbgrader={"grade": false, "grade_id": "merge_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
def merge_heads(x):
    """Put the heads side by side: the undoing of `split_heads`.

    x: (B, H, T, d_k). Returns (B, T, D) with D = H·d_k: first the features of head 0, then those of head 1, ...
    """
    ### BEGIN SOLUTION
    B, H, T, d_k = x.shape
    return x.transpose(1, 2).reshape(B, T, H * d_k)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_merge_heads", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("merge_heads", merge_heads)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("merge_heads", merge_heads)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>The last step of the way there is the first of the way back.</details>
# <details><summary>Hint 2: the approach</summary>First bring words and heads back to their places, (B, T, H, d_k); only then may H and d_k become one dimension.</details>
# <details><summary>Hint 3: almost code</summary><code>x.transpose(…, …)</code>, then <code>.reshape(…)</code> to three dimensions. (<code>view</code> refuses here, and rightly: the numbers must move in memory.)</details>

# %%
show.address_labels(merge_heads, "merge")

# %% [markdown]
# ## The module
#
# Now the whole. Three layers make queries, keys and values for all heads at once. Then come `split_heads`; `attention`, which works in every head
# by itself because (B, H) are leading dimensions to it; `merge_heads`; and a fourth layer, W_o, which mixes what the heads found. Without it the heads would
# stand side by side and know nothing of each other.
#
# `forward` takes query, key and value apart. In **self-attention** all three are the same sentence. In **cross-attention** (lesson 8) the queries come from
# the sentence that is being written, and keys and values from the one that was read; then T and S differ.
#
# About masks: leave the last line of the docstring aside until the first check passes; the section after it is about them. The paper's dropout sits elsewhere (lesson 6), so there is none here.
#
# **Exercise 5.3 · `MultiHeadAttention`** · 3 points without a mask, 2 with masks and cross-attention · ● ● ● · 30 minutes · paper, section 3.2.2


# %% nbgrader={"grade": false, "grade_id": "MultiHeadAttention", "locked": false, "schema_version": 3, "solution": true, "task": false}
class MultiHeadAttention(nn.Module):
    """Attention in several heads.

    Its layers are called W_q, W_k, W_v and W_o: each nn.Linear(d_model, d_model), with a bias.
    """

    def __init__(self, d_model, num_heads):
        """d_model: width D; num_heads: H. Raises ValueError where D is not a multiple of H."""
        super().__init__()
        ### BEGIN SOLUTION
        if d_model % num_heads != 0:
            raise ValueError(f"d_model = {d_model} cannot be shared out among {num_heads} heads")
        self.num_heads = num_heads
        self.W_q = nn.Linear(d_model, d_model)
        self.W_k = nn.Linear(d_model, d_model)
        self.W_v = nn.Linear(d_model, d_model)
        self.W_o = nn.Linear(d_model, d_model)
        ### END SOLUTION

    def forward(self, query, key, value, mask=None):
        """query: (B, T, D); key and value: (B, S, D).

        Returns output (B, T, D) and the weights of every head (B, H, T, S).
        mask: bool, (T, S), (B, 1, S) or (B, T, S), the same for every head; True = may attend; None = all may.
        """
        ### BEGIN SOLUTION
        q = split_heads(self.W_q(query), self.num_heads)
        k = split_heads(self.W_k(key), self.num_heads)
        v = split_heads(self.W_v(value), self.num_heads)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        output, weights = attention(q, k, v, mask)
        return self.W_o(merge_heads(output)), weights
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_MultiHeadAttention", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("MultiHeadAttention", MultiHeadAttention)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("MultiHeadAttention", MultiHeadAttention)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Follow the figure from left to right. Every box is a function you have, or one of the four layers.</details>
# <details><summary>Hint 2: the approach</summary>Each of query, key and value goes through its own layer, and then through <code>split_heads</code>. <code>attention</code> takes all heads at once. D, H and whether one divides the other are known in <code>__init__</code>.</details>
# <details><summary>Hint 3: almost code</summary>In <code>forward</code>: three lines <code>… = split_heads(self.…(…), self.num_heads)</code>; one call of <code>attention</code>; then <code>merge_heads</code> and W_o. Return the weights too.</details>
#
# ## One mask for all heads
#
# The scores have the shape (B, H, T, S), and the mask has no H: what may not be seen may not be seen in any head. Shapes are matched *from the right*. A mask (B, T, S) laid on (B, H, T, S) would meet H with its B: an error, if you are lucky.
# If B happens to equal H, there is no error at all, but every head gets another sentence's mask. So the mask needs a dimension of size 1 where the heads are.
#
# ![Shapes written one below the other, right-aligned. The scores are B, H, T, S. A mask B, T, S laid on them as it is puts its B under H, marked as wrong. With a dimension of size 1 put in, B, 1, T, S fits, and so does 1, T, S made of T, S.](../../assets/figures/05_masks.png)
#
# Go back to Exercise 5.3 and let the module obey its mask.

# %% nbgrader={"grade": true, "grade_id": "test_masked_MultiHeadAttention", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("masked multi-head attention", MultiHeadAttention)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("masked multi-head attention", MultiHeadAttention)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Write the shapes (T, S), (B, 1, S) and (B, T, S) under (B, H, T, S), right-aligned. In which place is something missing?</details>
# <details><summary>Hint 2: the approach</summary>Counted from the end, the heads stand in the same place whatever the mask's shape. <code>unsqueeze</code> takes negative numbers.</details>
# <details><summary>Hint 3: almost code</summary>Under <code>if mask is not None:</code> stands <code>mask = mask.unsqueeze(…)</code>, so that the new dimension is the third from the end.</details>

# %% [markdown]
# Keep it: from lesson 7 on, every layer has one or two of these. (Lesson 3 says what keeping means.)

# %%
keep("MultiHeadAttention", MultiHeadAttention)

# %% [markdown]
# ## The same as torch's own
#
# PyTorch has this module: `nn.MultiheadAttention`. If yours is right, it must give the same numbers with the same weights. Two things differ in how it is handed them:
#
# * it keeps W_q, W_k and W_v in one matrix, `in_proj_weight`, of shape (3D, D), one below the other, and their biases in `in_proj_bias`;
# * its masks mean **the opposite**: True = may *not* attend. This bites everyone once.
#
# **Exercise 5.4 · `to_torch`** · 2 points · ● ○ ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "to_torch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def to_torch(W_q, b_q, W_k, b_k, W_v, b_v, mask):
    """What nn.MultiheadAttention wants in the place of our weights and our mask.

    W_q, W_k, W_v: (D, D), as nn.Linear keeps them; b_q, b_k, b_v: (D,); mask: bool (T, S), True = may attend.
    Returns in_proj_weight (3D, D), in_proj_bias (3D,) and attn_mask, bool (T, S), in torch's sense.
    """
    ### BEGIN SOLUTION
    in_proj_weight = torch.cat([W_q, W_k, W_v])
    in_proj_bias = torch.cat([b_q, b_k, b_v])
    return in_proj_weight, in_proj_bias, ~mask
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_to_torch", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("to_torch", to_torch)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("to_torch", to_torch)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Three matrices of D rows, one below the other, make 3D rows. The name says in which order: q, k, v.</details>
# <details><summary>Hint 2: the approach</summary><code>torch.cat</code> joins along a dimension that is there; <code>torch.stack</code> makes a new one.</details>
# <details><summary>Hint 3: almost code</summary>Two times <code>torch.cat([…, …, …])</code>, and the mask with every True and False exchanged: one character does it.</details>
#
# And now your module against torch's, in float64, with a mask that hides the future:


# %% tags=["measured"]
def difference(T, S, seed=0):
    """How far your module and torch's are apart, with the same weights, on T queries and S keys."""
    torch.manual_seed(seed)
    mine = MultiHeadAttention(16, 4).double()
    theirs = nn.MultiheadAttention(16, 4, batch_first=True).double()
    query, memory = torch.randn(2, T, 16).double(), torch.randn(2, S, 16).double()
    mask = torch.ones(T, S, dtype=torch.bool).tril()
    parts = [p for layer in (mine.W_q, mine.W_k, mine.W_v) for p in (layer.weight, layer.bias)]
    in_proj_weight, in_proj_bias, attn_mask = to_torch(*parts, mask)
    packed = {"in_proj_weight": in_proj_weight, "in_proj_bias": in_proj_bias}
    theirs.load_state_dict(packed | {"out_proj." + name: p for name, p in mine.W_o.state_dict().items()})
    output, weights = mine(query, memory, memory, mask)
    wanted, looked = theirs(query, memory, memory, attn_mask=attn_mask, average_attn_weights=False)
    return max((output - wanted).abs().max().item(), (weights - looked).abs().max().item())


print(f"T = 5, S = 5: {difference(5, 5):.1e}    T = 3, S = 7: {difference(3, 7):.1e}")

# %% [markdown]
# The two agree to about the sixteenth digit, which is all that float64 has. (Note `average_attn_weights=False`: unless told so, torch returns the *mean* over
# the heads, which is exactly what we do not want to look at.)
#
# ## What do heads cost?
#
# Eight heads instead of one: eight times the parameters? Guess before you count.
#
# **Exercise 5.5 · `count_parameters`** · 1 point · ● ○ ○ · 5 minutes


# %% nbgrader={"grade": false, "grade_id": "count_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_parameters(d_model, num_heads):
    """How many numbers MultiHeadAttention(d_model, num_heads) learns: the matrices and the biases, as one integer."""
    ### BEGIN SOLUTION
    return 4 * (d_model * d_model + d_model)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_count_parameters", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("count_parameters", count_parameters)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("count_parameters", count_parameters)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Which of the steps in the figure learn anything? Does the cut?</details>
# <details><summary>Hint 2: the approach</summary>An <code>nn.Linear(D, D)</code> has D · D weights and D biases. How many of them are there?</details>
# <details><summary>Hint 3: almost code</summary>Four layers, times what one has. Is <code>num_heads</code> in it at all?</details>

# %%
print({heads: count_parameters(512, heads) for heads in (1, 2, 4, 8, 16)})

# %% [markdown]
# The heads are free: the same parameters, the same number of multiplications, only shared out differently. What it buys is several rows of weights for each word, and what it costs is the width of each look: d_k instead of D.
#
# ## Inside a trained model
#
# What do heads do when nobody makes them by hand? We ship a small encoder, trained for this lesson. Like BERT (lesson 7) it was given English sentences in which some words
# were hidden, singly or two side by side, and had to guess them. Nobody told it what an article is. It knows few words, and its guesses make sense even where they miss:

# %%
reader = models.load("masked_words")
sizes, measured = reader.card["sizes"], reader.card["measured"]
print(
    f"{sizes['layers']} layers of {sizes['heads']} heads, {sum(p.numel() for p in reader.model.parameters()):,} parameters;"
)
print(f"of {measured['words']:,} words in new sentences it guesses {measured['right']:.0%} exactly")

# %% tags=["picture"]
show.bars(reader.guess("the <mask> sat on the mat", 5), "the … sat on the mat")

# %% [markdown]
# And this is what its heads look at, in two sentences side by side. Take your time; it is the best picture of the course. Words begin with `<bos>` and end with `<eos>`.

# %% tags=["picture"]
pair = reader.read("the cat sat on the mat", "the cat lay on the rug")
show.head_view(pair.weights, pair.words, sentence_b=pair.second, title="a trained model, two sentences")

# %% [markdown]
# *What to look for. Layer 1, "One head" 0: "sat" and "lay" both look at "on"; "on" looks past the article to "mat" and to "rug"; "the" looks at its noun. Layer 2, head 3: "cat",
# "mat" and "rug" look back at their "the". Layer 1, head 2: "sat" looks at "mat", and "lay" at "rug", three words on: where it happened. Then choose "A → B" under "Sentences": only faint lines are left. The
# two sentences were put side by side by chance in training, so there was nothing to learn from one about the other.*
#
# None of this was put in. It came of guessing hidden words: who wants to guess the word after "sat" does well to know that it is "on".
#
# ## Which head does what?
#
# By eye one finds what one looks for. Better: write down a **pattern**, who should look at whom, and measure every head against it. A pattern is a boolean table like a mask:
# row i marks what word i should look at, if the head did what its name says. The **score** of a head is the share of its weight that a marked word puts where it should, averaged over all marked words of
# many sentences. Here is the pattern "noun → its article" on one sentence:

# %% tags=["picture"]
sentence = ["the", "cat", "sat", "on", "the", "small", "mat"]
show.attention(models.PATTERNS["noun → its article"](sentence).float(), sentence, title="pattern: noun → its article")

# %% [markdown]
# *What to see: only nouns have a mark, each at its own article. "mat" is marked at "the", two words back: a head that always looks one word back misses it. (The note below the picture is right: rows without a mark sum to 0.)*
#
# **Exercise 5.6 · `find_head`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "find_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_head(weights, pattern):
    """The head that follows a pattern most closely.

    weights: (N, L, H, T, S), of N sentences in L layers of H heads; pattern: bool (N, T, S), row i of a sentence marks
    what word i should look at. A word without a mark has no say.
    Returns layer and head, two integers, and the scores of all heads (L, H): the weight that a marked word puts on what
    is marked, averaged over all marked words of all sentences.
    """
    ### BEGIN SOLUTION
    on_pattern = (weights * pattern[:, None, None]).sum(dim=-1)
    scores = on_pattern.sum(dim=(0, -1)) / pattern.any(dim=-1).sum()
    layer, head = divmod(scores.argmax().item(), scores.size(1))
    return layer, head, scores
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_find_head", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("find_head", find_head)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("find_head", find_head)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Booleans can be multiplied: what is not marked becomes 0. The pattern needs dimensions of size 1 for layers and heads.</details>
# <details><summary>Hint 2: the approach</summary>Sum over the keys; sum over words and sentences; divide by how many rows of the pattern hold a mark at all. What is left is a table (L, H).</details>
# <details><summary>Hint 3: almost code</summary><code>argmax</code> of the table counts its places from 0, row by row; <code>divmod(place, H)</code> gives the row and the column.</details>
#
# What your function finds in 300 sentences that the model never saw:

# %%
rows, weights = reader.read_many(models.new_sentences(300))
found = {name: find_head(weights, models.marks(pattern, rows)) for name, pattern in models.PATTERNS.items()}
for name, (layer, head, scores) in found.items():
    print(f"{name:26} layer {layer}, head {head}: {scores[layer, head]:.2f}")

# %% [markdown]
# One and the same head comes out best for articles, adjectives, prepositions, and for verbs with what follows them: layer 1, head 0. It looks *ahead*, at the word that completes the phrase. Does it simply look at the next word? For
# that pattern its score is the lowest of the six. Layer 1, head 2 ties a verb to its place. The way back has a head too: the one found for "noun → its article" is the one found for "the one before", but for articles its score is clearly higher. Both patterns fit it
# in part, and neither is what it does. The names that we give to heads are ours.
#
# Does a head keep to its pattern in other sentences? Here is the one that was found for articles, on three of them:

# %%
layer, head, _ = found["article → its noun"]
some = ["the hungry dog ate the big apple", "she opened the old door", "the farmer gave the book to the girl"]
show.one_head([reader.read(s) for s in some], layer, head)

# %% [markdown]
# *What to see: "ate", "the" and "big" all look at "apple"; "opened", "the" and "old" at "door"; "gave" at "book", "to" at "girl". The distance differs, the relation does not. A noun, which needs no completing, looks at what comes next, or at itself.*
#
# ## Sharp heads, scattered heads
#
# Some heads put all their weight on one word, some spread it. The **entropy** of a row says how much, in bits: $-\sum_j p_j \log_2 p_j$. All on one word is 0 bits; evenly over two words, 1 bit; over eight, 3 bits. It is the number of yes-or-no questions one would need to guess which word is looked at.
#
# **Exercise 5.7 · `head_entropy`** · 2 points · ● ● ○ · 10 minutes · an experiment


# %% nbgrader={"grade": false, "grade_id": "head_entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def head_entropy(weights):
    """The mean entropy of the rows of each head, in bits.

    weights: (..., T, S), rows that sum to 1; weights may be exactly 0, and 0 · log 0 counts as 0. Returns (...).
    """
    ### BEGIN SOLUTION
    bits = torch.where(weights > 0, -weights * torch.log2(weights), 0.0)
    return bits.sum(dim=-1).mean(dim=-1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_head_entropy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("head_entropy", head_entropy)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("head_entropy", head_entropy)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary><code>torch.log2(0.0)</code> is −∞, and 0 · −∞ is NaN. Something has to take its place where the weight is 0.</details>
# <details><summary>Hint 2: the approach</summary><code>torch.where(condition, a, b)</code> picks a or b, place by place. Then a sum along each row, then a mean over the rows.</details>
# <details><summary>Hint 3: almost code</summary><code>torch.where(weights > 0, …, 0.0)</code>, then <code>.sum(dim=…)</code> and <code>.mean(dim=…)</code>.</details>

# %%
entropies = torch.stack([head_entropy(reader.read(s).weights) for s in models.new_sentences(100)]).mean(0)
show.head_map(entropies, title="entropy of each head", unit="bits")

# %% [markdown]
# *What to see: from heads that nearly choose one word to heads that spread over six. A sentence here has about nine words, so 3 bits would be nearly even. The sharpest is the one that you have just met, layer 1, head 0.*
#
# ## What happens without a head?
#
# A head that looks wisely need not matter. To see whether it does, take it out and measure. There is a neat way: head h speaks to the rest of the model only through its d_k features of the merged tensor, and these meet d_k *columns* of the
# matrix that W_o keeps (`nn.Linear` computes x Wᵀ). With those columns 0 the head may look where it likes; nobody hears it.
#
# **Exercise 5.8 · `silence_head`** · 1 point · ● ● ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "silence_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def silence_head(W_o, head, num_heads):
    """The matrix of the output layer, without what one head has to say.

    W_o: (D, D), the weight of nn.Linear(D, D), which computes x @ W_o.T; head: from 0 to num_heads - 1.
    Returns a new (D, D); W_o itself stays as it is.
    """
    ### BEGIN SOLUTION
    d_k = W_o.size(1) // num_heads
    silenced = W_o.clone()
    silenced[:, head * d_k : (head + 1) * d_k] = 0
    return silenced
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_silence_head", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("silence_head", silence_head)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("silence_head", silence_head)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Which features of the merged tensor are those of head 0? And of head 1?</details>
# <details><summary>Hint 2: the approach</summary>Make a copy, and set d_k of its columns to 0. A slice of columns: <code>[:, a:b]</code>.</details>
# <details><summary>Hint 3: almost code</summary><code>.clone()</code>; then the columns from head · d_k up to, but not including, (head + 1) · d_k.</details>
#
# Before you run the next cell: which head do you expect to be missed most, and is it a sharp one? Then let your function silence each head in turn, and see how much worse the model guesses.

# %%
test = models.new_sentences(40)
whole = reader.loss(test)
harm = torch.zeros(sizes["layers"], sizes["heads"])
for layer in range(sizes["layers"]):
    for head in range(sizes["heads"]):
        W_o = silence_head(reader.output_weight(layer), head, sizes["heads"])
        with reader.with_output_weight(layer, W_o):
            harm[layer, head] = reader.loss(test) - whole
show.head_map(harm, title=f"loss added by silencing a head (whole model: {whole:.2f})", unit="nats")

# %% [markdown]
# *What to see: compare the two maps. Layer 1, head 0, the sharpest of all, which follows the grammar so neatly, is missed, but not most: that is layer 1, head 3, which looks back, and is not sharp. And some heads you may silence, and the guesses hardly change.*
#
# ## What a picture of attention does not prove
#
# It is tempting to read a head view as an explanation: *the model guessed "cat" because it looked at "sat"*. Be careful. A weight says where a word's value went in one head of one layer. It does not say
#
# * **that it mattered.** What W_o and the layers after it make of it is not in the picture. You have just measured that: a head's sharpness and the harm of losing it are two different things.
# * **what was carried.** After the first layer, the vector at "cat" is no longer only about "cat"; it holds what "cat" itself has collected.
# * **that another picture would give another answer.** Jain and Wallace (2019), [*Attention is not Explanation*](https://arxiv.org/abs/1902.10186), found for text classifiers that quite different weights can often be put in the place
#   of the learned ones, and the prediction hardly moves.
#
# The other side has been heard too: Wiegreffe and Pinter (2019), [*Attention is not not Explanation*](https://arxiv.org/abs/1908.04626), object that it depends on what one means by explaining, and propose tests.
# And heads with a clear grammatical role have been found in BERT by scoring patterns as you did: Clark et al. (2019), [*What Does BERT Look At?*](https://arxiv.org/abs/1906.04341). Michel et al. (2019), [*Are Sixteen Heads Really Better than One?*](https://arxiv.org/abs/1905.10650), silenced heads as
# you did, and found that many are hardly missed.
#
# So: a picture gives a guess. A score over many sentences says whether the guess holds. An intervention, such as silencing, says whether it matters.
#
# **Exercise 5.9 · explain** · 2 points · ● ● ○ · 10 minutes · read by a person
#
# A friend shows you a head view: in "the doctor said she was tired", a head of some model gives "she" 0.95 of its weight on "doctor". "So the model knows that the doctor is a woman", says the friend. Name two different reasons why the picture does not show this, and one experiment that would tell more, with
# what you would measure. Four or five sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The weight shows where the value at "doctor" goes in one head, not what the model makes of it: W_o and later layers may ignore it, and other heads may carry the same or the opposite. One sentence is no pattern: the head may look at the nearest noun, or at any
# subject, whatever the pronoun; then it would do the same for "he". And the vector at "doctor" is, after the first layer, a mixture of what its own heads collected, so it may carry something quite different from "doctor". An experiment: take many
# sentences with different nouns, pronouns and distances, and score the head against "pronoun → its noun" and, beside it, against "pronoun → nearest noun". Or an intervention: silence the head (or exchange the noun for another) and measure
# how much the model's guesses about the doctor, say the probability of "she" against "he" in a later hidden place, change.
#
# *For the grader.* 1 point for two reasons that differ (it need not matter to the output; one sentence is no pattern; position or "nearest noun" explains it as well; vectors above layer 0 are mixtures; attending is not knowing). 1 point for an experiment with something that is measured: a score over many
# sentences with a rival pattern, or an intervention (silencing, exchanging a word) with the change in a prediction or in the loss. "Look at more pictures" alone is no measurement.
# ### END SOLUTION

# %% [markdown]
# ## Find the bug
#
# The function below works in every head by itself, and one of its lines stood, in our words, in the Transformer of a very popular video course
# ([aladdinpersson/Machine-Learning-Collection, issue 30](https://github.com/aladdinpersson/Machine-Learning-Collection/issues/30)). Shapes are right, rows sum to 1, and models train with it.


# %%
def heads_with_a_bug(q, k, v, num_heads):
    """Attention in every head, after the projections. q: (T, D); k, v: (S, D). One line is not what it seems."""
    outputs, weights = [], []
    for q_h, k_h, v_h in zip(*(x.chunk(num_heads, dim=-1) for x in (q, k, v)), strict=True):
        scores = q_h @ k_h.transpose(-2, -1) / math.sqrt(q.size(-1))
        weights.append(torch.softmax(scores, dim=-1))
        outputs.append(weights[-1] @ v_h)
    return torch.cat(outputs, dim=-1), torch.stack(weights)


# %% [markdown]
# With D = 64 and 8 heads, the spread of its scores for queries and keys of variance 1, where lesson 4 wanted 1:

# %% tags=["picture"]
torch.manual_seed(5)
q, k = torch.randn(400, 64), torch.randn(400, 64)
_, blurred = heads_with_a_bug(q, k, k, 8)
centred = blurred.log() - blurred.log().mean(-1, keepdim=True)
show.bars({"wanted": 1.0, "with the bug": centred.std().item()}, "spread of the scores in a head, D = 64, 8 heads")

# %% [markdown]
# *What to see: the scores are squeezed together, so softmax is too even: every head sees a blur. (Learned weights can grow to make up for it, which is why nobody noticed.)*
#
# **Exercise 5.10 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """An input that exposes the bug: under `heads_with_a_bug` some weight is more than 0.3 away from what is right.

    Returns q (T, D), k (S, D), small ones, and num_heads.
    """
    ### BEGIN SOLUTION
    q = torch.full((1, 8), 3.0)
    k = torch.tensor([[1.0] * 8] + [[0.0] * 8] * 5)
    return q, k, 8
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose heads", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(q, k, v, num_heads):
    """`heads_with_a_bug`, with the bug taken out. Same inputs, same outputs: output (T, D), weights (H, T, S)."""
    ### BEGIN SOLUTION
    outputs, weights = [], []
    for q_h, k_h, v_h in zip(*(x.chunk(num_heads, dim=-1) for x in (q, k, v)), strict=True):
        s = q_h @ k_h.transpose(-2, -1) / math.sqrt(q_h.size(-1))
        weights.append(torch.softmax(s, dim=-1))
        outputs.append(weights[-1] @ v_h)
    return torch.cat(outputs, dim=-1), torch.stack(weights)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended heads", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended heads", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Compare the function with equation 1 of the paper, symbol by symbol. What is d_k here?</details>
# <details><summary>Hint 2: the approach</summary>The dot product of a head runs over D / H numbers. The bug divides by too much when H is large, so that the weights come out too even. Where do even and uneven differ most?</details>
# <details><summary>Hint 3: almost code</summary>One query; one key that fits it and several that do not, so that the right score of the first is 3 or so and the others' 0; and many heads. Then work out both softmaxes.</details>
#
# ## What you built
#
# * `split_heads` and `merge_heads`, and address labels to test any `view` you will ever write;
# * `MultiHeadAttention`, equal to torch's with the same weights: the layer that lessons 7 and 8 stack;
# * `find_head`, `head_entropy` and `silence_head`: a guess, a measure and an experiment about what a head does.
#
# **Try next:** read two sentences of your own with `reader.read` and look at them with `show.head_view`. `reader.vocabulary.tokens` says which words it knows. Which head finds the owner in "the dog which chased the cat sat on the mat"?
#
# **In the paper:** section 3.2.2; its appendix shows heads of the trained model. **Lesson 6** puts a road around every such layer, so that deep stacks of them can learn.
#
# **Further reading:**
#
# * Vig (2019), [*A Multiscale Visualization of Attention in the Transformer Model*](https://arxiv.org/abs/1906.05714), whose BertViz the head view follows;
# * Voita et al. (2019), [*Analyzing Multi-Head Self-Attention: Specialized Heads Do the Heavy Lifting, the Rest Can Be Pruned*](https://arxiv.org/abs/1905.09418).
