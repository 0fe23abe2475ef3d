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
# # 4 · Self-attention: what each word looks at
#
# *Read this sentence: "The cat left the fish on the table because **it** was no longer hungry." You knew at once that "it" is
# the cat, not the fish and not the table. You looked back, and you looked at the right word. How can a network look?*
#
# ![A map of the Transformer: the encoder stack above, the decoder stack below. The self-attention blocks in both are lit; this lesson is number 4.](../../assets/figures/map_04.png)
#
# When you have finished, you can
#
# * write scaled dot-product attention from memory, with masks, for any number of leading dimensions;
# * say why the scores are divided by √d_k, and show it;
# * read an attention picture, and test that a word sees only what it may see.
#
# **Time:** about two hours. **Needs:** Python, a little PyTorch (`@`, shapes, `nn.Module`). **Points:** 20.
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

from classroom import check, keep, show
from classroom.reach import reach

# %% [markdown]
# **Conventions, the same in every lesson.** Batch first. `B` batch, `T` length of the queries, `S` length of the keys, `D` model
# width, `d_k` width of queries and keys, `d_v` width of values. Masks hold booleans, and **True = may attend**, as in
# `F.scaled_dot_product_attention`. A shape is *broadcastable* to another if its dimensions of size 1 can stretch to fit. (`nn.MultiheadAttention` means the opposite; lesson 5 says where that bites.)
# "The paper" is Vaswani et al. (2017), [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762).
#
# ## One word asks, every word answers
#
# A recurrent network (lesson 2) reads a sentence through a keyhole: all that it knows of the words so far sits in one vector.
# Attention opens the door. Each word may look at all the words, and takes from each as much as it needs.
#
# Think of a library where every book has a label on its back. You come with a question. You compare it with each label, and you
# read most in the books whose labels fit best. The question is the **query**, the label is the **key**, and what stands in the book is
# the **value**. In self-attention each word is all three: it asks, it is found, and it tells.
#
# ![The word "sat" asks: its query is compared with the key of each word of "the cat sat on the mat". The best fits get the largest weights, and the values, mixed by these weights, are the new vector for "sat".](../../assets/figures/04_query_key_value.png)
#
# The comparison is a dot product: large where two vectors point the same way. Here are the numbers of the figure, computed: a bar for
# each dot product, and beside it the weight that *softmax* makes of it. Softmax turns any numbers into positive ones that sum to 1, the largest into the largest; why
# the dot products are first divided by √2, and how softmax does it, comes below.

# %% tags=["picture"]
words = ["the", "cat", "sat", "on", "the", "mat"]
query = torch.tensor([2.0, 1.0])
keys = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.5, 2.0]])
show.lookup(query, keys, words, weights=torch.softmax(keys @ query / math.sqrt(2), dim=0))

# %% [markdown]
# *What to see: "cat" fits the question best, so it gets most of the weight; a word that does not fit at all still gets a little. The two "the" have the same key, so
# they get the same weight: nothing here tells the first from the second. That is why lesson 3 gave words a position.*
#
# ## Three views of the same word
#
# Where do queries, keys and values come from? From the word vectors themselves, by three learned matrices:
#
# $$q = x\,W_q \qquad k = x\,W_k \qquad v = x\,W_v$$
#
# with `x` of shape (..., T, D), `W_q` and `W_k` of shape (D, d_k), `W_v` of shape (D, d_v). A matrix product works on the last dimension and
# leaves the others alone, so one line serves one sentence or a batch of them.
#
# **Exercise 4.1 · `project`** · 2 points · ● ○ ○ · 5 minutes · paper, section 3.2.2


# %% nbgrader={"grade": false, "grade_id": "project", "locked": false, "schema_version": 3, "solution": true, "task": false}
def project(x, W_q, W_k, W_v):
    """Three views of the same words.

    x: (..., T, D); W_q, W_k: (D, d_k); W_v: (D, d_v).
    Returns q (..., T, d_k), k (..., T, d_k), v (..., T, d_v), in this order.
    """
    ### BEGIN SOLUTION
    q = x @ W_q
    k = x @ W_k
    v = x @ W_v
    return q, k, v
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_project", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("project", project)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("project", project)
### END HIDDEN TESTS

