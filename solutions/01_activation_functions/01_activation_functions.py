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
# # 1 · Activation functions: why a deep linear network is not deep
#
# *Stack a hundred linear layers and train them for a week. What you get is one linear layer. What small thing has to stand between two layers to make the second one count?*
#
# ![A map of the Transformer: the encoder stack above, the decoder stack below. The activation inside each feed-forward block is lit; this lesson is number 1.](../../assets/figures/map_01.png)
#
# When you have finished, you can
#
# * show that linear layers collapse into one, and that a single non-linearity stops it;
# * write the activation functions of the Transformer, and softmax, so that no large input breaks them;
# * carry an error backwards through a network by hand, and train with it.
#
# **Time:** about two and a half hours, two of them for the exercises. **Needs:** Python, a little PyTorch (`@`, shapes, indexing), derivatives. **Points:** 20.
#
# Run the cell below first. It is safe to run again.

# %% tags=["set-up"]
# The build puts the set-up cell here.

# %% tags=["imports"]
import math

import torch

from classroom import check, show

# %% [markdown]
# **How this course works.** In nine lessons you write every part of the Transformer. Where a cell says `raise NotImplementedError`, the code is yours. The cell below it checks your work at once: it says what was asked, what came back, and often
# *which* mistake it was. You may run a check as often as you like. Under each exercise three hints unfold, from a nudge to almost-code. Circles show how hard an exercise is, and the minutes are honest for somebody who does it for the first time.
#
# **Conventions, the same in every lesson.** Batch first. `B` batch, `T` length of the target or of the queries, `S` length of the source or of the keys, `D` width of the model, `H` number of heads, `d_k` width of a key, `V` size of the vocabulary.
# Masks hold booleans, and **True = may attend**. Special tokens are `pad = 0`, `bos = 1` (begin), `eos = 2` (end), `unk = 3` (unknown). "The paper" is Vaswani et al. (2017),
# [*Attention Is All You Need*](https://arxiv.org/abs/1706.03762). In this lesson you need no more of these than `B` and `D`; the others wait for theirs.
#
# ## Two layers that are one
#
# A linear layer turns a vector x into W x + b. In code x comes as a row, or as a batch of rows of shape (B, D_in), and PyTorch's `nn.Linear` keeps W as (D_out, D_in); so the layer is `x @ W.T + b`.
# Put a second one behind it:
#
# $$y = W_2\,(W_1 x + b_1) + b_2$$
#
# ![Above, x goes through a layer W1, b1 to h and through a layer W2, b2 to y; below, x goes through one layer W, b to the same y.](../../assets/figures/01_collapse.png)
#
# Multiply it out, and you can read off the one layer that does the same.
#
# **Exercise 1.1 · `compose_linear`** · 2 points · ● ○ ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "compose_linear", "locked": false, "schema_version": 3, "solution": true, "task": false}
def compose_linear(W1, b1, W2, b2):
    """The one linear layer that does what two do: first W1, b1, then W2, b2.

    W1: (D_hidden, D_in); b1: (D_hidden,); W2: (D_out, D_hidden); b2: (D_out,), as nn.Linear keeps them.
    Returns W (D_out, D_in) and b (D_out,) with x @ W.T + b equal to the two layers, for every x.
    """
    ### BEGIN SOLUTION
    W = W2 @ W1
    b = W2 @ b1 + b2
    return W, b
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_compose_linear", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("compose_linear", compose_linear)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("compose_linear", compose_linear)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Multiply out W₂ (W₁ x + b₁) + b₂. Which part stands in front of x, and what is left?</details>
# <details><summary>Hint 2: the approach</summary>The matrix in front of x is a product of both. In which order do their shapes fit: (D_out, D_hidden) and (D_hidden, D_in)?</details>
# <details><summary>Hint 3: almost code</summary>One matrix product for W; for b, the first bias goes through the second layer like any other vector.</details>

# %% [markdown]
# Try it: five layers, composed one after the other into one, on a thousand inputs.

