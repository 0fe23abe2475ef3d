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
# # 8 · The decoder and the whole Transformer
#
# *A translator writes one word, looks at what it has written, and writes the next. Training it that way, word after word, would be slow. So in training it is given the whole translation at once, and asked for every word of it at the same time. But the word it is asked for
# stands right there, one place further on. What keeps it from simply reading it off?*
#
# ![Map of the course on the Transformer. Source words become vectors and pass the encoder stack; its memory goes to the cross-attention of the decoder stack, which turns the target words so far into the next word; the training loop runs under it all. Lit: lesson 8, Decoder and Transformer. Regions: 1 Activation functions: the activation inside each feed-forward block; 2 Recurrent seq2seq: the recurrent model that came before; 3 Positional encoding: the embeddings and positions before the encoder and the decoder; 4 Self-attention: self-attention inside the encoder and the decoder; 5 Multi-head attention: the heads side by side in every attention block; 6 Residual and norm: add and norm after every block, and the feed-forward blocks; 7 Encoder: the encoder stack; 8 Decoder and Transformer: the decoder stack, with its cross-attention, and the next word; 9 Train a translator: the training loop under it all.](../../assets/figures/map_08.png)
#
# When you have finished, you can
#
# * write the decoder and the whole Transformer, and show that it equals PyTorch's own with the same weights;
# * prove, with a test that needs no right answer, that no word can see the future;
# * train it, let it write on its own, and see in its cross-attention where it looked.
#
# **Time:** about three and a half hours, nearly three of them for the exercises. **Needs:** lessons 4 to 7. **Points:** 22.
#
# Run the cell below first. It is safe to run again.

# %% tags=["set-up"]
# The build puts the set-up cell here.

# %% tags=["imports"]
import math

import torch
import torch.nn.functional as F
from torch import nn

from classroom import check, keep, parts, show
from classroom.counting import counted
from classroom.reach import reach, reach_of_words

MultiHeadAttention, PositionwiseFeedForward, LayerNorm = parts.use(
    "MultiHeadAttention", "PositionwiseFeedForward", "LayerNorm"
)
PositionalEncoding, padding_mask, Encoder = parts.use("PositionalEncoding", "padding_mask", "Encoder")

# %% [markdown]
# **Conventions, the same in every lesson.** Batch first. `B` batch, `T` words of the target, `S` words of the source, `D` (in code `d_model`) model width, `H` (`num_heads`) heads, `V` vocabulary. Masks hold booleans, **True = may attend**.
# `pad = 0`, `bos = 1` begins a sentence, `eos = 2` ends it. "The paper" is Vaswani et al. (2017), [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762).
#
# This lesson is built from what you have built: where you kept a part of your own, and it still passes its check, the cell above took it, and elsewhere the finished one. Either way the names are the same: `MultiHeadAttention(d_model, num_heads)`, called as `attention(query, key, value, mask)`, returns output and weights;
# `PositionwiseFeedForward(d_model, d_ff)`, `LayerNorm(d_model)` and `PositionalEncoding(d_model, dropout=...)` are called with x alone; `padding_mask(tokens)` is a function; and from lesson 7 there is `Encoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)`, called as `encoder(x, mask)`.
#
# ## One word may look back, not ahead
#
# Say the target is "the cat sat". At the first place the model is to write "the", at the second, having read "the", it is to write "cat", and so on. In training all places are worked out at the same time. That is honest only if place t is worked out from places up to t, and from nothing behind
# it. Attention looks everywhere, unless a mask forbids it. So the mask is a triangle.
#
# Try it out. A square table says who may look at whom: rows look, columns are looked at. Switch the causal mask and the padding mask on and off, and both together; change the lengths.

# %% tags=["picture"]
show.mask_explorer()

# %% [markdown]
# *What to see: the causal mask leaves the diagonal and all that is to the left of it. The padding mask takes out whole columns, in every row. With both, a cell is open only where both are: masks are joined by "and".*
#
# A word may look at itself: place t has read word t, and is asked for the one behind it. That is why the diagonal is open.
#
# **Exercise 8.1 · `causal_mask`** · 1 point · ● ○ ○ · 5 minutes · paper, section 3.2.3


# %% nbgrader={"grade": false, "grade_id": "causal_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def causal_mask(T):
    """Who may attend to whom where nobody may look ahead.

    T: how many places there are. Returns bool (T, T), True = may attend: row t holds True for the places 0 to t.
    """
    ### BEGIN SOLUTION
    return torch.ones(T, T, dtype=torch.bool).tril()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_causal_mask", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("causal_mask", causal_mask)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("causal_mask", causal_mask)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Write down the three rows for T = 3. How many True stand in each?</details>
