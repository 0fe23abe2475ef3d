"""The mistakes of lesson 03 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

ROW = "return table[tokens] * math.sqrt(d_model)"

EMBED = (
    Mistake(
        "no-scale",
        "rows that are not multiplied by √D",
        "The entries of the table are small. What brings them to the size of a sine?",
        ((" * math.sqrt(d_model)", ""),),
    ),
    Mistake(
        "divided",
        "rows divided by √D",
        "Attention divides, because its scores are too large. Here the rows are too small.",
        (("* math.sqrt", "/ math.sqrt"),),
        also=((("* math.sqrt(d_model)", "* d_model**-0.5"),),),
    ),
    Mistake(
        "scale-D",
        "rows multiplied by D instead of √D",
        "A vector of D entries is longer than one of them by a factor of √D, not D.",
        (("math.sqrt(d_model)", "d_model"),),
    ),
    Mistake(
        "scale-V",
        "rows multiplied by the root of the vocabulary's size",
        "The table is (V, D): which of its sizes is the width?",
        (("table.size(1)", "table.size(0)"),),
        also=((("d_model = table.size(1)", "d_model = len(table)"),),),
    ),
    Mistake(
        "scale-T",
        "rows multiplied by the root of the number of words",
        "The factor belongs to the width of the vectors, not to the length of the sentence.",
        (("table.size(1)", "tokens.size(-1)"),),
    ),
    Mistake(
        "table-transposed",
        "columns looked up instead of rows",
        "A word has a row of the table. Which dimension does the first index in the brackets choose from?",
        (("table[tokens]", "table.T[tokens]"),),
        also=((("table[tokens]", "table[:, tokens]"),),),
    ),
    Mistake(
        "in-place",
        "the scaling written into the table itself",
        "`*=` changes the table that the caller handed over, at every call anew. `*` makes a new tensor.",
        ((ROW, "table *= math.sqrt(d_model)\n    return table[tokens]"),),
    ),
    Mistake(
        "detached",
        "a table cut off from its gradients",
        "The table is learned: `.detach()`, `.data` and `torch.tensor(...)` cut it off, and so does `nn.Embedding.from_pretrained`, which freezes it unless told not to.",
        (("table[tokens]", "table.detach()[tokens]"),),
        also=((("table[tokens]", "table.data[tokens]"),),),
    ),
    Mistake(
        "normalised",
        "rows brought to length 1 first",
        "Nothing is normalized here: the row is multiplied by one number, the same for all.",
        (("table[tokens]", "F.normalize(table[tokens], dim=-1)"),),
    ),
)

TEST = "torch.allclose(model(x[order]), output[order], atol=1e-5)"
SWAP = "order[i], order[i + 1] = order[i + 1], order[i]"

BLIND = (
    Mistake(
        "not-reordered",
        "outputs compared in their old order",
        "A blind model's outputs move along with the words. Which two things have to be equal then?",
        ((TEST, "torch.allclose(model(x[order]), output, atol=1e-5)"),),
    ),
    Mistake(
        "always-true",
        "a test that never says False",
        "Is the result of a comparison used? Try your test on a model that is not blind.",
        (("return False", "pass"),),
    ),
    Mistake(
        "answer-reversed",
        "True and False swapped",
        "The answer is True where nothing but the order changes: where the model is blind.",
        (("return False", "return True"), ("    return True\n    ### END", "    return False\n    ### END")),
    ),
    Mistake(
        "backwards-only",
        "one reordering only: the sentence read backwards",
        "A model may be symmetric: backwards in, backwards out, and yet it knows who stands next to whom.",
        ((SWAP, "order.reverse()"),),
        also=(((SWAP, "order = order[::-1]"),),),
    ),
    Mistake(
        "rotated-only",
        "one kind of reordering only: the sentence rotated",
        "A model may treat the sentence as a ring. Which reordering tears neighbours on a ring apart?",
        ((SWAP, "order = order[1:] + order[:1]"),),
        also=(((SWAP, "order = order[i + 1 :] + order[: i + 1]"),),),
    ),
    Mistake(
        "sums",
        "sums over the words compared",
        "The sum of all outputs hides which output belongs to which word. Compare them one by one.",
        ((TEST, "torch.allclose(model(x[order]).sum(0), output.sum(0), atol=1e-5)"),),
        also=(((TEST, "torch.allclose(model(x[order]).mean(0), output.mean(0), atol=1e-5)"),),),
    ),
    Mistake(
        "input-only",
        "a comparison that even attention without positions does not pass",
        "Do both sides go through the model, one reordered before it and one after? Are they compared with torch.allclose, since == sees rounding? And is the reordering one? (`y[0], y[1] = y[1], y[0]` on the rows of a tensor copies one over the other.)",
        (("model(x[order])", "x[order]"),),
        also=(((TEST, "torch.equal(model(x[order]) + 1e-9, output[order])"),),),
    ),
    Mistake(
        "one-reordering",
        "one reordering only",
        "A model may be blind to that one by accident. When may you say True?",
        ((SWAP, "order = torch.randperm(len(x), generator=torch.Generator().manual_seed(3)).tolist()"),),
        also=(((SWAP, "order = torch.randperm(len(x), generator=torch.Generator().manual_seed(4)).tolist()"),),),
    ),
    Mistake(
        "last-swap-missing",
        "the last two words never swapped",
        "With T words there are T - 1 pairs of neighbours, and T is the first size of x. Where does your loop end?",
        (("range(x.size(0) - 1)", "range(x.size(0) - 2)"),),
        also=((("range(x.size(0) - 1)", "range(x.size(1) - 1)"),),),
    ),
    Mistake(
        "first-swap-missing",
        "the first two words never swapped",
        "Python counts from 0. Where does your loop begin?",
        (("range(x.size(0) - 1)", "range(1, x.size(0) - 1)"),),
    ),
    Mistake(
        "first-swap-decides",
        "an answer given after one swap, of the first two words",
        "One swap that goes unnoticed proves nothing. When may you say True?",
        ((SWAP, "order[0], order[1] = order[1], order[0]"),),
        also=(
            (
                (
                    f"        if not {TEST}:\n            return False\n    return True",
                    f"        return {TEST}",
                ),
            ),
        ),
    ),
    Mistake(
        "ends-only",
        "one swap only, of the first and the last word",
        "A model may treat both ends alike. When may you say True?",
        ((SWAP, "order[0], order[-1] = order[-1], order[0]"),),
    ),
)

SINES = "table[:, 0::2] = torch.sin(angle)"
COSINES = "table[:, 1::2] = torch.cos(angle[:, : d_model // 2])"
EXPONENT = "torch.arange(0, d_model, 2, dtype=torch.float64) / d_model"
POSITION = "torch.arange(length, dtype=torch.float64)"
ANGLE = "position / 10000**exponent"

ENCODING = (
    Mistake(
        "sin-cos-swapped",
        "sines and cosines swapped",
        "Row 0 begins 0, 1, 0, 1: what are sin 0 and cos 0? And are you counting the dimensions from 0?",
        (
            (SINES, "table[:, 0::2] = torch.cos(angle)"),
            (COSINES, "table[:, 1::2] = torch.sin(angle[:, : d_model // 2])"),
        ),
    ),
    Mistake(
        "halves",
        "all sines first and all cosines after them",
        "Some libraries lay the table out so. The paper puts the sine and the cosine of a pair next to each other.",
        (
            (SINES, "table[:, : angle.size(1)] = torch.sin(angle)"),
            (COSINES, "table[:, angle.size(1) :] = torch.cos(angle[:, : d_model // 2])"),
        ),
        also=(
            (
                (
                    f"table = torch.zeros(length, d_model)\n    {SINES}\n    {COSINES}\n    return table",
                    "return torch.cat([angle.sin(), angle[:, : d_model // 2].cos()], dim=1).float()",
                ),
            ),
        ),
    ),
    Mistake(
        "exponent-i",
        "the exponent i/D where 2i/D is asked for",
        "For D = 4, pair 1 has the exponent 2/4. What does yours have?",
        ((EXPONENT, "torch.arange(0, d_model, 2, dtype=torch.float64) / 2 / d_model"),),
        also=(((EXPONENT, "torch.arange((d_model + 1) // 2, dtype=torch.float64) / d_model"),),),
    ),
    Mistake(
        "exponent-4i",
        "the exponent 4i/D where 2i/D is asked for",
        "The numbers 0, 2, 4, ... are the 2i already.",
        ((EXPONENT, "2 * torch.arange(0, d_model, 2, dtype=torch.float64) / d_model"),),
    ),
    Mistake(
        "own-frequencies",
        "a frequency of its own for every column",
        "A sine and the cosine beside it share one frequency: together they are one hand of the clock.",
        (
            (EXPONENT, "torch.arange(d_model, dtype=torch.float64) / d_model"),
            (SINES, "table[:, 0::2] = torch.sin(angle[:, 0::2])"),
            (COSINES, "table[:, 1::2] = torch.cos(angle[:, 1::2])"),
        ),
    ),
    Mistake(
        "base-1000",
        "1,000 in the place of 10,000",
        "Count the zeros of the number that is raised to a power.",
        (("10000**exponent", "1000**exponent"),),
    ),
    Mistake(
        "base-100000",
        "100,000 in the place of 10,000",
        "Count the zeros of the number that is raised to a power.",
        (("10000**exponent", "100000**exponent"),),
    ),
    Mistake(
        "multiplied",
        "positions multiplied by 10000^(2i/D) instead of divided by it",
        "From left to right the hands become slower. Do yours?",
        ((ANGLE, "position * 10000**exponent"),),
        also=(((ANGLE, "position / 10000 ** (-exponent)"),),),
    ),
    Mistake(
        "base-outside",
        "the position divided by 10,000 before the power is taken",
        "In the formula the exponent stands on 10000 alone, not on the fraction.",
        ((ANGLE, "(position / 10000) ** exponent"),),
    ),
    Mistake(
        "no-power",
        "10,000 times the exponent instead of 10,000 to its power",
        "In Python a power is written with two stars.",
        ((ANGLE, "position / (10000 * exponent).clamp_min(1)"),),
    ),
    Mistake(
        "from-one",
        "positions counted from 1",
        "What does row 0 hold? The first word has position 0.",
        ((POSITION, "torch.arange(1, length + 1, dtype=torch.float64)"),),
        also=(((ANGLE, "(position + 1) / 10000**exponent"),),),
    ),
    Mistake(
        "sine-twice",
        "sines in both columns of a pair",
        "In each pair sin² + cos² = 1. What is the sum of the squares of yours?",
        ((COSINES, "table[:, 1::2] = torch.sin(angle[:, : d_model // 2])"),),
    ),
    Mistake(
        "cosine-twice",
        "cosines in both columns of a pair",
        "In each pair sin² + cos² = 1. What is the sum of the squares of yours?",
        ((SINES, "table[:, 0::2] = torch.cos(angle)"),),
    ),
    Mistake(
        "odd-width",
        "a table that has no room for the last cosine of an odd width",
        "With D = 5 there are three sines, but only two cosines: the columns 1 and 3.",
        (("angle[:, : d_model // 2]", "angle"),),
    ),
    Mistake(
        "integer-division",
        "whole-number division",
        "`//` throws away what stands behind the point: all exponents become 0, and all pairs one.",
        ((EXPONENT, "(torch.arange(0, d_model, 2) // d_model).double()"),),
    ),
    Mistake(
        "over-length",
        "positions divided by the length of the table",
        "A position is a count of words, the same in a short sentence and in a long one.",
        ((POSITION, "(torch.arange(length, dtype=torch.float64) / length)"),),
    ),
    Mistake(
        "ends-at-10000",
        "exponents spread from 0 to 1",
        "The last exponent is (D - 2)/D, a little less than 1. By what do you divide?",
        ((EXPONENT, "torch.linspace(0, 1, (d_model + 1) // 2, dtype=torch.float64)"),),
    ),
    Mistake(
        "degrees",
        "angles taken as degrees",
        "torch.sin takes radians, and so does the formula: there is nothing to convert.",
        ((ANGLE, "torch.deg2rad(position / 10000**exponent)"),),
    ),
    Mistake(
        "float16",
        "numbers kept in float16",
        "float16 has 11 binary digits: 2,049 is not among its numbers, and a sine keeps three places. Stay with float32 or float64.",
        (
            (POSITION, "torch.arange(length, dtype=torch.float16)"),
            (ANGLE, "(position / 10000**exponent).half().double()"),
        ),
    ),
    Mistake(
        "no-column",
        "positions and frequencies in one row",
        "A (length, 1) column against a row of D/2 gives a table. What do two rows give?",
        ((POSITION + ".unsqueeze(1)", POSITION),),
    ),
    Mistake(
        "no-cosines",
        "sines only",
        "What stands in the odd columns of yours?",
        ((f"    {COSINES}\n", ""),),
    ),
    Mistake(
        "precedence",
        "the power taken before the division by D",
        "In Python ** binds tighter than /: 10000**i / D is not 10000**(i / D).",
        ((ANGLE, "position / (10000 ** (exponent * d_model) / d_model)"),),
    ),
    Mistake(
        "two-pi",
        "angles multiplied by 2π",
        "In the formula the angle is the position over a power, and nothing else.",
        ((ANGLE, "2 * math.pi * position / 10000**exponent"),),
    ),
    Mistake(
        "transposed",
        "the table transposed",
        "A row for each position, a column for each dimension: the shape is (length, d_model).",
        (("    return table\n", "    return table.T\n"),),
    ),
    Mistake(
        "scaled",
        "a table multiplied by √D",
        "The words are scaled, in `embed`. The positions are sines and cosines as they are.",
        (("    return table\n", "    return table * math.sqrt(d_model)\n"),),
    ),
)

OMEGA = "10000 ** -(torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)"
TOP, LOW = "R[even, odd] = torch.sin(omega * k)", "R[odd, even] = -torch.sin(omega * k)"

SHIFT = (
    Mistake(
        "transposed",
        "the shift by −k, that is the matrix transposed",
        "Which way do the hands turn? Look at the sign of the sine above the diagonal, and at the order of sine and cosine in a pair.",
        ((TOP, "R[even, odd] = -torch.sin(omega * k)"), (LOW, "R[odd, even] = torch.sin(omega * k)")),
        also=(
            (("    return R\n", "    return R.T\n"),),
            (("k, d_model):", "k, d_model):\n    k = -k"),),
        ),
    ),
    Mistake(
        "both-plus",
        "a plus at both sines",
        "A rotation has a minus at one of its sines; without it, lengths are not kept.",
        ((LOW, "R[odd, even] = torch.sin(omega * k)"),),
    ),
    Mistake(
        "both-minus",
        "a minus at both sines",
        "A rotation has a minus at one of its sines only; with two, lengths are not kept.",
        ((TOP, "R[even, odd] = -torch.sin(omega * k)"),),
    ),
    Mistake(
        "one-frequency",
        "the same angle for every pair",
        "Each pair turns at its own speed: its block has its own ω.",
        ((OMEGA, "torch.ones(d_model // 2, dtype=torch.float64)"),),
    ),
    Mistake(
        "exponent-i",
        "frequencies with the exponent i/D where 2i/D is asked for",
        "The frequencies are those of the table: compare with your `positional_encoding`.",
        ((OMEGA, "10000 ** -(torch.arange(d_model // 2, dtype=torch.float64) / d_model)"),),
    ),
    Mistake(
        "exponent-4i",
        "frequencies with the exponent 4i/D where 2i/D is asked for",
        "The numbers 0, 2, 4, ... are the 2i already.",
        ((OMEGA, "10000 ** -(2 * torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)"),),
    ),
    Mistake(
        "frequencies-from-one",
        "pairs counted from 1",
        "The first pair has the frequency 1: with which i?",
        ((OMEGA, "10000 ** -(torch.arange(2, d_model + 2, 2, dtype=torch.float64) / d_model)"),),
    ),
    Mistake(
        "inverse-frequency",
        "frequencies that grow from pair to pair",
        "From left to right the hands become slower. Mind the sign of the exponent.",
        (("10000 ** -(", "10000 ** ("),),
    ),
    Mistake(
        "no-sines",
        "cosines on the diagonal and nothing beside it",
        "A pair turns: part of its sine becomes cosine, and the other way round. Which entries mix the two?",
        ((f"    {TOP}.float()\n    {LOW}.float()\n", ""),),
    ),
    Mistake(
        "halves",
        "blocks for a table with all sines first",
        "In our table the two of a pair are neighbours: rows and columns 2i and 2i + 1.",
        (
            ("even = torch.arange(0, d_model, 2)", "even = torch.arange(d_model // 2)"),
            ("odd = even + 1", "odd = even + d_model // 2"),
        ),
    ),
    Mistake(
        "sin-cos-swapped",
        "sines on the diagonal and cosines beside it",
        "With k = 0 nothing moves. Which matrix is that, and what stands on its diagonal?",
        (
            ("R[even, even] = torch.cos(omega * k)", "R[even, even] = torch.sin(omega * k)"),
            (TOP, "R[even, odd] = torch.cos(omega * k)"),
            (LOW, "R[odd, even] = -torch.cos(omega * k)"),
            ("R[odd, odd] = torch.cos(omega * k)", "R[odd, odd] = torch.sin(omega * k)"),
        ),
    ),
    Mistake(
        "k-ignored",
        "a shift by 1, whatever k is",
        "Walking k positions on turns each hand by k times its frequency.",
        (("k, d_model):", "k, d_model):\n    k = 1"),),
    ),
    Mistake(
        "absolute-k",
        "the sign of k lost",
        "k may be negative: then the hands turn back.",
        (("k, d_model):", "k, d_model):\n    k = abs(k)"),),
    ),
)

REGISTER = 'self.register_buffer("table", positional_encoding(max_len, d_model))'
ADD = "return self.dropout(x + self.table[:T])"
TOO_LONG = (
    "        if T > self.table.size(0):\n"
    '            raise ValueError(f"a sentence of {T} words, but there are positions for {self.table.size(0)} only")\n'
)

MODULE = (
    Mistake(
        "parameter",
        "a table that is a parameter",
        "A parameter is trained. What does PyTorch call a tensor that belongs to a module and is not?",
        ((REGISTER, "self.table = nn.Parameter(positional_encoding(max_len, d_model))"),),
    ),
    Mistake(
        "plain-attribute",
        "a table that is a plain attribute",
        "A plain attribute stays on the CPU when the module goes to a GPU, and is missing from its state_dict.",
        ((REGISTER, "self.table = positional_encoding(max_len, d_model)"),),
    ),
    Mistake(
        "along-batch",
        "positions counted along the batch",
        "x is (B, T, D). Which of its sizes is the number of words?",
        (("T = x.size(1)", "T = x.size(0)"), (ADD, "return self.dropout(x + self.table[:T].unsqueeze(1))")),
    ),
    Mistake(
        "slice-by-batch",
        "as many rows of the table as there are sentences",
        "x is (B, T, D). Which of its sizes is the number of words?",
        (("T = x.size(1)", "T = x.size(0)"),),
    ),
    Mistake(
        "slice-by-width",
        "as many rows of the table as the vectors are wide",
        "x is (B, T, D). Which of its sizes is the number of words?",
        (("T = x.size(1)", "T = x.size(2)"),),
    ),
    Mistake(
        "no-slice",
        "the whole table added",
        "The table has max_len rows, the sentence T words: take the first T rows.",
        (("self.table[:T]", "self.table"),),
    ),
    Mistake(
        "last-rows",
        "the last rows of the table instead of the first",
        "The first word has position 0, and that is row 0.",
        (("self.table[:T]", "self.table[-T:]"),),
    ),
    Mistake(
        "first-row-for-all",
        "the first row added to every word",
        "Each word needs the row of its own position, so T rows are taken.",
        (("self.table[:T]", "self.table[0]"),),
    ),
    Mistake(
        "only-position",
        "the positions alone, without the words",
        "The position is added to the word; it does not take its place.",
        ((ADD, "return self.dropout(self.table[:T].expand_as(x))"),),
    ),
    Mistake(
        "no-position",
        "the words alone, without positions",
        "Something of the table should be added to x.",
        ((ADD, "return self.dropout(x)"),),
    ),
    Mistake(
        "dropout-on-position",
        "dropout on the positions only",
        "The paper applies it to the *sum* of word and position.",
        ((ADD, "return x + self.dropout(self.table[:T])"),),
    ),
    Mistake(
        "dropout-on-words",
        "dropout on the words only",
        "The paper applies it to the *sum* of word and position.",
        ((ADD, "return self.dropout(x) + self.table[:T]"),),
    ),
    Mistake(
        "dropout-on-both",
        "dropout on words and positions, each by itself",
        "The paper applies it to the *sum*: an entry of the sum stays or goes as a whole.",
        ((ADD, "return self.dropout(x) + self.dropout(self.table[:T].expand_as(x))"),),
    ),
    Mistake(
        "dropout-always",
        "dropout in eval mode too",
        "F.dropout asks to be told the mode: by itself it takes training for granted.",
        ((ADD, "return F.dropout(x + self.table[:T], self.dropout.p)"),),
    ),
    Mistake(
        "dropout-always-half",
        "dropout in eval mode too",
        "F.dropout asks to be told the mode, and the probability: by itself it takes training and one half for granted.",
        ((ADD, "return F.dropout(x + self.table[:T])"),),
    ),
    Mistake(
        "keep-probability",
        "1 - p in the place of p",
        "In PyTorch the probability of dropout says how much is dropped, not how much is kept.",
        (("nn.Dropout(dropout)", "nn.Dropout(1 - dropout)"),),
    ),
    Mistake(
        "own-probability",
        "a probability of dropout that is not the one asked for",
        "`dropout` is an argument of `__init__`: is it used?",
        (("nn.Dropout(dropout)", "nn.Dropout()"),),
    ),
    Mistake(
        "fixed-probability",
        "a probability of dropout that is not the one asked for",
        "`dropout` is an argument of `__init__`: is it used?",
        (("nn.Dropout(dropout)", "nn.Dropout(0.1)"),),
    ),
    Mistake(
        "table-sizes-swapped",
        "a table with rows and columns swapped",
        "In which order does your positional_encoding take length and width?",
        (("positional_encoding(max_len, d_model)", "positional_encoding(d_model, max_len)"),),
    ),
    Mistake(
        "no-dropout",
        "no dropout at all",
        "With p = 1, training leaves nothing of the sum. Is the layer made in `__init__` used in `forward`?",
        ((ADD, "return x + self.table[:T]"),),
    ),
    Mistake(
        "scaled-again",
        "the words multiplied by √D once more",
        "That has been done, in `embed`: x comes in scaled.",
        ((ADD, "return self.dropout(x * math.sqrt(x.size(-1)) + self.table[:T])"),),
    ),
    Mistake(
        "added-twice",
        "the positions added twice",
        "Once is enough.",
        ((ADD, "return self.dropout(x + self.table[:T] + self.table[:T])"),),
    ),
    Mistake(
        "multiplied",
        "words multiplied by positions",
        "The paper adds the two: where a sine is 0, a product would lose the word.",
        ((ADD, "return self.dropout(x * self.table[:T])"),),
    ),
    Mistake(
        "in-place",
        "the sum written into x itself",
        "`+=` changes the tensor of the caller, who may still need it.",
        ((ADD, "x += self.table[:T]\n        return self.dropout(x)"),),
    ),
    Mistake(
        "no-check",
        "no ValueError of its own",
        "Compare T, the number of words, with the number of positions there are, before anything is added, and raise a ValueError.",
        ((TOO_LONG, ""),),
        also=((("raise ValueError", "raise RuntimeError"),), (("if T > self", "if x.size(0) > self"),)),
    ),
    Mistake(
        "cut-short",
        "a sentence that is too long cut off silently",
        "Words would be lost without a word. A ValueError says it aloud.",
        ((TOO_LONG, "        x = x[:, : self.table.size(0)]\n        T = min(T, self.table.size(0))\n"),),
    ),
    Mistake(
        "off-by-one",
        "the longest sentence refused",
        "A table with max_len rows has room for max_len words.",
        (("if T > self", "if T >= self"),),
    ),
)

LEARNED = (
    Mistake(
        "buffer",
        "a table that cannot learn",
        "What is the difference between a tensor, a buffer and a parameter?",
        (("nn.Parameter(torch.randn(max_len, d_model))", "torch.randn(max_len, d_model)"),),
        also=(
            (
                (
                    "self.table = nn.Parameter(torch.randn(max_len, d_model))",
                    'self.register_buffer("table", torch.randn(max_len, d_model))',
                ),
            ),
        ),
    ),
    Mistake(
        "frozen",
        "a table that gets no gradient",
        "requires_grad=False, .detach() or .data: with any of them it stays as it is for ever.",
        (("torch.randn(max_len, d_model))", "torch.randn(max_len, d_model), requires_grad=False)"),),
        also=((("self.table[: x.size(1)]", "self.table[: x.size(1)].detach()"),),),
    ),
    Mistake(
        "along-batch",
        "as many rows as there are sentences",
        "x is (B, T, D). Which of its sizes is the number of words?",
        (("x.size(1)", "x.size(0)"),),
    ),
    Mistake(
        "no-slice",
        "the whole table added",
        "The table has max_len rows, the sentence T words.",
        (("self.table[: x.size(1)]", "self.table"),),
    ),
    Mistake(
        "sizes-swapped",
        "rows and columns of the table swapped",
        "A row for each position, a column for each dimension.",
        (("torch.randn(max_len, d_model)", "torch.randn(d_model, max_len)"),),
    ),
    Mistake(
        "one-row",
        "one vector for all positions",
        "Then all places are alike again. The table needs a row for each.",
        (("self.table[: x.size(1)]", "self.table[0]"),),
    ),
)

EXPOSE = (
    Mistake(
        "one-sentence",
        "a batch of one sentence",
        "The bug counts sentences: with one there is nothing to count.",
        (("torch.ones(2, 3, 4)", "torch.ones(1, 3, 4)"),),
    ),
    Mistake(
        "no-batch",
        "a sentence without a batch",
        "x is (B, T, D): three dimensions.",
        (("torch.ones(2, 3, 4)", "torch.ones(3, 4)"),),
    ),
    Mistake(
        "different-sentences",
        "a batch in which no two sentences are equal",
        "Different sentences may well come out different. What must not?",
        (("torch.ones(2, 3, 4)", "torch.arange(24.0).reshape(2, 3, 4)"),),
    ),
)

MENDED = (
    Mistake(
        "still-batch",
        "positions still counted along the batch",
        "Which size of x is the number of words?",
        (("table[: x.size(1)]", "table[: x.size(0)].unsqueeze(1)"),),
    ),
    Mistake(
        "slice-only",
        "as many rows as there are sentences, without the middle 1",
        "Shapes that happen to fit prove nothing. Which size of x is the number of words?",
        (("table[: x.size(1)]", "table[: x.size(0)]"),),
    ),
    Mistake(
        "unsqueeze-left",
        "a 1 left in the middle of the table's rows",
        "(T, 1, D) added to (B, T, D): which dimensions meet which?",
        (("table[: x.size(1)]", "table[: x.size(1)].unsqueeze(1)"),),
    ),
    Mistake(
        "whole-table",
        "the whole table added",
        "The table may have more rows than the sentence has words.",
        (("table[: x.size(1)]", "table"),),
    ),
)