# %% tags=["measured"]
random = torch.Generator().manual_seed(0)
widths = [2, 32, 64, 64, 32, 3]
stack = [
    (torch.randn(o, i, generator=random) / math.sqrt(i), torch.randn(o, generator=random))
    for i, o in zip(widths, widths[1:])
]
x = torch.randn(1000, 2, generator=random)
deep = x
for W, b in stack:
    deep = deep @ W.T + b
W, b = stack[0]
for layer in stack[1:]:
    W, b = compose_linear(W, b, *layer)
print(
    f"five layers, {sum(w.numel() + c.numel() for w, c in stack):,} numbers; one layer, {W.numel() + b.numel()} numbers"
)
print(f"largest difference: {(deep - (x @ W.T + b)).abs().max():.1e}")

# %% [markdown]
# The difference is no more than rounding. All those numbers, and the stack can do no more than a 3 by 2 matrix and a bias.
#
# Now put something between the layers that is *not* linear. The simplest is ReLU, max(0, x): what is negative becomes 0. See what becomes of the plane:

# %% tags=["picture"]
show.bent_grid()

# %% [markdown]
# *What to see: two linear layers turn and stretch the grid; straight lines stay straight and parallel. With ReLU in between, there are two straight lines at which the plane is bent, a* crease *for each hidden unit: there the unit's input is 0. What lies beyond a crease is pressed flat onto it. A second layer can now do what the first could not, and a third again.*
#
# ## Four functions
#
# A function that stands between layers, applied to every number by itself, is called an **activation function**. These four you will meet:
#
# | name | formula | where |
# |---|---|---|
# | ReLU | max(0, x) | in the paper (section 3.3), between two linear layers: the network you build below |
# | sigmoid | σ(x) = 1 / (1 + e^(−x)) | where a number is to be let through in part, from 0 to 1: the GRU, lesson 2 |
# | tanh | (e^x − e^(−x)) / (e^x + e^(−x)) | where a number is to stay between −1 and 1: recurrent networks, lesson 2 |
# | GELU | x · Φ(x) = ½ x (1 + erf(x / √2)), Φ the cumulative distribution function of the normal distribution | BERT and GPT, lesson 7 |
#
# Choose one from the menu and move x. The second line is its slope, the derivative; where it is nearly 0, the function is **saturated**: x may change, and nothing comes of it.

# %% tags=["picture"]
show.activation_explorer()

# %% [markdown]
# *What to see: the slope of the sigmoid is never more than ¼. ReLU's is 0 or 1. Keep that in mind for the end of the lesson.*
#
# Now write them, for tensors of any shape. One rule for Exercises 1.2 to 1.7: without torch's own `relu`, `sigmoid`, `tanh`, `gelu`, `softmax` and the like, and without autograd. `torch.exp`, `torch.clamp`, `torch.where`, `torch.erf` and arithmetic are yours, and so is
# all that you have written already. (The check stops at what is ruled out. From Exercise 1.8 on torch's own and yours are equally welcome.)
#
# And one difficulty: they must hold for large numbers, ±1000, too. In float32 e^89 is already infinite, and ∞/∞ is NaN, not a number. So a formula that is right on paper may fail: a good one never raises e to a power so large that the result is infinite.
#
# **Exercise 1.2 · `relu`** · 1 point · ● ○ ○ · 3 minutes