# <details><summary>Hint 2: the approach</summary><code>tril</code> keeps the lower triangle of a matrix, <code>triu</code> the upper one; both keep the diagonal. Or compare two <code>torch.arange(T)</code>, one of them stood on end.</details>
# <details><summary>Hint 3: almost code</summary>A square of True (<code>torch.ones(…, dtype=torch.bool)</code>), and one of the two methods on it.</details>
#
# ## Three sublayers
#
# An encoder layer has two sublayers: self-attention and a feed-forward network. A decoder layer has three, each with its residual connection and norm (lesson 6):
#
# 1. **Masked self-attention.** What has been written so far looks at itself: queries, keys and values all come from the target, under the causal mask.
# 2. **Cross-attention.** The target asks, the source answers: the queries come from the decoder, the keys *and* the values from what the encoder made of the source, which is called the **memory**. Here nothing is causal. The whole source has been read before the first word is written; only its padding is hidden.
# 3. **The feed-forward network**, for each place by itself.
#
# ![One decoder layer. y goes through self_attention, whose queries, keys and values all come from y and whose mask hides the future and the padding; y is led around and added; norm_1. Then cross_attention: its queries come from y, its keys and values from memory, what the encoder made of the source, and its mask hides the source's padding; addition, norm_2. Then feed_forward, addition, norm_3. y and what comes out have the shape (B, T, D), memory has (B, S, D).](../../assets/figures/08_decoder_layer.png)
#
# T and S need not be equal: cross-attention has a row for each target word and a column for each source word.
#
# Dropout is as in the paper, section 5.4: on what a sublayer puts out, before it is added to the sublayer's input. The norm comes after the addition (*post-norm*, the paper's), or, with `norm_first`, before the sublayer (*pre-norm*), in which case x itself goes past it untouched.
#
# **Exercise 8.2 · `DecoderLayer`** · 3 points · ● ● ● · 25 minutes · paper, section 3.1


# %% nbgrader={"grade": false, "grade_id": "DecoderLayer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class DecoderLayer(nn.Module):
    """One layer of the decoder.

    Its parts: self_attention and cross_attention, each MultiHeadAttention(d_model, num_heads); feed_forward,
    PositionwiseFeedForward(d_model, d_ff); norm_1, norm_2 and norm_3, each LayerNorm(d_model), one a sublayer, in order.
    """

    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        """dropout: a probability; norm_first: pre-norm, where it is True, else post-norm."""
        super().__init__()
        ### BEGIN SOLUTION
        self.self_attention = MultiHeadAttention(d_model, num_heads)
        self.cross_attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = PositionwiseFeedForward(d_model, d_ff)
        self.norm_1, self.norm_2, self.norm_3 = (LayerNorm(d_model) for _ in range(3))
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first
        ### END SOLUTION

    def sublayer(self, y, norm, f):
        """y, and what f makes of it, added and normed in the order that norm_first says. f: (B, T, D) to (B, T, D)."""
        ### BEGIN SOLUTION
        if self.norm_first:
            return y + self.dropout(f(norm(y)))
        return norm(y + self.dropout(f(y)))
        ### END SOLUTION

    def forward(self, y, memory, target_mask=None, memory_mask=None):
        """y: (B, T, D), the target; memory: (B, S, D). Returns (B, T, D).

        target_mask: bool (T, T), (B, 1, T) or (B, T, T); memory_mask: bool (B, 1, S) or (B, T, S); True = may attend.
        """
        ### BEGIN SOLUTION
        y = self.sublayer(y, self.norm_1, lambda x: self.self_attention(x, x, x, target_mask)[0])
        y = self.sublayer(y, self.norm_2, lambda x: self.cross_attention(x, memory, memory, memory_mask)[0])
        y = self.sublayer(y, self.norm_3, self.feed_forward)
        return y
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_DecoderLayer", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("DecoderLayer", DecoderLayer)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("DecoderLayer", DecoderLayer)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>For each of the two attentions write down three words: who asks, who is compared, who tells? And a fourth: which mask?</details>
# <details><summary>Hint 2: the approach</summary><code>MultiHeadAttention</code> returns two things; a sublayer is the first of them. In <code>sublayer</code>, <code>f</code> is a function: where does it take its input from in pre-norm, and what is y added to?</details>
# <details><summary>Hint 3: almost code</summary><code>forward</code> is three lines <code>y = self.sublayer(y, self.norm_…, …)</code>. A function on the spot: <code>lambda x: self.self_attention(…, …, …, …)[0]</code>.</details>
#
# And what can see what, in your layer? Two reach maps. First: a target word against the target words, beside the causal mask. Then: a target word against the words of the source, of which the last one is padding.


# %%
torch.manual_seed(8)
layer = DecoderLayer(8, 2, 16, dropout=0.0).double()
target, memory = torch.randn(4, 8).double(), torch.randn(5, 8).double()
no_padding = torch.tensor([[True, True, True, True, False]])
masks = causal_mask(4), no_padding[None]
by_target = reach(lambda y: layer(y[None], memory[None], *masks)[0], target)
by_source = reach(lambda m: layer(target[None], m[None], *masks)[0], memory)
show.reach(by_target, causal_mask(4), ["(bos)", "the", "cat", "sat"], title="target sees target")
show.reach(by_source, no_padding, ["die", "Katze", "sass", "(eos)", "(pad)"], title="target sees source")

# %% [markdown]
# *What to see: at the top a triangle, the mask and nothing but the mask. Below, every place sees the whole source, from its first word on, and no place sees padding.*
#
# ## The stack
#
# **Exercise 8.3 · `Decoder`** · 1 point · ● ○ ○ · 10 minutes · paper, section 3.1
#
# N layers, one above the other, each with weights of its own. All of them look at the *same* memory, what the encoder's last layer put out. In a pre-norm stack the sums that run past the norms are normed once at the end (lesson 6).


