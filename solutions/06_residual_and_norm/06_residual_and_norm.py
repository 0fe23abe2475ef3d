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
# # 6 · Residual connections and layer norm: why deep stacks train
#
# *Take a network that works, and put thirty more layers on top. It cannot get worse, one would think: the new layers need only pass on what they are given. It does get worse. Why is
# doing nothing so hard to learn, and what do the two small words "Add & Norm" in the picture of the Transformer do about it?*
#
# ![A map of the Transformer: the encoder stack above, the decoder stack below. The add-and-norm after every block and the feed-forward blocks are lit; this lesson is number 6.](../../assets/figures/map_06.png)
#
# When you have finished, you can
#
# * measure how a gradient fares on its way through fifty layers, and say what a residual connection and a norm each do for it;
# * write layer normalization that agrees with PyTorch's to the last digit, and name the axis it works on;
# * put both around any layer, before or after it, and write the feed-forward network that stands in every block of a Transformer.
#
# **Time:** about two and a half hours. **Needs:** Python, PyTorch (`nn.Module`, shapes, a little autograd). **Points:** 22.
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
from classroom.counting import counted
from classroom.reach import reach

# %% [markdown]
# **Conventions, the same in every lesson.** Batch first. `B` batch, `T` words in a sentence, `D` (in code `d_model`) width of a word's vector, `d_ff` inner width of the feed-forward network. A shape that begins with `...` may have any number of dimensions in front.
# "The paper" is Vaswani et al. (2017), [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762).
#
# ## Deeper, and worse
#
# In 2015 the best image networks had about twenty layers. He et al. (2016) built one of 20 and one of 56, alike but for the depth, and the deeper one was worse, *on the very pictures it was trained on* (their Figure 1). So it was not that it had
# learned them by heart. It could not be trained.
#
# Follow an error on its way back. It starts at the loss and passes the layers from the last to the first. At each it is multiplied by the slope of that layer (lesson 1). If every layer halves it, then after fifty layers
# 2⁻⁵⁰ is left of it, less than a millionth of a billionth, and the first layers never hear what they did wrong. If every layer doubles it, it explodes.
#
# Two small additions to a stack change that.
#
# * A **residual connection** adds the input of a layer to its output: x + f(x) instead of f(x). A layer that has nothing to say need only put out 0, and x goes through untouched. And the slope becomes 1 + f′(x): however small f′ is, the error has a way around the layer.
# * A **norm** brings the numbers back to a standard size behind every layer, so that they neither die out nor grow. Which numbers, and how, comes in a moment.
#
# With or without the one, with or without the other: that makes four stacks.
#
# ![Four stacks, two layers of each drawn. Plain: layer after layer. Norm: a norm behind each layer. Residual: a line leads around each layer and is added to what it puts out. Residual + norm: the same, with a norm behind each addition.](../../assets/figures/06_stacks.png)
#
# **Exercise 6.1 · predict** · 1 point for a prediction with reasons, right or wrong · ● ○ ○ · 5 minutes · read by a person
#
# Before you measure anything: each of the four stacks gets fifty layers with PyTorch's usual random weights. For each, say what you expect of the gradient at layer 1, compared with the one at layer 50: far smaller, about the same, or far larger? And which of the four will learn
# something? A sentence of reason for each. You will measure both, and you may well be surprised; do not come back to change it.

# %% [markdown] nbgrader={"grade": true, "grade_id": "predict", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Plain: far smaller, since each layer multiplies the error by a slope and the usual start makes it less than 1. Norm: the sizes of the numbers are mended at each layer, so perhaps not much smaller; but there is no way around a layer. Residual: about the same or somewhat larger, because the slope is 1 + f′.
# Residual + norm: about the same. I expect the last two to learn, the plain one not to, and I am not sure about the norm alone.
#
# *For the grader.* 1 point for a prediction for each of the four with some reason, right or wrong. No point for a text that was plainly written after measuring, or without reasons.
# ### END SOLUTION

# %% [markdown]
# ## Measure it
#
# **Exercise 6.2 · `gradient_norms`** · 2 points · ● ● ○ · 20 minutes · an experiment, after He et al. (2016)
#
# A layer here is any function from (B, D) to (B, D). For the norm, use torch's own for now: `F.layer_norm(h, (D,))`. And `torch.autograd.grad(loss, [h1, h2, ...])` gives the gradients of the loss with respect to a list of tensors that it was computed from.


