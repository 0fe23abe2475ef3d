"""The mistakes of lesson 04 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

PROJECT_MISTAKES = (
    Mistake(
        "one-projection",
        "one matrix for all three views",
        "A query, a key and a value are three different views: each has a matrix of its own.",
        (("k = x @ W_k", "k = x @ W_q"), ("v = x @ W_v", "v = x @ W_q")),
    ),
    Mistake(
        "v-unprojected",
        "the values left as they came in",
        "What a word tells is learned too: x itself is not yet the value.",
        (("v = x @ W_v", "v = x"),),
    ),
    Mistake(
        "same-q-k",
        "queries and keys made by the same matrix",
        "What a word asks for and what it offers need not be alike. Which matrix makes the keys?",
        (("k = x @ W_k", "k = x @ W_q"),),
    ),
    Mistake(
        "q-k-swapped",
        "queries and keys swapped",
        "Look at the order in which the three are to be returned, and at which matrix makes which.",
        (("q = x @ W_q", "q = x @ W_k"), ("k = x @ W_k", "k = x @ W_q")),
        also=((("return q, k, v", "return k, q, v"),),),
    ),
    Mistake(
        "k-v-swapped",
        "keys and values swapped",
        "Look at the order in which the three are to be returned, and at which matrix makes which.",
        (("return q, k, v", "return q, v, k"),),
    ),
    Mistake(
        "matrix-transposed",
        "the matrices transposed",
        "The matrices have the shape (D, d_k): the last dimension of x meets their first. nn.Linear keeps its own the "
        "other way round; these are plain matrices.",
        (("x @ W_q", "x @ W_q.T"), ("x @ W_k", "x @ W_k.T"), ("x @ W_v", "x @ W_v.T")),
    ),
    Mistake(
        "chained",
        "keys made from the queries",
        "All three views are taken of x itself, side by side, not one after the other.",
        (("k = x @ W_k", "k = q @ W_k"),),
    ),
    Mistake(
        "matrix-first",
        "the matrices in front of the words",
        "W x is for one column. Here the words are the rows of x, of width D: on which side of x does a matrix meet them?",
        (("x @ W_q", "W_q @ x"), ("x @ W_k", "W_k @ x"), ("x @ W_v", "W_v @ x")),
    ),
)

SCORES_MISTAKES = (
    Mistake(
        "no-scale",
        "scores that are not divided by √d_k",
        "How does the variance of a dot product grow with d_k, and what brings it back to 1?",
        ((" / math.sqrt(d_k)", ""),),
    ),
    Mistake(
        "scale-d-k",
        "scores divided by d_k instead of √d_k",
        "The variance of the dot product is d_k. By what must the scores be divided for a variance of 1?",
        (("math.sqrt(d_k)", "d_k"),),
    ),
    Mistake(
        "scale-times",
        "scores multiplied by √d_k",
        "The scores grow with d_k already. The factor should bring them back.",
        (("/ math.sqrt(d_k)", "* math.sqrt(d_k)"),),
    ),
    Mistake(
        "scale-length",
        "scores divided by the root of the number of queries",
        "Which dimension of q does the dot product sum over? That one counts, not the number of words.",
        (("q.size(-1)", "q.size(-2)"),),
    ),
    Mistake(
        "scale-keys",
        "scores divided by the root of the number of keys",
        "Which dimension does the dot product sum over? That one counts, not the number of words.",
        (("q.size(-1)", "k.size(-2)"),),
    ),
    Mistake(
        "q-k-swapped",
        "keys in the rows and queries in the columns",
        "The result has a row for each query: the shape is (..., T, S).",
        (("q @ k.transpose(-2, -1)", "k @ q.transpose(-2, -1)"),),
        also=((("q @ k.transpose(-2, -1)", "k @ q.T"),),),
    ),
    Mistake(
        "k-reshaped",
        "keys reshaped where they should be transposed",
        "reshape and view only cut the same row of numbers anew. Draw a 2 by 3 table, transpose it, and compare.",
        (("k.transpose(-2, -1)", "k.reshape(*k.shape[:-2], k.size(-1), k.size(-2))"),),
        also=((("k.transpose(-2, -1)", "k.contiguous().view(*k.shape[:-2], k.size(-1), k.size(-2))"),),),
    ),
    Mistake(
        "softmax-inside",
        "softmax taken already",
        "Scores are any numbers, large and small, of both signs. Softmax is the next step, in `attention`.",
        (
            (
                "return q @ k.transpose(-2, -1) / math.sqrt(d_k)",
                "return torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(d_k), dim=-1)",
            ),
        ),
    ),
    Mistake(
        "k-not-transposed",
        "keys that are not transposed",
        "For q @ something, the last dimension of q must meet d_k. Where is d_k in k?",
        (("k.transpose(-2, -1)", "k"),),
    ),
    Mistake(
        "by-entries",
        "queries and keys multiplied entry by entry",
        "`*` pairs entries of one place. A score is a dot product, and every query has one with every key: that is `@`.",
        (("q @ k.transpose(-2, -1)", "q * k"),),
        also=(
            (("q @ k.transpose(-2, -1)", "q * k.transpose(-2, -1)"),),
            (("q @ k.transpose(-2, -1)", "(q * k).sum(-1)"),),
        ),
    ),
    Mistake(
        "k-first-dims",
        "the first two dimensions of the keys swapped",
        "With a batch in front, dimensions 0 and 1 are batch and words. Count from the end: -2 and -1.",
        (("k.transpose(-2, -1)", "k.transpose(0, 1)"),),
    ),
    Mistake(
        "k-all-dims",
        "all dimensions of the keys reversed by .T",
        ".T turns the batch around too. Swap the last two dimensions only.",
        (("k.transpose(-2, -1)", "k.T"),),
        also=((("k.transpose(-2, -1)", "k.permute(*range(k.dim() - 1, -1, -1))"),),),
    ),
    Mistake(
        "in-place",
        "the division written into q itself",
        "`/=` changes the tensor that the caller handed over. `/` makes a new one.",
        (
            (
                "return q @ k.transpose(-2, -1) / math.sqrt(d_k)",
                "q /= math.sqrt(d_k)\n    return q @ k.transpose(-2, -1)",
            ),
        ),
    ),
)

ROW_THE, ROW_CAT = '"weights of the": [0.62, 0.38]', '"weights of cat": [0.12, 0.88]'

OUT = '"output of the": [2.49, 3.02]'

BY_HAND_MISTAKES = (
    Mistake(
        "no-scale",
        "scores that are not divided by √d_k",
        "Here d_k is 4. What is its root, and what happens to both scores?",
        (
            ("[1.00, 0.50]", "[2.0, 1.0]"),
            ("[0.00, 2.00]", "[0.0, 4.0]"),
            (ROW_THE, '"weights of the": [0.73, 0.27]'),
            (ROW_CAT, '"weights of cat": [0.02, 0.98]'),
            (OUT, '"output of the": [2.92, 2.15]'),
        ),
    ),
    Mistake(
        "scale-d-k",
        "scores divided by d_k instead of √d_k",
        "Here d_k is 4. By its root the scores are divided, not by itself.",
        (
            ("[1.00, 0.50]", "[0.5, 0.25]"),
            ("[0.00, 2.00]", "[0.0, 1.0]"),
            (ROW_THE, '"weights of the": [0.56, 0.44]'),
            (ROW_CAT, '"weights of cat": [0.27, 0.73]'),
            (OUT, '"output of the": [2.25, 3.50]'),
        ),
    ),
    Mistake(
        "softmax-columns",
        "softmax down the columns",
        "Each word asks for itself: the two numbers of one row share the 1, not the two numbers of a column.",
        (
            (ROW_THE, '"weights of the": [0.73, 0.18]'),
            (ROW_CAT, '"weights of cat": [0.27, 0.82]'),
            (OUT, '"output of the": [2.92, 1.46]'),
        ),
    ),
    Mistake(
        "no-exponential",
        "weights in proportion to the scores, without e to the power",
        "Softmax raises e to each score before it divides by the sum. A score of 0 then still gets something.",
        (
            (ROW_THE, '"weights of the": [0.67, 0.33]'),
            (ROW_CAT, '"weights of cat": [0.0, 1.0]'),
            (OUT, '"output of the": [2.67, 2.67]'),
        ),
    ),
)

FILL = "torch.finfo(s.dtype).min"

SOFT = "torch.softmax(s, dim=-1)"

MASK_LINE = f"s = s.masked_fill(~mask, {FILL})"

ATTENTION_MISTAKES = (
    Mistake(
        "softmax-queries",
        "softmax over the queries",
        "Each row of the weights should sum to 1, and a row belongs to one query: along which dimension does it run?",
        ((SOFT, "torch.softmax(s, dim=-2)"),),
    ),
    Mistake(
        "softmax-first",
        "softmax over the first dimension",
        "Sentences of a batch must not share weights: which dimension holds the keys, counted from the end?",
        ((SOFT, "torch.softmax(s, dim=0)"),),
    ),
    Mistake(
        "softmax-from-front",
        "softmax over a dimension counted from the front",
        "For one sentence dimension 1 holds the keys; with a batch in front it does not. Count from the end, whatever stands in front.",
        ((SOFT, "torch.softmax(s, dim=1)"),),
        also=(((SOFT, "F.softmax(s)"),),),
    ),
    Mistake(
        "softmax-no-dim",
        "one softmax over everything at once",
        "The sum goes over one row, not over the whole tensor: it needs a dim, and keepdim=True to be divided by.",
        ((SOFT, "s.exp() / s.exp().sum()"),),
    ),
    Mistake(
        "softmax-no-keepdim",
        "a sum that lost its dimension",
        "`sum(dim=-1)` takes a dimension away, so the division meets the wrong one. keepdim=True leaves it there with size 1.",
        ((SOFT, "s.exp() / s.exp().sum(dim=-1)"),),
    ),
    Mistake(
        "softmax-all",
        "one softmax over the whole table of a sentence",
        "Each row is a distribution of its own: each sums to 1, not all of them together.",
        ((SOFT, "torch.softmax(s.flatten(-2), dim=-1).reshape(s.shape)"),),
    ),
    Mistake(
        "no-softmax",
        "scores used as weights, without softmax",
        "Weights are positive and sum to 1 in each row. What turns scores into such numbers?",
        ((SOFT, "s"),),
    ),
    Mistake(
        "no-scale",
        "scores that are not divided by √d_k",
        "How does the variance of a dot product grow with d_k, and what brings it back to 1?",
        (("scores(q, k)", "q @ k.transpose(-2, -1)"),),
    ),
    Mistake(
        "scale-d-k",
        "scores divided by d_k instead of √d_k",
        "The variance of the dot product is d_k. By what must the scores be divided for a variance of 1?",
        (("scores(q, k)", "q @ k.transpose(-2, -1) / q.size(-1)"),),
        also=((("s = scores(q, k)", "s = scores(q, k) / q.size(-1) ** 0.5"),),),
    ),
    Mistake(
        "scale-after",
        "the weights divided by √d_k after softmax",
        "Softmax makes each row sum to 1; what is divided afterwards no longer does. Where does the division belong?",
        (
            ("scores(q, k)", "q @ k.transpose(-2, -1)"),
            (SOFT, "torch.softmax(s, dim=-1) / q.size(-1) ** 0.5"),
        ),
    ),
    Mistake(
        "k-for-v",
        "the keys mixed in the place of the values",
        "The keys have done their work in the scores. What is it that the weights mix?",
        (("weights @ v", "weights @ k"),),
    ),
    Mistake(
        "q-for-k",
        "the queries compared with themselves",
        "A score compares a query with a key.",
        (("scores(q, k)", "scores(q, q)"),),
    ),
    Mistake(
        "q-k-swapped",
        "keys in the rows and queries in the columns",
        "The weights have a row for each query: the shape is (..., T, S).",
        (("scores(q, k)", "scores(k, q)"),),
    ),
    Mistake(
        "returns-scores",
        "the scores returned in the place of the weights",
        "The second value asked for is what came out of softmax.",
        (("return output, weights", "return output, s"),),
    ),
    Mistake(
        "returned-swapped",
        "output and weights returned in the wrong order",
        "Which of the two comes first in the docstring?",
        (("return output, weights", "return weights, output"),),
    ),
    Mistake(
        "output-only",
        "only the output returned",
        "The weights are asked for as well: pictures of attention are made of them.",
        (("return output, weights", "return output"),),
    ),
    Mistake(
        "mask-inverted",
        "the mask the wrong way round",
        "True means: may attend. Which scores must be replaced, those where the mask is True or those where it is False?",
        (("~mask", "mask"),),
    ),
    Mistake(
        "mask-ignored",
        "the mask ignored",
        "The words where the mask is False still get weight. Where should the mask act? (If you called `masked_fill`: it "
        "returns a new tensor and leaves the old one as it was.)",
        ((MASK_LINE, "pass"),),
        also=(((MASK_LINE, f"s.masked_fill(~mask, {FILL})"),),),
    ),
    Mistake(
        "fill-zero",
        "a hidden score set to 0",
        "e^0 is 1, not 0: what must a score be for softmax to give it no weight?",
        ((FILL, "0.0"),),
        also=(
            ((FILL, "-1e-12"),),
            ((MASK_LINE, "s = s * mask"),),
            (
                ("s = scores(q, k)", "s = scores(q, k)\n    s = s * (1.0 if mask is None else mask.float())"),
                (MASK_LINE, "pass"),
            ),
        ),
    ),
    Mistake(
        "fill-small",
        "a hidden score set to a small negative number",
        "A score of a few below 0 still gets some weight, and beats the others where they are lower. How low is low enough?",
        ((FILL, "-10.0"),),
        also=(((FILL, "-5.0"),), ((FILL, "-1.0"),)),
    ),
    Mistake(
        "fill-positive",
        "a hidden score set to a large positive number",
        "Softmax gives most weight to the largest score. Mind the sign.",
        ((FILL, "1e9"),),
        also=(((FILL, "torch.finfo(s.dtype).max"),),),
    ),
    Mistake(
        "fill-nan",
        "NaN in a row where every word is hidden",
        "If nothing is left to share the weight, softmax (or a division by the sum of what is left) is 0/0. The most negative finite number does not have this trouble; −∞ does.",
        ((FILL, 'float("-inf")'),),
    ),
    Mistake(
        "no-none-test",
        "a mask that is used even when none was given",
        "mask=None means that every word may attend to every word. What should happen to the scores then?",
        (("if mask is not None:", "if True:"),),
    ),
    Mistake(
        "truth-of-mask",
        "`if mask:`, which asks for the truth of a whole table",
        "What you want to know is whether a mask was given at all. A tensor of many booleans has no single truth.",
        (("if mask is not None:", "if mask:"),),
    ),
    Mistake(
        "mask-added",
        "the mask added to the scores as 0 and 1",
        "Adding 1 to a score does not hide the others. What would have to be added to a hidden score?",
        ((MASK_LINE, "s = s + mask.to(s.dtype)"),),
    ),
    Mistake(
        "mask-after-softmax",
        "the mask applied after softmax",
        "What was given to the hidden words is lost: the row no longer sums to 1. Hide them before softmax shares out.",
        (
            (MASK_LINE, "pass"),
            ("output = weights @ v", "weights = weights if mask is None else weights * mask\n    output = weights @ v"),
        ),
        also=(
            (
                (MASK_LINE, "pass"),
                (
                    "output = weights @ v",
                    "weights = weights if mask is None else weights.masked_fill(~mask, 0.0)\n    output = weights @ v",
                ),
            ),
        ),
    ),
    Mistake(
        "mask-values",
        "the mask applied to the values only",
        "A hidden word's value is gone, but its weight is not: the row of the weights still counts it.",
        (
            (MASK_LINE, "pass"),
            ("output = weights @ v", "output = weights @ v if mask is None else (weights * mask) @ v"),
        ),
    ),
    Mistake(
        "mask-for-heads",
        "a dimension for heads always put into the mask",
        "The mask fits the scores as it is, or broadcasts to them. Whoever has heads puts that dimension in beforehand.",
        (("~mask", "~mask.unsqueeze(1)"),),
    ),
    Mistake(
        "mask-first-row",
        "the first row of the mask used for every query",
        "Each query has a row of the mask to itself.",
        (("~mask", "~mask[..., :1, :]"),),
    ),
    Mistake(
        "mask-transposed",
        "the mask turned on its side",
        "Rows of the mask are queries, columns are keys, as in the scores.",
        (("~mask", "~mask.transpose(-2, -1)"),),
    ),
    Mistake(
        "mask-in-place",
        "the mask negated in place",
        "Methods that end in _ write into the caller's tensor. `~mask` makes a new one.",
        (("~mask", "mask.logical_not_()"),),
    ),
    Mistake(
        "batch-loop-first",
        "only the first sentence of the batch",
        "A batch has several sentences. Which dimensions may stand before (T, d_k)?",
        (("output = weights @ v", "output = (weights[:1] @ v[:1]).expand(*weights.shape[:-1], -1)"),),
    ),
)

PADDING_MISTAKES = (
    Mistake(
        "inverted",
        "True for padding instead of True for words",
        "True means: may attend. May a word attend to padding?",
        (("tokens != pad", "tokens == pad"),),
    ),
    Mistake(
        "zero-fixed",
        "0 taken for padding, whatever `pad` says",
        "The number that stands for padding is an argument. In another vocabulary 0 may be a word.",
        (("tokens != pad", "tokens != 0"),),
        also=((("(tokens != pad)", "tokens.bool()"),), (("tokens != pad", "tokens > 0"),)),
    ),
    Mistake(
        "no-dimension",
        "no dimension for the queries",
        "The shape is (B, 1, S). Without the 1, broadcasting would take B for T.",
        ((".unsqueeze(1)", ""),),
    ),
    Mistake(
        "hides-queries",
        "a mask over the queries instead of the keys",
        "Padding must not be looked at. Should the words stand in the last dimension, with the keys, or before it?",
        ((".unsqueeze(1)", ".unsqueeze(-1)"),),
    ),
    Mistake(
        "two-dimensions",
        "one dimension too many",
        "(B, 1, S) is asked for: one dimension for the queries. A dimension for heads comes in lesson 5.",
        ((".unsqueeze(1)", ".unsqueeze(1).unsqueeze(1)"),),
    ),
    Mistake(
        "numbers",
        "ones and zeros instead of booleans",
        "A comparison gives booleans by itself; leave them as they are, so that ~mask means what it says.",
        ((".unsqueeze(1)", ".unsqueeze(1).long()"),),
        also=(((".unsqueeze(1)", ".unsqueeze(1).float()"),),),
    ),
    Mistake(
        "rows-too",
        "a table that hides the padding's own queries too",
        "Only keys are hidden, for all queries alike: (B, 1, S). What a padded query finds is thrown away later.",
        (
            (
                "return (tokens != pad).unsqueeze(1)",
                "real = tokens != pad\n    return real.unsqueeze(1) & real.unsqueeze(2)",
            ),
        ),
    ),
)

LOOP = (
    "rows = []\n    for query in q:\n        s = k @ query / math.sqrt(q.size(-1))\n"
    "        weights = torch.softmax(s, dim=0)\n        rows.append(weights @ v)\n    return torch.stack(rows)"
)

BY_WORD_MISTAKES = (
    Mistake(
        "no-scale",
        "scores that are not divided by √d_k",
        "The loop is to give the same numbers as `attention`: what does that do with its scores?",
        ((" / math.sqrt(q.size(-1))", ""),),
    ),
    Mistake(
        "scale-length",
        "scores divided by the root of the number of words",
        "Which dimension does the dot product sum over?",
        (("math.sqrt(q.size(-1))", "math.sqrt(q.size(0))"),),
    ),
    Mistake(
        "loops-over-keys",
        "a loop over the keys",
        "One row of the result belongs to one query: the loop goes over the queries, and each is compared with all keys.",
        (
            ("for query in q:", "for query in k:"),
            ("s = k @ query", "s = q @ query"),
            ("weights @ v", "weights @ v[:len(q)]"),
        ),
    ),
    Mistake(
        "last-only",
        "only the last word's output",
        "Every query has an output; collect them all.",
        (("torch.stack(rows)", "rows[-1]"),),
    ),
    Mistake(
        "return-in-loop",
        "a `return` inside the loop",
        "The function ends at its first `return`. How many words has it seen by then?",
        (("    return torch.stack(rows)", "        return torch.stack(rows)"),),
    ),
    Mistake(
        "list",
        "a list instead of a tensor",
        "torch.stack makes one tensor of a list of vectors.",
        (("torch.stack(rows)", "rows"),),
    ),
    Mistake(
        "concatenated",
        "the outputs joined end to end",
        "torch.cat puts vectors one after the other; a new dimension for the words is wanted.",
        (("torch.stack(rows)", "torch.cat(rows)"),),
    ),
    Mistake(
        "k-for-v",
        "the keys mixed in the place of the values",
        "The keys have done their work in the scores. What is it that the weights mix?",
        (("weights @ v", "weights @ k"),),
    ),
    Mistake(
        "no-softmax",
        "scores used as weights, without softmax",
        "Weights are positive and sum to 1. What turns scores into such numbers?",
        (("torch.softmax(s, dim=0)", "s"),),
    ),
    Mistake(
        "all-at-once",
        "all queries at once",
        "The numbers are right. Asked for is the other way to them: one query, from its scores to its output, and then the next.",
        ((LOOP, "return attention(q, k, v)[0]"),),
        also=(((LOOP, "return torch.softmax(q @ k.T / math.sqrt(q.size(-1)), dim=-1) @ v"),),),
    ),
)

QKV = "q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)"

MIX = "output = self.dropout(weights) @ v"

MODULE_MISTAKES = (
    Mistake(
        "one-projection",
        "one layer for all three views",
        "Only one of the layers is used, so the others never learn. Which view does each belong to?",
        ((QKV, "q, k, v = self.W_q(x), self.W_q(x), self.W_q(x)"),),
    ),
    Mistake(
        "unprojected",
        "the input itself as query, key and value",
        "The layers are there, but nothing goes through them.",
        ((QKV, "q, k, v = x, x, x"),),
    ),
    Mistake(
        "v-unprojected",
        "the values left as they came in",
        "What a word tells is learned too: x itself is not yet the value.",
        ((QKV, "q, k, v = self.W_q(x), self.W_k(x), x"),),
    ),
    Mistake(
        "q-k-swapped",
        "queries and keys swapped",
        "Which layer makes the queries?",
        ((QKV, "q, k, v = self.W_k(x), self.W_q(x), self.W_v(x)"),),
    ),
    Mistake(
        "with-bias",
        "layers with a bias",
        "Exercise 4.7 asks for bias=False: the paper's projections are plain matrices.",
        (
            ("self.W_q = nn.Linear(d_model, d_k, bias=False)", "self.W_q = nn.Linear(d_model, d_k)"),
            ("self.W_k = nn.Linear(d_model, d_k, bias=False)", "self.W_k = nn.Linear(d_model, d_k)"),
            ("self.W_v = nn.Linear(d_model, d_k, bias=False)", "self.W_v = nn.Linear(d_model, d_k)"),
        ),
    ),
    Mistake(
        "linear-swapped",
        "layers from d_k to D instead of D to d_k",
        "nn.Linear(a, b) takes vectors of width a to vectors of width b. How wide are the words that come in?",
        (
            ("self.W_q = nn.Linear(d_model, d_k,", "self.W_q = nn.Linear(d_k, d_model,"),
            ("self.W_k = nn.Linear(d_model, d_k,", "self.W_k = nn.Linear(d_k, d_model,"),
            ("self.W_v = nn.Linear(d_model, d_k,", "self.W_v = nn.Linear(d_k, d_model,"),
        ),
    ),
    Mistake(
        "dropout-on-output",
        "dropout on the output instead of the weights",
        "At p = 1 nobody could tell. Below that, a weight is dropped whole, with all that the word would have told.",
        (("self.dropout(weights) @ v", "self.dropout(weights @ v)"),),
    ),
    Mistake(
        "dropout-on-values",
        "dropout on the values instead of the weights",
        "At p = 1 nobody could tell. Below that, a dropped value would be missing for every query at once.",
        (("self.dropout(weights) @ v", "weights @ self.dropout(v)"),),
    ),
    Mistake(
        "mask-dropped",
        "the mask not passed on",
        "`forward` is given a mask. Who needs it?",
        (("attention(q, k, v, mask)", "attention(q, k, v)"),),
    ),
    Mistake(
        "scale-d-model",
        "scores divided by √D instead of √d_k",
        "The dot product runs over d_k numbers, not over D.",
        (
            (
                "_, weights = attention(q, k, v, mask)",
                "_, weights = attention(q * math.sqrt(q.size(-1) / x.size(-1)), k, v, mask)",
            ),
        ),
    ),
    Mistake(
        "scale-twice",
        "scores divided by √d_k twice",
        "`attention` divides already.",
        (("attention(q, k, v, mask)", "attention(q / math.sqrt(q.size(-1)), k, v, mask)"),),
    ),
    Mistake(
        "dropout-always",
        "dropout in eval mode too",
        "F.dropout does not know the module's mode unless you tell it (training=self.training); nn.Dropout does.",
        (("self.dropout(weights)", "F.dropout(weights, self.dropout.p)"),),
    ),
    Mistake(
        "dropout-missing",
        "no dropout",
        "In train mode with p = 1 nothing of the values should get through.",
        (("self.dropout(weights) @ v", "weights @ v"),),
    ),
    Mistake(
        "dropped-weights-returned",
        "weights returned after dropout",
        "A picture of these would show rows that no longer sum to 1. Return the weights as they were before.",
        ((MIX, "weights = self.dropout(weights)\n        output = weights @ v"),),
    ),
    Mistake(
        "dropout-on-input",
        "dropout on the input words",
        "Dropout acts on the weights that mix the values: q, k and v themselves stay whole.",
        (
            (QKV, "x = self.dropout(x)\n        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)"),
            ("self.dropout(weights)", "weights"),
        ),
    ),
    Mistake(
        "layers-in-a-list",
        "layers that the module cannot find",
        "A module finds layers that are attributes of it (`self.name = ...`). In a local variable or a plain list they are lost, and never learn.",
        (
            (
                "self.W_q = nn.Linear(d_model, d_k, bias=False)\n        self.W_k = nn.Linear(d_model, d_k, bias=False)\n"
                "        self.W_v = nn.Linear(d_model, d_k, bias=False)",
                "self.layers = [nn.Linear(d_model, d_k, bias=False) for _ in range(3)]",
            ),
            (QKV, "q, k, v = (layer(x) for layer in self.layers)"),
        ),
    ),
    Mistake(
        "layers-in-forward",
        "layers made anew at every call",
        "A layer made in `forward` starts from chance each time and is forgotten at once. Make it in `__init__`.",
        (
            (
                QKV,
                "d_k = self.W_q.out_features\n"
                "        q, k, v = (nn.Linear(x.size(-1), d_k, bias=False).to(x.dtype)(x) for _ in range(3))",
            ),
        ),
    ),
    Mistake(
        "weights-as-matrices",
        "the weights of the layers taken for the matrices of Exercise 4.1",
        "nn.Linear keeps its weight as (d_k, D), the other way round. It need not be taken out: a layer is called, with x.",
        ((QKV, "q, k, v = project(x, self.W_q.weight, self.W_k.weight, self.W_v.weight)"),),
    ),
    Mistake(
        "layers-as-matrices",
        "layers multiplied as if they were matrices",
        "A layer is a function: it is called with x, and multiplies by the weight it holds.",
        ((QKV, "q, k, v = project(x, self.W_q, self.W_k, self.W_v)"),),
    ),
    Mistake(
        "parameters-for-layers",
        "bare parameters in the place of layers",
        "W_q, W_k and W_v are to be layers, nn.Linear; each makes its own parameter, called weight.",
        (
            ("self.W_q = nn.Linear(d_model, d_k, bias=False)", "self.W_q = nn.Parameter(torch.randn(d_model, d_k))"),
            ("self.W_k = nn.Linear(d_model, d_k, bias=False)", "self.W_k = nn.Parameter(torch.randn(d_model, d_k))"),
            ("self.W_v = nn.Linear(d_model, d_k, bias=False)", "self.W_v = nn.Parameter(torch.randn(d_model, d_k))"),
            (QKV, "q, k, v = project(x, self.W_q, self.W_k, self.W_v)"),
        ),
    ),
    Mistake(
        "width-ignored",
        "layers that ignore d_k",
        "The layers go from the width D to the width d_k.",
        (
            ("self.W_q = nn.Linear(d_model, d_k,", "self.W_q = nn.Linear(d_model, d_model,"),
            ("self.W_k = nn.Linear(d_model, d_k,", "self.W_k = nn.Linear(d_model, d_model,"),
            ("self.W_v = nn.Linear(d_model, d_k,", "self.W_v = nn.Linear(d_model, d_model,"),
        ),
    ),
    Mistake(
        "output-only",
        "only the output returned",
        "The weights are asked for as well: pictures of attention are made of them.",
        (("return output, weights", "return output"),),
    ),
)

EXPOSE_MISTAKES = (
    Mistake(
        "nothing-hidden",
        "a mask that hides nothing",
        "The bug sits in the line that fills hidden scores: it needs one.",
        (("[[True, False]]", "[[True, True]]"),),
    ),
    Mistake(
        "all-hidden",
        "a mask that hides everything",
        "Then there is no other word to win against.",
        (("[[True, False]]", "[[False, False]]"),),
    ),
    Mistake(
        "visible-wins",
        "a visible word that scores high",
        "The hidden word gets the score 0, whatever its key. What must the visible word's score be for 0 to win?",
        (("[[-4.0], [1.0]]", "[[4.0], [1.0]]"),),
    ),
    Mistake(
        "hidden-key-large",
        "a large key for the hidden word",
        "The hidden word's own key does not matter: its score is overwritten. Look at the other one.",
        (("[[-4.0], [1.0]]", "[[1.0], [99.0]]"),),
    ),
)

MENDED_MISTAKES = (
    Mistake(
        "fill-zero",
        "a hidden score set to 0",
        "That is what the bug does, too. e^0 is 1.",
        (("-1e9", "0.0"),),
        also=((("-1e9", "-1e-12"),), (("-1e9", "1e-12"),)),
    ),
    Mistake(
        "fill-positive",
        "a hidden score set to a large positive number",
        "Softmax gives most weight to the largest score. Mind the sign.",
        (("-1e9", "1e12"),),
    ),
    Mistake(
        "fill-small",
        "a hidden score set to a small negative number",
        "A score of a few below 0 beats others that are lower still. How low is low enough?",
        (("-1e9", "-12.0"),),
    ),
    Mistake(
        "mask-inverted",
        "the mask turned round",
        "The mask was not the trouble: True = may attend. Which number is written where it is False?",
        (("~mask", "mask"),),
    ),
    Mistake(
        "mask-dropped",
        "the mask taken out",
        "The line is needed; one number in it is wrong.",
        (("s = s.masked_fill(~mask, -1e9)", "pass"),),
    ),
)
