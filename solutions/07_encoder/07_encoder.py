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
# # 7 · The encoder: from one layer to BERT
#
# *"She sat on the bank of the river." "The bank raised its rates." A table of word vectors has one row for "bank", the same for both. And yet you read two different words, and you were never in doubt. Where, in a network, does one row become two meanings?*
#
# ![A map of the Transformer: the encoder stack above, the decoder stack below. The whole encoder is lit; this lesson is number 7.](../../assets/figures/map_07.png)
#
# When you have finished, you can
#
# * put attention, feed-forward network, residual connections and norms together into an encoder that equals PyTorch's own, output and gradient;
# * test any encoder, whoever wrote it, for the mistake that hides best: padding that changes something;
# * say where BERT's 110 million numbers sit, and train a small relative of it in a minute.
#
# **Time:** about three hours, two and a half of them for the exercises. **Needs:** lessons 3 to 6. **Points:** 21.
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
from classroom.corpus import Vocabulary, korean_english, padded
from classroom.counting import counted
from classroom.reach import reach

# %% tags=["imports"]
names = ("MultiHeadAttention", "PositionwiseFeedForward", "LayerNorm", "PositionalEncoding")
MultiHeadAttention, PositionwiseFeedForward, LayerNorm, PositionalEncoding = parts.use(*names)

# %% [markdown]
# These are the parts of lessons 3, 5 and 6: your own where you kept one, else the finished ones. What you need to know of them:
#
# * `MultiHeadAttention(d_model, num_heads)`, called as `attention(query, key, value, mask)`, returns output (B, T, D) *and* weights (B, H, T, S);
# * `PositionwiseFeedForward(d_model, d_ff)`, `LayerNorm(d_model)` and `PositionalEncoding(d_model, dropout=...)` take x (B, T, D) and return (B, T, D).
#
# **Conventions.** Batch first. `B` batch, `T` words in a sentence, `D` (in code `d_model`) width of a word's vector, `H` (`num_heads`) heads, `d_ff` inner width of the feed-forward network, `V` vocabulary. Masks hold booleans, **True = may attend**; a padding mask has the shape (B, 1, T).
# Tokens: 0 is padding, 1 begins a sentence, 2 ends it, 3 stands for an unknown word. "The paper" is Vaswani et al. (2017), [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762).
#
# ## One layer
#
# You have everything. A layer of the encoder is two sublayers, one after the other: self-attention, which carries news *between* the words, and the feed-forward network, which works on what each word now knows. Around each of them stand a residual connection and a norm (paper, section 3.1), in one of the two orders of lesson 6.
#
# ![An encoder layer twice. Post-norm, as in the paper: x goes through self-attention, x itself is led around and added, the sum goes through norm 1; the result goes through the feed-forward network, is led around it and added, and goes through norm 2. Pre-norm: norm 1 stands in front of self-attention and norm 2 in front of the feed-forward network, and the main line has nothing but the two additions.](../../assets/figures/07_layer.png)
#
# In symbols, with dropout on what each sublayer puts out, before it is added (section 5.4):
#
# $$\text{post-norm:}\quad x \leftarrow \text{LN}_1(x + \text{SelfAttention}(x)) \qquad x \leftarrow \text{LN}_2(x + \text{FFN}(x))$$
#
# $$\text{pre-norm:}\quad x \leftarrow x + \text{SelfAttention}(\text{LN}_1(x)) \qquad x \leftarrow x + \text{FFN}(\text{LN}_2(x))$$
#
# Two things are easily missed. The second step works on what the *first* has made, not on the layer's input. And in pre-norm queries, keys *and* values come from the normalized words.
#
# **Exercise 7.1 · `EncoderLayer`** · 4 points · ● ● ○ · 25 minutes · paper, sections 3.1 and 5.4


