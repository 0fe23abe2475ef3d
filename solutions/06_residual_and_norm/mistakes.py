"""The mistakes of lesson 06 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

ADD = "h = h + out if residual else out"
OUT = "out = layer(h)"
NORM_LINE = "h = F.layer_norm(h, h.shape[-1:]) if norm else h"
SIZE = "gradient.norm() for gradient in gradients"

GRADIENT_MISTAKES = (
    Mistake(
        "residual-ignored",
        "the input of a layer not added back, though asked",
        "`residual=True` changes nothing in your function. Where does the input of a layer go?",
        ((ADD, "h = out"),),
    ),
    Mistake(
        "residual-always",
        "the input of a layer added back, asked or not",
        "The plain stack is one of the four: there nothing is added.",
        ((ADD, "h = h + out"),),
    ),
    Mistake(
        "residual-inverted",
        "the input added back where it was not asked, and not where it was",
        "Read your condition aloud: which of its two sides belongs to residual=True?",
        ((ADD, "h = out if residual else h + out"),),
    ),
    Mistake(
        "norm-ignored",
        "no norm, though asked",
        "`norm=True` changes nothing in your function. After what does the norm come?",
        ((NORM_LINE, "pass"),),
    ),
    Mistake(
        "norm-always",
        "a norm, asked or not",
        "In two of the four stacks there is no norm.",
        ((NORM_LINE, "h = F.layer_norm(h, h.shape[-1:])"),),
    ),
    Mistake(
        "norm-inside",
        "the norm before the addition",
        "Where there is an addition, the norm comes after it: it is the sum that gets a standard size.",
        (
            (OUT, "out = layer(h)\n        out = F.layer_norm(out, out.shape[-1:]) if norm else out"),
            (NORM_LINE, "pass"),
        ),
    ),
    Mistake(
        "norm-first",
        "the norm in front of each layer",
        "That is pre-norm, and has its own section below. Here the norm follows the layer.",
        ((OUT, "out = layer(F.layer_norm(h, h.shape[-1:]) if norm else h)"), (NORM_LINE, "pass")),
    ),
    Mistake(
        "norm-of-all",
        "one norm over the whole batch",
        "Each example is normalized by itself, over its D features. How long is the shape that F.layer_norm was given?",
        ((NORM_LINE, "h = F.layer_norm(h, h.shape) if norm else h"),),
    ),
    Mistake(
        "norm-over-batch",
        "a norm over the examples of the batch",
        "Each example is normalized by itself, over its D features, not feature by feature over the batch.",
        ((NORM_LINE, "h = F.layer_norm(h.T, h.T.shape[-1:]).T if norm else h"),),
    ),
    Mistake(
        "adds-first-input",
        "the input of the stack added at every layer",
        "A residual connection adds what came into this layer. Which variable holds that?",
        ((ADD, "h = x + out if residual else out"),),
    ),
    Mistake(
        "layers-side-by-side",
        "every layer given the input of the stack",
        "The layers stand one behind the other: what does the second one get to see?",
        ((OUT, "out = layer(x)"),),
    ),
    Mistake(
        "one-layer-only",
        "the first layer used again and again",
        "Every layer has its own weights. Does your loop use the layer that it is at?",
        ((OUT, "out = layers[0](h)"),),
    ),
    Mistake(
        "loss-sum",
        "a loss that is summed, not averaged",
        "The loss is the mean over all numbers.",
        (("((h - y) ** 2).mean()", "((h - y) ** 2).sum()"),),
    ),
    Mistake(
        "loss-half",
        "half of the loss",
        "There is no ½ in this loss.",
        (("((h - y) ** 2).mean()", "((h - y) ** 2).mean() / 2"),),
    ),
    Mistake(
        "loss-absolute",
        "absolute differences in the loss",
        "The differences are squared.",
        (("((h - y) ** 2).mean()", "(h - y).abs().mean()"),),
    ),
    Mistake(
        "loss-input",
        "a loss that compares with the input",
        "The output is compared with the target.",
        (("(h - y)", "(h - x)"),),
    ),
    Mistake(
        "last-first",
        "the last layer first",
        "Layer 1 comes first in what is returned: the one next to the input.",
        ((SIZE, "gradient.norm() for gradient in gradients[::-1]"),),
    ),
    Mistake(
        "squared",
        "squared norms",
        "The norm is the root of the sum of squares.",
        ((SIZE, "gradient.pow(2).sum() for gradient in gradients"),),
    ),
    Mistake(
        "largest",
        "the largest entry of each gradient",
        "The norm counts every entry: square, sum, root.",
        ((SIZE, "gradient.abs().max() for gradient in gradients"),),
    ),
    Mistake(
        "mean-size",
        "the mean size of the entries",
        "The norm is the root of the sum of squares, not a mean.",
        ((SIZE, "gradient.abs().mean() for gradient in gradients"),),
    ),
    Mistake(
        "sum",
        "the sum of each gradient",
        "Entries of both signs cancel in a sum. The norm squares them first.",
        ((SIZE, "gradient.sum() for gradient in gradients"),),
    ),
    Mistake(
        "averaged-over-batch",
        "gradients averaged over the batch before their norm is taken",
        "The gradient of a (B, D) tensor has B · D entries, and all of them count.",
        ((SIZE, "gradient.mean(dim=0).norm() for gradient in gradients"),),
    ),
    Mistake(
        "activations",
        "the norms of the activations, not of their gradients",
        "How large the numbers are is another question. Here it is how much the loss would change with them.",
        ((SIZE, "h.norm() for h in behind"),),
    ),
    Mistake(
        "before-addition",
        "gradients of what the layer puts out, before addition and norm",
        "What stands behind a layer is what the next one gets: after addition and norm.",
        (("behind.append(h)", "behind.append(out)"),),
    ),
    Mistake(
        "in-front",
        "gradients of what stands in front of each layer",
        "What stands in front of layer 1 is the input, which nobody asked about. Keep what stands behind each layer.",
        ((OUT, "behind.append(h)\n        out = layer(h)"), ("        behind.append(h)\n    loss", "    loss")),
    ),
    Mistake(
        "detached",
        "layers cut out of the graph",
        "`.detach()` ends the graph: no gradient can pass it.",
        ((OUT, "out = layer(h).detach()"),),
    ),
    Mistake(
        "list",
        "a list instead of a tensor",
        "torch.stack makes one tensor of a list of single numbers.",
        (("torch.stack([gradient.norm() for gradient in gradients])", "[gradient.norm() for gradient in gradients]"),),
    ),
    Mistake(
        "last-only",
        "the last layer's gradient only",
        "A number for each layer is asked for.",
        (("torch.stack([gradient.norm() for gradient in gradients])", "gradients[-1].norm()"),),
    ),
)

MEAN = "x.mean(dim=-1, keepdim=True)"
SQUARES = "((x - mean) ** 2).mean(dim=-1, keepdim=True)"
ROOT = "(x - mean) / torch.sqrt(variance + eps)"
SCALE = "gamma * normalized + beta"
AXIS = "Which numbers share a mean? Only the D features of one word."


def _over(dims: str) -> tuple[tuple[str, str], ...]:
    return ((MEAN, f"x.mean(dim={dims}, keepdim=True)"), (SQUARES, f"((x - mean) ** 2).mean(dim={dims}, keepdim=True)"))


LAYER_NORM_MISTAKES = (
    Mistake(
        "bessel",
        "a variance divided by D − 1",
        "`var` and `std` divide by one less than the count unless told otherwise. With four features that is a lot.",
        ((SQUARES, "x.var(dim=-1, keepdim=True)"),),
        also=(((SQUARES, "((x - mean) ** 2).sum(dim=-1, keepdim=True) / (x.size(-1) - 1)"),),),
    ),
    Mistake(
        "eps-outside",
        "ε added outside the square root",
        "Look where the root ends in the formula. With ε = 0.1 the difference is plain.",
        ((ROOT, "(x - mean) / (torch.sqrt(variance) + eps)"),),
    ),
    Mistake(
        "copied-version",
        "a variance divided by D − 1 and ε outside the root",
        "That is the version which has been copied far and wide. Compare it with the formula, twice.",
        (
            (SQUARES, "x.std(dim=-1, keepdim=True)"),
            (ROOT, "(x - mean) / (variance + eps)"),
        ),
    ),
    Mistake(
        "no-eps",
        "no ε",
        "What becomes of a word whose features are all equal?",
        ((ROOT, "(x - mean) / torch.sqrt(variance)"),),
    ),
    Mistake(
        "eps-fixed",
        "an ε of its own, not the one handed over",
        "`eps` is an argument: another value must make a difference.",
        ((ROOT, "(x - mean) / torch.sqrt(variance + 1e-5)"),),
    ),
    Mistake(
        "eps-floor",
        "ε as a floor under the variance",
        "ε is added to every variance; it is no lower limit.",
        ((ROOT, "(x - mean) / torch.sqrt(variance.clamp(min=eps))"),),
    ),
    Mistake(
        "eps-squared",
        "ε squared under the root",
        "Under the root stands ε itself.",
        ((ROOT, "(x - mean) / torch.sqrt(variance + eps**2)"),),
    ),
    Mistake(
        "no-root",
        "no square root",
        "The variance is in squared units. What has the units of x?",
        ((ROOT, "(x - mean) / (variance + eps)"),),
    ),
    Mistake(
        "root-of-deviation",
        "two square roots",
        "Under the root stands the variance, not its root, the standard deviation.",
        ((ROOT, "(x - mean) / torch.sqrt(torch.sqrt(variance) + eps)"),),
    ),
    Mistake(
        "power-of-two",
        "a square where a root belongs",
        "The deviations are divided by a root: the power ½, not 2.",
        ((ROOT, "(x - mean) / (variance + eps) ** 2"),),
    ),
    Mistake(
        "over-words",
        "a mean over the words of a sentence",
        AXIS + " With yours, a word hangs on its neighbours.",
        _over("-2"),
    ),
    Mistake(
        "over-first",
        "a mean over the first dimension",
        AXIS + " With yours, a sentence hangs on the others in its batch.",
        _over("0"),
    ),
    Mistake(
        "from-front",
        "a dimension counted from the front",
        "With two dimensions, 1 is the last; with three it is not. Count from the end, whatever stands in front.",
        _over("1"),
    ),
    Mistake(
        "over-sentence",
        "one mean over all words of a sentence and their features",
        AXIS + " With yours, every word hangs on the whole sentence, the later words too.",
        _over("(-2, -1)"),
    ),
    Mistake(
        "over-all",
        "one mean over the whole tensor",
        AXIS + " mean() without a dim takes all there is.",
        ((MEAN, "x.mean()"), (SQUARES, "((x - mean) ** 2).mean()")),
    ),
    Mistake(
        "batch-norm",
        "batch norm: a mean for each feature over all words",
        AXIS + " Yours takes one feature of all words instead.",
        _over("tuple(range(x.dim() - 1))"),
    ),
    Mistake(
        "variance-elsewhere",
        "a variance taken over the whole sentence",
        "Mean and variance are of the same numbers: the features of one word.",
        ((SQUARES, "((x - mean) ** 2).mean(dim=(-2, -1), keepdim=True)"),),
    ),
    Mistake(
        "not-centred",
        "numbers that are divided but whose mean is not taken off",
        "What is the mean of a word after your function, with gamma 1 and beta 0? It should be 0.",
        ((ROOT, "x / torch.sqrt(variance + eps)"),),
    ),
    Mistake(
        "not-divided",
        "numbers whose mean is taken off but which are not divided",
        "What is the spread of a word after your function, with gamma 1? It should be 1.",
        ((ROOT, "x - mean"),),
    ),
    Mistake(
        "mean-square",
        "the mean square in the place of the variance",
        "The variance is about deviations from the mean, not from 0.",
        ((SQUARES, "(x**2).mean(dim=-1, keepdim=True)"),),
    ),
    Mistake(
        "absolute-deviation",
        "the mean absolute deviation in the place of the standard deviation",
        "Deviations are squared, averaged, and the root is taken.",
        ((SQUARES, "(x - mean).abs().mean(dim=-1, keepdim=True) ** 2"),),
    ),
    Mistake(
        "no-gamma-beta",
        "neither gamma nor beta",
        "Both are handed over, one number a feature. What are they for?",
        ((SCALE, "normalized"),),
    ),
    Mistake("no-gamma", "no gamma", "γ is handed over too.", ((SCALE, "normalized + beta"),)),
    Mistake("no-beta", "no beta", "β is handed over too.", ((SCALE, "gamma * normalized"),)),
    Mistake(
        "beta-scaled",
        "beta multiplied by gamma",
        "First scale, then shift: β is added to what γ made.",
        ((SCALE, "gamma * (normalized + beta)"),),
    ),
    Mistake(
        "gamma-beta-swapped",
        "gamma and beta swapped",
        "Which of them multiplies?",
        ((SCALE, "beta * normalized + gamma"),),
    ),
    Mistake(
        "gamma-plus-one",
        "1 + gamma in the place of gamma",
        "Some models store γ less 1. Here γ is γ.",
        ((SCALE, "(1 + gamma) * normalized + beta"),),
    ),
    Mistake(
        "gamma-scalar",
        "one number for all of gamma",
        "Every feature has a scale of its own.",
        ((SCALE, "gamma.mean() * normalized + beta"),),
        also=(((SCALE, "gamma.sum() / gamma.numel() * normalized + beta"),),),
    ),
    Mistake(
        "gamma-first",
        "gamma's first number for all features",
        "Every feature has a scale of its own.",
        ((SCALE, "gamma[0] * normalized + beta"),),
    ),
    Mistake(
        "gamma-inside",
        "x scaled by gamma before it is normalized",
        "γ and β act on the normalized numbers; normalizing afterwards would undo them.",
        (
            (MEAN, "(x * gamma).mean(dim=-1, keepdim=True)"),
            (SQUARES, "((x * gamma - mean) ** 2).mean(dim=-1, keepdim=True)"),
            (ROOT, "(x * gamma - mean) / torch.sqrt(variance + eps)"),
            (SCALE, "normalized + beta"),
        ),
    ),
    Mistake(
        "statistics-detached",
        "a mean and a variance that no gradient passes",
        "The values are right, the gradients are not: mean and variance are made of x, too.",
        (
            (MEAN, "x.mean(dim=-1, keepdim=True).detach()"),
            (SQUARES, "((x - mean) ** 2).mean(dim=-1, keepdim=True).detach()"),
        ),
    ),
    Mistake(
        "no-keepdim",
        "means that lost their dimension",
        "`mean(dim=-1)` takes a dimension away, so the subtraction meets the wrong one. keepdim=True leaves it there with size 1.",
        ((MEAN, "x.mean(dim=-1)"), (SQUARES, "((x - mean) ** 2).mean(dim=-1)")),
    ),
    Mistake(
        "in-place",
        "the mean taken off x itself",
        "`-=` changes the tensor that the caller handed over. `x - mean` makes a new one.",
        (
            (ROOT, "x / torch.sqrt(variance + eps)"),
            (SQUARES, "((x - mean) ** 2).mean(dim=-1, keepdim=True)\n    x -= mean"),
        ),
    ),
    Mistake(
        "torch-itself",
        "torch's own layer norm",
        "Here the point is to write it from simpler operations.",
        ((SCALE, "F.layer_norm(x, x.shape[-1:], gamma, beta, eps)"),),
    ),
    Mistake(
        "range",
        "the smallest and largest number brought to 0 and 1",
        "Mean and standard deviation are asked for, not the range.",
        ((ROOT, "(x - x.amin(-1, True)) / (x.amax(-1, True) - x.amin(-1, True) + eps)"),),
    ),
)

GAMMA = "self.gamma = nn.Parameter(torch.ones(d_model))"
BETA = "self.beta = nn.Parameter(torch.zeros(d_model))"
CALL = "layer_norm(x, self.gamma, self.beta, self.eps)"

MODULE_MISTAKES = (
    Mistake(
        "gamma-zero",
        "a gamma that starts at 0",
        "Times 0 everything is 0, whatever came in. Which factor changes nothing?",
        ((GAMMA, "self.gamma = nn.Parameter(torch.zeros(d_model))"),),
    ),
    Mistake(
        "beta-one",
        "a beta that starts at 1",
        "Which number changes nothing when it is added?",
        ((BETA, "self.beta = nn.Parameter(torch.ones(d_model))"),),
    ),
    Mistake(
        "starts-swapped",
        "a gamma that starts at 0 and a beta that starts at 1",
        "One multiplies and one is added. Which number does nothing in each case?",
        (
            (GAMMA, "self.gamma = nn.Parameter(torch.zeros(d_model))"),
            (BETA, "self.beta = nn.Parameter(torch.ones(d_model))"),
        ),
    ),
    Mistake(
        "starts-half",
        "a gamma that starts at another number than 1",
        "At the start the layer should only normalize. Which factor changes nothing?",
        ((GAMMA, "self.gamma = nn.Parameter(torch.full((d_model,), 0.5))"),),
    ),
    Mistake(
        "gamma-scalar",
        "a single number for gamma",
        "Every feature has a scale of its own: D numbers.",
        ((GAMMA, "self.gamma = nn.Parameter(torch.ones(1))"),),
    ),
    Mistake(
        "both-scalar",
        "a single number for gamma and one for beta",
        "Every feature has a scale and a shift of its own.",
        ((GAMMA, "self.gamma = nn.Parameter(torch.ones(1))"), (BETA, "self.beta = nn.Parameter(torch.zeros(1))")),
    ),
    Mistake(
        "matrix",
        "matrices for gamma and beta",
        "One number for each feature: D of them, not D times D.",
        (
            (GAMMA, "self.gamma = nn.Parameter(torch.ones(d_model, d_model))"),
            (BETA, "self.beta = nn.Parameter(torch.zeros(d_model, d_model))"),
        ),
    ),
    Mistake(
        "three-dimensions",
        "parameters of shape (1, 1, D)",
        "It would work for three dimensions. The shape asked for is (D,), which fits any number of them.",
        (
            (GAMMA, "self.gamma = nn.Parameter(torch.ones(1, 1, d_model))"),
            (BETA, "self.beta = nn.Parameter(torch.zeros(1, 1, d_model))"),
        ),
    ),
    Mistake(
        "plain-tensors",
        "nothing that the module knows as a parameter",
        "An optimizer asks a module for its parameters. What makes a tensor one?",
        ((GAMMA, "self.gamma = torch.ones(d_model)"), (BETA, "self.beta = torch.zeros(d_model)")),
        also=(((GAMMA, "pass"), (BETA, "pass"), (CALL, "layer_norm(x, 1.0, 0.0, self.eps)")),),
    ),
    Mistake(
        "buffers",
        "buffers where parameters are asked for",
        "A buffer travels with the module but is not learned. γ and β are.",
        (
            (GAMMA, 'self.register_buffer("gamma", torch.ones(d_model))'),
            (BETA, 'self.register_buffer("beta", torch.zeros(d_model))'),
        ),
    ),
    Mistake(
        "made-in-forward",
        "parameters made anew at every call",
        "What is made in `forward` starts afresh each time and never learns. Use those of `__init__`.",
        ((CALL, "layer_norm(x, torch.ones_like(x[..., 0, :]), torch.zeros_like(x[..., 0, :]), self.eps)"),),
        also=(((CALL, "layer_norm(x, torch.ones(x.size(-1), dtype=x.dtype), 0.0, self.eps)"),),),
    ),
    Mistake(
        "torch-names",
        "parameters of other names",
        "nn.LayerNorm calls them weight and bias; here they are called gamma and beta.",
        (
            (GAMMA, "self.weight = nn.Parameter(torch.ones(d_model))"),
            (BETA, "self.bias = nn.Parameter(torch.zeros(d_model))"),
            (CALL, "layer_norm(x, self.weight, self.bias, self.eps)"),
        ),
    ),
    Mistake("no-beta", "no beta", "A shift is learned as well as a scale.",
            ((BETA, "pass"), (CALL, "layer_norm(x, self.gamma, 0.0, self.eps)"))),
    Mistake("beta-unused", "a beta that is not used", "β is there. Is it added?",
            ((CALL, "layer_norm(x, self.gamma, 0.0, self.eps)"),)),
    Mistake("gamma-unused", "a gamma that is not used", "γ is there. Does anything get multiplied by it?",
            ((CALL, "layer_norm(x, 1.0, self.beta, self.eps)"),)),
    Mistake(
        "swapped",
        "gamma and beta swapped in the call",
        "In which order does your function take them?",
        ((CALL, "layer_norm(x, self.beta, self.gamma, self.eps)"),),
    ),
    Mistake(
        "eps-not-passed",
        "the eps of the module not passed on",
        "LayerNorm(D, eps=0.1) should differ from LayerNorm(D). Who needs to know eps?",
        ((CALL, "layer_norm(x, self.gamma, self.beta)"),),
    ),
    Mistake(
        "eps-learned",
        "an eps that is learned",
        "ε is a plain number that keeps the division safe. It is not learned.",
        (("self.eps = eps", "self.eps = nn.Parameter(torch.tensor(eps))"),),
    ),
    Mistake(
        "bessel",
        "a variance divided by D − 1",
        "`var` and `std` divide by one less than the count unless told otherwise. Your function of Exercise 6.3 does it right.",
        (
            (
                CALL,
                "self.gamma * (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, keepdim=True) + self.eps) + self.beta",
            ),
        ),
    ),
    Mistake(
        "twice",
        "everything normalized twice",
        "Once is enough: the second norm undoes the γ and β of the first.",
        ((CALL, "layer_norm(layer_norm(x, self.gamma, self.beta, self.eps), self.gamma, self.beta, self.eps)"),),
    ),
)  # fmt: skip

PRE = "return x + self.dropout(sublayer(self.norm(x)))"
POST = "return self.norm(x + self.dropout(sublayer(x)))"
IF = "if self.norm_first:"
FORGOTTEN = "What comes out if the sublayer puts out 0? In pre-norm x itself, in post-norm the normalized x."

RESIDUAL_MISTAKES = (
    Mistake(
        "orders-swapped",
        "pre-norm where post-norm is asked for, and the other way round",
        "norm_first says it: True = the norm comes before the sublayer.",
        ((IF, "if not self.norm_first:"),),
    ),
    Mistake(
        "always-pre",
        "pre-norm, whatever was asked for",
        "The paper's order, norm_first=False, puts the norm around the sum.",
        ((IF, "if True:"),),
        also=(((POST, "return x + self.dropout(sublayer(self.norm(x)))  # post"),),),
    ),
    Mistake(
        "always-post",
        "post-norm, whatever was asked for",
        "With norm_first=True nothing may stand in the main line.",
        ((IF, "if False:"),),
    ),
    Mistake(
        "no-residual",
        "no residual connection",
        FORGOTTEN,
        (
            (PRE, "return self.dropout(sublayer(self.norm(x)))"),
            (POST, "return self.norm(self.dropout(sublayer(x)))"),
        ),
    ),
    Mistake(
        "no-residual-post",
        "no residual connection in post-norm",
        FORGOTTEN,
        ((POST, "return self.norm(self.dropout(sublayer(x)))"),),
    ),
    Mistake(
        "no-residual-pre",
        "no residual connection in pre-norm",
        FORGOTTEN,
        ((PRE, "return self.dropout(sublayer(self.norm(x)))"),),
    ),
    Mistake(
        "residual-of-norm",
        "the normalized x added back in pre-norm",
        "Then the norm stands in the main line again. What is added back is x as it came in.",
        ((PRE, "x = self.norm(x)\n            return x + self.dropout(sublayer(x))"),),
        also=(((PRE, "return self.norm(x) + self.dropout(sublayer(self.norm(x)))"),),),
    ),
    Mistake(
        "norm-of-sublayer",
        "the norm around the sublayer only, in post-norm",
        "LayerNorm(x + Sublayer(x)): what stands between the brackets?",
        ((POST, "return x + self.norm(self.dropout(sublayer(x)))"),),
        also=(((POST, "return x + self.dropout(self.norm(sublayer(x)))"),),),
    ),
    Mistake(
        "norm-behind-sublayer",
        "the norm behind the sublayer in pre-norm",
        "norm_first: what does the sublayer get to see?",
        ((PRE, "return x + self.norm(self.dropout(sublayer(x)))"),),
        also=(((PRE, "return x + self.dropout(self.norm(sublayer(x)))"),),),
    ),
    Mistake(
        "two-norms-pre",
        "a second norm after the addition in pre-norm",
        "In pre-norm nothing stands in the main line. The final norm of the whole stack is not this module's matter.",
        ((PRE, "return self.norm(x + self.dropout(sublayer(self.norm(x))))"),),
    ),
    Mistake(
        "two-norms-post",
        "a norm in front of the sublayer too, in post-norm",
        "In the paper's order the sublayer gets x as it is.",
        ((POST, "return self.norm(x + self.dropout(sublayer(self.norm(x))))"),),
    ),
    Mistake(
        "no-norm",
        "no norm at all",
        "The module owns a norm. Where is it used?",
        ((PRE, "return x + self.dropout(sublayer(x))"), (POST, "return x + self.dropout(sublayer(x))")),
    ),
    Mistake(
        "no-norm-post",
        "no norm in post-norm",
        "The norm is around the sum.",
        ((POST, "return x + self.dropout(sublayer(x))"),),
    ),
    Mistake(
        "no-norm-pre",
        "no norm in pre-norm",
        "norm_first: what does the sublayer get to see?",
        ((PRE, "return x + self.dropout(sublayer(x))"),),
    ),
    Mistake(
        "no-dropout",
        "no dropout",
        "In train mode with p = 1 nothing of the sublayer should get through. Is there a dropout, and does it know its p?",
        ((PRE, "return x + sublayer(self.norm(x))"), (POST, "return self.norm(x + sublayer(x))")),
        also=((("nn.Dropout(dropout)", "nn.Dropout(0.0)"),),),
    ),
    Mistake(
        "dropout-on-sum",
        "dropout on the sum",
        "Dropout acts on what the sublayer puts out, before it is added. What becomes of x itself at p = 1?",
        (
            (PRE, "return self.dropout(x + sublayer(self.norm(x)))"),
            (POST, "return self.norm(self.dropout(x + sublayer(x)))"),
        ),
    ),
    Mistake(
        "dropout-on-sum-pre",
        "dropout on the sum in pre-norm",
        "Dropout acts on what the sublayer puts out, before it is added. What becomes of x itself at p = 1?",
        ((PRE, "return self.dropout(x + sublayer(self.norm(x)))"),),
    ),
    Mistake(
        "dropout-on-sum-post",
        "dropout on the sum in post-norm",
        "Dropout acts on what the sublayer puts out, before it is added. What becomes of x itself at p = 1?",
        ((POST, "return self.norm(self.dropout(x + sublayer(x)))"),),
    ),
    Mistake(
        "dropout-after-norm",
        "dropout after the norm",
        "Dropout acts on what the sublayer puts out, before it is added and normalized.",
        ((POST, "return self.dropout(self.norm(x + sublayer(x)))"),),
    ),
    Mistake(
        "dropout-on-input",
        "dropout on what goes into the sublayer",
        "Dropout acts on what comes out of the sublayer. At p = 1 the two differ: a sublayer may say something even to zeros.",
        (
            (PRE, "return x + sublayer(self.dropout(self.norm(x)))"),
            (POST, "return self.norm(x + sublayer(self.dropout(x)))"),
        ),
    ),
    Mistake(
        "dropout-on-x",
        "dropout on x itself as it is led around",
        "The way around the sublayer stays whole. Dropout acts on what the sublayer puts out.",
        (
            (PRE, "return self.dropout(x) + sublayer(self.norm(x))"),
            (POST, "return self.norm(self.dropout(x) + sublayer(x))"),
        ),
    ),
    Mistake(
        "dropout-always",
        "dropout in eval mode too",
        "F.dropout does not know the module's mode unless you tell it (training=self.training); nn.Dropout does.",
        (
            (PRE, "return x + F.dropout(sublayer(self.norm(x)), self.dropout.p)"),
            (POST, "return self.norm(x + F.dropout(sublayer(x), self.dropout.p))"),
        ),
    ),
    Mistake(
        "own-norm-twice",
        "two norms with weights of their own",
        "One sublayer has one norm, for either order.",
        (
            (
                "self.norm = LayerNorm(d_model)",
                "self.norm = LayerNorm(d_model)\n        self.norm2 = LayerNorm(d_model)",
            ),
            (PRE, "return x + self.dropout(sublayer(self.norm2(x)))"),
        ),
    ),
    Mistake(
        "torch-norm",
        "a norm of torch's, whose parameters have other names",
        "Use the LayerNorm of Exercise 6.4: its parameters are called gamma and beta. (And batch norm would be wrong as well.)",
        (("self.norm = LayerNorm(d_model)", "self.norm = nn.LayerNorm(d_model)"),),
        also=((("self.norm = LayerNorm(d_model)", "self.norm = nn.BatchNorm1d(d_model)"),),),
    ),
    Mistake(
        "sublayer-twice",
        "the sublayer applied twice",
        "How often is the sublayer called?",
        (
            (PRE, "return x + self.dropout(sublayer(sublayer(self.norm(x))))"),
            (POST, "return self.norm(x + self.dropout(sublayer(sublayer(x))))"),
        ),
    ),
    Mistake(
        "sublayer-ignored",
        "a sublayer that is never called",
        "The sublayer is handed over with the call: it is a function of x.",
        (
            (PRE, "return x + self.dropout(self.norm(x))"),
            (POST, "return self.norm(x + self.dropout(x))"),
        ),
    ),
    Mistake(
        "in-place",
        "the sum written into x itself",
        "`+=` changes the tensor that the caller handed over. `x + ...` makes a new one.",
        (
            (PRE, "x += self.dropout(sublayer(self.norm(x)))\n            return x"),
            (POST, "x += self.dropout(sublayer(x))\n        return self.norm(x)"),
        ),
    ),
    Mistake(
        "subtracted",
        "what the sublayer puts out subtracted",
        "The residual connection is a sum.",
        (
            (PRE, "return x - self.dropout(sublayer(self.norm(x)))"),
            (POST, "return self.norm(x - self.dropout(sublayer(x)))"),
        ),
    ),
    Mistake(
        "averaged",
        "the mean of x and the sublayer in the place of their sum",
        "The two are added, not averaged: x must go through whole.",
        (
            (PRE, "return (x + self.dropout(sublayer(self.norm(x)))) / 2"),
            (POST, "return self.norm((x + self.dropout(sublayer(x))) / 2)"),
        ),
    ),
)

W_1, W_2 = "self.W_1 = nn.Linear(d_model, d_ff)", "self.W_2 = nn.Linear(d_ff, d_model)"
INNER = "inner = torch.relu(self.W_1(x))"
LAST = "return self.W_2(inner)"

FORWARD_MISTAKES = (
    Mistake(
        "no-activation",
        "no activation between the two layers",
        "Two linear layers with nothing between them are one (lesson 1).",
        ((INNER, "inner = self.W_1(x)"),),
    ),
    Mistake(
        "activation-last",
        "the activation after the second layer instead of between the two",
        "Can your output be negative? It should be able to. Look at equation 2, from the inside out.",
        ((INNER, "inner = self.W_1(x)"), (LAST, "return torch.relu(self.W_2(inner))")),
    ),
    Mistake(
        "activation-twice",
        "a second activation after the second layer",
        "Can your output be negative? It should be able to.",
        ((LAST, "return torch.relu(self.W_2(inner))"),),
    ),
    Mistake(
        "activation-first",
        "the activation before the first layer",
        "The activation acts on what the first layer puts out.",
        ((INNER, "inner = self.W_1(torch.relu(x))"),),
    ),
    Mistake("gelu", "GELU in the place of ReLU", "Later models use GELU. Equation 2 has max(0, ·).",
            ((INNER, "inner = F.gelu(self.W_1(x))"),)),
    Mistake("sigmoid", "a sigmoid in the place of ReLU", "Equation 2 has max(0, ·).",
            ((INNER, "inner = torch.sigmoid(self.W_1(x))"),)),
    Mistake("tanh", "tanh in the place of ReLU", "Equation 2 has max(0, ·).",
            ((INNER, "inner = torch.tanh(self.W_1(x))"),)),
    Mistake("softmax", "softmax in the place of ReLU", "Softmax makes shares of a row. Equation 2 has max(0, ·).",
            ((INNER, "inner = torch.softmax(self.W_1(x), dim=-1)"),)),
    Mistake("leaky", "a leaky ReLU", "What is negative becomes 0, not a little less negative.",
            ((INNER, "inner = F.leaky_relu(self.W_1(x))"),)),
    Mistake(
        "width-four",
        "an inner width of 4 · D, whatever d_ff is",
        "Four times is the paper's choice; the width is an argument here.",
        ((W_1, "self.W_1 = nn.Linear(d_model, 4 * d_model)"), (W_2, "self.W_2 = nn.Linear(4 * d_model, d_model)")),
    ),
    Mistake(
        "width-ignored",
        "an inner width of D",
        "d_ff is ignored. How wide is a word between the two layers?",
        ((W_1, "self.W_1 = nn.Linear(d_model, d_model)"), (W_2, "self.W_2 = nn.Linear(d_model, d_model)")),
    ),
    Mistake(
        "paper-widths",
        "the paper's own sizes, whatever is asked for",
        "512 and 2048 are the paper's; here they are arguments.",
        ((W_1, "self.W_1 = nn.Linear(512, 2048)"), (W_2, "self.W_2 = nn.Linear(2048, 512)")),
    ),
    Mistake(
        "not-back",
        "a second layer that does not lead back to D",
        "What comes out is added to x by the residual connection: how wide must it be?",
        ((W_2, "self.W_2 = nn.Linear(d_ff, d_ff)"),),
    ),
    Mistake(
        "widths-swapped",
        "layers from d_ff to D and back",
        "nn.Linear(a, b) takes vectors of width a to vectors of width b. How wide are the words that come in?",
        ((W_1, "self.W_1 = nn.Linear(d_ff, d_model)"), (W_2, "self.W_2 = nn.Linear(d_model, d_ff)")),
    ),
    Mistake(
        "no-bias",
        "layers without a bias",
        "Equation 2 has b_1 and b_2.",
        (
            (W_1, "self.W_1 = nn.Linear(d_model, d_ff, bias=False)"),
            (W_2, "self.W_2 = nn.Linear(d_ff, d_model, bias=False)"),
        ),
    ),
    Mistake(
        "one-bias",
        "a second layer without a bias",
        "Equation 2 has a b_2 too.",
        ((W_2, "self.W_2 = nn.Linear(d_ff, d_model, bias=False)"),),
    ),
    Mistake(
        "residual-inside",
        "a residual connection inside",
        "x is added back by ResidualSublayer, around this network. With another one inside it would be added twice.",
        ((LAST, "return x + self.W_2(inner)"),),
    ),
    Mistake(
        "norm-inside",
        "a norm inside",
        "The norm is ResidualSublayer's matter. This network is two layers and a ReLU.",
        ((INNER, "inner = torch.relu(self.W_1(F.layer_norm(x, x.shape[-1:])))"),),
    ),
    Mistake(
        "dropout-inside",
        "dropout inside",
        "Some implementations have it there. The paper has dropout on the output of a sublayer only, and ResidualSublayer does that.",
        ((LAST, "return self.W_2(F.dropout(inner, 0.1, self.training))"),),
    ),
    Mistake(
        "mean-over-words",
        "words that are mixed with the mean of their sentence",
        "Every word goes through by itself: nothing may be summed or averaged over the words.",
        ((INNER, "inner = torch.relu(self.W_1(x + x.mean(dim=-2, keepdim=True)))"),),
    ),
    Mistake(
        "inner-over-words",
        "inner numbers averaged over the words",
        "Every word goes through by itself: nothing may be summed or averaged over the words.",
        ((LAST, "return self.W_2(inner - inner.mean(dim=-2, keepdim=True))"),),
    ),
    Mistake(
        "sum-over-words",
        "one sum over all words",
        "A vector for every word is asked for, not one for the sentence.",
        ((LAST, "return self.W_2(inner.sum(dim=-2))"),),
    ),
    Mistake(
        "left-neighbour",
        "words that are mixed with the one before them",
        "That is a convolution over two words. The paper's feed-forward network is one over a single word.",
        ((INNER, "inner = torch.relu(self.W_1(x + x.roll(1, dims=-2)))"),),
    ),
    Mistake(
        "over-positions",
        "a layer that runs along the words",
        "nn.Linear works on the last dimension. Which one is it after your transpose?",
        ((INNER, "inner = torch.relu(self.W_1(x.transpose(-2, -1)).transpose(-2, -1))"),),
    ),
    Mistake(
        "layers-in-a-list",
        "layers that the module cannot find",
        "A module finds layers that are attributes of it (`self.name = ...`). In a plain list they are lost, and never learn.",
        (
            (f"{W_1}\n        {W_2}", "self.layers = [nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)]"),
            (INNER, "inner = torch.relu(self.layers[0](x))"),
            (LAST, "return self.layers[1](inner)"),
        ),
    ),
    Mistake(
        "other-names",
        "layers of other names",
        "The exercise calls them W_1 and W_2.",
        (
            (W_1, "self.linear1 = nn.Linear(d_model, d_ff)"),
            (W_2, "self.linear2 = nn.Linear(d_ff, d_model)"),
            (INNER, "inner = torch.relu(self.linear1(x))"),
            (LAST, "return self.linear2(inner)"),
        ),
    ),
    Mistake(
        "tied",
        "the first layer's matrix used on the way back",
        "The second layer has a matrix of its own, which never learns in yours.",
        ((LAST, "return inner @ self.W_1.weight + self.W_2.bias"),),
    ),
    Mistake(
        "first-only",
        "only the first layer",
        "The way leads up to d_ff, and back.",
        ((LAST, "return inner"),),
    ),
)  # fmt: skip

LOOP = "for t in range(x.size(0)):"
ALONE = "alone = model(x[t : t + 1])"
COMPARE = "if not torch.allclose(alone[0], together[t], atol=1e-5):"
END = "            return False\n    return True"

WISE_MISTAKES = (
    Mistake(
        "first-only",
        "only the first word looked at",
        "Where each word sees only itself and the earlier ones, the first word comes out right all the same. When may you say True?",
        ((LOOP, "for t in range(1):"),),
        also=(((END, "            return False\n        return True"),),),
    ),
    Mistake(
        "last-only",
        "only the last word looked at",
        "Where each word sees only itself and the later ones, the last word comes out right all the same. When may you say True?",
        ((LOOP, "for t in range(x.size(0) - 1, x.size(0)):"),),
    ),
    Mistake(
        "not-the-last",
        "the last word left out",
        "range(n) ends at n − 1 already.",
        ((LOOP, "for t in range(x.size(0) - 1):"),),
    ),
    Mistake(
        "inverted",
        "True and False exchanged",
        "True means that the model is position-wise.",
        ((END, "            return True\n    return False"),),
    ),
    Mistake(
        "any-word",
        "a single word that comes out right taken as enough",
        "All words must come out the same, not just one of them.",
        (
            (COMPARE, "if torch.allclose(alone[0], together[t], atol=1e-5):"),
            (END, "            return True\n    return False"),
        ),
    ),
    Mistake(
        "shapes",
        "only shapes compared",
        "Any model here gives the right shape. Compare the numbers.",
        ((COMPARE, "if alone[0].shape != together[t].shape:"),),
    ),
    Mistake(
        "with-input",
        "the output compared with the input",
        "The model may change a word as it likes. It must do the same to it in company as alone.",
        ((COMPARE, "if not torch.allclose(x[t], together[t], atol=1e-5):"),),
    ),
    Mistake(
        "row-zero",
        "every word compared with the first word of the sentence",
        "Word t alone belongs to which row of what came out in company?",
        ((COMPARE, "if not torch.allclose(alone[0], together[0], atol=1e-5):"),),
    ),
    Mistake(
        "order-blind",
        "a test for order-blindness",
        "Reordering the words is lesson 3's test. Attention passes it, and yet every word sees the others.",
        (
            (ALONE, "order = torch.arange(x.size(0)).roll(t)\n        alone = model(x[order])"),
            (COMPARE, "if not torch.allclose(alone, together[order], atol=1e-5):"),
        ),
        also=(
            (
                (ALONE, "other = x.clone()\n        other[[0, 1]] = x[[1, 0]]"),
                (COMPARE, "if not torch.allclose(model(other)[[1, 0]], together[[0, 1]], atol=1e-5):"),
            ),
        ),
    ),
    Mistake(
        "separately-only",
        "a test that words do not see each other, but not that all are treated alike",
        "A model that multiplies each word by its position passes your test. Where does a word stand when it is alone?",
        (
            (ALONE, "other = x.clone()\n        other[t] += 1.0\n        rest = torch.arange(x.size(0)) != t"),
            (COMPARE, "if not torch.allclose(model(other)[rest], together[rest], atol=1e-5):"),
        ),
        also=(
            (
                (ALONE, "other = torch.zeros_like(x)\n        other[t] = x[t]"),
                (COMPARE, "if not torch.allclose(model(other)[t], together[t], atol=1e-5):"),
            ),
        ),
    ),
    Mistake(
        "last-changed",
        "a test that changes the last word only",
        "A model in which each word sees the earlier ones passes it: nobody looks at the last word.",
        (
            (ALONE, "other = x.clone()\n        other[-1] += 1.0"),
            (COMPARE, "if not torch.allclose(model(other)[:-1], together[:-1], atol=1e-5):"),
        ),
    ),
    Mistake(
        "bare-word",
        "a word handed over without a sentence around it",
        "A model takes (T, D). A word by itself, x[t], has the shape (D,): which slice of x is a sentence of one word?",
        ((ALONE, "alone = model(x[t])[None]"),),
    ),
    Mistake(
        "cumulative",
        "each word asked together with the ones before it",
        "x[: t + 1] is not one word but all words up to t. A model that looks back only is then not found out.",
        ((ALONE, "alone = model(x[: t + 1])[-1:]"),),
    ),
    Mistake(
        "loose",
        "a tolerance so wide that differences pass",
        "Rounding is a matter of 0.00001. What is off by a tenth is different.",
        (("together[t], atol=1e-5", "together[t], atol=0.8"),),
    ),
    Mistake(
        "none",
        "no answer where all words agree",
        "After the loop, with no difference found, there is something to return.",
        ((END, "            return False"),),
    ),
)

FORWARDS = "self.feed_forwards = nn.ModuleList(PositionwiseFeedForward(d_model, d_ff) for _ in range(num_layers))"
RESIDUALS = "self.residuals = nn.ModuleList(ResidualSublayer(d_model, dropout, norm_first) for _ in range(num_layers))"
FINAL = "self.final_norm = LayerNorm(d_model) if norm_first else None"
STEP = "x = residual(x, feed_forward)"
AT_END = "if self.final_norm is not None:\n            x = self.final_norm(x)"
ZIP = "for feed_forward, residual in zip(self.feed_forwards, self.residuals):"

STACK_MISTAKES = (
    Mistake(
        "no-final-norm",
        "pre-norm without its final norm",
        "In pre-norm nothing has normalized the main line. What stands between it and whatever comes after the stack?",
        ((FINAL, "self.final_norm = None"),),
    ),
    Mistake(
        "final-norm-unused",
        "a final norm that is made but not used",
        "It has parameters, and no gradient reaches them. Where is it called?",
        ((AT_END, "pass"),),
    ),
    Mistake(
        "final-norm-always",
        "a final norm in post-norm too",
        "A post-norm stack has just been normalized; it needs no further norm.",
        ((FINAL, "self.final_norm = LayerNorm(d_model)"),),
    ),
    Mistake(
        "final-norm-inverted",
        "a final norm in post-norm and none in pre-norm",
        "In which order is the main line left without a norm?",
        ((FINAL, "self.final_norm = LayerNorm(d_model) if not norm_first else None"),),
    ),
    Mistake(
        "final-norm-in-loop",
        "the final norm after every layer",
        "Final: once, after the last layer.",
        ((STEP, "x = residual(x, feed_forward)\n            x = self.final_norm(x) if self.final_norm else x"), (AT_END, "pass")),
    ),
    Mistake(
        "final-norm-first",
        "the final norm in front of the stack",
        "Final: after the last layer.",
        ((ZIP, f"x = self.final_norm(x) if self.final_norm else x\n        {ZIP}"), (AT_END, "pass")),
    ),
    Mistake(
        "shared-feed-forward",
        "one feed-forward network in the place of many",
        "[layer] * n is the same layer n times. Each layer has weights of its own.",
        ((FORWARDS, "self.feed_forwards = nn.ModuleList([PositionwiseFeedForward(d_model, d_ff)] * num_layers)"),),
    ),
    Mistake(
        "shared-residual",
        "one norm shared by all layers",
        "[layer] * n is the same layer n times. Each layer has a norm of its own.",
        ((RESIDUALS, "self.residuals = nn.ModuleList([ResidualSublayer(d_model, dropout, norm_first)] * num_layers)"),),
    ),
    Mistake(
        "shared-both",
        "one layer in the place of many",
        "[layer] * n is the same layer n times. Each layer has weights of its own.",
        (
            (FORWARDS, "self.feed_forwards = nn.ModuleList([PositionwiseFeedForward(d_model, d_ff)] * num_layers)"),
            (RESIDUALS, "self.residuals = nn.ModuleList([ResidualSublayer(d_model, dropout, norm_first)] * num_layers)"),
        ),
    ),
    Mistake(
        "plain-lists",
        "layers in a plain list",
        "In a plain list a module does not find them: no parameters, nothing learned. nn.ModuleList is made for it.",
        (
            (FORWARDS, "self.feed_forwards = [PositionwiseFeedForward(d_model, d_ff) for _ in range(num_layers)]"),
            (RESIDUALS, "self.residuals = [ResidualSublayer(d_model, dropout, norm_first) for _ in range(num_layers)]"),
        ),
    ),
    Mistake(
        "order-not-passed",
        "norm_first not passed on",
        "The stack knows norm_first. Who else needs to know?",
        ((RESIDUALS, RESIDUALS.replace(", norm_first)", ")")),),
    ),
    Mistake(
        "dropout-not-passed",
        "dropout not passed on",
        "The stack knows dropout. Who else needs to know?",
        ((RESIDUALS, RESIDUALS.replace(", dropout,", ", 0.0,")),),
    ),
    Mistake(
        "residual-twice",
        "x added once more around each ResidualSublayer",
        "ResidualSublayer adds x already.",
        ((STEP, "x = x + residual(x, feed_forward)"),),
    ),
    Mistake(
        "no-residual",
        "feed-forward networks without their ResidualSublayer",
        "Nothing goes through the residuals: no addition, no norm.",
        ((STEP, "x = feed_forward(x)"),),
    ),
    Mistake(
        "called-too-early",
        "the sublayer's output handed over in the place of the sublayer",
        "ResidualSublayer calls the sublayer itself: hand over the function, not what it returns.",
        ((STEP, "x = residual(x, feed_forward(x))"),),
    ),
    Mistake(
        "first-layer-only",
        "a `return` inside the loop",
        "The function ends at its first `return`. How many layers has x seen by then?",
        ((STEP, "return residual(x, feed_forward)"),),
    ),
    Mistake(
        "side-by-side",
        "every layer given the input of the stack",
        "The layers stand one behind the other: what one puts out goes into the next.",
        ((ZIP, f"entered = x\n        {ZIP}"), (STEP, "x = residual(entered, feed_forward)")),
    ),
    Mistake(
        "reversed",
        "the last layer first",
        "The first layer of the list comes first.",
        ((ZIP, "for feed_forward, residual in reversed(list(zip(self.feed_forwards, self.residuals))):"),),
    ),
    Mistake(
        "paired-wrongly",
        "the feed-forward networks in reverse order",
        "Network 0 goes into residual 0.",
        ((ZIP, "for feed_forward, residual in zip(reversed(self.feed_forwards), self.residuals):"),),
    ),
    Mistake(
        "six-layers",
        "six layers, whatever is asked for",
        "Six is the paper's number; here it is an argument.",
        (
            (FORWARDS, FORWARDS.replace("num_layers", "6")),
            (RESIDUALS, RESIDUALS.replace("num_layers", "6")),
        ),
    ),
    Mistake(
        "one-too-few",
        "one layer too few",
        "How many layers does range(n) count?",
        (
            (FORWARDS, FORWARDS.replace("range(num_layers)", "range(num_layers - 1)")),
            (RESIDUALS, RESIDUALS.replace("range(num_layers)", "range(num_layers - 1)")),
        ),
    ),
    Mistake(
        "width-ignored",
        "an inner width of D",
        "d_ff is ignored.",
        ((FORWARDS, FORWARDS.replace("d_ff", "d_model")),),
    ),
)  # fmt: skip

SAME = "other = torch.tensor([[1.0, -1.0], [100.0, 100.0]])"
ONE = "x = torch.tensor([[1.0, -1.0], [1.0, -1.0]])"

EXPOSE_MISTAKES = (
    Mistake(
        "nothing-changed",
        "two equal sentences",
        "Something has to differ for anything to leak.",
        ((SAME, "other = torch.tensor([[1.0, -1.0], [1.0, -1.0]])"),),
    ),
    Mistake(
        "first-changed",
        "a first word that was changed itself",
        "Then it is no wonder that it comes out different. Change the last word only.",
        ((SAME, "other = torch.tensor([[100.0, 100.0], [1.0, -1.0]])"),),
    ),
    Mistake(
        "too-small",
        "a last word that was changed a little",
        "The mean moves a little, too. What would move it far?",
        ((SAME, "other = torch.tensor([[1.0, -1.0], [1.1, -1.0]])"),),
    ),
    Mistake(
        "one-word",
        "a sentence of one word",
        "There must be a word for the news to leak to.",
        ((ONE, "x = torch.tensor([[1.0, -1.0]])"), (SAME, "other = torch.tensor([[100.0, 100.0]])")),
    ),
    Mistake(
        "with-batch",
        "sentences with a batch in front",
        "Two sentences (T, D) are asked for, without a batch.",
        ((ONE, "x = torch.tensor([[[1.0, -1.0], [1.0, -1.0]]])"), (SAME, "other = torch.tensor([[[1.0, -1.0], [100.0, 100.0]]])")),
    ),
    Mistake(
        "whole-numbers",
        "tensors of whole numbers",
        "Real numbers are asked for: 1.0, not 1.",
        ((ONE, "x = torch.tensor([[1, -1], [1, -1]])"), (SAME, "other = torch.tensor([[1, -1], [100, 100]])")),
    ),
)  # fmt: skip

M_MEAN, M_VAR = "x.mean(dim=2, keepdim=True)", "x.var(dim=2, correction=0, keepdim=True)"


def _mended(dims: str) -> tuple[tuple[str, str], ...]:
    return ((M_MEAN, f"x.mean(dim={dims}, keepdim=True)"), (M_VAR, f"x.var(dim={dims}, correction=0, keepdim=True)"))


MENDED_MISTAKES = (
    Mistake("as-it-was", "a mean over all words of a sentence, as before", AXIS, _mended("(1, 2)")),
    Mistake("over-words", "a mean over the words", AXIS + " Yours takes one feature of all words.", _mended("1")),
    Mistake("over-batch", "a mean over the batch", AXIS + " Now the sentences see each other.", _mended("0")),
    Mistake("batch-norm", "batch norm", AXIS + " Yours takes one feature of everything.", _mended("(0, 1)")),
    Mistake("over-all", "a mean over everything", AXIS, _mended("(0, 1, 2)")),
    Mistake(
        "mean-only",
        "a variance that is still taken over the sentence",
        "The mean is mended. The later words still get through by another way.",
        ((M_VAR, "x.var(dim=(1, 2), correction=0, keepdim=True)"),),
    ),
    Mistake(
        "variance-only",
        "a mean that is still taken over the sentence",
        "The variance is mended. The later words still get through by another way.",
        ((M_MEAN, "x.mean(dim=(1, 2), keepdim=True)"),),
    ),
    Mistake(
        "bessel",
        "a variance divided by D − 1",
        "The correction was not the bug: it has to stay 0.",
        ((M_VAR, "x.var(dim=2, keepdim=True)"),),
    ),
    Mistake(
        "no-keepdim",
        "means that lost their dimension",
        "Without keepdim=True the mean cannot be subtracted from x.",
        ((M_MEAN, "x.mean(dim=2)"), (M_VAR, "x.var(dim=2, correction=0)")),
    ),
    Mistake(
        "eps-outside",
        "ε moved outside the root",
        "ε was in its right place.",
        (("torch.sqrt(variance + eps)", "(torch.sqrt(variance) + eps)"),),
    ),
)

R_SQUARE, R_OUT = "(x**2).mean(dim=-1, keepdim=True)", "gamma * x / torch.sqrt(mean_square + eps)"

RMS_MISTAKES = (
    Mistake(
        "centred",
        "the mean taken off",
        "That is layer norm. RMS norm leaves the mean where it is.",
        (
            (R_SQUARE, "x.var(dim=-1, correction=0, keepdim=True)"),
            (R_OUT, "gamma * (x - x.mean(dim=-1, keepdim=True)) / torch.sqrt(mean_square + eps)"),
        ),
    ),
    Mistake(
        "variance",
        "the variance in the place of the mean square",
        "The mean is not taken off, not even inside the root.",
        ((R_SQUARE, "x.var(dim=-1, correction=0, keepdim=True)"),),
    ),
    Mistake(
        "summed",
        "the sum of squares in the place of their mean",
        "The M stands for mean: otherwise a wide vector would come out with small numbers.",
        ((R_SQUARE, "(x**2).sum(dim=-1, keepdim=True)"),),
    ),
    Mistake(
        "bessel",
        "a mean divided by D − 1",
        "No mean was taken off here, so there is nothing to correct for: divide by D.",
        ((R_SQUARE, "(x**2).sum(dim=-1, keepdim=True) / (x.size(-1) - 1)"),),
    ),
    Mistake(
        "absolute",
        "the mean of absolute numbers",
        "Square, mean, root.",
        ((R_SQUARE, "x.abs().mean(dim=-1, keepdim=True) ** 2"),),
    ),
    Mistake(
        "eps-outside",
        "ε added outside the square root",
        "Look where the root ends in the formula.",
        ((R_OUT, "gamma * x / (torch.sqrt(mean_square) + eps)"),),
    ),
    Mistake("no-eps", "no ε", "What becomes of a word of zeros?", ((R_OUT, "gamma * x / torch.sqrt(mean_square)"),)),
    Mistake(
        "eps-fixed",
        "an ε of its own, not the one handed over",
        "`eps` is an argument: another value must make a difference.",
        ((R_OUT, "gamma * x / torch.sqrt(mean_square + 1e-5)"),),
    ),
    Mistake(
        "no-root",
        "no square root",
        "The mean square is in squared units. What has the units of x?",
        ((R_OUT, "gamma * x / (mean_square + eps)"),),
    ),
    Mistake("no-gamma", "no gamma", "γ is handed over, one number a feature.",
            ((R_OUT, "x / torch.sqrt(mean_square + eps)"),)),
    Mistake(
        "gamma-plus-one",
        "1 + gamma in the place of gamma",
        "Some models store γ less 1. Here γ is γ.",
        ((R_OUT, "(1 + gamma) * x / torch.sqrt(mean_square + eps)"),),
    ),
    Mistake("over-words", "a mean over the words", AXIS, ((R_SQUARE, "(x**2).mean(dim=-2, keepdim=True)"),)),
    Mistake("from-front", "a dimension counted from the front", "Count from the end, whatever stands in front.",
            ((R_SQUARE, "(x**2).mean(dim=1, keepdim=True)"),)),
    Mistake("over-all", "one mean over the whole tensor", AXIS, ((R_SQUARE, "(x**2).mean()"),)),
    Mistake(
        "multiplied",
        "a multiplication by the root",
        "Which brings a large vector back to a standard size: dividing or multiplying?",
        ((R_OUT, "gamma * x * torch.sqrt(mean_square + eps)"),),
    ),
)  # fmt: skip