# %% nbgrader={"grade": false, "grade_id": "Decoder", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Decoder(nn.Module):
    """num_layers decoder layers.

    Its parts: layers, an nn.ModuleList of DecoderLayer; and, where norm_first is True only, norm, a LayerNorm at the end.
    """

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.1, norm_first=False):
        super().__init__()
        ### BEGIN SOLUTION
        self.layers = nn.ModuleList(
            DecoderLayer(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers)
        )
        self.norm = LayerNorm(d_model) if norm_first else None
        ### END SOLUTION

    def forward(self, y, memory, target_mask=None, memory_mask=None):
        """Shapes and masks as in DecoderLayer."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            y = layer(y, memory, target_mask, memory_mask)
        return y if self.norm is None else self.norm(y)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_Decoder", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("Decoder", Decoder)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("Decoder", Decoder)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Your <code>Encoder</code> of lesson 7 is nearly it. What more does a decoder layer have to be handed?</details>
# <details><summary>Hint 2: the approach</summary>A new <code>DecoderLayer</code> for each place in the list. <code>[layer] * n</code> would be the same layer n times, with one set of weights.</details>
# <details><summary>Hint 3: almost code</summary><code>nn.ModuleList(DecoderLayer(…) for _ in range(…))</code>; in <code>forward</code> a loop that hands y from layer to layer, and memory and masks to each.</details>
#
# ## The whole machine
#
# What is left is the way in and the way out.
#
# **In:** each word number becomes a vector, times √D, plus the code of its position, then dropout (lesson 3; `PositionalEncoding` has the dropout in it).
#
# **Out:** for each place the decoder's vector becomes V scores, one for each word of the vocabulary. This is again a matrix with a row for each word. The paper takes *the same* matrix for three things: to look up source words, to look up target words, and to score (section 3.4, after Press and Wolf, 2017).
# One parameter, used three times; its gradient is the sum of what all three uses ask of it. To copy the numbers into a second matrix is not the same: after the first update the two go separate ways.
#
# A parameter that must serve in all three places has a size problem. For the scores not to start out enormous, its entries should be small, with standard deviation 1/√D. As word vectors these would drown in the position codes, whose entries are about 1. That is what the factor √D mends.
#
# **Masks** are made inside, from the word numbers themselves. Who calls a model should not have to remember them.
#
# | where | may be looked at |
# |---|---|
# | encoder, self-attention | source words, no padding |
# | decoder, self-attention | target words up to one's own, no padding |
# | decoder, cross-attention | source words, no padding |
#
# (In the second row "no padding" makes no difference while padding stands at the end only.)
#
# **Exercise 8.4 · `Transformer`** · 4 points · ● ● ● · 30 minutes · paper, figure 1, sections 3.2.3 and 3.4


# %% nbgrader={"grade": false, "grade_id": "Transformer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Transformer(nn.Module):
    """Encoder and decoder, with one embedding for source, target and output. Padding is 0.

    Its parts: embedding, nn.Embedding(vocabulary, d_model); positions, PositionalEncoding(d_model, dropout=dropout);
    encoder, Encoder; decoder, Decoder. There is no other parameter. The embedding begins with standard deviation 1/√D.
    """

    def __init__(self, vocabulary, d_model, num_heads, d_ff, num_layers, dropout=0.1, norm_first=False):
        super().__init__()
        ### BEGIN SOLUTION
        self.embedding = nn.Embedding(vocabulary, d_model)
        self.positions = PositionalEncoding(d_model, dropout=dropout)
        self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)
        self.decoder = Decoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)
        ### END SOLUTION
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def embed(self, tokens):
        """tokens: (B, N) integers. Returns (B, N, D): embedding times √D, with positions."""
        ### BEGIN SOLUTION
        return self.positions(self.embedding(tokens) * math.sqrt(self.embedding.embedding_dim))
        ### END SOLUTION

    def encode(self, source):
        """source: (B, S) integers. Returns the memory (B, S, D)."""
        ### BEGIN SOLUTION
        return self.encoder(self.embed(source), padding_mask(source))
        ### END SOLUTION

    def decode(self, target, memory, source):
        """target: (B, T) integers, what has been written; memory: (B, S, D), of source (B, S).

        Returns scores (B, T, V), before softmax: at place t for the word behind it. At padding any finite number will do.
        """
        ### BEGIN SOLUTION
        past = causal_mask(target.size(1)).to(target.device)
        y = self.decoder(self.embed(target), memory, padding_mask(target) & past, padding_mask(source))
        return y @ self.embedding.weight.T
        ### END SOLUTION

    def forward(self, source, target):
        """source: (B, S); target: (B, T). Returns scores (B, T, V)."""
        return self.decode(target, self.encode(source), source)


# %% nbgrader={"grade": true, "grade_id": "test_Transformer", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check("Transformer", Transformer)
check("Transformer in training", Transformer)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("Transformer", Transformer)
sealed("Transformer in training", Transformer)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary><code>padding_mask(tokens)</code> of lesson 4 gives (B, 1, N). Which tokens go into each of the three masks of the table?</details>
# <details><summary>Hint 2: the approach</summary>(B, 1, T) and (T, T), joined by <code>&</code>, give (B, T, T). For the scores: (B, T, D) times the embedding's matrix, (V, D), transposed. No new layer is needed, and no softmax.</details>
# <details><summary>Hint 3: almost code</summary><code>encode</code> is one call of the encoder, <code>decode</code> one of the decoder with the embedded target, the memory and two masks, and then <code>@ self.embedding.weight.T</code>.</details>
#
# Keep it: lesson 9 trains it. What it needs of this notebook, your `Decoder`, `DecoderLayer` and `causal_mask`, goes with it. (Lesson 3 says what keeping means.)

# %%
keep("Transformer", Transformer)

# %% [markdown]
# ### The same as torch's own
#
# PyTorch has `nn.Transformer`. It begins after the embedding and ends before the scores, and it wants its masks the other way round, as you know from lesson 5. (It also adds a norm at the end of each stack, which a post-norm stack in the paper doesn't have; we hand it stacks without.) `parts.torch_names` gives your weights the names they have there.


# %% tags=["measured"]
def torchs_own(mine, num_heads, d_ff, num_layers):
    """nn.Transformer, post-norm, with the weights of your encoder and decoder."""
    sizes = {"dim_feedforward": d_ff, "dropout": 0.0, "batch_first": True}
    D = mine.embedding.embedding_dim
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(D, num_heads, **sizes), num_layers)
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(D, num_heads, **sizes), num_layers)
    theirs = nn.Transformer(D, num_heads, custom_encoder=encoder, custom_decoder=decoder, batch_first=True).double()
    inside = {n: p for n, p in mine.named_parameters() if n.startswith(("encoder.", "decoder."))}
    theirs.load_state_dict(parts.torch_names(inside))
    return theirs


torch.manual_seed(8)
mine = Transformer(20, 16, 4, 32, num_layers=2, dropout=0.0).double()
theirs = torchs_own(mine, 4, 32, 2)
source = torch.tensor([[5, 9, 14, 7, 2], [8, 11, 2, 0, 0]])
target = torch.tensor([[1, 6, 10, 4], [1, 12, 3, 19]])
x, y = (mine.embed(words).detach().requires_grad_() for words in (source, target))
padding = source == 0
masks = {"tgt_mask": ~causal_mask(4), "src_key_padding_mask": padding, "memory_key_padding_mask": padding}
wanted = theirs(x, y, **masks)
output = mine.decoder(y, mine.encoder(x, padding_mask(source)), causal_mask(4), padding_mask(source))
gradients = [torch.autograd.grad(o.square().sum(), (x, y)) for o in (output, wanted)]
print(f"outputs apart by   {(output - wanted).abs().max().item():.1e}")
print(f"gradients apart by {max((a - b).abs().max().item() for a, b in zip(*gradients)):.1e}")

# %% [markdown]
# Two machines, one written by you, the same numbers on the way there and on the way back.
#
# ### Who can look at whom, from end to end
#
# The layer's map was about one layer. Does the whole model keep its word, through all layers, embeddings and norms? A gradient cannot go through word numbers, so `reach_of_words` exchanges each word for another one and looks which scores move.

# %%
torch.manual_seed(8)
model = Transformer(13, 16, 4, 32, num_layers=2, dropout=0.0).double()
source, target = torch.tensor([[7, 11, 5, 2, 0]]), torch.tensor([[1, 9, 4, 12]])
by_target = reach_of_words(lambda words: model(source, words[None])[0], target[0])
by_source = reach_of_words(lambda words: model(words[None], target)[0], source[0])
show.reach(by_target, causal_mask(4), ["(bos)", "9", "4", "12"], title="scores, by words of the target")
show.reach(
    by_source, padding_mask(source)[0], ["7", "11", "5", "(eos)", "(pad)"], title="scores, by words of the source"
)

# %% [markdown]
# *What to see: after two layers of everything, still the triangle at the top. Stacking cannot open what a mask closes, as long as every layer has it. Below, all scores hang on all source words.*
#
# ## How large is it?
#
# The paper's base model has D = 512, 8 heads, d_ff = 2048, 6 layers in each stack and a shared vocabulary of about 37,000 (sections 3 and 5.1). Its Table 3 says: 65 · 10⁶ parameters. Count them, part by part.
#
# **Exercise 8.5 · `parameter_count`** · 1 point · ● ● ○ · 10 minutes · paper, table 3


# %% nbgrader={"grade": false, "grade_id": "parameter_count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameter_count(vocabulary, d_model, num_heads, d_ff, num_layers):
    """How many numbers Transformer(vocabulary, d_model, num_heads, d_ff, num_layers) learns, post-norm, as an integer."""
    ### BEGIN SOLUTION
    attention = 4 * (d_model * d_model + d_model)
    feed_forward = d_model * d_ff + d_ff + d_ff * d_model + d_model
    norm = 2 * d_model
    encoder_layer = attention + feed_forward + 2 * norm
    decoder_layer = 2 * attention + feed_forward + 3 * norm
    return vocabulary * d_model + num_layers * (encoder_layer + decoder_layer)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_parameter_count", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("parameter_count: Transformer", parameter_count)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("parameter_count: Transformer", parameter_count)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>How many parameters does one attention have, one feed-forward network, one norm? How many of each stand in each kind of layer?</details>
# <details><summary>Hint 2: the approach</summary>An attention is four layers D to D with a bias (lesson 5). A norm has γ and β. The embedding counts once, since it is one parameter. Position codes are not learned.</details>
# <details><summary>Hint 3: almost code</summary>vocabulary · D + num_layers · (an encoder layer + a decoder layer); the second has one attention and one norm more than the first.</details>
#
# The base model, and beside it the sizes of the paper's "big" one. The bars count real modules, built on torch's *meta* device, where tensors have shapes but no numbers in them and cost nothing:

# %% tags=["picture"]
KINDS = {"embedding": "embeddings", "attention": "attention", "feed_forward": "feed-forward", "norm": "norms"}


def by_kind(*sizes):
    """How many parameters a Transformer of these sizes has, by kind."""
    with torch.device("meta"):
        model = parts.Transformer(*sizes)
    counts = dict.fromkeys(KINDS.values(), 0)
    for name, parameter in model.named_parameters():
        counts[next(kind for key, kind in KINDS.items() if key in name)] += parameter.numel()
    return counts


counts = {"base": by_kind(37_000, 512, 8, 2048, 6), "big": by_kind(37_000, 1024, 16, 4096, 6)}
show.parameter_bars(counts)

# %%
for name, of_kind in counts.items():
    print(f"{name}: {sum(of_kind.values()):,}")

# %%
print(f"your count, base: {parameter_count(37_000, 512, 8, 2048, 6):,}")
print(f"your count, big:  {parameter_count(37_000, 1024, 16, 4096, 6):,}")

# %% [markdown]
# *What to see: in the base model almost a third is the embedding; were it not shared, it would be there three times. The feed-forward networks hold more than all attentions together, encoder, decoder and cross-attention. The norms are too few to be seen.* The paper's table says 65 and 213 million. Ours are near, and not equal: ours is too small for the base model and too large for the big one, so no single vocabulary gives both.
#
# ## The future cannot leak
#
# A reach map is for looking at. A test is for the day on which someone changes a mask, half a year from now. Write it: for any model that takes source and target and returns scores, say whether the scores at a place can be moved by words *behind* it. You need no right answer for that; ask the model twice.
#
# **Exercise 8.6 · `future_cannot_leak`** · 2 points · ● ● ○ · 15 minutes · a test you write
#
# It is tested in turn: on models that keep the rule, which it must clear, and on models that break it, some at one place only, some in one score only, which it must find.
#
# Two things to know. The words 3 and 4 are in every vocabulary, so that you can exchange any word for one of them; another number may be none of the model's words. And the models are in eval mode: with dropout on, two calls would differ by chance, and a test like this would call that a leak.


# %% nbgrader={"grade": false, "grade_id": "future_cannot_leak", "locked": false, "schema_version": 3, "solution": true, "task": false}
def future_cannot_leak(model, source, target):
    """Whether no score of the model hangs on a target word that stands behind its place.

    model: a function; model(source, target) gives scores (B, T, V) for any B and T from 1 on; source: (B, S);
    target: (B, T), word numbers; 3 and 4 are words, too. Returns True or False.
    Numbers that differ by rounding only are equal: use torch.allclose(..., atol=1e-5).
    """
    ### BEGIN SOLUTION
    scores = model(source, target)
    for t in range(1, target.size(1)):
        other = target.clone()
        other[:, t:] = torch.where(target[:, t:] == 3, 4, 3)
        if not torch.allclose(model(source, other)[:, :t], scores[:, :t], atol=1e-5):
            return False
    return True
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_future_cannot_leak", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("future_cannot_leak", future_cannot_leak)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("future_cannot_leak", future_cannot_leak)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Take the target as it is, and a second one that has the same first t words and other words behind them. Which of the scores may differ, and which may not?</details>
# <details><summary>Hint 2: the approach</summary>Do it for every t: a leak may be at one place only. A changed word must really be another one: if you write 3 everywhere, a 3 has not changed. (Cutting the target off after t words is a way, too.)</details>
# <details><summary>Hint 3: almost code</summary>A loop over t from 1 on; <code>other = target.clone()</code>, its part from t on exchanged; compare <code>[:, :t]</code> of both scores. The first difference decides; only after the loop may you say True.</details>
#
# Your test on your Transformer, and on one whose decoder was handed no causal mask:

# %%
torch.manual_seed(8)
model = Transformer(13, 16, 4, 32, num_layers=2).eval()
source, target = torch.tensor([[7, 11, 5, 2]]), torch.tensor([[1, 9, 4, 12]])


def without_the_triangle(source, target):
    y = model.decoder(model.embed(target), model.encode(source))
    return y @ model.embedding.weight.T


print("your Transformer:    ", future_cannot_leak(model, source, target))
print("without the triangle:", future_cannot_leak(without_the_triangle, source, target))

# %% [markdown]
# ## One step to the right
#
# A sentence of the corpus stands in a batch as `bos the cat sat eos`. The decoder reads `bos the cat sat` and is asked for `the cat sat eos`: at each place, for the word *behind* the one it has just read. That is **teacher forcing**: whatever the model would have written, it reads on from the right word.
#
# ![Teacher forcing. The target is bos, the, cat, sat, eos. The decoder reads bos, the, cat, sat. It is asked for the, cat, sat, eos. Under each other stand bos and the, the and cat, cat and sat, sat and eos: at each place the word read is the one before the word asked for. Under the causal mask each place sees the words read up to its own: at the third, bos, the, cat.](../../assets/figures/08_shift.png)
#
# Without the step to the right, the word asked for would be the very word that was read, the diagonal is open, and copying it would bring the loss to 0. Nothing would have been learned.
#
# **Exercise 8.7 · `teacher_forcing`** · 1 point · ● ○ ○ · 5 minutes · paper, section 3.1 ("shifted right")


# %% nbgrader={"grade": false, "grade_id": "teacher_forcing", "locked": false, "schema_version": 3, "solution": true, "task": false}
def teacher_forcing(target):
    """What the decoder reads, and what it is asked for at each place.

    target: (B, N) integers: bos, words, eos, padding. Returns read (B, N - 1) and asked (B, N - 1).
    """
    ### BEGIN SOLUTION
    read = target[:, :-1]
    asked = target[:, 1:]
    return read, asked
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_teacher_forcing", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("teacher_forcing", teacher_forcing)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("teacher_forcing", teacher_forcing)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Both are pieces of the target, one place apart. Which of them begins with bos?</details>
# <details><summary>Hint 2: the approach</summary>A slice without its last column, and a slice without its first.</details>
# <details><summary>Hint 3: almost code</summary><code>target[:, …:…]</code>, twice. (A short sentence's eos is read as well; what is asked for there is padding, and the next exercise takes it out.)</details>
#
# Now the loss: cross-entropy, minus the logarithm of the probability that the model gave to the word asked for. Padding is nobody's word. It must not count, neither in the sum nor in the number that the sum is divided by. Otherwise a batch with much padding has a small loss for no merit of the model.
#
# **Exercise 8.8 · `cross_entropy_on_targets`** · 2 points · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "cross_entropy_on_targets", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_entropy_on_targets(scores, targets, pad=0):
    """The mean of -log p(word asked for) over all words of the batch that are not padding.

    scores: (B, T, V), before softmax; targets: (B, T) integers; pad: the number that stands for padding.
    Returns one number, a tensor without dimensions, that can be differentiated.
    """
    ### BEGIN SOLUTION
    losses = F.cross_entropy(scores.transpose(1, 2), targets, reduction="none")
    real = targets != pad
    return (losses * real).sum() / real.sum()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_cross_entropy_on_targets", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("cross_entropy_on_targets", cross_entropy_on_targets)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("cross_entropy_on_targets", cross_entropy_on_targets)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Three steps: a loss for each place, (B, T); 0 where padding is asked for; the sum over the number of real words.</details>
# <details><summary>Hint 2: the approach</summary><code>F.cross_entropy</code> wants the classes in dimension 1, (B, V, T), or everything in one row, (B·T, V); it takes softmax by itself. It can return every loss, and it can ignore a number; look at its arguments.</details>
# <details><summary>Hint 3: almost code</summary><code>F.cross_entropy(scores.transpose(…, …), targets, reduction=…)</code>, times <code>targets != pad</code>; then a sum over a sum.</details>
#
# ## Writing, word by word
#
# After training there is no right word to read. The model starts from bos, gives scores for the next word, takes the likeliest (*greedy*), reads what it has just written, and so on, until it writes eos.
#
# ![Greedy decoding. The encoder reads the source, goyangi -neun anjatda, once and keeps its memory. Four steps of the decoder follow, each given the same memory: it reads bos and writes the; reads bos the and writes cat; reads bos the cat and writes sat; reads bos the cat sat and writes eos, where it stops. What is written at one step is read at the next.](../../assets/figures/08_decoding.png)
#
# Four things to get right:
#
# * **The encoder runs once.** The source does not change while the model writes, so neither does the memory.
# * **Each sentence ends for itself.** In a batch one writes eos at the third word, another at the tenth. The short one is filled up with padding, the long one goes on. When all have their eos, stop.
# * **It ends in any case.** A model that never writes eos is stopped after `max_len` words.
# * **No dropout.** A model that writes is in eval mode.
#
# **Exercise 8.9 · `greedy_decode`** · 3 points · ● ● ● · 25 minutes


# %% nbgrader={"grade": false, "grade_id": "greedy_decode", "locked": false, "schema_version": 3, "solution": true, "task": false}
@torch.no_grad()
def greedy_decode(model, source, max_len, bos=1, eos=2):
    """Let the model write, taking the likeliest word at each step.

    model: has encode(source) -> memory and decode(target, memory, source) -> scores (B, T, V), as your Transformer;
    it is put into eval mode. source: (B, S) integers. max_len: the most words to write, eos among them.
    Returns (B, L) integers: what was written behind bos. A sentence keeps its eos; behind it stands padding, 0. It stops
    when every sentence has its eos: L is the length of the longest.
    """
    ### BEGIN SOLUTION
    model.eval()
    memory = model.encode(source)
    written = torch.full_like(source[:, :1], bos)
    finished = torch.zeros_like(source[:, 0], dtype=torch.bool)
    for _ in range(max_len):
        scores = model.decode(written, memory, source)
        word = scores[:, -1].argmax(dim=-1)
        word = torch.where(finished, 0, word)
        written = torch.cat([written, word[:, None]], dim=1)
        finished = finished | (word == eos)
        if finished.all():
            break
    return written[:, 1:]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_greedy_decode", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("greedy_decode", greedy_decode)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("greedy_decode", greedy_decode)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Keep two things from step to step: what has been written, (B, t), which starts as a column of bos; and who is finished, (B,).</details>
# <details><summary>Hint 2: the approach</summary>Only the scores at the last place are about the next word. <code>torch.where(finished, …, …)</code> decides for each sentence; a sentence that is finished stays so.</details>
# <details><summary>Hint 3: almost code</summary>Eval mode; encode; a loop of at most max_len steps: decode, <code>argmax</code> of the last place, padding for the finished, <code>torch.cat</code> along the words, update who is finished, <code>break</code> if all are. Then leave out bos.</details>
#
# ## An experiment: two tasks that show everything
#
# Time to train. Two languages of ten words each, with the numbers 3 to 12. In the first the translation is a **copy** of the source; in the second it is the source **reversed**. They are small enough for a minute on a CPU, and neither can be done without cross-attention that looks at the right place.


# %%
def sequences(number, reverse, seed):
    """`number` pairs of 3 to 10 words: source (N, 11), words, eos, padding; target (N, 12), the same behind a bos."""
    draw = torch.Generator().manual_seed(seed)
    length = torch.randint(3, 11, (number, 1), generator=draw)
    words = torch.randint(3, 13, (number, 11), generator=draw)
    place = torch.arange(11).expand(number, 11)

    def closed(rows):
        return torch.where(place < length, rows, 2 * (place == length))

    mirrored = words.gather(1, (length - 1 - place).clamp(min=0))
    return closed(words), F.pad(closed(mirrored if reverse else words), (1, 0), value=1)


for reverse in (False, True):
    source, target = sequences(1, reverse, seed=3)
    print("source", source[0].tolist(), "  target", target[0].tolist())

# %% [markdown]
# The loop is that of lesson 1, with your two functions in it. The learning rate rises over the first tenth of the updates and then falls to 0; lesson 9 says why. (And the model that is trained is yours.)


# %%
def train(model, source, target, updates, name, batch=64, rate=1e-2):
    """Train with teacher forcing on batches drawn by chance. Returns the losses."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=updates, pct_start=0.1, anneal_strategy="linear", cycle_momentum=False
    )
    losses = []
    model.train()
    for _ in counted(updates, name):
        rows = torch.randint(len(source), (batch,))
        read, asked = teacher_forcing(target[rows])
        loss = cross_entropy_on_targets(model(source[rows], read), asked)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses


# %%
def exact_match(model, source, target):
    """The share of sentences that the model writes, on its own, without a single mistake."""
    wanted = target[:, 1:]
    written = greedy_decode(model, source, max_len=wanted.size(1))
    written = F.pad(written, (0, wanted.size(1) - written.size(1)))
    return (written == wanted).all(dim=1).float().mean().item()


# %% tags=["training"]
models, losses, tests = {}, {}, {}
for name in ("copy", "reverse"):
    torch.manual_seed(0)
    source, target = sequences(20_000, name == "reverse", seed=0)
    models[name] = Transformer(13, 32, 4, 64, num_layers=1, dropout=0.0)
    losses[name] = train(models[name], source, target, 800, name)
    known = set(map(tuple, source.tolist()))
    source, target = sequences(1_100, name == "reverse", seed=1)
    new = torch.tensor([tuple(row) not in known for row in source.tolist()])
    tests[name] = source[new], target[new]
    print(f"{name:8} {exact_match(models[name], *tests[name]):.1%} of {int(new.sum())} new sentences without a mistake")

# %% [markdown]
# Sentences that stood among the training data were left out of the test. "Without a mistake" means every word, and eos at the right place, written by the model on its own. Both should be near 100 %. If yours is far below, see whether every check above is green, and whether the loss below falls to almost 0.