# %% nbgrader={"grade": false, "grade_id": "EncoderLayer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each with a residual connection, dropout and layer norm.

    Its parts: attention, a MultiHeadAttention; feed_forward, a PositionwiseFeedForward; norm_1, which belongs to
    attention, and norm_2, which belongs to the feed-forward network, each a LayerNorm.
    """

    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        """d_model: width D; num_heads: H; d_ff: inner width; dropout: probability;
        norm_first: False = post-norm (the paper), True = pre-norm."""
        super().__init__()
        ### BEGIN SOLUTION
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = PositionwiseFeedForward(d_model, d_ff)
        self.norm_1 = LayerNorm(d_model)
        self.norm_2 = LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first
        ### END SOLUTION

    def forward(self, x, mask=None):
        """x: (B, T, D); mask: bool, (T, T), (B, 1, T) or (B, T, T), True = may attend; None = all may.

        Returns (B, T, D). Dropout acts on what each sublayer puts out, before it is added; on nothing else.
        """
        ### BEGIN SOLUTION
        if self.norm_first:
            y = self.norm_1(x)
            attended, _ = self.attention(y, y, y, mask)
            x = x + self.dropout(attended)
            return x + self.dropout(self.feed_forward(self.norm_2(x)))
        attended, _ = self.attention(x, x, x, mask)
        x = self.norm_1(x + self.dropout(attended))
        return self.norm_2(x + self.dropout(self.feed_forward(x)))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_EncoderLayer", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("EncoderLayer", EncoderLayer)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("EncoderLayer", EncoderLayer)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Write post-norm first, as two lines, one a sublayer, and let pre-norm <code>return x</code> for the time being: then the check tells how far post-norm is right. Then pre-norm.</details>
# <details><summary>Hint 2: the approach</summary>Self-attention is attention whose query, key and value are one and the same. It returns two things, and only the first goes on. One <code>nn.Dropout</code> serves both sublayers: it has nothing to learn.</details>
# <details><summary>Hint 3: almost code</summary>Each line has the form <code>x = norm(x + dropout(sublayer(x)))</code> or <code>x = x + dropout(sublayer(norm(x)))</code>. Which norm, which sublayer, and where does the mask go in?</details>

# %% [markdown]
# ## A stack of layers
#
# One layer lets each word look at the others once. Then it looks again, with other weights, at words that have looked around themselves: once "bank" has seen "river", whoever looks at "bank" in the next layer can learn which of the two it is. The paper stacks N = 6 layers, "identical" in their shape; **their weights are not shared**.
#
# What does a second look add? Here is the trained encoder of lesson 5 once more. It has three layers, counted from 0 in this picture.

# %% tags=["picture"]
reading = models.load("masked_words").read("the hungry dog ate the big apple in the garden")
show.head_view(reading.weights, reading.words, title="three layers of a trained encoder")

# %% [markdown]
# *What to see: choose one head, then go from layer to layer. In layer 0, head 3, words look at what stands beside them: "dog" at "hungry", "ate" at "dog". In layer 1, head 2, "ate" looks past "the" and "big" to "apple", with 0.92 of its row; no head of layer 0 gives it more than half of that. In layer 2, head 1, "apple" looks back at "ate", and "big" with it.*
#
# To build such a stack is short. But this is the place for a mistake that runs, trains, and costs five sixths of the model. In Python, `[layer] * 6` is a list with *the same layer* six times. Each layer must be made anew, in an `nn.ModuleList`, so that PyTorch finds its parameters.

# %%
layer = nn.Linear(4, 4)
shared, own = nn.ModuleList([layer] * 6), nn.ModuleList(nn.Linear(4, 4) for _ in range(6))
for name, stack in (("[layer] * 6", shared), ("six layers", own)):
    print(f"{name:12} {len(stack)} entries, {sum(p.numel() for p in stack.parameters())} numbers to learn")

# %% [markdown]
# (Some models share on purpose: ALBERT, Lan et al., 2020. And `nn.TransformerEncoder` of PyTorch takes one layer and *copies* it: the six are then six, but they start with the same numbers, which [surprises its users](https://github.com/pytorch/pytorch/issues/86274) now and then.)
#
# What of the mask? Padding is still padding in layer 6: every layer needs it. And after a pre-norm stack stands one last norm, for the reason that you measured in lesson 6: nothing else ever brought the main line back to a standard size.
#
# Here is the plan of what you are building in this lesson. It lights up as your checks pass; draw it again whenever you like, with `show.encoder_stack()`.

# %% tags=["picture"]
show.encoder_stack()

# %% [markdown]
# *What to see: the padding mask goes into every layer; the cards behind the first are the other layers, with weights of their own.*
#
# **Exercise 7.2 · `Encoder`** · 3 points · ● ● ○ · 15 minutes · paper, section 3.1


# %% nbgrader={"grade": false, "grade_id": "Encoder", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Encoder(nn.Module):
    """A stack of encoder layers, each with weights of its own.

    Its parts: layers, an nn.ModuleList of EncoderLayer; and, in a pre-norm stack only, norm, a LayerNorm that stands
    at the end.
    """

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        """num_layers: N; the others as in EncoderLayer."""
        super().__init__()
        ### BEGIN SOLUTION
        layers = (EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers))
        self.layers = nn.ModuleList(layers)
        self.norm = LayerNorm(d_model) if norm_first else None
        ### END SOLUTION

    def forward(self, x, mask=None):
        """x: (B, T, D); mask as in EncoderLayer. Returns (B, T, D)."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x, mask)
        if self.norm is not None:
            x = self.norm(x)
        return x
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_Encoder", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("Encoder", Encoder)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("Encoder", Encoder)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary><code>nn.ModuleList(... for _ in range(n))</code> makes n modules. What does each of them need to be told?</details>
# <details><summary>Hint 2: the approach</summary>In <code>forward</code>, x becomes what each layer in turn makes of it. The mask stays the same, and every layer gets it.</details>
# <details><summary>Hint 3: almost code</summary>A loop of one line; after it, and with norm_first only, the last norm.</details>

# %% [markdown]
# Keep both, for lessons 8 and 9. (Lesson 3 says what keeping means. And if you are stuck at one of them: `EncoderLayer, Encoder = parts.use("EncoderLayer", "Encoder")`, in a cell of your own, gives you the finished ones to go on with, and you can come back later.)

# %%
keep("EncoderLayer", EncoderLayer)
keep("Encoder", Encoder)

# %% [markdown]
# ## The same as torch's own
#
# PyTorch has this stack: `nn.TransformerEncoder`. If yours is right, then with the same weights it must give the same numbers, and the same gradients. Its names differ from ours; a helper of the course, `parts.torch_names`, renames the weights (as your `to_torch` of lesson 5 did for one block), and its padding mask means the opposite, True = hidden:


# %% tags=["measured"]
def beside_torch(norm_first, N=6, D=32, H=4, d_ff=64):
    """The largest difference between your encoder and torch's with your weights: output, and gradient of the input."""
    torch.manual_seed(7)
    mine = Encoder(N, D, H, d_ff, dropout=0.0, norm_first=norm_first).double()
    layer = nn.TransformerEncoderLayer(D, H, d_ff, dropout=0.0, batch_first=True, norm_first=norm_first)
    last = nn.LayerNorm(D) if norm_first else None
    torchs = nn.TransformerEncoder(layer, N, norm=last, enable_nested_tensor=False).double()
    torchs.load_state_dict(parts.torch_names(mine.state_dict()))
    x = torch.randn(3, 7, D, dtype=torch.float64, requires_grad=True)
    real = torch.arange(7) < torch.tensor([[7], [5], [2]])
    found = mine(x, real.unsqueeze(1)), torchs(x, src_key_padding_mask=~real)
    grads = [torch.autograd.grad(out[real].pow(3).sum(), x)[0] for out in found]
    return [(one - other).abs().max().item() for one, other in ([out[real] for out in found], grads)]