# %% nbgrader={"grade": false, "grade_id": "gradient_norms", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_norms(x, y, layers, residual, norm):
    """How large the gradient is behind each layer of a stack.

    x, y: (B, D), input and target; layers: a list of functions (B, D) -> (B, D), to be applied in this order.
    residual: whether the input of each layer is added to its output.
    norm: whether F.layer_norm over the D features follows each layer (after the addition, where there is one).
    The loss is the mean of (output of the stack - y)² over all numbers.
    Returns (number of layers,): the norm, √(sum of squares), of the gradient of the loss with respect to what stands
    behind each layer (after addition and norm), layer 1 first.
    1. Forward, keeping what stands behind each layer. 2. The loss. 3. All gradients at once. 4. Their norms.
    """
    ### BEGIN SOLUTION
    h = x
    behind = []
    for layer in layers:
        out = layer(h)
        h = h + out if residual else out
        h = F.layer_norm(h, h.shape[-1:]) if norm else h
        behind.append(h)
    loss = ((h - y) ** 2).mean()
    gradients = torch.autograd.grad(loss, behind)
    return torch.stack([gradient.norm() for gradient in gradients])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_gradient_norms", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("gradient_norms", gradient_norms)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("gradient_norms", gradient_norms)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>One loop over the layers is the whole forward pass. What does the next layer get to see?</details>
# <details><summary>Hint 2: the approach</summary>In the loop: put out, then add, then norm, each only if asked; then keep the result in a list. The loss is computed from the last one.</details>
# <details><summary>Hint 3: almost code</summary><code>torch.autograd.grad(loss, your_list)</code> returns one gradient for each entry; <code>.norm()</code> of each, and <code>torch.stack</code>.</details>

# %% [markdown]
# Now fifty layers. Each is a small network of two linear layers with ReLU between them, as it will stand in the Transformer, with the random weights that PyTorch gives every `nn.Linear`.


# %%
def fifty_layers(d_model=32, d_ff=64):
    """Fifty feed-forward layers, always the same ones."""
    torch.manual_seed(6)
    return [nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model)) for _ in range(50)]


stacks = {"plain": (False, False), "norm": (False, True), "residual": (True, False), "residual + norm": (True, True)}
x, y = torch.randn(2, 64, 32, generator=torch.Generator().manual_seed(0))

# %% tags=["measured"]
measured = {name: gradient_norms(x, y, fifty_layers(), *how) for name, how in stacks.items()}
show.by_layer(measured, title="your measurement: the gradient behind each of 50 layers", what="size of the gradient")
for name, sizes in measured.items():
    print(f"{name:16} layer 1: {sizes[0]:.1e}   layer 50: {sizes[-1]:.1e}")

# %% [markdown]
# *What to see: in the plain stack the gradient falls by much more than half at every layer. At layer 1 it is so small that its length, the root of a sum of squares, comes out as 0 in float32. (What is below 10⁻²⁰ or above 10²⁰ is drawn at the edge.) The other three keep it alive.*
#
# How far does that hang on the depth, and on the weights? Here is a measurement of the same kind, with other inputs and weights, and two sliders. The second multiplies all weights at the start.

# %% tags=["picture"]
show.stack_gradients()

# %% [markdown]
# *What to see: with small weights the plain stack vanishes, with large ones it explodes. The residual stack never vanishes, but with large weights it explodes worse than any. Only with both together does the gradient stay within a factor of three from the last layer to the first, whatever these sliders say.*
#
# A word of care. A plain stack *can* be started with weights of just the right size (lesson 1 did so for ReLU), and then its gradients do not vanish. He et al. knew that, their plain networks had a norm too, and they write
# that vanishing gradients are "unlikely" to be the reason that theirs did not train (section 4.1). So the size of the gradient is not all. Look at the same stacks in the other direction: how much of what a layer puts out still hangs on the input?

# %% tags=["picture"]
show.stack_differences()

# %% [markdown]
# *What to see: behind ten plain layers, 64 different inputs have become one and the same vector, to four digits; behind thirty only rounding is left. With the norm alone they draw together more slowly, but behind fifty layers less than a hundredth of a vector still tells which input it came from. With the input added back, most of it does.*
#
# That is what the norm alone cannot give: it mends the size of a vector, not what was lost from it. In a residual stack the input itself goes all the way up, and every layer only adds to it.
#
# ## Layer normalization
#
# Now the norm. Take the D numbers of *one word*. Subtract their mean, divide by their standard deviation: whatever they were, they now have mean 0 and spread 1. Then two learned vectors give every feature a scale γ (gamma) and a shift β (beta) of its own, so that nothing is forbidden to the model for good:
#
# $$\mu = \frac{1}{D}\sum_{i} x_i \qquad \sigma^2 = \frac{1}{D}\sum_{i} (x_i - \mu)^2 \qquad \text{out}_i = \gamma_i\,\frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta_i$$
#
# Stretch the word, shift it, and watch what comes out:

# %% tags=["picture"]
show.layer_norm_explorer()