# %% [markdown] id="hints-project"
# <details><summary>Hint 1: a nudge</summary>Three outputs, three matrices: which belongs to which?</details>
# <details><summary>Hint 2: the approach</summary><code>@</code> multiplies the last dimension of its left side by the first of a matrix at its right. (..., T, D) @ (D, d_k) has the shape (..., T, d_k).</details>
# <details><summary>Hint 3: almost code</summary>Return a tuple of three products, each with <code>x</code> at the left and its own matrix at the right.</details>

# %% [markdown]
# ## Scores, and why they are divided by √d_k
#
# The score of query i for key j is their dot product. For all pairs at once, that is one matrix product, `q` times `k` transposed:
# a table with a row for each query and a column for each key.
#
# Now take a query and a key whose entries are independent, with mean 0 and variance 1. Their dot product is a sum of d_k products,
# each with variance 1, so its variance is d_k. The wider the vectors, the wilder the scores:

# %% tags=["picture"]
show.score_spread()

# %% [markdown] id="spread-seen"
# *What to see: at the top the spread grows like √d_k (√64 = 8), and softmax comes closer and closer to picking one word and ignoring the rest. Below,
# divided by √d_k, the spread is about 1 for every width.*
#
# Why is a hard choice bad? Move the slider. It multiplies five fixed scores. Watch the largest weight p, and the slope p (1 − p),
# which is the gradient that softmax lets through. Where one weight is nearly 1, every slope is nearly 0, and the model can no longer learn where to look.

# %% tags=["picture"]
show.softmax_explorer()

# %% [markdown] id="division-by-the-root"
# So the paper divides by √d_k, which brings the variance back to 1 (its footnote 4 has the same argument):
#
# $$\text{scores} = \frac{q\,k^\top}{\sqrt{d_k}}$$
#
# **Exercise 4.2 · `scores`** · 2 points · ● ○ ○ · 5 minutes · paper, section 3.2.1


# %% nbgrader={"grade": false, "grade_id": "scores", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scores(q, k):
    """Scaled dot products of every query with every key: q kᵀ / √d_k.

    q: (..., T, d_k); k: (..., S, d_k). Returns (..., T, S).
    """
    ### BEGIN SOLUTION
    d_k = q.size(-1)
    return q @ k.transpose(-2, -1) / math.sqrt(d_k)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_scores", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("scores", scores)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("scores", scores)
### END HIDDEN TESTS

# %% [markdown] id="hints-scores"
# <details><summary>Hint 1: a nudge</summary>The result has a row for each query and a column for each key. T and S need not be equal.</details>
# <details><summary>Hint 2: the approach</summary>Swap the last two dimensions of <code>k</code>, and only those: a batch may stand in front of them.</details>
# <details><summary>Hint 3: almost code</summary>A product of <code>q</code> with <code>k.transpose(…, …)</code>, over the square root of the size of q's last dimension.</details>