# %% tags=["training"]
show.training_curves(losses, "loss while training", chance=math.log(13))

# %% [markdown]
# *What to see: at first the model is worse than guessing (dashed: log 13, about 2.6). Output and input share a matrix, so the word just read begins with a high score, and it is seldom the word asked for. Then comes a plateau at about 2.4: it has learned how often each word comes, and not yet where to look. When it finds that out, the loss falls to almost 0. For the reversal it takes a little longer.*
#
# ### Where did it look?
#
# `parts.watch` collects the attention weights of every layer while the model runs. Here is the cross-attention of the copying model, and of the reversing one: rows are the places of the target, columns the words of the source.


# %% tags=["training"]
def words_of(tokens):
    return [{0: "(pad)", 1: "(bos)", 2: "(eos)"}.get(n, str(n)) for n in tokens.tolist()]


def looks(model, source, target):
    """Cross-attention of the last layer, (H, T, S), as the model reads a target."""
    model.eval()
    with torch.no_grad(), parts.watch(model) as seen:
        model(source, target)
    return [weights[0] for name, weights in seen.items() if name.endswith("cross_attention")][-1]


for name, model in models.items():
    source = torch.tensor([[7, 11, 5, 9, 4, 12, 2]])
    written = greedy_decode(model, source, max_len=10)
    read = F.pad(written, (1, 0), value=1)[:, :-1]
    weights = looks(model, source, read).mean(dim=0)
    show.alignment(weights, words_of(written[0]), words_of(source[0]), f"{name}: where it looked, mean of its heads")