for norm_first in (False, True):
    output, gradient = beside_torch(norm_first)
    print(f"{'pre' if norm_first else 'post'}-norm: outputs differ by {output:.0e}, gradients by {gradient:.0e}")

# %% [markdown]
# That is rounding. Six layers, two orders, a padding mask: the same function.
#
# ## Padding must change nothing
#
# A sentence of four words stands alone in a batch, or beside one of nine, and then five places behind it are filled up. Its words must come out the same. It is a law about *every* encoder, so it can be tested without knowing what the right numbers are.
#
# The picture that finds leaks is the reach map of lesson 4: word i sees word j where a small change at j moves the output at i. Here through all of an encoder, six layers of PyTorch's own with random weights. (Each place sees itself, the padding too: that is the residual connection.)

# %% tags=["picture"]
words = ["she", "opened", "the", "door", "(pad)", "(pad)"]
real = torch.tensor([True, True, True, True, False, False])
vectors = torch.randn(6, 8, generator=torch.Generator().manual_seed(7))
may_see = real.expand(6, 6) | torch.eye(6, dtype=torch.bool)
torch.manual_seed(7)
stack = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 6, enable_nested_tensor=False)
stack = stack.double().eval()
through = reach(lambda x: stack(x[None], src_key_padding_mask=~real[None])[0], vectors)
show.reach(through, may_see, words, title="who can see whom through six layers")

# %% [markdown]
# *What to see: in the rows of the four words, both columns of the padding are empty.*
#
# A reach map is for the eye. Now write the test that a program can run. The surest form compares the sentence *alone* with the sentence and padding behind it. Mind what stands at the padded places: in practice they hold vectors, too, those of the padding token plus a position; so your test is handed some.
#
# **Exercise 7.3 · `ignores_padding`** · 2 points · ● ● ○ · 15 minutes · a test you write


# %% nbgrader={"grade": false, "grade_id": "ignores_padding", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ignores_padding(encoder, x, padding):
    """Whether the words of a sentence come out the same alone as with padding behind them.

    encoder: a function of x (B, T, D) and mask, bool (B, 1, T), True = may attend; returns (B, T, D), for any T.
    x: (T, D), the words of one sentence; padding: (P, D), what stands at P further places behind them.
    Returns True or False. Numbers that differ by rounding only are equal: use torch.allclose(..., atol=1e-5).
    1. The sentence alone. 2. The sentence and the padding behind it, under a mask. 3. Compare the words.
    """
    ### BEGIN SOLUTION
    T, P = len(x), len(padding)
    alone = encoder(x[None], torch.ones(1, 1, T, dtype=torch.bool))
    longer = torch.cat([x, padding])
    mask = torch.arange(T + P) < T
    together = encoder(longer[None], mask[None, None])
    return torch.allclose(alone[0], together[0, :T], atol=1e-5)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_ignores_padding", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("ignores_padding", ignores_padding)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("ignores_padding", ignores_padding)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Two calls of the encoder, with sentences of different lengths. What comes out for the padding itself does not matter to anyone.</details>
# <details><summary>Hint 2: the approach</summary><code>torch.cat([x, padding])</code> is the longer sentence. Its mask is True at the words and False behind them; alone, it is all True. <code>x[None]</code> puts a batch dimension in front.</details>
# <details><summary>Hint 3: almost code</summary><code>torch.arange(T + P) &lt; T</code> is True for the first T places. Compare all that came out alone with the first T rows of what came out together.</details>

# %% [markdown]
# Your test, put to your encoder, and to three that are not what they should be:

# %%
torch.manual_seed(7)
mine = Encoder(3, 8, 2, 16).double().eval()
sentence, behind = torch.randn(4, 8).double(), torch.randn(3, 8).double()
print("your encoder:                    ", ignores_padding(mine, sentence, behind))
print("the mask not passed on:          ", ignores_padding(lambda x, mask: mine(x), sentence, behind))
print("the mask turned round:           ", ignores_padding(lambda x, mask: mine(x, ~mask), sentence, behind))
print("the mean of all places taken off:", ignores_padding(lambda x, m: mine(x, m) - x.mean(1, True), sentence, behind))

# %% [markdown]
# ## Find the bug
#
# In the spring of 2022 a developer of KerasNLP stacked encoder layers of the library and found that the first obeyed the padding mask, and the next knew nothing of it
# ([keras-hub, issue 137](https://github.com/keras-team/keras-hub/issues/137)). In Keras a mask travels with the words, unseen, and a layer has to say that it hands it on; this one did not. Nothing fails: shapes are right, and models train. In our own lines, with a layer that has nothing to learn:


# %%
def plain_layer(x, mask=None):
    """An encoder layer with nothing to learn: x + attention. x: (B, T, D); mask: bool (B, 1, T)."""
    return x + F.scaled_dot_product_attention(x, x, x, attn_mask=mask)


# %%
def encode_with_a_bug(x, mask, layers):
    """Layer after layer. The mask travels with the words, in one dictionary. One line is not what it seems."""
    batch = {"words": x, "mask": mask}
    for run in layers:
        batch = {"words": run(batch["words"], batch.get("mask"))}
    return batch["words"]


# %% [markdown]
# Its reach map through two such layers:


# %% tags=["picture"]
def two_layers(x):
    return encode_with_a_bug(x[None], real[None, None], [plain_layer, plain_layer])[0]


show.reach(reach(two_layers, vectors), may_see, words, title="two layers, with the bug")

# %% [markdown]
# *What to see: every word sees the padding.* A test with one layer would find nothing. How bad can it be? Make it plain: two sentences with the same words, and different padding behind them.
#
# **Exercise 7.4 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """An input that exposes the bug: two sentences with the same words and different padding. With layers that are all
    `plain_layer`, some entry of some word comes out of `encode_with_a_bug` different by more than 1.

    Returns x and other, each (T, D), real numbers between -1000 and 1000, small ones will do; words, how many of the
    T rows are words, the first ones (x and other are equal there); and num_layers.
    """
    ### BEGIN SOLUTION
    x = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    other = torch.tensor([[1.0, 0.0], [9.0, 0.0]])
    return x, other, 1, 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose: mask", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(x, mask, layers):
    """`encode_with_a_bug`, with the bug taken out. x: (B, T, D); mask: bool (B, 1, T); layers: a list of functions of
    x and mask. Returns (B, T, D)."""
    ### BEGIN SOLUTION
    batch = {"words": x, "mask": mask}
    for run in layers:
        batch = {"words": run(batch["words"], batch["mask"]), "mask": batch["mask"]}
    return batch["words"]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended: mask", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended: mask", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Print what is in the dictionary at the start of each turn of the loop. And what does <code>.get</code> return for a key that is not there?</details>
# <details><summary>Hint 2: the approach</summary>For the input: how many layers must there be, and what must stand at the padding so that a word looks there, and takes much from it? A dot product decides the first, the value itself the second.</details>
# <details><summary>Hint 3: almost code</summary>One word and one place of padding. In one sentence the padding is 0, in the other it points where the word points, and is much longer. For the mend: the new dictionary needs both entries, or you do without a dictionary.</details>

# %% [markdown]
# `batch["mask"]` in the place of `batch.get("mask")` would have stopped with a KeyError in the second layer. A default that hides a missing thing is the friend of such bugs. And a test of one layer would have passed: what is to hold for a stack must be tested on a stack.
#
# ## The same stack at other sizes
#
# An encoder is four numbers: how many layers, how wide, how many heads, how wide inside. With those of the paper it is one half of a translator. In 2018 Devlin et al. (published 2019) took the same stack, larger and without a decoder, and called it **BERT**:
#
# | model | layers | d_model | heads | d_ff | parameters, as published |
# |---|---|---|---|---|---|
# | Transformer base, the encoder | 6 | 512 | 8 | 2048 | 65 M with its decoder (paper, Table 3) |
# | BERT base | 12 | 768 | 12 | 3072 | 110 M ([BERT](https://arxiv.org/abs/1810.04805), section 3) |
# | BERT large | 24 | 1024 | 16 | 4096 | 340 M (the same) |
#
# *(Some lecture notes give BERT base 6 layers and BERT large 12. The count settles it.)*
#
# BERT adds a few parts of its own. To the vector of a word it adds a *learned* vector for its position, up to 512 of them, and one for the segment, first sentence or second; then comes a norm. And at the end stands a *pooler*, a linear layer from D to D with a bias, which reads the first place only. (Segments and pooler serve its second task, which comes below.) Its vocabulary has 30,522 entries (the [published models](https://github.com/google-research/bert) have that many; the article says 30,000).
# The paper's Transformer shares one vocabulary of about 37,000 tokens (section 5.1); its positions are computed.
#
# Count, part by part. Every `nn.Linear(a, b)` has a · b + b numbers, every `LayerNorm(D)` has 2 · D, a table of n vectors n · D. How many of each are in a layer?
#
# **Exercise 7.5 · `parameter_count`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "parameter_count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameter_count(
    num_layers, d_model, num_heads, d_ff, vocabulary, positions=0, segments=0, embedding_norm=False, pooler=False
):
    """How many numbers a (post-norm) encoder learns, by what they belong to.

    vocabulary, positions, segments: how many learned vectors of width d_model there are of each kind;
    embedding_norm: whether a LayerNorm follows the embeddings; pooler: whether an nn.Linear(d_model, d_model) stands
    at the end. All layers have biases, as yours have.
    Returns a dictionary of five whole numbers, over all layers: "embeddings" (all three kinds), "attention",
    "feed-forward", "norms" (those of the layers, and that of the embeddings) and "pooler".
    """
    ### BEGIN SOLUTION
    return {
        "embeddings": (vocabulary + positions + segments) * d_model,
        "attention": num_layers * 4 * (d_model * d_model + d_model),
        "feed-forward": num_layers * (d_model * d_ff + d_ff + d_ff * d_model + d_model),
        "norms": (2 * num_layers + embedding_norm) * 2 * d_model,
        "pooler": pooler * (d_model * d_model + d_model),
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_parameter_count", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("parameter_count: encoder", parameter_count)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("parameter_count: encoder", parameter_count)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>How many <code>nn.Linear</code> are in a MultiHeadAttention, and how many LayerNorms in a layer? One of the arguments makes no difference at all.</details>
# <details><summary>Hint 2: the approach</summary>Work out one layer and multiply by num_layers. Embeddings, the norm behind them and the pooler are there once.</details>
# <details><summary>Hint 3: almost code</summary>Attention: four square layers, with their biases. Feed-forward: one layer up, with d_ff biases, and one down, with d_model. True counts as 1 in a product, False as 0.</details>

# %% [markdown]
# Now the three models. And since a count is a claim, let PyTorch build them and count what is there. On the **meta device** a tensor has a shape and no numbers: a model of any size is built at once and needs no memory.

# %%
of_bert = 30_522, 512, 2, True, True  # vocabulary, positions, segments, norm of the embeddings, pooler
sizes = {
    "Transformer base, encoder": (6, 512, 8, 2048, 37_000),
    "BERT base": (12, 768, 12, 3072, *of_bert),
    "BERT large": (24, 1024, 16, 4096, *of_bert),
}
counts = {name: parameter_count(*size) for name, size in sizes.items()}
for name, (num_layers, d_model, num_heads, d_ff, *_) in sizes.items():
    with torch.device("meta"):
        built = Encoder(num_layers, d_model, num_heads, d_ff)
    inside = sum(p.numel() for p in built.parameters())
    by_hand = counts[name]["attention"] + counts[name]["feed-forward"] + num_layers * 2 * 2 * d_model
    print(f"{name:26} {sum(counts[name].values()):>11,} in all; layers: counted {by_hand:,}, built {inside:,}")
for name, num_layers in (("BERT base", 6), ("BERT large", 12)):
    total = sum(parameter_count(num_layers, *sizes[name][1:]).values())
    print(f"{name} with {num_layers} layers: {total:,}")

# %%
show.parameter_bars(counts)

# %% [markdown]
# *What to see: the embeddings of the small model are half of it; in the large one the layers are nearly all. In every layer the feed-forward network has twice as much as attention.*
#
# Base: 109.5 million, published as 110. Large: 335.1 million, published as 340. The part that guesses words in training and is thrown away afterwards (a linear layer from D to D, a norm, and a bias for each word) has 1024² + 3 · 1024 + 30,522 numbers, 1.1 million more. That makes 336.2, and still not 340. The published number is rounded generously. With half the layers, as those lecture notes have it, base would come to 67 million and large to 184.
# (BERT differs in more things that have no parameters: GELU in the place of ReLU, dropout on the attention weights too, no factor √D on the embeddings, and a tanh in the pooler.)
#
# ## What BERT is trained for
#
# There is plenty of text and nobody who labels it. But text can ask questions about itself: hide a word, and let the model guess it from the rest. It needs to look to both sides, which is what an encoder does and a left-to-right model cannot.
#
# (BERT has a second task, next-sentence prediction: it reads two sentences and says, from the pooler, whether the second followed the first. RoBERTa, Liu et al., 2019, left it out and lost nothing by it. So do we.)
#
# BERT chooses 15 % of the words (section 3.1 of its article). If each of these were replaced by a token "[MASK]", the model would see in training what it never sees in use. So of the chosen words
#
# * 80 % become the mask,
# * 10 % become a random word,
# * 10 % stay as they are,
#
# and *all* of the chosen ones are to be guessed. The model cannot know which of the words that it sees are still the right ones, so it must keep an opinion about each. Here is a sentence after one such draw; the labels say what is to be guessed:
#
# ![A sentence in three rows. The tokens: bos, the hungry dog ate the apple, eos. The inputs: bos, the mask dog ate door apple, eos. To be guessed are hungry, which became the mask (8 in 10), ate, which was left as it is (1 in 10), and the second the, which became the random word door (1 in 10). At all other places the label is -100.](../../assets/figures/07_hidden.png)
#
# *What to see: "hungry" was hidden, "the" exchanged for "door", and "ate" was chosen and left alone; it looks like any other word, and yet it counts.*
#
# Two rules. **Each word is decided by itself**, and so is what becomes of it. And **only words** are chosen: to hide padding or `<bos>` would teach nothing. (This differs a little from [BERT's own code](https://github.com/google-research/bert/blob/master/create_pretraining_data.py), which counts out 15 % of each example and draws its random words from the whole vocabulary, special tokens and all.)
#
# What is not to be guessed gets the label −100, which `F.cross_entropy` leaves out by default.
#
# **Exercise 7.6 · `mask_tokens`** · 3 points · ● ● ○ · 25 minutes · Devlin et al. (2019), section 3.1


# %% nbgrader={"grade": false, "grade_id": "mask_tokens", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mask_tokens(tokens, first_word, mask, share=0.15):
    """Hide words for a model to guess, as BERT does.

    tokens: (B, T) int64. Ids below first_word are special (padding among them); words have the ids from first_word to
    mask - 1; mask itself is the id of the mask. share: how probable it is that a word is chosen.
    Returns inputs (B, T), what the model is given: of the chosen words about 80 % are the mask, 10 % a random word, 10 %
    the word itself; and labels (B, T): the word that stood there, where one was chosen, and -100 everywhere else.
    1. Which words are chosen? 2. The labels. 3. Their fate: a second draw, also for each word by itself.
    """
    ### BEGIN SOLUTION
    chosen = (tokens >= first_word) & (torch.rand(tokens.shape) < share)
    labels = tokens.masked_fill(~chosen, -100)
    chance = torch.rand(tokens.shape)
    inputs = tokens.masked_fill(chosen & (chance < 0.8), mask)
    random_words = torch.randint(first_word, mask, tokens.shape)
    inputs = torch.where(chosen & (chance >= 0.9), random_words, inputs)
    return inputs, labels
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mask_tokens", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("mask_tokens", mask_tokens)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mask_tokens", mask_tokens)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary><code>torch.rand(tokens.shape) &lt; p</code> is True with probability p, for each place by itself. Two such draws are needed: who is chosen, and what becomes of them.</details>
# <details><summary>Hint 2: the approach</summary>One draw between 0 and 1 has three stretches: up to 0.8, up to 0.9, up to 1. <code>masked_fill</code> writes a number where a condition holds; <code>torch.where</code> picks from one of two tensors. <code>torch.randint(low, high, shape)</code> draws from low to high − 1.</details>
# <details><summary>Hint 3: almost code</summary><code>chosen</code> is "is a word" and "was drawn". Labels: the tokens, with −100 where not chosen. Inputs: the tokens, with the mask where chosen and in the first stretch, and a random word where chosen and in another.</details>

# %% [markdown]
# ## A model that guesses words
#
# In front of the stack stands what you know from lesson 3: a table of word vectors, times √D, plus positions. Without positions an encoder is blind to order: "the dog chased the cat" and "the cat chased the dog" would be the same bag of words to it. Behind the stack, every place compares what it has become with the vector of every word in the table, by a dot product:
#
# $$\text{scores} = \text{Encoder}(\sqrt{D}\;E[\text{tokens}] + PE)\;E^\top$$
#
# One table E serves at both ends, as in the paper (section 3.4). The model makes its padding mask itself.
#
# **Exercise 7.7 · `MaskedLanguageModel`** · 2 points · ● ● ○ · 15 minutes · paper, sections 3.4 and 3.5


# %% nbgrader={"grade": false, "grade_id": "MaskedLanguageModel", "locked": false, "schema_version": 3, "solution": true, "task": false}
class MaskedLanguageModel(nn.Module):
    """An encoder over words, and a score for every word of the vocabulary at every place.

    Its parts: embedding, an nn.Embedding(vocabulary, d_model); positions, a PositionalEncoding; encoder, an Encoder
    (post-norm). It has no further parameters: the scores are made with the embedding's own vectors.
    """

    def __init__(self, vocabulary, num_layers, d_model, num_heads, d_ff, dropout=0.1):
        """vocabulary: V, how many token ids there are; the others as in Encoder."""
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(vocabulary, d_model)
        self.positions = PositionalEncoding(d_model, dropout=dropout)
        self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout)
        ### END SOLUTION

    def forward(self, tokens):
        """tokens: (B, T) int64; 0 is padding, which nobody may attend to. Returns scores (B, T, V)."""
        ### BEGIN SOLUTION
        mask = (tokens != 0).unsqueeze(1)
        vectors = self.embedding(tokens) * math.sqrt(self.embedding.embedding_dim)
        states = self.encoder(self.positions(vectors), mask)
        return states @ self.embedding.weight.T
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_MaskedLanguageModel", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("MaskedLanguageModel", MaskedLanguageModel)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("MaskedLanguageModel", MaskedLanguageModel)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Four steps: the mask, the vectors, the encoder, the scores. Each is one line, and each is in the formula above or in lesson 4.</details>
# <details><summary>Hint 2: the approach</summary><code>self.embedding.weight</code> is the table E, (V, D). A product with its transpose gives a score for each of the V words. PositionalEncoding adds the positions itself.</details>
# <details><summary>Hint 3: almost code</summary>The mask is True where a token is not 0, with a dimension of size 1 put in for the queries. It goes into the encoder, as its second argument.</details>

# %% [markdown]
# Train it on the English sentences of the course's own corpus. (A grammar makes them, so they are plain; nothing is downloaded.) BERT took four days, on 16 TPU chips for base and 64 for large (appendix A.2 of its article); yours has two layers of width 64, and takes half a minute or so on two cores.

# %%
sentences = [pair.target for pair in korean_english(8000, "train", seed=0, longest=16)]
vocabulary = Vocabulary((*Vocabulary.build(sentences).tokens, "<mask>"))
FIRST_WORD, MASK = 4, len(vocabulary) - 1
rows = [[1, *vocabulary.encode(sentence), 2] for sentence in sentences]
print(f"{len(rows):,} sentences, {len(vocabulary)} tokens; the first: {' '.join(sentences[0])}")


# %%
def train(model, steps=2000, rate=6e-3, batch=48):
    """Let the model guess hidden words; the rate rises for 100 steps and then falls to 0. Returns the losses."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / 100, 1 - s / steps))
    losses = []
    model.train()
    for _ in counted(steps, "guessing words"):
        tokens = padded([rows[i] for i in torch.randint(len(rows), (batch,)).tolist()])
        inputs, labels = mask_tokens(tokens, FIRST_WORD, MASK)
        loss = F.cross_entropy(model(inputs).flatten(0, 1), labels.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    model.eval()
    return losses


# %% tags=["training"]
torch.manual_seed(7)
model = MaskedLanguageModel(len(vocabulary), num_layers=2, d_model=64, num_heads=4, d_ff=128, dropout=0.0)
nn.init.normal_(model.embedding.weight, std=64**-0.5)  # times √D that is 1, the size of the positions
losses = train(model)
smooth = torch.tensor(losses).unfold(0, 25, 25).mean(dim=1).tolist()
show.training_curves({"masked words": smooth}, "each point is the mean of 25 steps", chance=math.log(len(vocabulary)))

# %% [markdown]
# (The axis counts the points: each stands for 25 steps, 80 of them for all 2,000.)
#
# Does it guess words in sentences that it has never met? Each word of each is hidden in turn. For comparison: always guessing the commonest word, "the".

# %% tags=["training"]
new = [pair.target for pair in korean_english(300, "iid", seed=1, longest=16)]
right, by_rote, total = 0, 0, 0
with torch.no_grad():
    for sentence in new:
        tokens = torch.tensor([1, *vocabulary.encode(sentence), 2])
        places = torch.arange(1, len(tokens) - 1)
        hidden = tokens.repeat(len(places), 1)
        hidden[torch.arange(len(places)), places] = MASK
        best = model(hidden)[torch.arange(len(places)), places].argmax(dim=-1)
        right += (best == tokens[places]).sum().item()
        by_rote += (tokens[places] == vocabulary.ids["the"]).sum().item()
        total += len(places)
print(f"of {total:,} hidden words in new sentences {right / total:.0%} are guessed; 'the': {by_rote / total:.0%}")

# %% [markdown]
# Not every word *can* be guessed: after "the hungry" more than one animal may follow. What the model offers says more than the score. Hide what you like, and look:


# %%
def guess(text, most=4):
    """Show the likeliest words in the place of every <mask> of a sentence."""
    words = text.split()
    with torch.no_grad():
        scores = model(torch.tensor([[1, *vocabulary.encode(words), 2]]))[0, 1:-1]
    likely = {}
    for place in (i for i, word in enumerate(words) if word == "<mask>"):
        p, ids = scores[place].softmax(dim=-1).topk(most)
        likely[place] = {vocabulary.tokens[i]: p.item() for p, i in zip(p, ids.tolist())}
    show.guesses(words, likely, title="what the model guesses")


# %% tags=["training"]
guess("the hungry dog <mask> the <mask>")
guess("she opened <mask> old <mask>")
guess("the cat sat <mask> the chair in the garden")

# %% [markdown]
# *What to see: it has learned some grammar. Verbs are offered in the place of a verb, nouns in that of a noun, and to "opened" those that can be opened; after "sat" it is nearly sure of "on". (A token that begins with ## belongs to the word before it: ##'s is the end of "dog's".) Two words that are hidden at once are guessed each for itself: the model does not know what it offers in the other gap.*
#
# And its heads, in the head view of lesson 5. `parts.watch` keeps the weights of every attention block while a model runs, as they are *in* that run, mask and all:

# %% tags=["training"]
text = "the hungry dog ate the big apple in the garden"
words = ["<bos>", *text.split(), "<eos>"]
tokens = torch.tensor([vocabulary.encode(words)])
with parts.watch(model) as seen, torch.no_grad():
    model(tokens)
show.head_view(torch.stack([weights[0] for weights in seen.values()]), words, title="what your encoder looks at")

# %% [markdown]
# Nobody told the heads what to do. One sentence is no pattern, though, as lesson 5 said; so score them, with its patterns, on the 300 new sentences. Each number is the share of a head's weight that goes where the pattern says, for the head that does it best:

# %% tags=["training"]
read = [["<bos>", *sentence, "<eos>"] for sentence in new]
with parts.watch(model) as seen, torch.no_grad():
    model(padded([vocabulary.encode(row) for row in read]))
looked = torch.stack(list(seen.values()), dim=1)
for name, pattern in models.PATTERNS.items():
    marked = models.marks(pattern, read)
    share = (looked * marked[:, None, None]).sum(dim=(0, 3, 4)) / marked.any(dim=-1).sum()
    best = share.max()
    where, head = (share == best).nonzero()[0].tolist()
    print(f"{name:26} layer {where}, head {head}: {best:.2f}")

# %% [markdown]
# *What to see: the numbers differ from one computer to the next. In our runs one head of layer 0 gave between a third and a half of its weight to the word that follows, and one a like share to the word that stands before. The head that ties a verb to its object, over articles and adjectives in between, was in layer 1, where the words have looked around once already.* (Layers and heads are counted from 0 here. And in the picture much of layer 0 looks
# at `<bos>`: a row of weights must sum to 1, also where a head has nothing to look for. [Clark et al., 2019](https://arxiv.org/abs/1906.04341), saw the same in BERT, with its token "[SEP]".)
#
# ## What keeps the words apart?
#
# Back to the question at the start. Attention gives every word a *mean* of values. Do that again and again, and all words should become alike. Dong et al. (2021) proved that a stack of attention alone loses all differences between its words, at a speed "doubly exponential" in its depth. What, in an encoder, stands against it? Measure it.
#
# How alike two vectors are, whatever their lengths, is their *cosine*, x·y / (|x| |y|): 1 where they point the same way, 0 where they have nothing in common.
#
# **Exercise 7.8 · `word_similarity`** · 1 point · ● ● ○ · 10 minutes · an experiment, after Dong et al. (2021)


# %% nbgrader={"grade": false, "grade_id": "word_similarity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def word_similarity(states):
    """How alike the words of a sentence are, layer by layer: the mean cosine over all pairs of different words.

    states: (N, T, D), the words of one sentence behind each of N layers; T is 2 or more. Returns (N,).
    """
    ### BEGIN SOLUTION
    unit = F.normalize(states, dim=-1)
    cosines = unit @ unit.transpose(-2, -1)
    T = states.size(1)
    return (cosines.sum(dim=(-2, -1)) - T) / (T * (T - 1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_word_similarity", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("word_similarity", word_similarity)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("word_similarity", word_similarity)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Bring every vector to length 1 first (<code>F.normalize</code>). Then all cosines of a layer are one matrix product.</details>
# <details><summary>Hint 2: the approach</summary>The T × T table of cosines holds each word with itself, too: that is always 1, and is not asked for.</details>
# <details><summary>Hint 3: almost code</summary>From the sum of the table take off the T ones, and divide by how many entries are left.</details>

# %% [markdown]
# Twelve layers with random weights, five ways to put them together. First attention alone, each block fed with what the one before it put out; then, to compare, the feed-forward networks alone; then attention with the input added back; then your whole layer, in both orders.


# %%
def behind_each_layer(way, depth=12, D=64):
    """The states of ten random words behind each of `depth` random layers, (depth, 10, D)."""
    torch.manual_seed(7)
    layers = [EncoderLayer(D, 4, 128, dropout=0.0, norm_first=way == "pre-norm") for _ in range(depth)]
    x, states = torch.randn(1, 10, D), []
    with torch.no_grad():
        for block in layers:
            if way == "attention alone":
                x = block.attention(x, x, x)[0]
            elif way == "networks alone":
                x = block.feed_forward(x)
            elif way == "with residual":
                x = x + block.attention(x, x, x)[0]
            else:
                x = block(x)
            states.append(x[0])
    return torch.stack(states)


# %% tags=["measured"]
ways = ("attention alone", "networks alone", "with residual", "post-norm", "pre-norm")
alike = {way: word_similarity(behind_each_layer(way)) for way in ways}
show.by_layer(alike, "how alike ten words are behind each layer", what="mean cosine", log=False)
for way, cosines in alike.items():
    print(f"{way:16} layer 1: {cosines[0]:.2f}   layer 12: {cosines[-1]:.4f}")

# %% [markdown]
# *What to see (the lowest layer is number 1 here): one block of attention alone leaves ten different words almost alike, and two make them the same to the eye. Feed-forward networks alone do it, too, and they take no means at all: a random layer passes on less than it gets, and its biases are the same for every word. It takes them longer. With the input added back the words become alike far more slowly, in either order: behind twelve layers they are still well apart.*
#
# The residual connection, once more: what makes a word this word and no other goes around the averaging. But slowly is not never. Ask for `behind_each_layer("post-norm", depth=48)`, and for pre-norm: how alike are the words at the end?
#
# And the trained model? Here are all pairs of words of one sentence, before the first layer and behind each:

# %% tags=["training"]
with torch.no_grad():
    states = [model.positions(model.embedding(tokens) * 8)]
    for layer in model.encoder.layers:
        states.append(layer(states[-1]))
show.layer_similarity(torch.cat(states), words, title="how alike the words are, layer by layer")
for number, x in enumerate(states):
    apart = F.cosine_similarity(x[0, 1], x[0, 5], dim=0)
    print(f'"the" of the dog and "the" of the apple, behind {number} layers: {apart:.2f}')

# %% [markdown]
# *What to see: at the bottom the three "the" are nearly the same vector; only their positions tell them apart. Behind the first layer they have moved away from each other.* The one belongs to a dog and the other to an apple. Behind the second, the last, they may have come nearer again. One reason is likely: what stands at the top is scored against the table, and the table has a single row for all of them.
#
# Still, that answers the question at the start: the table has one row for "bank", and the layers make of it, from what stands around it, the "bank" of this sentence.
#
# ## In your own words
#
# **Exercise 7.9 · explain** · 2 points · ● ● ○ · 15 minutes · read by a person
#
# A friend trains the same model and finds a simpler way: nothing is hidden, the labels are the tokens themselves at every place, and the loss falls to almost nothing within a minute. "Mine guesses 100 % of the words", says the friend. (a) What has that model learned, and what in your encoder makes this so easy? What would you expect of its guesses when a word *is* hidden?
# (b) In your own training 10 % of the chosen words stay as they are, and count in the loss all the same. What would the model be free to do at words that are not the mask, if 100 % of the chosen words became the mask? Four or five sentences in all.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# (a) It has learned to copy: every place holds the word that is asked for, and the residual connections carry it to the top untouched, where it need only be compared with the table it came from. Attention has nothing to do. So nothing was learned about which words go together, and where a word is hidden the model has never met the mask and has no practice
# in using the neighbours; I expect guesses no better than chance, or the mask itself. The 100 % is measured on a task that needs no knowledge.
# (b) Then a word that is not the mask would never count in the loss. At such places the model could put out anything, since nobody asks: it need not keep a good vector for the words that it can see, except as far as that helps the guesses at the masks. In use no sentence has a mask, and it is just these vectors that one wants. With 10 % kept and
# 10 % exchanged, every word that it sees may be asked for, and may be wrong, so it has to work out from the others what belongs there.
#
# *For the grader.* 1 point for (a): copying (the answer stands in the input; residual connections or own position pass it on) and that hidden words would be guessed badly. 1 point for (b): places without the mask would not count, so their vectors would not be trained, while in use there are no masks. "So that it is more robust" or "against overfitting" alone is no point.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# * `EncoderLayer` and `Encoder`: equal to PyTorch's own, in both orders, gradients and all.
# * `ignores_padding`: a law, as a test, for any encoder that you will ever meet.
# * `parameter_count`: where a model's numbers sit.
# * `mask_tokens` and `MaskedLanguageModel`: a BERT, but for its size.

# %%
show.encoder_stack()

# %% [markdown]
# **Try next:** train with `share=0.5`, and with 0.05. (Hand it to `mask_tokens` where `train` calls it.) Wettig et al. (2023) found that 15 % is not the best share for every model. What do you find, on the new sentences?
#
# **In the paper:** section 3.1 and the left half of Figure 1; 5.4 for dropout; Table 3 for sizes. **Lesson 8** builds the right half: the decoder, which must not see the future.
#
# **Further reading:**
#
# * Devlin et al. (2019), [*BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding*](https://arxiv.org/abs/1810.04805);
# * Liu et al. (2019), [*RoBERTa: A Robustly Optimized BERT Pretraining Approach*](https://arxiv.org/abs/1907.11692), which draws the hidden words anew each time, as you did;
# * Lan et al. (2020), [*ALBERT: A Lite BERT*](https://arxiv.org/abs/1909.11942);
# * Dong, Cordonnier and Loukas (2021), [*Attention is not all you need: pure attention loses rank doubly exponentially with depth*](https://arxiv.org/abs/2103.03404);
# * Wettig et al. (2023), [*Should You Mask 15% in Masked Language Modeling?*](https://arxiv.org/abs/2202.08005).