# %% [markdown]
# ## Softmax, row by row
#
# A row of the scores belongs to one query. Softmax turns it into weights that are positive and sum to 1:
#
# $$\text{weights}_{ij} = \frac{e^{\text{scores}_{ij}}}{\sum_{j'} e^{\text{scores}_{ij'}}}$$
#
# Each word asks for itself, so each row has a softmax of its own. Two words, two softmaxes. Do it once by hand (a calculator is allowed),
# and you will never again wonder which axis it was. Here d_k = 4, so √d_k = 2:
#
# | word | query | key | value |
# |---|---|---|---|
# | the | 1, 0, 1, 0 | 1, 0, 1, 0 | 4, 0 |
# | cat | 0, 2, 0, 2 | 0, 1, 1, 1 | 0, 8 |
#
# **Exercise 4.3 · `by_hand`** · 1 point · ● ○ ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "by_hand", "locked": false, "schema_version": 3, "solution": true, "task": false}
def by_hand():
    """The two-word example, to two decimals. (Round only at the end.)

    Returns a dictionary with five entries of two numbers each, first for "the", then for "cat":
    "scores of the"  - the scaled scores of the query of "the" for both keys
    "scores of cat"  - the same for the query of "cat"
    "weights of the" - softmax of the first row
    "weights of cat" - softmax of the second row
    "output of the"  - the values mixed by the weights of "the": its two entries
    """
    ### BEGIN SOLUTION
    return {
        "scores of the": [1.00, 0.50],
        "scores of cat": [0.00, 2.00],
        "weights of the": [0.62, 0.38],
        "weights of cat": [0.12, 0.88],
        "output of the": [2.49, 3.02],
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_by_hand", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("by_hand", by_hand)

# %% [markdown] id="hints-by_hand"
# <details><summary>Hint 1: a nudge</summary>"the" asks with 1, 0, 1, 0. Its dot product with the key of "cat" is 0 + 0 + 1 + 0.</details>
# <details><summary>Hint 2: the approach</summary>Divide both dot products by 2, raise e to each, and divide each by the sum of the two.</details>
# <details><summary>Hint 3: almost code</summary>The output is weight of "the" · (4, 0) + weight of "cat" · (0, 8). Nothing but two products and a sum in each entry.</details>

# %% [markdown] id="attention-in-three-steps"
# ## Attention
#
# Three steps, and you have done each of them:
#
# $$\text{Attention}(q, k, v) = \text{softmax}\!\left(\frac{q\,k^\top}{\sqrt{d_k}}\right) v$$
#
# ![Boxes with shapes: q of shape T by d_k times k transposed, d_k by S, gives scores T by S; softmax along each row gives weights T by S; times v, S by d_v, gives the output T by d_v. The axis that is summed has one colour.](../../assets/figures/04_shapes.png)
#
# This is equation 1 of the paper. Here it is at work on a sentence. The vectors below were made by hand, not learned: an article looks for a noun,
# a noun for its article, a verb for who acts and where, a preposition for its place, a thing for its preposition. (The weights come from torch's own function, with the
# identity matrix for the values, so that the output *is* the weights.)

# %% tags=["picture"]
words = ["the", "cat", "sat", "on", "the", "mat"]
kinds = ["article", "animal", "verb", "preposition", "thing"]
kind_of = torch.tensor([0, 1, 2, 3, 0, 4])
looks_for = 3.0 * torch.tensor([[0, 2, 0, 0, 2], [2, 0, 1, 0, 0], [0, 3, 0, 2, 0], [0, 0, 0, 0, 3], [2, 0, 0, 2, 0]])
key_of_kind = torch.eye(5)
weights = F.scaled_dot_product_attention(looks_for[kind_of][None], key_of_kind[kind_of][None], torch.eye(6)[None])[0]
show.attention(weights, words, title="what each word looks at (vectors made by hand)")

# %% [markdown] id="picture-seen"
# *What to see: read along a row. "on" looks at "mat"; "sat" looks at "cat" first and at "on" next; "cat" cannot tell one "the" from the other.*
#
# Now yours. The function takes a `mask` too. In this part it is `None`, and you may leave it aside, and the last line of the docstring with it; the next section is about masks.
#
# **Exercise 4.4 · `attention`** · 2 points without a mask, 2 with one · ● ● ○ · 20 minutes · paper, section 3.2.1, equation 1


# %% nbgrader={"grade": false, "grade_id": "attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention(q, k, v, mask=None):
    """Scaled dot-product attention: softmax(q kᵀ / √d_k) v.

    q: (..., T, d_k); k: (..., S, d_k); v: (..., S, d_v).
    mask: bool, broadcastable to (..., T, S), True = may attend; None = every word may attend to every word.
    Returns output (..., T, d_v) and weights (..., T, S).
    A query that may attend to nothing must not give NaN: any finite numbers will do in its row.
    """
    ### BEGIN SOLUTION
    s = scores(q, k)
    if mask is not None:
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
    weights = torch.softmax(s, dim=-1)
    output = weights @ v
    return output, weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_attention", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("attention", attention)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("attention", attention)
### END HIDDEN TESTS

# %% [markdown] id="hints-attention"
# <details><summary>Hint 1: a nudge</summary>You have <code>scores</code> already. What is left is a softmax and a product.</details>
# <details><summary>Hint 2: the approach</summary>Each row of the weights must sum to 1. A row runs along the keys, the last dimension.</details>
# <details><summary>Hint 3: almost code</summary><code>weights = torch.softmax(…, dim=…)</code>, then weights times values. Return both, the output first.</details>

# %% [markdown]
# ## Masks: what a word may not see
#
# Sentences in a batch have different lengths. The short ones are filled up with a *padding* token, here the number 0. Padding is not a
# word. No word may look at it.
#
# To hide a word, softmax must give it the weight 0. So its score is replaced, *before* softmax, by something so low that e to that power is 0, and the whole weight
# is shared among the rest: a row still sums to 1. Only −∞ gives 0 exactly. But at the most negative number of float32, about −3·10³⁸, the power is so small that
# the machine rounds it to 0 as well, and a row in which *every* word is hidden stays free of 0/0.
#
# There is a picture that finds every leak, and it needs no right answer to compare with: the **reach map**. Word i *can see* word j if a small change of
# what word j tells, its value, moves the output at word i; that is, if the derivative is not 0. Drawn beside the mask, the two must be alike.

# %% tags=["picture"]
padded = ["the", "cat", "sat", "(pad)", "(pad)"]
vectors = torch.randn(5, 8, generator=torch.Generator().manual_seed(4))
no_padding = torch.tensor([[True, True, True, False, False]]).expand(5, 5)


def by_torch(values):
    qk = vectors.double()[None]
    return F.scaled_dot_product_attention(qk, qk, values[None], attn_mask=no_padding)[0]


show.reach(reach(by_torch, vectors), no_padding, padded, title="who can see whom, with padding hidden")

# %% [markdown] id="reach-map-seen"
# *What to see: both columns of the padding are empty, in every row. Padding may look (what comes out at its place is thrown away later), but nobody looks at it.*
#
# **Exercise 4.5 · `padding_mask`** · 2 points · ● ○ ○ · 5 minutes


# %% nbgrader={"grade": false, "grade_id": "padding_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def padding_mask(tokens, pad=0):
    """Hide padding from every query.

    tokens: (B, S) integers; pad: the number that stands for padding.
    Returns bool (B, 1, S), True = may attend. The 1 stands for T: the same keys are hidden from every query.
    """
    ### BEGIN SOLUTION
    return (tokens != pad).unsqueeze(1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_padding_mask", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("padding_mask", padding_mask)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("padding_mask", padding_mask)
### END HIDDEN TESTS

# %% [markdown] id="hints-padding_mask"
# <details><summary>Hint 1: a nudge</summary>Comparing a tensor with a number gives a tensor of booleans.</details>
# <details><summary>Hint 2: the approach</summary>True stands for a real word. Then put a dimension of size 1 between B and S.</details>
# <details><summary>Hint 3: almost code</summary>A comparison of <code>tokens</code> with <code>pad</code>, and <code>unsqueeze</code> at position 1.</details>

# %% [markdown] id="back-to-attention"
# Now go back to Exercise 4.4 and let `attention` obey its mask: change the cell, run it again, and come back to its second check.

# %% nbgrader={"grade": true, "grade_id": "test_masked_attention", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("masked attention", attention)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("masked attention", attention)
### END HIDDEN TESTS

# %% [markdown] id="hints-masked_attention"
# <details><summary>Hint 1: a nudge</summary>The mask acts on the scores, before softmax. After softmax it is too late: the rows would no longer sum to 1.</details>
# <details><summary>Hint 2: the approach</summary><code>masked_fill(condition, number)</code> writes the number where the condition is True. Mind which way round your mask is.</details>
# <details><summary>Hint 3: almost code</summary>The number: <code>torch.finfo(….dtype).min</code>, the most negative of its type. With −∞ instead, a row in which all is hidden becomes 0/0: NaN.</details>

# %% [markdown] id="keep-attention"
# This is the function that the whole course is about. Keep it, and lesson 5 builds its heads on yours.

# %%
keep("attention", attention)

# %% [markdown] id="your-reach-map"
# And the reach map of your own function, beside the mask it was given:


# %%
def your_attention(values):
    return attention(vectors.double(), vectors.double(), values, no_padding)[0]


show.reach(reach(your_attention, vectors), no_padding, padded, title="your attention")

# %% [markdown]
# ## The loop and the matrix
#
# What you wrote is the loop below, for all words at once. It is worth seeing that the two are the same numbers, and how differently they run.
#
# **Exercise 4.6 · `attention_by_word`** · 2 points · ● ● ○ · 10 minutes · an experiment


# %% nbgrader={"grade": false, "grade_id": "attention_by_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_by_word(q, k, v):
    """Attention for one sentence without a mask, one query at a time.

    q: (T, d_k); k: (S, d_k); v: (S, d_v). Returns the output (T, d_v).
    1. Take one query. 2. Score it against every key. 3. Softmax. 4. Mix the values. 5. Stack the results.
    """
    ### BEGIN SOLUTION
    rows = []
    for query in q:
        s = k @ query / math.sqrt(q.size(-1))
        weights = torch.softmax(s, dim=0)
        rows.append(weights @ v)
    return torch.stack(rows)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_attention_by_word", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("attention_by_word", attention_by_word)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("attention_by_word", attention_by_word)
### END HIDDEN TESTS

# %% [markdown] id="hints-attention_by_word"
# <details><summary>Hint 1: a nudge</summary>A <code>for</code> over a tensor goes over its first dimension: here, over the queries.</details>
# <details><summary>Hint 2: the approach</summary>For one query of shape (d_k,), <code>k @ query</code> has the shape (S,): a score for each key.</details>
# <details><summary>Hint 3: almost code</summary>Collect one vector of size d_v for each query in a list; <code>torch.stack</code> makes a tensor of it.</details>

# %% [markdown] id="against-the-clock"
# Your two functions, against the clock on this machine:


# %% tags=["measured", "training"]
def seconds(function, *inputs):
    """The fastest of five runs, or of as many as fit into a fifth of a second."""
    runs = []
    while len(runs) < 5 and sum(runs) < 0.2:
        began = time.perf_counter()
        function(*inputs)
        runs.append(time.perf_counter() - began)
    return min(runs)


lengths = [8, 16, 32, 64, 128, 256]
sentences = [torch.randn(3, n, 64, generator=torch.Generator().manual_seed(n)) for n in lengths]
show.timing(
    lengths,
    {
        "loop over words": [seconds(attention_by_word, *s) for s in sentences],
        "one matrix product": [seconds(attention, *s) for s in sentences],
    },
)

# %% [markdown]
# *What to see: both axes are logarithmic. The work is the same, T × S scores; the loop pays Python's price for every word,
# the matrix product once.* The number of scores grows with the square of the length, the price of looking
# everywhere; at these lengths the matrix product is so quick that it hardly shows.
#
# ## A module with weights of its own
#
# Put it together: the three projections as layers that learn, and attention between them. In training, *dropout* sets a random part of the weights to 0
# before they mix the values, so that no word leans on one other word alone. A module is in one of two modes, `module.train()` and `module.eval()`; `nn.Dropout` acts in the first only.
#
# A small thing that trips many: `nn.Linear(d_model, d_k)` keeps its matrix as (d_k, d_model), the transpose of the `W_q` of Exercise 4.1, and computes x Wᵀ.
#
# **Exercise 4.7 · `SelfAttention`** · 3 points · ● ● ● · 20 minutes · paper, section 3.2.2 (one head)


# %% nbgrader={"grade": false, "grade_id": "SelfAttention", "locked": false, "schema_version": 3, "solution": true, "task": false}
class SelfAttention(nn.Module):
    """One head of self-attention.

    Its layers are called W_q, W_k and W_v: each nn.Linear(d_model, d_k, bias=False).
    """

    def __init__(self, d_model, d_k, dropout=0.0):
        """d_model: width D of the input; d_k: width of queries, keys and values; dropout: probability."""
        super().__init__()
        ### BEGIN SOLUTION
        self.W_q = nn.Linear(d_model, d_k, bias=False)
        self.W_k = nn.Linear(d_model, d_k, bias=False)
        self.W_v = nn.Linear(d_model, d_k, bias=False)
        self.dropout = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, x, mask=None):
        """x: (B, T, D); mask: bool, broadcastable to (B, T, T), True = may attend.

        Returns output (B, T, d_k) and weights (B, T, T).
        Dropout acts on the weights that mix the values, in train mode only; the weights returned are those before it.
        """
        ### BEGIN SOLUTION
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        _, weights = attention(q, k, v, mask)
        output = self.dropout(weights) @ v
        return output, weights
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_SelfAttention", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("SelfAttention", SelfAttention)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("SelfAttention", SelfAttention)
### END HIDDEN TESTS

# %% [markdown] id="hints-SelfAttention"
# <details><summary>Hint 1: a nudge</summary><code>__init__</code> makes the layers, <code>forward</code> uses them. A layer made in <code>forward</code> is new at every call and never learns.</details>
# <details><summary>Hint 2: the approach</summary><code>nn.Dropout</code> knows by itself whether the module is in train or eval mode. Your <code>attention</code> returns the weights: mix the values anew with weights that went through dropout.</details>
# <details><summary>Hint 3: almost code</summary>Three layers and an <code>nn.Dropout</code>; then q, k, v; then <code>attention</code> for its weights; then dropout(weights) times v. Return that and the weights as they were.</details>

# %% [markdown]
# ## Find the bug
#
# The function below is short, and one of its lines stood for about three years in a well-known public Transformer
# ([hyunwoongko/transformer, issue 10](https://github.com/hyunwoongko/transformer/issues/10)). It runs, its shapes are right, its rows sum to 1, and models train with it.


# %%
def attention_with_a_bug(q, k, v, mask=None, e=1e-12):
    """Scaled dot-product attention; True in the mask = may attend. One line is not what it seems."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -e)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights


# %% [markdown] id="reach-map-of-the-bug"
# Its reach map, on the sentence with padding from above:


# %% tags=["picture"]
def with_the_bug(values):
    return attention_with_a_bug(vectors.double(), vectors.double(), values, no_padding)[0]


show.reach(reach(with_the_bug, vectors), no_padding, padded, title="attention with a bug")

# %% [markdown] id="leaks-seen"
# *What to see: every cell that is marked is a leak.* How bad can it be? Make it as bad as you can: find an input for which a *hidden* word gets more than 0.9 of the weight.
#
# **Exercise 4.8 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """An input that exposes the bug: under `attention_with_a_bug` a hidden word gets more than 0.9 of the weight.

    Returns q (T, d_k), k (S, d_k), v (S, d_v) and mask (T, S), small ones; each query may see at least one word.
    """
    ### BEGIN SOLUTION
    q = torch.tensor([[4.0]])
    k = torch.tensor([[-4.0], [1.0]])
    v = torch.tensor([[1.0], [2.0]])
    mask = torch.tensor([[True, False]])
    return q, k, v, mask
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(q, k, v, mask=None):
    """`attention_with_a_bug`, with the bug taken out. Same inputs, same outputs: output and weights."""
    ### BEGIN SOLUTION
    s = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        s = s.masked_fill(~mask, -1e9)
    weights = torch.softmax(s, dim=-1)
    return weights @ v, weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended", mended)
### END HIDDEN TESTS

# %% [markdown] id="hints-bug"
# <details><summary>Hint 1: a nudge</summary>Print <code>-1e-12</code>, and then e to that power. Is a score of that size small?</details>
# <details><summary>Hint 2: the approach</summary>To softmax, the bug gives a hidden word the score 0, whatever its key. It wins wherever the words that may be seen score far below 0.</details>
# <details><summary>Hint 3: almost code</summary>One query, one visible key that points the other way, one hidden key. How negative must the visible score be for e^score to be a tenth of e^0?</details>

# %% [markdown]
# Why did nobody notice for so long? Because a hidden score of 0 is an ordinary score. The model learns around it, the loss falls, and only a test that asks "does a
# hidden word matter?" says that something is wrong. A check that compares two runs, with the hidden word changed between them, finds it with no right answer at hand.
#
# ## In your own words
#
# **Exercise 4.9 · explain** · 2 points · ● ● ○ · 10 minutes · read by a person
#
# Suppose all keys of a sentence are the same vector. What are the weights of each query then, whatever the query is? What is the output? And what does it mean
# for the word vectors if a model is in that state: can self-attention tell the words of the sentence apart? Three or four sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# If all S keys are equal, a query has the same dot product with each of them, so its row of scores is constant. Softmax of a constant row is 1/S everywhere: the
# weights are uniform, whatever the query. The output at every place is the plain mean of the values, the same vector for every word. Attention then
# only averages; it passes on nothing about which word is which or which matters to which, so after it all words have the same vector (a residual
# connection, lesson 6, would keep them apart).
#
# *For the grader.* 1 point: uniform weights 1/S because the scores in a row are equal. 1 point: the output is the mean of the values, the same for all words, so words are no longer told apart. Large scores
# as such ("the keys are long") are no argument: a constant row gives 1/S at any size.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# * `project`, `scores`, `attention`: equation 1 of the paper, for any leading dimensions, in three short functions.
# * `padding_mask`, and a test for every mask you will ever write: the reach map.
# * `SelfAttention`, with weights that can learn.
#
# **Try next:** in the picture of "the cat sat on the mat", change `looks_for` so that "cat" looks at the *second* "the" only. You cannot. Which lesson gives you what is missing?
#
# **In the paper:** section 3.2.1 with equation 1 and footnote 4; the mask is in section 3.2.3. **Lesson 5** splits the width into several heads, so that a word can look at several things at once.
#
# **Further reading:** Bahdanau, Cho and Bengio (2015), [*Neural machine translation by jointly learning to align and translate*](https://arxiv.org/abs/1409.0473), where attention began; Alammar, [*The illustrated Transformer*](https://jalammar.github.io/illustrated-transformer/).
