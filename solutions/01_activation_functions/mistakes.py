"""The mistakes of lesson 01 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

B = "b = W2 @ b1 + b2"

COMPOSE = (
    Mistake(
        "bias-not-transformed",
        "the first bias added without going through the second layer",
        "Whatever leaves the first layer goes through the second: b1, too.",
        ((B, "b = b1.sum() + b2"),),
        also=(((B, "b = b1.mean() * 0 + b1.sum() + b2"),),),
    ),
    Mistake(
        "first-bias-lost",
        "the first bias left out",
        "With x = 0 the first layer gives b1. What does the second make of it?",
        ((B, "b = b2 + 0"),),
    ),
    Mistake(
        "second-bias-lost",
        "the second bias left out",
        "What is added last, after the second matrix?",
        ((B, "b = W2 @ b1"),),
    ),
    Mistake(
        "biases-added",
        "the two biases added as they are",
        "b1 comes before the second layer: it is multiplied by W2 on its way.",
        ((B, "b = b1 + b2"),),
    ),
    Mistake(
        "order-swapped",
        "the matrices multiplied in the wrong order",
        "W1 acts first, so it stands next to x: at the right of the product.",
        (("W = W2 @ W1", "W = W1 @ W2"),),
    ),
    Mistake(
        "transposed",
        "the matrix transposed",
        "nn.Linear keeps W as (D_out, D_in): which shape has yours?",
        (("W = W2 @ W1", "W = (W2 @ W1).T"),),
        also=((("W = W2 @ W1", "W = W1.T @ W2.T"),),),
    ),
    Mistake(
        "biases-swapped",
        "the biases in each other's place",
        "Which of the two is added before the second matrix, and which after it?",
        ((B, "b = W2 @ b2 + b1"),),
        also=(((B, "b = W1 @ b1 + b2"),),),
    ),
    Mistake(
        "bias-from-the-left",
        "the first bias multiplied from the left, by a matrix that is not transposed",
        "A row goes through a layer as row @ W.T, a column as W @ column.",
        ((B, "b = b1 @ W2 + b2"),),
    ),
    Mistake(
        "returned-swapped",
        "the bias returned before the matrix",
        "In which order does the docstring name the two?",
        (("return W, b", "return b, W"),),
    ),
    Mistake(
        "matrices-added",
        "the matrices added instead of multiplied",
        "One layer acts on what the other gives: W2 (W1 x). What stands in front of x?",
        (("W = W2 @ W1", "W = W2 + W1"),),
        also=((("W = W2 @ W1", "W = W1 + W2"),),),
    ),
    Mistake(
        "by-entries",
        "the matrices multiplied entry by entry",
        "`*` multiplies entries, `@` multiplies matrices.",
        (("W = W2 @ W1", "W = W2 * W1"),),
        also=((("W = W2 @ W1", "W = W1 * W2"),),),
    ),
)

RELU = (
    Mistake(
        "leaky",
        "a little of the negative side let through",
        "That is leaky ReLU. What should become of -5?",
        (("torch.clamp(x, min=0)", "torch.where(x > 0, x, 0.01 * x)"),),
    ),
    Mistake(
        "absolute",
        "the absolute value",
        "What should become of a negative number: its size, or 0?",
        (("torch.clamp(x, min=0)", "x.abs()"),),
    ),
    Mistake(
        "wrong-side",
        "the negative side kept and the positive one cut",
        "max(0, x): which of the two is larger for x = 5?",
        (("torch.clamp(x, min=0)", "torch.clamp(x, max=0)"),),
    ),
    Mistake(
        "step",
        "a step from 0 to 1",
        "Above 0 the number itself comes out, not 1.",
        (("torch.clamp(x, min=0)", "(x > 0).to(x.dtype)"),),
    ),
    Mistake(
        "capped",
        "a cap at 1",
        "ReLU has a floor, and no ceiling.",
        (("torch.clamp(x, min=0)", "torch.clamp(x, min=0, max=1)"),),
    ),
    Mistake(
        "identity",
        "no activation at all",
        "What should become of a negative number?",
        (("torch.clamp(x, min=0)", "x.clone()"),),
    ),
    Mistake(
        "in-place",
        "the zeros written into x itself",
        "A method that ends in _ writes into its tensor, and so does assigning to a part of it, `x[...] = ...`: the "
        "caller's x is changed.",
        (("torch.clamp(x, min=0)", "x.clamp_(min=0)"),),
        also=((("return torch.clamp(x, min=0)", "x[x < 0] = 0\n    return x"),),),
    ),
    Mistake(
        "torchs-own",
        "torch's own function",
        "Here it is yours to write: a floor at 0, or a choice.",
        (("torch.clamp(x, min=0)", "torch.relu(x)"),),
        also=((("torch.clamp(x, min=0)", "torch.nn.functional.relu(x)"),),),
    ),
    Mistake(
        "pythons-max",
        "a question put to the tensor as a whole, where each entry has an answer of its own",
        "`max` and `if` ask for one True or False. Which functions of torch go entry by entry?",
        (("torch.clamp(x, min=0)", "max(0, x)"),),
        also=((("torch.clamp(x, min=0)", "x if x > 0 else 0 * x"),),),
    ),
    Mistake(
        "largest-of-all",
        "the largest number of the tensor",
        "max(0, x) is meant entry by entry: as many numbers come out as went in.",
        (("torch.clamp(x, min=0)", "torch.max(x)"),),
    ),
)

SIGMOID_LINE = "return 1 / (1 + torch.exp(-floored))"

SIGMOID = (
    Mistake(
        "overflow",
        "a gradient that is not a number for large negative x",
        "The value at -1000 comes out right, as 1/∞. The gradient has 0 · ∞ in it. Keep the exponential from becoming infinite.",
        (("torch.clamp(x, min=-80)", "x"),),
    ),
    Mistake(
        "floor-too-low",
        "a floor that is too low",
        "The power to which e is raised is as large as the floor is low. From which power on is it infinite in float32?",
        (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-100)"),),
        also=(
            (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-89)"),),
            (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-200)"),),
            (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-999)"),),
        ),
    ),
    Mistake(
        "overflow-above",
        "∞/∞ for large positive x",
        "Multiply above and below by e^(-x), and look which end is then in danger.",
        ((SIGMOID_LINE, "return torch.exp(x) / (1 + torch.exp(x))"),),
    ),
    Mistake(
        "where-both",
        "both formulas computed everywhere, and the infinite one thrown away",
        "torch.where computes both sides. A NaN in the gradient of the side not chosen comes through all the same: 0 · NaN is NaN.",
        ((SIGMOID_LINE, "return torch.where(x >= 0, 1 / (1 + torch.exp(-x)), torch.exp(x) / (1 + torch.exp(x)))"),),
    ),
    Mistake(
        "sign",
        "a sigmoid that falls",
        "For large x the value should be near 1. Mind the sign of the exponent.",
        (("torch.exp(-floored)", "torch.exp(floored)"),),
        also=((("torch.exp(-floored)", "torch.exp(floored.clamp(max=80))"),),),
    ),
    Mistake(
        "no-one",
        "no 1 in the denominator",
        "The value at 0 should be one half.",
        (("(1 + torch.exp(-floored))", "torch.exp(-floored)"),),
    ),
    Mistake(
        "tanh",
        "a tanh",
        "The sigmoid lies between 0 and 1, and is one half at 0.",
        ((SIGMOID_LINE, "return 2 / (1 + torch.exp(-2 * floored.clamp(min=-40))) - 1"),),
    ),
    Mistake(
        "clamped-narrow",
        "x clamped so narrowly that it shows",
        "σ(-5) is 0.0067. Which values of x does your floor or ceiling touch?",
        (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-4, max=4)"),),
        also=(
            (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-6, max=6)"),),
            (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-10, max=10)"),),
            (("torch.clamp(x, min=-80)", "torch.clamp(x, min=-10)"),),
        ),
    ),
    Mistake(
        "pythons-math",
        "a function of Python's math, which takes one number",
        "x is a tensor. torch has a function of the same name that goes entry by entry.",
        (("torch.exp(-floored)", "math.exp(-floored)"),),
        also=((("torch.exp(-floored)", "math.e ** -float(floored)"),),),
    ),
    Mistake(
        "hard",
        "straight lines in the place of the curve",
        "That is the hard sigmoid. The formula has an exponential in it.",
        ((SIGMOID_LINE, "return torch.clamp(x / 6 + 0.5, 0, 1)"),),
    ),
    Mistake(
        "torchs-own",
        "torch's own function",
        "Here it is yours to write, from torch.exp.",
        ((SIGMOID_LINE, "return torch.sigmoid(x)"),),
        also=(((SIGMOID_LINE, "return 0.5 * (1 + torch.tanh(x / 2))"),),),
    ),
)

TANH_LINE = "return 2 * sigmoid(2 * x) - 1"

TANH = (
    Mistake(
        "overflow",
        "∞/∞ for large numbers",
        "Both exponentials of the formula may become infinite. Which function of yours is safe already?",
        ((TANH_LINE, "return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))"),),
        also=(
            ((TANH_LINE, "return torch.sinh(x) / torch.cosh(x)"),),
            ((TANH_LINE, "return (torch.exp(2 * x) - 1) / (torch.exp(2 * x) + 1)"),),
            ((TANH_LINE, "return (1 - torch.exp(-2 * x)) / (1 + torch.exp(-2 * x))"),),
        ),
    ),
    Mistake(
        "overflow-gradient",
        "a gradient that is not a number, out of an exponential that became infinite",
        "The values survive e^1000, the gradient does not. If you used your `sigmoid`, run its check first.",
        ((TANH_LINE, "return 2 / (1 + torch.exp(-2 * x)) - 1"),),
        also=(
            ((TANH_LINE, "return 1 - 2 / (1 + torch.exp(2 * x))"),),
            ((TANH_LINE, "return 2 / (1 + torch.exp(-2 * x.clamp(min=-50))) - 1"),),
            ((TANH_LINE, "return 2 / (1 + torch.exp(-2 * x.clamp(min=-100))) - 1"),),
        ),
    ),
    Mistake(
        "clamped-narrow",
        "x clamped so narrowly that it shows",
        "tanh(5) is 0.99991, and still rising. From where on is it 1 to the last digit?",
        ((TANH_LINE, "return 2 * sigmoid(2 * x.clamp(-5, 5)) - 1"),),
        also=(
            ((TANH_LINE, "return 2 * sigmoid(2 * x.clamp(-4, 4)) - 1"),),
            ((TANH_LINE, "return 2 * sigmoid(2 * x.clamp(-6, 6)) - 1"),),
            ((TANH_LINE, "return 2 * sigmoid((2 * x).clamp(-10, 10)) - 1"),),
        ),
    ),
    Mistake(
        "pythons-math",
        "a function of Python's math, which takes one number",
        "x is a tensor. torch has a function of the same name that goes entry by entry.",
        ((TANH_LINE, "return 2 / (1 + math.exp(-2 * x)) - 1"),),
        also=(((TANH_LINE, "return math.tanh(x)"),),),
    ),
    Mistake(
        "not-stretched",
        "a sigmoid moved, but half as steep as asked",
        "The slope of tanh at 0 is 1. Which is yours?",
        ((TANH_LINE, "return 2 * sigmoid(x) - 1"),),
    ),
    Mistake(
        "not-doubled",
        "values between -1 and 0",
        "tanh runs from -1 to 1, the sigmoid from 0 to 1: by how much is the one higher than the other?",
        ((TANH_LINE, "return sigmoid(2 * x) - 1"),),
    ),
    Mistake(
        "not-moved",
        "values between 0 and 2",
        "tanh(0) is 0.",
        ((TANH_LINE, "return 2 * sigmoid(2 * x)"),),
    ),
    Mistake(
        "sign",
        "a tanh that falls",
        "For large x the value should be near 1.",
        ((TANH_LINE, "return 1 - 2 * sigmoid(2 * x)"),),
    ),
    Mistake(
        "halved",
        "half of x where twice x is meant",
        "Multiply the fraction above and below by e^(-x): the exponent that is left is -2x.",
        ((TANH_LINE, "return 2 * sigmoid(x / 2) - 1"),),
    ),
    Mistake(
        "torchs-own",
        "torch's own function",
        "Here it is yours to write.",
        ((TANH_LINE, "return torch.tanh(x)"),),
    ),
)

GELU_LINE = "return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))"

GELU = (
    Mistake(
        "tanh-approximation",
        "the approximation by tanh",
        "It is off by up to 0.0005. The exact formula uses torch.erf.",
        ((GELU_LINE, "return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))"),),
    ),
    Mistake(
        "sigmoid-approximation",
        "the approximation by the sigmoid",
        "It is off by up to 0.02. The exact formula uses torch.erf.",
        ((GELU_LINE, "return x * sigmoid(1.702 * x)"),),
    ),
    Mistake(
        "constant",
        "the approximation by tanh with a wrong constant",
        "That formula has √(2/π), not √(2π). Here the exact one is asked for, with torch.erf.",
        ((GELU_LINE, "return 0.5 * x * (1 + tanh(math.sqrt(2 * math.pi) * (x + 0.044715 * x**3)))"),),
    ),
    Mistake(
        "swish",
        "x times its sigmoid",
        "That is SiLU, also called swish. GELU takes the normal distribution in the sigmoid's place.",
        ((GELU_LINE, "return x * sigmoid(x)"),),
    ),
    Mistake(
        "no-root",
        "x not divided by √2",
        "The error function belongs to a normal distribution of variance ½; for variance 1 its argument is smaller.",
        (("x / math.sqrt(2)", "x"),),
    ),
    Mistake(
        "times-root",
        "x multiplied by √2 inside",
        "The argument of the error function is smaller than x, not larger.",
        (("x / math.sqrt(2)", "x * math.sqrt(2)"),),
    ),
    Mistake(
        "halved-inside",
        "x divided by 2 inside, where the formula has the root",
        "Read the formula once more: what does x stand over, inside the brackets of erf?",
        (("x / math.sqrt(2)", "x / 2"),),
    ),
    Mistake(
        "root-outside",
        "the error function divided by √2, not its argument",
        "erf(x) / √2 and erf(x / √2) are two things. Which of them comes near 1 for large x?",
        (("torch.erf(x / math.sqrt(2))", "torch.erf(x) / math.sqrt(2)"),),
    ),
    Mistake(
        "not-halved",
        "the half left out",
        "gelu(5) is nearly 5.",
        (("0.5 * x", "x"),),
    ),
    Mistake(
        "share-only",
        "the share without x",
        "The share that lies below x is multiplied by x.",
        (("0.5 * x *", "0.5 *"),),
    ),
    Mistake(
        "no-one",
        "no 1 beside the error function",
        "erf runs from -1 to 1; a share runs from 0 to 1.",
        (("(1 + torch.erf(x / math.sqrt(2)))", "torch.erf(x / math.sqrt(2))"),),
    ),
    Mistake(
        "torchs-own",
        "torch's own function",
        "Here it is yours to write, from torch.erf.",
        ((GELU_LINE, "return torch.nn.functional.gelu(x)"),),
    ),
    Mistake(
        "pythons-math",
        "a function of Python's math, which takes one number",
        "x is a tensor. torch has a function of the same name that goes entry by entry.",
        (("torch.erf(", "math.erf("),),
    ),
    Mistake(
        "minus",
        "a minus before the error function",
        "For large x the share that lies below x is nearly 1.",
        (("(1 + torch.erf", "(1 - torch.erf"),),
    ),
)

SLOPE = (
    Mistake(
        "from-x",
        "1 − x where 1 − σ(x) is meant",
        "Both factors are made of the sigmoid's value.",
        (("s * (1 - s)", "s * (1 - x)"),),
    ),
    Mistake(
        "x-itself",
        "x (1 − x)",
        "Take the sigmoid of x first: the formula speaks of its value.",
        (("s = sigmoid(x)", "s = x"),),
    ),
    Mistake(
        "value",
        "the sigmoid itself",
        "The slope at 0 is one quarter; the value is one half.",
        (("return s * (1 - s)", "return s"),),
    ),
    Mistake(
        "tanhs",
        "1 − s², the slope of tanh",
        "That formula belongs to tanh. The sigmoid's has s once in front.",
        (("s * (1 - s)", "1 - s**2"),),
    ),
    Mistake(
        "one-minus",
        "1 − σ(x) alone",
        "There are two factors.",
        (("return s * (1 - s)", "return 1 - s"),),
    ),
    Mistake(
        "plus",
        "a plus for the minus",
        "A slope of the sigmoid is never more than one quarter.",
        (("(1 - s)", "(1 + s)"),),
    ),
    Mistake(
        "no-brackets",
        "the brackets left out",
        "Python multiplies first, and subtracts then. What comes out of s times 1, minus s?",
        (("s * (1 - s)", "s * 1 - s"),),
    ),
    Mistake(
        "overflow",
        "∞/∞ for large numbers",
        "An exponential became infinite. Your `sigmoid` is safe already: which part of the slope is it?",
        (("return s * (1 - s)", "return torch.exp(-x) / (1 + torch.exp(-x)) ** 2"),),
        also=((("return s * (1 - s)", "return torch.exp(x) / (1 + torch.exp(x)) ** 2"),),),
    ),
    Mistake(
        "torchs-own",
        "torch's own sigmoid",
        "You have written one yourself.",
        (("s = sigmoid(x)", "s = torch.sigmoid(x)"),),
    ),
    Mistake(
        "autograd",
        "autograd's derivative",
        "Autograd finds the number; here you are asked for the formula.",
        (
            (
                "s = sigmoid(x)",
                "with torch.enable_grad():\n        x = x.clone().requires_grad_()\n"
                "        return torch.autograd.grad(sigmoid(x).sum(), x)[0]\n    s = sigmoid(x)",
            ),
        ),
        also=(
            (
                (
                    "s = sigmoid(x)",
                    "x = x.clone().requires_grad_()\n    sigmoid(x).sum().backward()\n"
                    "    return x.grad\n    s = sigmoid(x)",
                ),
            ),
        ),
    ),
)

E, SUM = "e = torch.exp(x - largest)", "e.sum(dim=dim, keepdim=True)"
LARGEST = "x.amax(dim=dim, keepdim=True)"

SOFTMAX = (
    Mistake(
        "last-dim",
        "the last dimension, whatever dim says",
        "Both the largest and the sum go along `dim`.",
        ((LARGEST, "x.amax(dim=-1, keepdim=True)"), (SUM, "e.sum(dim=-1, keepdim=True)")),
    ),
    Mistake(
        "first-dim",
        "dimension 0, whatever dim says",
        "Both the largest and the sum go along `dim`.",
        ((LARGEST, "x.amax(dim=0, keepdim=True)"), (SUM, "e.sum(dim=0, keepdim=True)")),
    ),
    Mistake(
        "whole-tensor",
        "shares of the whole tensor",
        "The shares sum to 1 along `dim`, not over all entries.",
        ((SUM, "e.sum()"),),
    ),
    Mistake(
        "sum-wrong-axis",
        "the sum taken along another dimension",
        "Along which dimension do the shares sum to 1?",
        ((SUM, "e.sum(dim=dim - 1, keepdim=True)"),),
    ),
    Mistake(
        "no-keepdim",
        "a sum that has lost its dimension",
        "Without keepdim the sum no longer lines up with e.",
        ((SUM, "e.sum(dim=dim)"),),
    ),
    Mistake(
        "no-exponential",
        "plain shares, without e to the power",
        "Logits may be negative: e to their power never is.",
        ((E, "e = x - largest"),),
    ),
    Mistake(
        "not-divided",
        "exponentials that are not divided by their sum",
        "Shares sum to 1.",
        ((f"e / {SUM}", "e"),),
    ),
    Mistake(
        "log-softmax",
        "the logarithm of the shares",
        "That is log-softmax. Shares lie between 0 and 1.",
        ((f"return e / {SUM}", f"return x - largest - torch.log({SUM})"),),
    ),
    Mistake(
        "power-of-two",
        "2 to the power instead of e to the power",
        "Which number is raised to the logits?",
        ((E, "e = torch.exp2(x - largest)"),),
    ),
    Mistake(
        "softmin",
        "the largest share to the smallest logit",
        "Mind the sign of the exponent.",
        ((E, "e = torch.exp(x.amin(dim=dim, keepdim=True) - x)"),),
        also=(((E, "e = torch.exp(largest - x)"),),),
    ),
    Mistake(
        "largest-no-keepdim",
        "a largest that has lost its dimension",
        "Without keepdim it no longer lines up with x.",
        ((LARGEST, "x.amax(dim=dim)"),),
        also=(((LARGEST, "x.max(dim).values"),),),
    ),
    Mistake(
        "max-with-places",
        "both answers of torch's max taken for one",
        "`max` along a dimension gives two things: the values, and the places where they stand.",
        ((LARGEST, "x.max(dim, keepdim=True)"),),
    ),
    Mistake(
        "pythons-math",
        "a function of Python's math, which takes one number",
        "x is a tensor. torch has a function of the same name that goes entry by entry.",
        ((E, "e = math.exp(x - largest)"),),
    ),
    Mistake(
        "squashed",
        "a sigmoid of each entry",
        "A sigmoid looks at one entry; softmax lets the entries of a row share a 1.",
        ((f"return e / {SUM}", "return sigmoid(x)"),),
    ),
    Mistake(
        "torchs-own",
        "torch's own function",
        "Here it is yours to write: largest, exponential, sum.",
        ((f"return e / {SUM}", "return torch.softmax(x, dim=dim)"),),
    ),
    # Last, since they fail only on large numbers: of two mistakes the one whose case is shown is told first.
    Mistake(
        "not-shifted",
        "e to the power of large numbers, without taking off the largest",
        "In float32 e^89 is infinite, and ∞/∞ is no number. What may be subtracted from a row and changes nothing?",
        (("torch.exp(x - largest)", "torch.exp(x)"),),
    ),
    Mistake(
        "shift-of-all",
        "the largest of the whole tensor taken off",
        "A row whose entries are all far below it becomes 0/0. Each row has a largest of its own.",
        ((LARGEST, "x.max()"),),
    ),
    Mistake(
        "shift-wrong-axis",
        "the largest taken along another dimension",
        "Along which dimension do the shares sum to 1? The largest is looked for along the same one.",
        ((LARGEST, "x.amax(dim=dim - 1, keepdim=True)"),),
    ),
)

FORWARD = (
    Mistake(
        "no-activation",
        "no activation between the layers",
        "Then two layers are one again: Exercise 1.1.",
        (("relu(x @ W1.T + b1)", "x @ W1.T + b1"),),
    ),
    Mistake(
        "activation-last",
        "an activation after the last layer",
        "Logits may be negative: nothing comes after the second layer.",
        (("logits = hidden @ W2.T + b2", "logits = relu(hidden @ W2.T + b2)"),),
    ),
    Mistake(
        "activation-before-bias",
        "the activation before the bias",
        "The bias belongs to the linear layer; ReLU comes after all of it.",
        (("relu(x @ W1.T + b1)", "relu(x @ W1.T) + b1"),),
    ),
    Mistake(
        "pre-returned",
        "the numbers before ReLU returned as hidden",
        "`hidden` is what comes out of ReLU.",
        (
            ("hidden = relu(x @ W1.T + b1)", "hidden = x @ W1.T + b1"),
            ("logits = hidden @ W2.T + b2", "logits = relu(hidden) @ W2.T + b2"),
        ),
    ),
    Mistake(
        "sigmoid",
        "a sigmoid in the place of ReLU",
        "Which activation does the exercise name?",
        (("relu(x @ W1.T + b1)", "sigmoid(x @ W1.T + b1)"),),
    ),
    Mistake(
        "not-transposed",
        "matrices that are not transposed",
        "W1 is (D_hidden, D_in): for x @ something, D_in has to come first.",
        (("x @ W1.T", "x @ W1"), ("hidden @ W2.T", "hidden @ W2")),
        also=((("x @ W1.T", "x @ W1"),), (("hidden @ W2.T", "hidden @ W2"),)),
    ),
    Mistake(
        "softmaxed",
        "softmax taken already",
        "Logits are what softmax is taken of, later.",
        (("return hidden, logits", "return hidden, softmax(logits, dim=1)"),),
    ),
    Mistake(
        "swapped",
        "hidden and logits swapped",
        "Look at the order in which the two are to be returned.",
        (("return hidden, logits", "return logits, hidden"),),
    ),
    Mistake(
        "no-bias",
        "the biases left out",
        "Each layer adds its bias.",
        (("x @ W1.T + b1", "x @ W1.T"), ("hidden @ W2.T + b2", "hidden @ W2.T")),
    ),
    Mistake(
        "no-first-bias",
        "the first bias left out",
        "Each layer adds its bias.",
        (("x @ W1.T + b1", "x @ W1.T"),),
    ),
    Mistake(
        "no-second-bias",
        "the second bias left out",
        "Each layer adds its bias.",
        (("hidden @ W2.T + b2", "hidden @ W2.T"),),
    ),
    Mistake(
        "matrix-first",
        "the matrix in front of the batch",
        "W x is for one column. Here the examples are the rows of x: on which side of x does the matrix stand, and how?",
        (("x @ W1.T", "W1 @ x"), ("hidden @ W2.T", "W2 @ hidden")),
        also=((("x @ W1.T", "W1 @ x"),), (("hidden @ W2.T", "W2 @ hidden"),)),
    ),
    Mistake(
        "first-layer-skipped",
        "the second layer fed with the numbers before ReLU",
        "The second layer's input is `hidden`.",
        (("logits = hidden @", "logits = (x @ W1.T + b1) @"),),
    ),
)

TARGET = "target = torch.zeros_like(logits)\n    target[torch.arange(len(y)), y] = 1"

BACKWARD = (
    Mistake(
        "not-averaged",
        "gradients summed over the batch instead of averaged",
        "The loss is an average. Where does its 1/B enter?",
        ((" / len(y)", ""),),
    ),
    Mistake(
        "averaged-twice",
        "the batch divided out twice",
        "The 1/B enters once, with the gradient of the logits; the sums after it stay sums.",
        (
            ("d_logits.sum(dim=0)", "d_logits.mean(dim=0)"),
            ("d_pre.sum(dim=0)", "d_pre.mean(dim=0)"),
        ),
    ),
    Mistake(
        "divided-by-classes",
        "a division by the number of classes",
        "The loss is averaged over the examples of the batch.",
        (("/ len(y)", "/ logits.size(1)"),),
    ),
    Mistake(
        "sign",
        "target minus shares: all gradients with the wrong sign",
        "Where the share of the right class is too small, a larger logit makes the loss smaller: its gradient is negative.",
        (("softmax(logits, dim=1) - target", "target - softmax(logits, dim=1)"),),
    ),
    Mistake(
        "no-softmax",
        "logits taken for shares",
        "The loss has a softmax in it: the gradient needs the shares.",
        (("softmax(logits, dim=1) - target", "logits - target"),),
    ),
    Mistake(
        "softmax-batch",
        "softmax over the batch",
        "Each example has shares of its own: along which dimension do they sum to 1?",
        (("softmax(logits, dim=1)", "softmax(logits, dim=0)"),),
    ),
    Mistake(
        "no-target",
        "the target not subtracted",
        "Without the right answers nothing can be learnt.",
        (("softmax(logits, dim=1) - target", "softmax(logits, dim=1)"),),
    ),
    Mistake(
        "target-added",
        "the target added instead of subtracted",
        "At the right class a larger logit makes the loss smaller. Which sign has the gradient there?",
        (("softmax(logits, dim=1) - target", "softmax(logits, dim=1) + target"),),
    ),
    Mistake(
        "relu-ignored",
        "no ReLU on the way back",
        "Where a hidden unit was off, a small change of `pre` changes nothing.",
        (("d_pre = d_hidden * (hidden > 0)", "d_pre = d_hidden"),),
        also=((("d_pre.T @ x", "d_hidden.T @ x"), ("d_pre.sum(dim=0)", "d_hidden.sum(dim=0)")),),
    ),
    Mistake(
        "relu-at-zero",
        "the slope 1 for a hidden unit at exactly 0",
        "At 0 torch takes the slope 0: a unit at 0 is off.",
        (("(hidden > 0)", "(hidden >= 0) * (x @ W1.T + b1 >= 0)"),),
    ),
    Mistake(
        "relu-by-value",
        "the hidden values in the place of ReLU's slope",
        "The slope of ReLU is 0 or 1, however large the value.",
        (("(hidden > 0)", "hidden"),),
    ),
    Mistake(
        "relu-by-gradient",
        "the sign of the gradient asked instead of that of the unit",
        "ReLU stops the gradient where `pre` was not above 0, whatever the gradient is.",
        (("d_hidden * (hidden > 0)", "relu(d_hidden)"),),
    ),
    Mistake(
        "relu-by-input",
        "the sign of x asked instead of that of the unit",
        "ReLU stood behind the first layer: it looked at `pre`. Which tensor that you have is above 0 in the same places?",
        (("(hidden > 0)", "(x > 0)"),),
    ),
    Mistake(
        "sigmoid-slope",
        "the sigmoid's slope",
        "The activation was ReLU: its slope is 0 or 1.",
        (("(hidden > 0)", "hidden * (1 - hidden)"),),
    ),
    Mistake(
        "pre-for-hidden",
        "the gradient of W2 made with the numbers before ReLU",
        "The second layer's input is `hidden`.",
        (("d_logits.T @ hidden", "d_logits.T @ (x @ W1.T + b1)"),),
    ),
    Mistake(
        "transposed",
        "the gradients of the weights transposed",
        "A gradient has the shape of what it belongs to.",
        (("d_logits.T @ hidden", "hidden.T @ d_logits"), ("d_pre.T @ x", "x.T @ d_pre")),
        also=((("d_logits.T @ hidden", "hidden.T @ d_logits"),), (("d_pre.T @ x", "x.T @ d_pre"),)),
    ),
    Mistake(
        "bias-wrong-axis",
        "the gradients of the biases summed along the wrong dimension",
        "There is one bias for each unit: sum over the examples.",
        (("d_logits.sum(dim=0)", "d_logits.sum(dim=1)"), ("d_pre.sum(dim=0)", "d_pre.sum(dim=1)")),
        also=((("d_logits.sum(dim=0)", "d_logits.sum(dim=1)"),), (("d_pre.sum(dim=0)", "d_pre.sum(dim=1)"),)),
    ),
    Mistake(
        "order",
        "the gradients in another order",
        "The order is that of the arguments: W1, b1, W2, b2.",
        (("return d_W1, d_b1, d_W2, d_b2", "return d_W2, d_b2, d_W1, d_b1"),),
    ),
    Mistake(
        "w2-untransposed",
        "the second matrix transposed on the way back",
        "The gradient of `hidden` has the shape of `hidden`: (B, D_hidden). With which of the two, W2 or W2.T, does it come out so?",
        (("d_logits @ W2", "d_logits @ W2.T"),),
    ),
    Mistake(
        "one-hot-short",
        "a target with no column for a class that does not occur",
        "The target has the shape of the logits, whichever classes the batch happens to hold. "
        "`one_hot` counts the classes itself unless it is told how many there are.",
        ((TARGET, "target = torch.nn.functional.one_hot(y)"),),
    ),
    Mistake(
        "target-columns",
        "a 1 in whole columns of the target",
        "`target[:, y]` means every row, at the columns of all examples. Row 0 should have its 1 at y[0] alone.",
        (("target[torch.arange(len(y)), y] = 1", "target[:, y] = 1"),),
    ),
    Mistake(
        "target-rows",
        "a 1 in whole rows of the target",
        "`target[y]` picks rows, and rows are examples. Row 0 should have its 1 at column y[0].",
        (("target[torch.arange(len(y)), y] = 1", "target[y] = 1"),),
    ),
    Mistake(
        "bias-not-summed",
        "gradients of the biases with a row for each example",
        "A gradient has the shape of what it belongs to. One bias serves all examples: what becomes of their gradients?",
        (("d_logits.sum(dim=0)", "d_logits"), ("d_pre.sum(dim=0)", "d_pre")),
        also=((("d_logits.sum(dim=0)", "d_logits"),), (("d_pre.sum(dim=0)", "d_pre"),)),
    ),
    Mistake(
        "bias-summed-over-all",
        "the gradients of the biases summed over examples and units",
        "There is one bias for each unit: sum over the examples alone.",
        (("d_logits.sum(dim=0)", "d_logits.sum()"), ("d_pre.sum(dim=0)", "d_pre.sum()")),
        also=((("d_logits.sum(dim=0)", "d_logits.sum()"),), (("d_pre.sum(dim=0)", "d_pre.sum()"),)),
    ),
    Mistake(
        "first-bias-averaged",
        "the gradient of b1 averaged over the batch once more",
        "The 1/B is in the gradient of the logits already; the sum over the examples stays a sum.",
        (("d_pre.sum(dim=0)", "d_pre.mean(dim=0)"),),
    ),
    Mistake(
        "second-bias-averaged",
        "the gradient of b2 averaged over the batch once more",
        "The 1/B is in the gradient of the logits already; the sum over the examples stays a sum.",
        (("d_logits.sum(dim=0)", "d_logits.mean(dim=0)"),),
    ),
    Mistake(
        "weights-first",
        "both weights before both biases",
        "The order is that of the arguments: W1, b1, W2, b2.",
        (("return d_W1, d_b1, d_W2, d_b2", "return d_W1, d_W2, d_b1, d_b2"),),
    ),
    Mistake(
        "classes-by-number",
        "the number of the class subtracted instead of a 1 at its place",
        "A class is a name, not an amount: the target is a table with a 1 in each row.",
        ((TARGET, "target = y[:, None]"),),
        also=(((TARGET, "target = y"),),),
    ),
    Mistake(
        "autograd",
        "autograd's gradients",
        "Autograd comes after this exercise, to compare. Here each gradient is a line of yours.",
        (
            (
                "hidden, logits = mlp_forward(x, W1, b1, W2, b2)",
                "weights = [w.clone().requires_grad_() for w in (W1, b1, W2, b2)]\n"
                "    with torch.enable_grad():\n"
                "        loss = torch.nn.functional.cross_entropy(mlp_forward(x, *weights)[1], y)\n"
                "        return torch.autograd.grad(loss, weights)\n"
                "    hidden, logits = mlp_forward(x, W1, b1, W2, b2)",
            ),
        ),
    ),
)

UPDATE = "weights = [w - lr * g for w, g in zip(weights, gradients)]"
GRADIENTS = "gradients = mlp_backward(x[batch], y[batch], *weights)"

TRAIN = (
    Mistake(
        "uphill",
        "a step up instead of down",
        "The gradient says where the loss grows. (If your step has its minus, the wrong sign is in `mlp_backward`: run its check.)",
        (("w - lr * g", "w + lr * g"),),
    ),
    Mistake(
        "whole-batch",
        "all examples looked at for every update",
        "Each update looks at the examples of its own batch.",
        (("mlp_backward(x[batch], y[batch], *weights)", "mlp_backward(x, y, *weights)"),),
    ),
    Mistake(
        "first-rows",
        "the first examples taken, as many as the batch is long",
        "`batch` holds the numbers of the examples: they are the index.",
        (("x[batch], y[batch]", "x[: len(batch)], y[: len(batch)]"),),
    ),
    Mistake(
        "first-labels",
        "the classes of the first examples with the points of the batch",
        "`batch` holds the numbers of the examples: it is the index of x and of y.",
        (("y[batch]", "y[: len(batch)]"),),
    ),
    Mistake(
        "first-points",
        "the points of the first examples with the classes of the batch",
        "`batch` holds the numbers of the examples: it is the index of x and of y.",
        (("x[batch]", "x[: len(batch)]"),),
    ),
    Mistake(
        "all-one-class",
        "every example taken for class 1",
        "Which class does each example of the batch have? Ask y.",
        (("y[batch]", "torch.ones(len(batch)).long()"),),
        also=((("y[batch]", "torch.ones_like(y[batch])"),),),
    ),
    Mistake(
        "all-zero-class",
        "every example taken for class 0",
        "Which class does each example of the batch have? Ask y.",
        (("y[batch]", "torch.zeros_like(y[batch])"),),
    ),
    Mistake(
        "batch-for-labels",
        "the numbers of the examples taken for their classes",
        "`batch` says which examples; y says of which class they are.",
        (("y[batch]", "batch"),),
        also=((("y[batch]", "batch % 2"),),),
    ),
    Mistake(
        "nothing-moves",
        "the weights of the start, unmoved",
        "In a loop `w = …` gives a name to something new; the list, and the next round, still hold the old one.",
        ((UPDATE, "for w, g in zip(weights, gradients):\n            w = w - lr * g"),),
    ),
    Mistake(
        "gradients-returned",
        "the gradients in the place of the weights",
        "What does the docstring say is returned?",
        (("return tuple(weights)", "return tuple(gradients)"),),
        also=(((UPDATE, "weights = gradients"),),),
    ),
    Mistake(
        "last-skipped",
        "the last batch left out",
        "Count the updates: one for each batch.",
        (("for batch in batches:", "for batch in batches[:-1]:"),),
        also=((("for batch in batches:", "for batch in (batches[i] for i in range(len(batches) - 1)):"),),),
    ),
    Mistake(
        "first-skipped",
        "the first batch left out",
        "Count the updates: one for each batch.",
        (("for batch in batches:", "for batch in batches[1:]:"),),
    ),
    Mistake(
        "gradient-sums",
        "gradients that are sums over the batch",
        "The learning rate is meant for averages. They come from your `mlp_backward`: run its check.",
        (("w - lr * g", "w - lr * g * len(batch)"),),
    ),
    Mistake(
        "autograd",
        "autograd's gradients",
        "You have written `mlp_backward`: here it goes to work. What an optimizer does is one line.",
        (
            (
                "gradients = mlp_backward(x[batch], y[batch], *weights)",
                "weights = [w.clone().requires_grad_() for w in weights]\n"
                "        with torch.enable_grad():\n"
                "            loss = torch.nn.functional.cross_entropy(mlp_forward(x[batch], *weights)[1], y[batch])\n"
                "            gradients = torch.autograd.grad(loss, weights)",
            ),
        ),
    ),
    Mistake(
        "one-by-one",
        "weights updated before all gradients are taken",
        "All four gradients belong to the same moment. Here the later ones saw weights that had moved already.",
        (
            (
                f"{GRADIENTS}\n        {UPDATE}",
                "for i in range(4):\n            weights[i] = weights[i] - lr * mlp_backward(x[batch], y[batch], *weights)[i]",
            ),
        ),
    ),
    Mistake(
        "start-gradients",
        "gradients of the weights at the start, for every batch",
        "After an update the next gradient is taken at the new weights.",
        (("mlp_backward(x[batch], y[batch], *weights)", "mlp_backward(x[batch], y[batch], W1, b1, W2, b2)"),),
        also=(
            (
                ("    for batch in batches:", "    moved = list(weights)\n    for batch in batches:"),
                (UPDATE, "moved = [w - lr * g for w, g in zip(moved, gradients)]"),
                ("return tuple(weights)", "return tuple(moved)"),
            ),
        ),
    ),
    Mistake(
        "no-rate",
        "steps without the learning rate",
        "The gradient is multiplied by lr before it is subtracted.",
        (("w - lr * g", "w - g"),),
    ),
    Mistake(
        "only-second-layer",
        "only the second layer updated",
        "All four weights learn.",
        ((UPDATE, "weights = weights[:2] + [w - lr * g for w, g in zip(weights[2:], gradients[2:])]"),),
    ),
    Mistake(
        "only-matrices",
        "biases that do not learn",
        "All four weights learn.",
        ((UPDATE, "weights = [w - lr * g * (w.dim() > 1) for w, g in zip(weights, gradients)]"),),
    ),
    Mistake(
        "first-batch",
        "a stop after the first batch",
        "Where does your `return` stand?",
        (("    return tuple(weights)", "        return tuple(weights)\n    return W1, b1, W2, b2"),),
        also=((("    return tuple(weights)", "        return tuple(weights)"),),),
    ),
    Mistake(
        "last-batch",
        "the last batch only",
        "Each batch moves the weights on from where the last one left them.",
        ((UPDATE, "weights = [w - lr * g for w, g in zip([W1, b1, W2, b2], gradients)]"),),
    ),
    Mistake(
        "rate-over-batch",
        "the step divided by the size of the batch once more",
        "The gradients are averaged over the batch already.",
        (("w - lr * g", "w - lr * g / len(batch)"),),
    ),
    Mistake(
        "in-place",
        "the caller's weights changed in place",
        "`-=` writes into the tensors that were handed over. Make new ones.",
        ((UPDATE, "weights = [w.sub_(lr * g) for w, g in zip(weights, gradients)]"),),
    ),
)

EXPOSE = (
    Mistake(
        "alpha-one",
        "an alpha of 1",
        "For this alpha the function is right. Which part of the docstring does the line leave out?",
        (("alpha = 0.5", "alpha = 1.0"),),
    ),
    Mistake(
        "positive-x",
        "an x above 0",
        "Above 0 ELU is x, whatever alpha is.",
        (("[-2.0]", "[2.0]"),),
    ),
    Mistake(
        "x-near-zero",
        "an x so near to 0 that it hardly matters",
        "e^x − 1 is small there. Go further down.",
        (("[-2.0]", "[-0.1]"),),
    ),
)

MENDED_LINE = "return torch.where(x > 0, x, alpha * (torch.exp(x.clamp(max=0)) - 1))"

RIGHT_PART = "alpha * (torch.exp(x.clamp(max=0)) - 1)"

MENDED = (
    Mistake(
        "unchanged",
        "alpha still not used",
        "Where does alpha stand in the docstring?",
        (("alpha * (torch", "(torch"),),
    ),
    Mistake(
        "alpha-inside",
        "alpha multiplied with e^x alone",
        "α stands in front of the bracket, so it belongs to the 1, too.",
        (("alpha * (torch", "alpha * torch"), (" - 1))", " - 1)")),
    ),
    Mistake(
        "alpha-in-exponent",
        "alpha in the exponent",
        "α says how deep the curve goes, not how steep the exponential is.",
        ((RIGHT_PART, "torch.exp(alpha * x.clamp(max=0)) - 1"),),
    ),
    Mistake(
        "alpha-both",
        "alpha on both sides",
        "Above 0 ELU is x itself.",
        ((MENDED_LINE, "return alpha * torch.where(x > 0, x, torch.exp(x.clamp(max=0)) - 1)"),),
    ),
    Mistake(
        "leaky",
        "alpha times x",
        "That is leaky ReLU. ELU has an exponential on its left side.",
        ((RIGHT_PART, "alpha * x"),),
    ),
    Mistake(
        "overflow-gradient",
        "a gradient that is not a number for large x",
        "torch.where computes both sides. Above 88 the exponential is infinite, and 0 · ∞ is NaN: Exercise 1.3.",
        (("x.clamp(max=0)", "x"),),
    ),
    Mistake(
        "overflow",
        "an infinite number times 0",
        "Multiplying by 0 does not throw an infinite number away: 0 · ∞ is NaN. Keep the exponential finite.",
        ((MENDED_LINE, "return x * (x > 0) + alpha * (torch.exp(x) - 1) * (x <= 0)"),),
    ),
    Mistake(
        "torchs-own",
        "torch's own function",
        "Mend the line that is there.",
        ((MENDED_LINE, "return torch.nn.functional.elu(x, alpha)"),),
    ),
)