# %% [markdown]
# *What to see: a diagonal for the copy, the other diagonal for the reversal, with a little weight on the neighbours. To write eos, the copying model looks at the eos of the source; the reversing one mostly at the first word of the source, which it has just written: behind that word nothing is left to write. Nobody told the model what the task was. It found out where to look because looking there made its loss fall.*
#
# And the reversing model as it writes. Step through it:

# %% tags=["training"]
show.writing(words_of(source[0]), words_of(written[0]), weights, "the reversing model writes")

# %% [markdown]
# One more thing can be tested without a right answer. Hand the model's own translation back to it under teacher forcing: at every place the likeliest word must be the one it wrote. If it is not, then writing and training are not the same model, and a mask or a mode differs between the two.

# %% tags=["training"]
for name, model in models.items():
    given, _ = tests[name]
    first = greedy_decode(model, given, max_len=11)
    with torch.no_grad():
        again = model(given, F.pad(first, (1, 0), value=1)[:, :-1]).argmax(dim=-1)
    print(f"{name:8} the same words again: {bool((again == first)[first != 0].all())}")

# %% [markdown]
# ## Find the bug
#
# The function below makes the two masks of a decoder layer. Until 2022 the official translation example of Keras handed its cross-attention a mask made this way
# ([keras-io, pull request 1046](https://github.com/keras-team/keras-io/pull/1046) mended it). In the example's version for Keras 3 it was back ([issue 1964](https://github.com/keras-team/keras-io/issues/1964) quotes it), and in 2024 the decoder's masks were reworked ([pull request 1997](https://github.com/keras-team/keras-io/pull/1997)). In our own few lines:


# %%
def masks_with_a_bug(source, target, pad=0):
    """The masks of a decoder layer: for self-attention and for cross-attention. True = may attend."""
    T = target.size(1)
    causal = torch.ones(T, T, dtype=torch.bool).tril()
    target_mask = (target != pad).unsqueeze(1) & causal
    memory_mask = target_mask
    return target_mask, memory_mask


# %% [markdown]
# It ran, because there source and target were both padded to the same length; and it learned to translate after a fashion, since the encoder lets the vector at each source word know of the others. What should a target word be allowed to see of the source, and what does this mask let it see?
#
# **Exercise 8.10 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 15 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """An input on which both faults show: a target word may not see some source word, and one may see padding.

    Returns source (1, N) and target (1, N), integers, of the same length N, padding (0) at their ends only.
    """
    ### BEGIN SOLUTION
    source = torch.tensor([[5, 6, 2, 0, 0]])
    target = torch.tensor([[1, 7, 8, 9, 10]])
    return source, target
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose masks", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(source, target, pad=0):
    """`masks_with_a_bug`, with the bug taken out. source: (B, S); target: (B, T); S and T may differ.

    Returns target_mask, bool (B, T, T), and memory_mask, bool (B, 1, S).
    """
    ### BEGIN SOLUTION
    T = target.size(1)
    causal = torch.ones(T, T, dtype=torch.bool).tril()
    target_mask = (target != pad).unsqueeze(1) & causal
    memory_mask = (source != pad).unsqueeze(1)
    return target_mask, memory_mask
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended masks", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended masks", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Columns of the mask in cross-attention are words of the source. Does anything in the line know the source at all?</details>
# <details><summary>Hint 2: the approach</summary>Print both masks for a source of two words and a target of four, padded to the same length. In which row is a source word missing? In which row is padding open?</details>
# <details><summary>Hint 3: almost code</summary>The table above Exercise 8.4 says what each attention may look at; <code>padding_mask</code> does the same as a comparison and an <code>unsqueeze</code>.</details>
#
# ## In your own words
#
# **Exercise 8.11 · explain** · 2 points · ● ● ● · 15 minutes · read by a person
#
# A friend has trained a Transformer for translation. After a few epochs it predicts 98 % of the next words of the *validation* set rightly, and the loss is near 0. Left to write on its own, it produces nonsense. Give a
# likely cause and say why both observations follow from it. Then name one experiment that would confirm it, with what you would see; and one more cause that would show itself in the same way. Five or six sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The decoder sees the word it is asked for: the causal mask is missing (or open by one place too many, or the wrong way round). Under teacher forcing the answer stands in the input, one place further on, so the model learns to copy it; that works on the validation set as well, since the answer is given there too. When it writes on its own, the future is not
# there to be copied, and how to get a word from the source was never learned. To confirm it: change only the words behind place t and see whether the scores at place t move (or draw the reach map); they must not. Or train on targets of random words: no honest model can predict them, so the loss must stay near log V, and if it falls towards 0 the answer leaks. Another cause
# with the same signs: the target was not shifted, so that the word asked for is the one just read. Or training and decoding differ: the mask is right in training and wrong way round, or missing, when decoding.
#
# *For the grader.* 1 point: the answer leaks under teacher forcing (no causal mask, off by one, or no shift), and both signs are explained: copying works wherever the answer is given, validation included, and there is nothing to copy when the model writes. 1 point: an experiment with its expected outcome (change the future and compare scores; reach map; random targets; loss against log V) *and* a second cause
# (target not shifted; another mask or mode in decoding than in training, such as a mask inverted in one of them; norm over the sentence). "Overfitting" alone explains neither: validation sentences were not trained on. The difference of teacher forcing and free writing alone (errors that add up) does not bring 98 % down to nonsense; half a point of the first if it is argued well.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# * `causal_mask`, `DecoderLayer`, `Decoder`, `Transformer`: the whole machine of the paper's figure 1, equal to PyTorch's with the same weights;
# * `teacher_forcing`, `cross_entropy_on_targets` and `greedy_decode`: how it learns, and how it writes;
# * `future_cannot_leak`, a test for any decoder, whoever wrote it.
#
# **Try next:** train the reversing model on sentences of 3 to 8 words only, and test it on sentences of 10. What does its cross-attention do at the places it has never met?
#
# **In the paper:** figure 1; sections 3.1 (the stacks), 3.2.3 (the three uses of attention), 3.4 (embeddings and softmax), and table 3. **Lesson 9** trains this machine to translate.
#
# **Further reading:**
#
# * Press and Wolf (2017), [*Using the output embedding to improve language models*](https://arxiv.org/abs/1608.05859), on the shared matrix;
# * Williams and Zipser (1989), [*A learning algorithm for continually running fully recurrent neural networks*](https://doi.org/10.1162/neco.1989.1.2.270), where teacher forcing has its name;
# * Huang et al. (2022), [*The annotated Transformer*](https://nlp.seas.harvard.edu/annotated-transformer/).