# %% [markdown]
# *What to see: the right picture hardly ever moves. Only when all numbers are nearly equal, × 0.01 and below, does ε = 0.00001 begin to count: it keeps the division safe, even where the variance is 0.*
#
# The mean of *which* numbers? A batch of sentences is a block, B × T × D, and this is where most mistakes are made.
#
# ![The same block of B by T by D numbers three times. Layer norm: one row is lit, the D features of one word. Batch norm: one column through the whole block is lit, one feature of all words of all sentences. A frequent mistake: the whole sheet of one sentence is lit.](../../assets/figures/06_axes.png)
#
# *Batch norm* (Ioffe and Szegedy, 2015), which image networks use, takes one feature and averages over everything else. For sentences that is awkward: what becomes of a word would hang on the other sentences that happen to be in the batch, and on how much padding they have. *Layer norm* (Ba, Kiros and Hinton, 2016) looks
# at one word and nothing else. It does the same in training and in use, for one sentence or a thousand.
#
# **Exercise 6.3 · `layer_norm`** · 3 points · ● ● ○ · 15 minutes · Ba et al., section 3; paper, section 3.1
#
# Write it from simple operations (without torch's own `layer_norm`). Two details of the formula are small and often missed: the variance divides by D, not by D − 1, and ε stands *under* the root.