# %% nbgrader={"grade": false, "grade_id": "relu", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu(x):
    """max(0, x), entry by entry. x: any shape. Returns the same shape."""
    ### BEGIN SOLUTION
    return torch.clamp(x, min=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_relu", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("relu", relu)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("relu", relu)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>What becomes of a number above 0? Of one below?</details>
# <details><summary>Hint 2: the approach</summary><code>torch.where(condition, a, b)</code> chooses entry by entry; <code>torch.clamp</code> sets a floor.</details>
# <details><summary>Hint 3: almost code</summary>One call, with 0 as the floor, or a choice between x and 0.</details>

# %% [markdown]
# **Exercise 1.3 · `sigmoid`** · 1 point · ● ● ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "sigmoid", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid(x):
    """1 / (1 + e^(-x)), entry by entry, for x between -1000 and 1000. x: any shape. Returns the same shape.

    Its gradient must be finite there, too.
    """
    ### BEGIN SOLUTION
    floored = torch.clamp(x, min=-80)  # sigmoid(-80) is 0 to 34 places
    return 1 / (1 + torch.exp(-floored))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sigmoid", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("sigmoid", sigmoid)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("sigmoid", sigmoid)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>With x = −1000 the formula of the table has an infinite number in it. The value survives that, 1/∞ = 0; the gradient does not, it is 0 · ∞, NaN. And e^x / (1 + e^x) fails at the other end.</details>
# <details><summary>Hint 2: the approach</summary>Far to the left the sigmoid is 0 to any number of places. What if x were never taken below some floor? (Or choose between the two formulas, each where it is safe; but mind that <code>torch.where</code> computes both.)</details>
# <details><summary>Hint 3: almost code</summary><code>torch.clamp(x, min=…)</code> puts a floor under x; then the formula of the table. Low enough that σ is 0 there to the last digit, and high enough that e to its opposite is not infinite: where does float32 end?</details>

# %% [markdown]
# **Exercise 1.4 · `tanh`** · 1 point · ● ● ○ · 5 minutes
#
# Your `sigmoid` may serve. What is wrong with it is then wrong here too, so have its check hold first.


# %% nbgrader={"grade": false, "grade_id": "tanh", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tanh(x):
    """(e^x - e^(-x)) / (e^x + e^(-x)), entry by entry, for x between -1000 and 1000. x: any shape. Returns the same shape."""
    ### BEGIN SOLUTION
    return 2 * sigmoid(2 * x) - 1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_tanh", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("tanh", tanh)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("tanh", tanh)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Two ways lead there. One takes the formula as it stands, and keeps x from going where its exponentials are infinite. The other sees that tanh is a sigmoid in disguise: stretched to run from −1 to 1, and steeper.</details>
# <details><summary>Hint 2: the approach</summary>The first way: tanh(10) is 1 to the last digit of float32, so beyond it x may be cut off. The second: multiply the fraction above and below by e^(−x). Which argument does the sigmoid need to have e^(−2x) in it?</details>
# <details><summary>Hint 3: almost code</summary>The first way: <code>torch.clamp</code> with a floor and a ceiling, then the formula. The second: twice the sigmoid of twice x, and then down by 1.</details>

# %% [markdown]
# **Exercise 1.5 · `gelu`** · 1 point · ● ○ ○ · 5 minutes · Hendrycks and Gimpel (2016)
#
# The exact one, with the error function `torch.erf`. (There is an approximation by tanh, which differs by up to 0.0005; many models use it. Here the exact one is asked.)


# %% nbgrader={"grade": false, "grade_id": "gelu", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gelu(x):
    """x times the share of a standard normal distribution that lies below x: 1/2 x (1 + erf(x / √2)). Any shape."""
    ### BEGIN SOLUTION
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_gelu", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("gelu", gelu)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("gelu", gelu)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>The formula stands in the docstring. Which √ is inside, and which number in front?</details>
# <details><summary>Hint 2: the approach</summary><code>torch.erf</code> works entry by entry, and <code>math.sqrt(2)</code> is a plain number.</details>
# <details><summary>Hint 3: almost code</summary>Half of x, times one plus erf of something. Check by eye: gelu(0) = 0, and gelu(3) is nearly 3.</details>

# %% [markdown]
# **Exercise 1.6 · `sigmoid_slope`** · 1 point · ● ● ○ · 10 minutes
#
# Training needs slopes. Differentiate 1 / (1 + e^(−x)) on paper, and look for σ(x) in what comes out: the slope can be written with the value alone, and your `sigmoid` gives you that safely. (Its check should hold first.)


# %% nbgrader={"grade": false, "grade_id": "sigmoid_slope", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid_slope(x):
    """The derivative of the sigmoid at x, entry by entry. x: any shape. Returns the same shape. Without autograd."""
    ### BEGIN SOLUTION
    s = sigmoid(x)
    return s * (1 - s)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sigmoid_slope", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("sigmoid_slope", sigmoid_slope)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("sigmoid_slope", sigmoid_slope)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>The derivative of 1/u is −u′/u². What is u here, and what is u′?</details>
# <details><summary>Hint 2: the approach</summary>e^(−x) / (1 + e^(−x))² is a product of two fractions with the same denominator. One of them is σ(x). What do the two add up to?</details>
# <details><summary>Hint 3: almost code</summary>Compute σ(x) once and give it a name. The slope is the name times what it lacks to 1. At 0 that is ½ · ½.</details>

# %% [markdown]
# ## Softmax
#
# The last one takes not a number but a row of numbers, called **logits** here, and makes them shares: positive, with sum 1, the largest logit getting the largest share.
#
# $$\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$
#
# Two things go wrong with it more often than anything else in this course. Large logits overflow, as above; but adding the same number to all logits of a row changes nothing (it cancels in the fraction), so one may subtract the row's largest first. And a tensor has several
# dimensions: along which one do the shares sum to 1? That is what `dim` says.
#
# **Exercise 1.7 · `softmax`** · 2 points · ● ● ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax(x, dim):
    """Shares along dimension `dim`: positive, with sum 1. x: any shape, also with entries of ±1000. Returns the same shape."""
    ### BEGIN SOLUTION
    largest = x.amax(dim=dim, keepdim=True)
    e = torch.exp(x - largest)
    return e / e.sum(dim=dim, keepdim=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_softmax", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("softmax", softmax)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("softmax", softmax)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Three steps: subtract the largest, raise e to it, divide by the sum. Largest and sum of what?</details>
# <details><summary>Hint 2: the approach</summary>All three go along <code>dim</code>. <code>keepdim=True</code> keeps the dimension, with size 1, so that the result can be subtracted from x.</details>
# <details><summary>Hint 3: almost code</summary><code>x.amax(dim=…, keepdim=True)</code> for the largest; <code>e.sum(…)</code> with the same two arguments for the divisor.</details>

# %% [markdown]
# ## A network with one hidden layer
#
# Two linear layers with ReLU between them: with two outputs and softmax this is a **classifier**, which says of each example how likely each of two classes is. (With other widths it is the *feed-forward block* that every layer of the Transformer has.)
#
# $$\text{pre} = x W_1^\top + b_1 \qquad \text{hidden} = \text{ReLU}(\text{pre}) \qquad \text{logits} = \text{hidden}\,W_2^\top + b_2$$
#
# Can it do what a linear one cannot? The smallest problem of the kind is called XOR: two classes, in opposite corners. Both models below are trained in the same way, by torch.


# %%
def xor(n, seed):
    """n points around the four corners of a square; class 1 around (-1, 1) and (1, -1). x (n, 2), y (n,)."""
    random = torch.Generator().manual_seed(seed)
    corner = torch.randint(0, 2, (n, 2), generator=random)
    return 2.0 * corner - 1 + 0.35 * torch.randn(n, 2, generator=random), (corner[:, 0] != corner[:, 1]).long()


def beliefs_while_training(model, x, y, steps):
    """How sure the model is of class 1 on a grid, at each of these numbers of updates."""
    axis, beliefs = torch.linspace(-2.5, 2.5, 60), []
    grid = torch.cartesian_prod(axis, axis).flip(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    for step in range(max(steps) + 1):
        if step in steps:
            beliefs.append(model(grid).softmax(dim=1)[:, 1].detach().reshape(60, 60))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return beliefs


# %% [markdown]
# (These two make the data, and take pictures while a model learns.)

# %% tags=["picture"]
x, y = xor(120, seed=1)
steps = [0, 10, 20, 40, 80, 160, 320]
torch.manual_seed(3)
linear = torch.nn.Linear(2, 2)
hidden = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
models = {"linear": linear, "one hidden layer": hidden}
show.decision_boundary(
    x, y, {name: beliefs_while_training(m, x, y, steps) for name, m in models.items()}, steps, reach=2.5
)

# %% [markdown]
# *What to see: move the slider. The linear model can only draw one straight line, and no line has more than three of the four corners on their own side. This one has not even three, and stays pale: it is unsure everywhere. The hidden layer bends the plane, and a few hundred updates are enough.*
#
# Now without torch's help. First **forward**: from the input to a prediction.
#
# **Exercise 1.8 · `mlp_forward`** · 1 point · ● ○ ○ · 5 minutes · paper, section 3.3, equation 2
#
# It uses your `relu`.


# %% nbgrader={"grade": false, "grade_id": "mlp_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mlp_forward(x, W1, b1, W2, b2):
    """One hidden layer with ReLU.

    x: (B, D_in); W1: (D_hidden, D_in); b1: (D_hidden,); W2: (D_out, D_hidden); b2: (D_out,).
    Returns hidden (B, D_hidden), after ReLU, and logits (B, D_out).
    """
    ### BEGIN SOLUTION
    hidden = relu(x @ W1.T + b1)
    logits = hidden @ W2.T + b2
    return hidden, logits
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mlp_forward", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mlp_forward", mlp_forward)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mlp_forward", mlp_forward)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Three lines of formula, two of code.</details>
# <details><summary>Hint 2: the approach</summary>A layer is <code>x @ W.T + b</code>. Where does the activation belong, and where does it not?</details>
# <details><summary>Hint 3: almost code</summary>hidden is your relu of the first layer; the logits are the second layer of hidden, and stay as they are.</details>

# %% [markdown]
# Then the **error**: softmax makes shares of the logits, and the loss is minus the logarithm of the share that the right class got, averaged over the batch (*cross-entropy*). And then **backward**: for each number in the network, how would the loss change if it were a little larger?
# This is its *gradient*. It is found from the end to the beginning, box by box, by the chain rule; this is all that "back-propagation" means.
#
# ![A chain of boxes: x, pre, hidden, logits, loss. Arrows go forward along the top; others go back along the bottom. From logits the gradients of W2 and b2 branch off, from pre those of W1 and b1.](../../assets/figures/01_backward.png)
#
# Each step back is short, for a batch of B examples:
#
# * **logits.** Softmax and cross-entropy together have a gradient of great simplicity: (shares − target) / B, where target is 1 at the right class and 0 elsewhere. The B comes from the average.
# * **a linear layer** `out = in @ W.T + b`, given the gradient G of `out`: the gradient of W is Gᵀ @ in; that of b is the sum over the examples, `G.sum(0)`; and that of `in` is G @ W.
# * **ReLU** lets the gradient through where `pre` was above 0, and stops it elsewhere. (At exactly 0 there is no derivative; `torch.relu` takes 0, and so do we.)
#
# **Exercise 1.9 · `mlp_backward`** · 3 points · ● ● ● · 30 minutes
#
# It uses your `mlp_forward` and `softmax`: their checks should hold first.


# %% nbgrader={"grade": false, "grade_id": "mlp_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mlp_backward(x, y, W1, b1, W2, b2):
    """The gradients of the loss with respect to W1, b1, W2, b2, by hand: without autograd.

    x: (B, D_in); y: (B,), the right class of each example; W1, b1, W2, b2 as in mlp_forward.
    The loss is the cross-entropy, averaged over the B examples.
    Returns the four gradients in this order; each has the shape of what it belongs to.
    1. Forward. 2. Shares, and the gradient of the logits. 3. Second layer. 4. ReLU. 5. First layer.
    """
    ### BEGIN SOLUTION
    hidden, logits = mlp_forward(x, W1, b1, W2, b2)
    target = torch.zeros_like(logits)
    target[torch.arange(len(y)), y] = 1
    d_logits = (softmax(logits, dim=1) - target) / len(y)
    d_W2 = d_logits.T @ hidden
    d_b2 = d_logits.sum(dim=0)
    d_hidden = d_logits @ W2
    d_pre = d_hidden * (hidden > 0)
    d_W1 = d_pre.T @ x
    d_b1 = d_pre.sum(dim=0)
    return d_W1, d_b1, d_W2, d_b2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mlp_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("mlp_backward", mlp_backward)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mlp_backward", mlp_backward)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Go from right to left through the figure, and after each line compare shapes: a gradient always has the shape of the thing it belongs to.</details>
# <details><summary>Hint 2: the approach</summary>The target is a table of zeros with a 1 in each row, at column y. Where hidden is above 0, pre was, too, so you need not keep pre.</details>
# <details><summary>Hint 3: almost code</summary>Gradient of the logits; from it those of W2, b2 and hidden (the rule for a linear layer); hidden's, times (hidden > 0), is that of pre; from it those of W1 and b1 (the same rule).</details>

# %% [markdown]
# Autograd is PyTorch's machine for exactly this. Yours against it, in double precision:

# %% tags=["measured"]
random = torch.Generator().manual_seed(5)
x, y = xor(20, seed=7)
weights = [torch.randn(s, generator=random, dtype=torch.float64).requires_grad_() for s in ((8, 2), (8,), (2, 8), (2,))]
loss = torch.nn.functional.cross_entropy(mlp_forward(x.double(), *weights)[1], y)
for mine, theirs in zip(mlp_backward(x.double(), y, *weights), torch.autograd.grad(loss, weights)):
    print(f"gradient {tuple(theirs.shape)!s:8} largest difference {(mine - theirs).abs().max():.1e}")

# %% [markdown]
# ## Training, batch by batch
#
# An **update** moves every weight a small step against its gradient: W − lr · gradient, with the *learning rate* lr. One could look at all examples before each update. It is quicker to look at a few, a **batch**, and update at once; the next batch then meets a better
# model. One walk through all batches is an *epoch*.
#
# **Exercise 1.10 · `train_classifier`** · 2 points · ● ● ○ · 15 minutes
#
# It uses your `mlp_backward`. If that is wrong, the weights are wrong here, so have its check hold first.


# %% nbgrader={"grade": false, "grade_id": "train_classifier", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_classifier(x, y, W1, b1, W2, b2, batches, lr):
    """Gradient descent, an update for each batch. The gradients come from your mlp_backward: no autograd, no torch.optim.

    x: (N, D_in); y: (N,); W1, b1, W2, b2: the weights to start from. They are the caller's: do not change them.
    batches: a list of integer tensors: which examples make up each batch, in order; lr: the learning rate.
    Returns the four weights after the last update.
    """
    ### BEGIN SOLUTION
    weights = [W1, b1, W2, b2]
    for batch in batches:
        gradients = mlp_backward(x[batch], y[batch], *weights)
        weights = [w - lr * g for w, g in zip(weights, gradients)]
    return tuple(weights)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_classifier", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("train_classifier", train_classifier)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("train_classifier", train_classifier)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Each turn of the loop looks at <code>x[batch]</code> and <code>y[batch]</code> only.</details>
# <details><summary>Hint 2: the approach</summary>Take all four gradients first, with the weights as they are; then move all four.</details>
# <details><summary>Hint 3: almost code</summary>A list of the four weights; in the loop, your mlp_backward on the batch, then a new list, each weight minus lr times its own gradient. Not <code>-=</code>, which would write into the caller's tensors.</details>

# %% [markdown]
# An experiment, all of it in your own code: two half-moons, which no line can part. How many hidden units does it take? Change `sizes`, the `seed` of the weights at the start, the batch size and the learning rate, and see.


# %%
def two_moons(n, seed):
    """n points on two interlocked half-circles, with a little noise. x (n, 2), y (n,)."""
    random = torch.Generator().manual_seed(seed)
    angle, y = math.pi * torch.rand(n, generator=random), torch.randint(0, 2, (n,), generator=random)
    sign = 1.0 - 2.0 * y
    x = torch.stack([sign * torch.cos(angle) - 0.5 + y, sign * torch.sin(angle) - 0.25 + 0.5 * y], dim=1)
    return 1.3 * x + 0.12 * torch.randn(n, 2, generator=random), y


def random_weights(size, seed):
    """Weights to start from, for `size` hidden units."""
    random = torch.Generator().manual_seed(seed)
    return [torch.randn(size, 2, generator=random), torch.randn(size, generator=random),
            torch.randn(2, size, generator=random) / math.sqrt(size), torch.zeros(2)]  # fmt: skip


# %% tags=["training"]
x, y = two_moons(200, seed=0)
random = torch.Generator().manual_seed(1)
epochs, sizes, seed = [0, 1, 3, 10, 30, 100], (2, 4, 16), 0
axis = torch.linspace(-2.5, 2.5, 60)
grid = torch.cartesian_prod(axis, axis).flip(1)
beliefs = {}
for size in sizes:
    weights, moments = random_weights(size, seed), []
    for epoch in range(max(epochs) + 1):
        if epoch in epochs:
            moments.append(softmax(mlp_forward(grid, *weights)[1], dim=1)[:, 1].reshape(60, 60))
        weights = train_classifier(x, y, *weights, torch.randperm(200, generator=random).split(10), lr=0.2)
    beliefs[f"{size} hidden"] = moments
show.decision_boundary(x, y, beliefs, [20 * epoch for epoch in epochs], reach=2.5)

# %% [markdown]
# *What to see: the boundary is straight, but for where it crosses a unit's crease: only there can it bend. (In the pale band of "2 hidden" both units are off. There the logits are b₂ and nothing else, the model is all but undecided, and where in the band the line runs means little.)*
#
# One start proves little. Here are six for each size:

# %% tags=["training"]
print("points right after 100 epochs, from six starts; in brackets: hidden units that are on for no point at all")
for size in (2, 3, 4, 16):
    row = f"{size:2} hidden"
    for seed in range(6):
        random = torch.Generator().manual_seed(1)
        batches = [batch for _ in range(100) for batch in torch.randperm(200, generator=random).split(10)]
        hidden, logits = mlp_forward(x, *train_classifier(x, y, *random_weights(size, seed), batches, lr=0.2))
        right, off = (logits.argmax(dim=1) == y).double().mean(), (hidden == 0).all(dim=0).sum()
        row += f"{right:7.0%} ({off})"
    print(row)

# %% [markdown]
# *What to see: two units follow the moons from none of these starts. They cannot: with two creases the boundary can bow to one side, but not first to one side and then to the other, as the moons ask. Three and four can, but not from everywhere: some starts end as badly as two units. Those are* stuck: *gradient descent takes only small steps downhill, and it came to rest elsewhere. Sixteen get there every time: more units than the task needs make the start matter less.*
#
# *And the brackets: a unit that is off for every point has slope 0 at every point. No gradient reaches it, so it never comes on again; it is called* dead. *Sixteen can spare a few; three with a dead one are two.*
#
# ## Deep, and hard to train
#
# If one hidden layer is good, are thirty better? Each step back through an activation multiplies the gradient by a slope. Here it is measured: how large is the gradient that reaches each layer of a deep stack, at the start of training?

# %% tags=["picture"]
show.gradient_by_depth()

# %% [markdown]
# *What to see: start at the right, where the error comes in. With sigmoid the gradient shrinks at every layer on its way back, and the first layers hear next to nothing; with a few layers (move the slider) it is not yet so bad. With ReLU or tanh, and weights of the right size, it keeps its size. Lesson 6 adds the two things that let a Transformer be deep: a way around each layer, and normalization.*
#
# ## Find the bug
#
# ELU is a relative of ReLU: x for x > 0, and α (e^x − 1) for the rest, so that α says how far it goes below zero (Clevert et al., 2015). The function below computes it as a much-used university notebook does
# ([UvA deep learning tutorials, issue 160](https://github.com/phlippe/uvadlc_notebooks/issues/160), open when this was written). The model it belongs to trains well. (The `clamp` is not the bug: it keeps the exponential finite on the side that `torch.where` throws away.)


# %%
def elu_with_a_bug(x, alpha=1.0):
    """ELU: x where x > 0, alpha * (e^x - 1) elsewhere."""
    return torch.where(x > 0, x, torch.exp(x.clamp(max=0)) - 1)


# %% [markdown]
# **Exercise 1.11 · find the bug** · 1 point for the input, 1 for the mend · ● ○ ○ · 10 minutes


# %% nbgrader={"grade": false, "grade_id": "expose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def expose():
    """An input that exposes the bug: `elu_with_a_bug(x, alpha)` is off by more than 0.1 somewhere.

    Returns x, a small tensor of real numbers between -100 and 100, and alpha, a number.
    """
    ### BEGIN SOLUTION
    x = torch.tensor([-2.0])
    alpha = 0.5
    return x, alpha
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_expose", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("expose: elu", expose)


# %% nbgrader={"grade": false, "grade_id": "mended", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mended(x, alpha=1.0):
    """`elu_with_a_bug`, with the bug taken out, not torch's elu. x: any shape; alpha: a number. Returns the same shape."""
    ### BEGIN SOLUTION
    return torch.where(x > 0, x, alpha * (torch.exp(x.clamp(max=0)) - 1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mended", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check("mended: elu", mended)
### BEGIN HIDDEN TESTS
from autograder.grading.judge import sealed

sealed("mended: elu", mended)
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>Compare the docstring and the line, word by word.</details>
# <details><summary>Hint 2: the approach</summary>For one value of alpha the function is right, and it happens to be the default. For some x it is right with any alpha.</details>
# <details><summary>Hint 3: almost code</summary>A negative x that is not too near to 0, and an alpha that is not 1. The mend is one product.</details>

# %% [markdown]
# Nobody notices as long as everybody uses the default. A test with the default cannot see it, however many x it tries: *an argument that no test changes is not tested.*
#
# ## In your own words
#
# **Exercise 1.12 · explain** · 3 points · ● ● ○ · 15 minutes · read by a person
#
# A network has ten layers, each followed by a sigmoid. (a) Which layer's gradient is the smallest, the first's or the last's, and why? (b) Give a bound: by how much, at least, do ten sigmoids shrink a gradient, if the weights themselves leave its size alone? (c) Why does ReLU not have this trouble, and which other one did you meet above? Four or five sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# (a) The first layer's, the one next to the input: the error starts at the output and travels back, and at each layer it is multiplied by the slope of the sigmoid there. The last layer is reached after one such factor, the first after all ten.
# (b) The slope σ(x)(1 − σ(x)) is at most ¼, at x = 0. So ten of them give at most (¼)^10, about one millionth, and less where units are saturated.
# (c) ReLU's slope is exactly 1 wherever the unit is on, so nothing shrinks. But where it is off, the slope is 0: a unit that is off for every example gets no gradient and never comes back (a "dead" unit).
#
# *For the grader.* 1 point: the first layer, because factors pile up on the way back. 1 point: slope at most 1/4, so at most (1/4)^10 or about 10⁻⁶. 1 point: slope 1 for active ReLUs, and dead units (or slope 0 for negative inputs) as its own trouble.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# * `compose_linear`: the proof that depth without non-linearity is no depth.
# * `relu`, `sigmoid`, `tanh`, `gelu`, `softmax`, which no large input breaks.
# * `mlp_forward`, `mlp_backward`, `train_classifier`: the feed-forward block of the Transformer, with learning done by hand.
#
# **Try next:** train the two moons with `sigmoid` in place of `relu`. Which line of `mlp_backward` has to change? Your `sigmoid_slope` wants `pre`, and `mlp_forward` returns only `hidden`: compute `pre` once more, or write the slope with `hidden` alone.
#
# **In the paper:** section 3.3, equation 2, is your `mlp_forward`. **Lesson 2** goes to the models that came before the Transformer.
#
# **Further reading:**
#
# * Glorot and Bengio (2010), [*Understanding the difficulty of training deep feedforward neural networks*](https://proceedings.mlr.press/v9/glorot10a.html);
# * Hendrycks and Gimpel (2016), [*Gaussian error linear units*](https://arxiv.org/abs/1606.08415).