# %% nbgrader={"grade": false, "grade_id": "layer_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm(x, gamma, beta, eps=1e-5):
    """Normalize every word over its own features: γ (x - mean) / √(variance + ε) + β.

    x: (..., D); gamma, beta: (D,). The variance is the mean of the squared deviations (divided by D).
    Returns (..., D).
    """
    ### BEGIN SOLUTION
    mean = x.mean(dim=-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
    normalized = (x - mean) / torch.sqrt(variance + eps)
    return gamma * normalized + beta
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_layer_norm", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("layer_norm", layer_norm)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("layer_norm", layer_norm)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>A word's features are the last dimension, whatever stands in front. Count dimensions from the end.</details>
# <details><summary>Hint 2: the approach</summary><code>keepdim=True</code> keeps the averaged dimension with size 1, so that (..., 1) can be subtracted from (..., D). <code>x.var()</code> divides by D − 1 unless you tell it otherwise (<code>correction=0</code>).</details>
# <details><summary>Hint 3: almost code</summary>The mean; the mean of the squared deviations; the deviations over the root of that plus eps; times gamma, plus beta. Four lines.</details>

# %% [markdown]
# Yours against PyTorch's, in double precision, and the gradients too. And beside it, a version that has been copied far and wide. It takes `x.std()`, which divides by D − 1, and adds ε outside the root
# ([The Annotated Transformer, issue 122](https://github.com/harvardnlp/annotated-transformer/issues/122)):

# %% tags=["measured"]
for D in (4, 512):
    random = torch.Generator().manual_seed(D)
    z, g, b = (torch.randn(s, generator=random, dtype=torch.float64).requires_grad_() for s in ((2, 3, D), (D,), (D,)))
    mine, torchs = layer_norm(z, g, b), F.layer_norm(z, (D,), g, b)
    copied = g * (z - z.mean(-1, keepdim=True)) / (z.std(-1, keepdim=True) + 1e-6) + b
    gradients = [torch.autograd.grad(out.pow(2).sum(), (z, g, b)) for out in (mine, torchs)]
    apart = max((one - other).abs().max().item() for one, other in zip(*gradients))
    print(f"D = {D:3}: yours and torch's differ by {(mine - torchs).abs().max():.0e}, their gradients by {apart:.0e};"
          f" the copied one differs by {(copied - torchs).abs().max():.4f}")  # fmt: skip

# %% [markdown]
# But for ε the other version differs by a constant factor, √((D − 1)/D), which γ learns away; so it trains as well as any. At D = 512 the factor is so near to 1 that hardly a test sees it, at D = 4 it is √¾. *A test at one size may not see what a test at another cannot miss.* And weights trained with one version are not quite right in the other.
#
# **Exercise 6.4 · `LayerNorm`** · 2 points · ● ○ ○ · 10 minutes
#
# The same as a module, with γ and β as parameters that learn. At the start it should do nothing but normalize: which γ and which β are that?


# %% nbgrader={"grade": false, "grade_id": "LayerNorm", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LayerNorm(nn.Module):
    """Layer normalization with a learned scale and shift for every feature.

    Its parameters are called gamma and beta, each (d_model,).
    """

    def __init__(self, d_model, eps=1e-5):
        """d_model: width D of the input; eps: what is added under the root."""
        super().__init__()
        ### BEGIN SOLUTION
        self.gamma = nn.Parameter(torch.ones(d_model))
        self.beta = nn.Parameter(torch.zeros(d_model))
        self.eps = eps
        ### END SOLUTION

    def forward(self, x):
        """x: (..., D). Returns (..., D)."""
        ### BEGIN SOLUTION
        return layer_norm(x, self.gamma, self.beta, self.eps)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_LayerNorm", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("LayerNorm", LayerNorm)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("LayerNorm", LayerNorm)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>The arithmetic is done: call your function. What is new is who owns γ and β.</details>
# <details><summary>Hint 2: the approach</summary><code>nn.Parameter(tensor)</code>, kept as an attribute of the module, is found by the optimizer. A plain tensor is not.</details>
# <details><summary>Hint 3: almost code</summary>Two parameters of D numbers, one that changes nothing when multiplied by, one that changes nothing when added; and remember eps for <code>forward</code>.</details>

# %% [markdown]
# Keep it for lesson 7. (Lesson 3 says what keeping means.)

# %%
keep("LayerNorm", LayerNorm)

# %% [markdown]
# ## Add & Norm
#
# Self-attention and the feed-forward network are the **sublayers** of a Transformer. Around each of them the paper puts the same three things (section 3.1): "the output of each sub-layer is LayerNorm(x + Sublayer(x))". And dropout is applied
# "to the output of each sub-layer, before it is added to the sub-layer input and normalized" (section 5.4).
#
# ![Post-norm, as in the paper: x goes through the sublayer and dropout, x itself is led around and added, and the sum goes through the norm. Pre-norm: x goes through the norm, the sublayer and dropout, and x itself is led around and added; nothing stands in the main line, and one final norm follows the whole stack.](../../assets/figures/06_post_pre.png)
#
# In the paper's order, **post-norm**, the norm stands *in the main line*: whatever goes up has to pass it, fifty times in fifty layers, and so has the error on its way down. In **pre-norm** (Wang et al., 2019; Xiong et al., 2020) the norm is moved to the mouth of the sublayer, and the main line is free from
# the bottom to the top: nothing but additions. GPT-2 and most large models since use it. Mind which one you are reading: the best known commentary on the paper, The Annotated Transformer, says the first in its text and does the second in its code,
# "for code simplicity", as a comment there says. Readers have asked about it ever since ([issue 1](https://github.com/harvardnlp/annotated-transformer/issues/1), [issue 100](https://github.com/harvardnlp/annotated-transformer/issues/100)).
#
# **Exercise 6.5 · `ResidualSublayer`** · 3 points · ● ● ○ · 20 minutes · paper, sections 3.1 and 5.4
#
# One module for both orders. The sublayer is not part of it: it is handed over with every call, so that attention, which needs a mask, can be handed over as `lambda x: attention(x, mask)`.


# %% nbgrader={"grade": false, "grade_id": "ResidualSublayer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ResidualSublayer(nn.Module):
    """A residual connection, dropout and layer norm around any sublayer.

    Its layer norm is called `norm`: a LayerNorm(d_model), yours from above. It has no other parameters.
    """

    def __init__(self, d_model, dropout=0.1, norm_first=False):
        """d_model: width D; dropout: probability; norm_first: False = post-norm (the paper), True = pre-norm."""
        super().__init__()
        ### BEGIN SOLUTION
        self.norm = LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first
        ### END SOLUTION

    def forward(self, x, sublayer):
        """x: (..., D); sublayer: a function from (..., D) to (..., D).

        Returns (..., D). Dropout acts on what the sublayer puts out, before it is added, in train mode only.
        """
        ### BEGIN SOLUTION
        if self.norm_first:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_ResidualSublayer", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("ResidualSublayer", ResidualSublayer)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("ResidualSublayer", ResidualSublayer)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Imagine a sublayer that puts out 0 whatever it gets. What comes out of the module then, in each of the two orders?</details>
# <details><summary>Hint 2: the approach</summary>Read the formulas in the figure from the inside out. What is added at the end is x as it came in, never a normalized x.</details>
# <details><summary>Hint 3: almost code</summary>Two lines with an <code>if</code> between them. In one the norm is the outermost call, in the other it is the innermost; dropout is around the sublayer in both.</details>

# %% [markdown]
# ## What the final norm is for
#
# In pre-norm nothing ever shrinks the main line: each sublayer adds its part, and the sum grows. Here are the sizes behind each of the fifty layers from above, in both orders (made of torch's parts):

# %% tags=["picture"]


def sizes(norm_first):
    """Behind each of fifty layers, how large the numbers are: the root of their mean square."""
    h, found = torch.randn(64, 32, generator=torch.Generator().manual_seed(0)), []
    for layer in fifty_layers():
        added = layer(F.layer_norm(h, (32,)) if norm_first else h).detach()
        h = h + added if norm_first else F.layer_norm(h + added, (32,))
        found.append(h.pow(2).mean().sqrt().item())
    return found


show.by_layer(
    {"post-norm": sizes(False), "pre-norm": sizes(True)},
    title="size of the numbers behind each layer",
    what="size",
    log=False,
)

# %% [markdown]
# *What to see: post-norm sets the size to 1 behind every layer. Pre-norm lets it grow, here to nearly 2.* What follows the stack, a linear layer and softmax, would get numbers whose size hangs on the depth. So a pre-norm stack ends with one more norm, the **final norm**. Leave it out and everything still runs, which is why it
# is so easily forgotten, and why readers of a code that has it [wonder where it comes from](https://github.com/harvardnlp/harvardnlp.github.io/issues/6). A post-norm stack needs none: it has just been normalized.
#
# ## The same small network for every word
#
# The second kind of sublayer, beside attention, is the one that lesson 1 ended with (paper, section 3.3, equation 2):
#
# $$\text{FFN}(x) = \max(0,\; x W_1 + b_1)\,W_2 + b_2$$
#
# The paper's sizes are D = 512 and d_ff = 2048: up to four times the width, ReLU, and back. It is applied "to each position separately and identically". Attention carries news *between* words; this network works on the news *within* each word, and on every word in the same way.
#
# **Exercise 6.6 · `PositionwiseFeedForward`** · 2 points · ● ○ ○ · 10 minutes · paper, section 3.3, equation 2


# %% nbgrader={"grade": false, "grade_id": "PositionwiseFeedForward", "locked": false, "schema_version": 3, "solution": true, "task": false}
class PositionwiseFeedForward(nn.Module):
    """Two linear layers with ReLU between them, for each word by itself: max(0, x W_1 + b_1) W_2 + b_2.

    Its layers are called W_1, from d_model to d_ff, and W_2, back again: nn.Linear, with bias. No dropout.
    """

    def __init__(self, d_model, d_ff):
        """d_model: width D of a word; d_ff: inner width."""
        super().__init__()
        ### BEGIN SOLUTION
        self.W_1 = nn.Linear(d_model, d_ff)
        self.W_2 = nn.Linear(d_ff, d_model)
        ### END SOLUTION

    def forward(self, x):
        """x: (..., D). Returns (..., D)."""
        ### BEGIN SOLUTION
        inner = torch.relu(self.W_1(x))
        return self.W_2(inner)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_PositionwiseFeedForward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("PositionwiseFeedForward", PositionwiseFeedForward)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("PositionwiseFeedForward", PositionwiseFeedForward)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary><code>nn.Linear</code> works on the last dimension and leaves all others alone. There is nothing to loop over.</details>
# <details><summary>Hint 2: the approach</summary>Where does the one activation stand? The output must be able to be negative.</details>
# <details><summary>Hint 3: almost code</summary>First layer, ReLU, second layer.</details>

# %% [markdown]
# Keep this one, too: with attention and the norm, it is all that an encoder layer is made of.

# %%
keep("PositionwiseFeedForward", PositionwiseFeedForward)

# %% [markdown]
# How large is it, at the paper's sizes, beside the attention block, with its four matrices of 512 × 512 (lesson 5)?

# %%
block = PositionwiseFeedForward(512, 2048)
numbers = sum(p.numel() for p in block.parameters())
print(f"feed-forward {numbers:,} numbers, attention {4 * 512 * 512:,}: twice as many here as there")

# %% [markdown]
# "Position-wise" can be tested from outside, on any model: *a word must come out the same in company as alone.* That says both halves of the paper's phrase: separately, since company must not matter, and identically, since a word that stands alone
# is always at position 0. (Lesson 3 had a test of another kind: order-blind. Attention passes that one. Will it pass this one?)
#
# **Exercise 6.7 · `is_position_wise`** · 2 points · ● ● ○ · 10 minutes · a test you write · paper, section 3.3


# %% nbgrader={"grade": false, "grade_id": "is_position_wise", "locked": false, "schema_version": 3, "solution": true, "task": false}
def is_position_wise(model, x):
    """Whether every word of x comes out of the model the same in company as alone.

    model: a function from (T, D) to (T, D), for any T from 1 on; x: (T, D), a sentence.
    Returns True or False. Numbers that differ by rounding only are equal: use torch.allclose(..., atol=1e-5).
    """
    ### BEGIN SOLUTION
    together = model(x)
    for t in range(x.size(0)):
        alone = model(x[t : t + 1])
        if not torch.allclose(alone[0], together[t], atol=1e-5):
            return False
    return True
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_is_position_wise", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("is_position_wise", is_position_wise)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("is_position_wise", is_position_wise)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>A word alone is a sentence of one word: <code>x[t : t + 1]</code> has the shape (1, D).</details>
# <details><summary>Hint 2: the approach</summary>Ask the model once for the whole sentence, and once for each word. The first word that differs decides; only after all of them may you say True.</details>
# <details><summary>Hint 3: almost code</summary>A loop over t; compare row 0 of what the model makes of the one word with row t of what it made of the sentence.</details>

# %% [markdown]
# Your test, put to your network and to two others:

# %%
sentence = torch.randn(5, 8, generator=torch.Generator().manual_seed(2))
print("your feed-forward network:  ", is_position_wise(PositionwiseFeedForward(8, 32), sentence))
print("your layer norm:            ", is_position_wise(LayerNorm(8), sentence))
print("attention:                  ", is_position_wise(lambda x: F.scaled_dot_product_attention(x, x, x), sentence))

# %% [markdown]
# ## A deep stack of your own
#
# **Exercise 6.8 · `FeedForwardStack`** · 2 points · ● ● ○ · 15 minutes · paper, section 3.1
#
# All of it together: a stack of feed-forward sublayers, each in its Add & Norm. (With self-attention in front of each, this is the encoder of lesson 7.)


# %% nbgrader={"grade": false, "grade_id": "FeedForwardStack", "locked": false, "schema_version": 3, "solution": true, "task": false}
class FeedForwardStack(nn.Module):
    """Feed-forward networks one after the other, each with its residual connection, dropout and norm.

    Its parts: feed_forwards, an nn.ModuleList of PositionwiseFeedForward; residuals, an nn.ModuleList of
    ResidualSublayer; and, in a pre-norm stack only, final_norm, a LayerNorm that stands at the end.
    """

    def __init__(self, num_layers, d_model, d_ff, dropout=0.0, norm_first=False):
        """num_layers: how many of each; the others as in the parts."""
        super().__init__()
        ### BEGIN SOLUTION
        self.feed_forwards = nn.ModuleList(PositionwiseFeedForward(d_model, d_ff) for _ in range(num_layers))
        self.residuals = nn.ModuleList(ResidualSublayer(d_model, dropout, norm_first) for _ in range(num_layers))
        self.final_norm = LayerNorm(d_model) if norm_first else None
        ### END SOLUTION

    def forward(self, x):
        """x: (..., D). Returns (..., D)."""
        ### BEGIN SOLUTION
        for feed_forward, residual in zip(self.feed_forwards, self.residuals):
            x = residual(x, feed_forward)
        if self.final_norm is not None:
            x = self.final_norm(x)
        return x
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_FeedForwardStack", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("FeedForwardStack", FeedForwardStack)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("FeedForwardStack", FeedForwardStack)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Every layer has weights of its own. <code>[layer] * 6</code> is one layer six times.</details>
# <details><summary>Hint 2: the approach</summary><code>nn.ModuleList(... for _ in range(n))</code> makes n modules and lets the stack find their parameters. In <code>forward</code>, <code>zip</code> walks through both lists together.</details>
# <details><summary>Hint 3: almost code</summary>In the loop, x becomes what its ResidualSublayer makes of x and of the feed-forward network. After the loop, and with norm_first only, the final norm.</details>

# %% [markdown]
# ## Which of the four learns?
#
# Now the second half of your prediction. The task: points on two spirals, which no line can part. Each stack gets fifty layers of your own making, stands between a linear layer in front and one behind, and is trained for 150 steps, all in the same way.


# %%
def two_spirals(n, seed):
    """n points on two interlocked spirals. Returns x (n, 2) and y (n,), the spiral each belongs to."""
    random = torch.Generator().manual_seed(seed)
    angle = torch.rand(n, generator=random).sqrt() * 2.5 * math.pi
    y = torch.randint(0, 2, (n,), generator=random)
    x = torch.stack([torch.cos(angle + math.pi * y), torch.sin(angle + math.pi * y)], dim=1) * angle[:, None] / 4
    return x + 0.03 * torch.randn(n, 2, generator=random), y


# %%
def train(name, stack, lr, steps=150):
    """Train a stack between two linear layers; returns the loss at every step."""
    model = nn.Sequential(nn.Linear(2, 32), stack, nn.Linear(32, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    x, y = two_spirals(512, seed=0)
    batches, losses = torch.Generator().manual_seed(1), []
    for _ in counted(steps, name):
        batch = torch.randint(0, 512, (128,), generator=batches)
        loss = F.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"points on the right side: {(model(x).argmax(dim=1) == y).float().mean():.0%}")
    return losses


# %%
def four_stacks(depth=50, d_model=32, d_ff=64):
    """The four stacks by name, made of your parts."""
    torch.manual_seed(0)
    layers = [PositionwiseFeedForward(d_model, d_ff) for _ in range(depth)]
    normed = [part for _ in range(depth) for part in (PositionwiseFeedForward(d_model, d_ff), LayerNorm(d_model))]
    no_norm = FeedForwardStack(depth, d_model, d_ff)
    for residual in no_norm.residuals:
        residual.norm = nn.Identity()
    return {
        "plain": nn.Sequential(*layers),
        "norm": nn.Sequential(*normed),
        "residual": no_norm,
        "residual + norm": FeedForwardStack(depth, d_model, d_ff),
    }


# %% tags=["training"]
losses = {name: train(name, stack, lr=1e-3) for name, stack in four_stacks().items()}
show.training_curves(losses, title="four stacks of fifty layers", chance=math.log(2))

# %% [markdown]
# *What to see: without a residual connection fifty layers learn nothing at all, norm or no norm. With it they do.* The norm alone kept its gradient alive, as you measured; but behind its fifty layers all points look nearly alike, and there is nothing left to tell them apart by. The residual stack without a norm does well *here*, because
# PyTorch's usual weights are small. You have seen with the slider what becomes of it when they are larger.
#
# One more comparison, at three times the learning rate: the paper's order against pre-norm.

# %% tags=["training"]
torch.manual_seed(0)
orders = {name: FeedForwardStack(50, 32, 64, norm_first=first) for name, first in (("post-norm", False), ("pre-norm", True))}  # fmt: skip
losses = {name: train(name, stack, lr=3e-3) for name, stack in orders.items()}
show.training_curves(losses, title="the two orders, at a learning rate three times as large", chance=math.log(2))

# %% [markdown]
# *What to see: at this rate the paper's order is thrown off and learns nothing, and pre-norm learns, with a jump or two on its way. (In the first picture, at a third of the rate, the paper's order learned, though not smoothly: look for its jump.)* Xiong et al. (2020) found out why: at the start of training a post-norm stack has large gradients near its output, and the first steps throw it off. That is what the paper's slowly growing learning rate, its *warm-up* (lesson 9), is good for; pre-norm can do without.
# Six layers, as in the paper, are easier than fifty, and post-norm serves them well. Run both cells with other seeds, depths and rates before you believe in any of it.
#
# ## Find the bug
#
# A reader of a popular collection of [NLP tutorials](https://github.com/MorvanZhou/NLP-Tutorials/issues/10) changed one word of the target sentence, and the prediction for *that very word* changed with it, though the mask was right. The answer was leaking to the model; its scores in training were far better than in use. The author found the reason
# the next day: the norm averaged over the positions as well. (Others have walked into the same trap: [Haiku, issue 700](https://github.com/google-deepmind/dm-haiku/issues/700).) In our own lines:


# %%
def layer_norm_with_a_bug(x, gamma, beta, eps=1e-5):
    """Layer normalization. x: (B, T, D); gamma, beta: (D,)."""
    mean = x.mean(dim=(1, 2), keepdim=True)
    variance = x.var(dim=(1, 2), correction=0, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(variance + eps) + beta


# %% [markdown]
# Here is the reach map (lesson 4) of attention under a mask that hides every later word, with this norm behind it:

# %% tags=["picture"]
words = ["the", "cat", "sat", "on", "it"]
vectors = torch.randn(5, 8, generator=torch.Generator().manual_seed(6))
no_future = torch.ones(5, 5, dtype=torch.bool).tril()


def attend_then_norm(x):
    """Attention that sees no later word, and then the norm with the bug. x: (T, D)."""
    mixed = F.scaled_dot_product_attention(x[None], x[None], x[None], attn_mask=no_future)
    return layer_norm_with_a_bug(mixed, torch.ones(8, dtype=x.dtype), torch.zeros(8, dtype=x.dtype))[0]


show.reach(reach(attend_then_norm, vectors), no_future, words, title="a correct mask, and a norm with a bug behind it")

# %% [markdown]
# *What to see: every word sees every other. The mask has been got around.* How much can leak? Show it with two sentences.
#
# **Exercise 6.9 · find the bug** · 1 point for the input, 1 for the mend · ● ● ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """Two sentences that expose the bug: they differ in their last word only, and yet the first word comes out of
    `layer_norm_with_a_bug` (with gamma 1 and beta 0) different: some entry of it moves by more than 0.5.

    Returns x and other, each (T, D), real numbers, small ones, with T of at least 2.
    """
    ### BEGIN SOLUTION
    x = torch.tensor([[1.0, -1.0], [1.0, -1.0]])
    other = torch.tensor([[1.0, -1.0], [100.0, 100.0]])
    return x, other
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose: norm", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(x, gamma, beta, eps=1e-5):
    """`layer_norm_with_a_bug`, with the bug taken out. x: (B, T, D); gamma, beta: (D,). Returns (B, T, D)."""
    ### BEGIN SOLUTION
    mean = x.mean(dim=2, keepdim=True)
    variance = x.var(dim=2, correction=0, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(variance + eps) + beta
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended: norm", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended: norm", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Say the three dimensions of x aloud. Which two of them are averaged, and which one may be?</details>
# <details><summary>Hint 2: the approach</summary>With the bug the whole sentence shares one mean and one spread. What kind of last word changes these the most?</details>
# <details><summary>Hint 3: almost code</summary>For the input: the same sentence twice, the last word of one of them replaced by others. For the mend: one axis in two places, the features'.</details>

# %% [markdown]
# Only two numbers leak, a mean and a spread. That is little, and a model that is rewarded for every word it guesses will learn to read it.
#
# ## A bonus: leave out what is not needed
#
# Zhang and Sennrich (2019) asked which half of layer norm does the work, and left out the mean: **RMS norm** divides by the *root mean square* alone, and has no β. It is a little cheaper, does as well in their experiments, and many large language models since LLaMA (Touvron et al., 2023) use it.
#
# $$\text{out}_i = \gamma_i\,\frac{x_i}{\sqrt{\tfrac{1}{D}\sum_j x_j^2 + \varepsilon}}$$
#
# **Exercise 6.10 · `rms_norm`** · 1 point · ● ○ ○ · 5 minutes · Zhang and Sennrich (2019), equation 4


# %% nbgrader={"grade": false, "grade_id": "rms_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rms_norm(x, gamma, eps=1e-5):
    """Divide every word by the root of the mean square of its features, then scale by γ.

    x: (..., D); gamma: (D,). Returns (..., D).
    """
    ### BEGIN SOLUTION
    mean_square = (x**2).mean(dim=-1, keepdim=True)
    return gamma * x / torch.sqrt(mean_square + eps)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_rms_norm", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("rms_norm", rms_norm)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("rms_norm", rms_norm)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Read the name backwards: square, mean, root.</details>
# <details><summary>Hint 2: the approach</summary>Like your layer norm with the mean taken for 0. Over which dimension?</details>
# <details><summary>Hint 3: almost code</summary>The mean of the squares along the last dimension, kept with size 1; x over the root of that plus eps; times gamma.</details>

# %% [markdown]
# ## In your own words
#
# **Exercise 6.11 · explain** · 2 points · ● ● ○ · 15 minutes · read by a person
#
# (a) Go back to your prediction. Which of the four stacks behaved differently from what you expected, in its gradient or in training, and what do you now take for the reason? (If none did: explain why the stack with the norm alone has gradients and yet does not learn.)
# (b) Suppose all sublayers of a deep stack put out 0. What comes out of the stack, for an input x, in pre-norm without its final norm, and what in post-norm with γ = 1 and β = 0? What does this say about the way that an error travels down in each? Four or five sentences in all.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# (a) I had expected the norm alone to train, since it keeps the numbers and, nearly, the gradients at a good size. But each layer without a way around loses some of what tells the inputs apart, and the norm cannot bring it back; after fifty layers all inputs look the same, so no gradient, of whatever size, can teach the stack to tell them apart.
# (b) Pre-norm without its final norm: x itself, unchanged, since only zeros were added to it. Post-norm: x normalized (once normalized, further norms change next to nothing), LN(x). In pre-norm the main line is the identity, so the error comes down unchanged by this way, however deep the stack;
# in post-norm every layer has a norm in the main line, and the error has to pass them all.
#
# *For the grader.* 1 point for (a): a comparison with the own prediction and a sensible reason; for the norm alone it must be about lost differences between inputs (or information), not about vanishing gradients. 1 point for (b): x and LN(x), and that the main line of pre-norm is the identity while post-norm has a norm in it at each layer.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# * `gradient_norms`: an instrument, for any stack you will ever doubt.
# * `layer_norm`, `LayerNorm`, `rms_norm`, equal to PyTorch's own.
# * `ResidualSublayer` and `PositionwiseFeedForward`: with attention, all that an encoder layer is made of. `FeedForwardStack` is an encoder without attention.
# * `is_position_wise`, a test for any model, whoever wrote it.
#
# **Try next:** set γ of every norm in a fifty-layer pre-norm `FeedForwardStack` to 0 and look at `gradient_norms` again. What does each sublayer see at that moment, and what can it add?
#
# **In the paper:** sections 3.1 (Add & Norm), 3.3 (feed-forward), 5.4 (dropout). **Lesson 7** puts these parts and attention together: the encoder.
#
# **Further reading:**
#
# * He et al. (2016), [*Deep residual learning for image recognition*](https://arxiv.org/abs/1512.03385);
# * Ba, Kiros and Hinton (2016), [*Layer normalization*](https://arxiv.org/abs/1607.06450);
# * Wang et al. (2019), [*Learning deep Transformer models for machine translation*](https://arxiv.org/abs/1906.01787);
# * Xiong et al. (2020), [*On layer normalization in the Transformer architecture*](https://arxiv.org/abs/2002.04745);
# * Zhang and Sennrich (2019), [*Root mean square layer normalization*](https://arxiv.org/abs/1910.07467).
