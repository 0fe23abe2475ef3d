"""The mistakes of lesson 05 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

CUT = "x.reshape(B, T, num_heads, D // num_heads).transpose(1, 2)"

SPLIT_MISTAKES = (
    Mistake(
        "view-only",
        "a reshape straight to (B, H, T, d_k), with nothing transposed",
        "reshape never moves a number, it only cuts the same row of numbers anew: look at the address labels. Which dimension of x has to be cut in two, and where do the two pieces have to go?",
        ((CUT, "x.reshape(B, num_heads, T, D // num_heads)"),),
        also=(((CUT, "x.contiguous().view(B, num_heads, -1, D // num_heads)"),),),
    ),
    Mistake(
        "not-moved",
        "heads that stayed behind the words",
        "The cut is right. In (B, H, T, d_k) the heads stand before the words, so that the last two dimensions are those that attention works on.",
        ((CUT, "x.reshape(B, T, num_heads, D // num_heads)"),),
    ),
    Mistake(
        "interleaved",
        "every head given each H-th feature",
        "A head gets d_k features that stand side by side. Which of the two numbers, H and d_k, has to come last when D is cut in two?",
        ((CUT, "x.reshape(B, T, D // num_heads, num_heads).permute(0, 3, 1, 2)"),),
    ),
    Mistake(
        "wrong-cut",
        "H and d_k exchanged",
        "There should be num_heads heads of d_k features each, not the other way round.",
        ((CUT, "x.reshape(B, T, D // num_heads, num_heads).transpose(1, 2)"),),
    ),
    Mistake(
        "from-the-sequence",
        "heads made of pieces of the sentence",
        "Every head sees every word. It is the features of a word that are shared out among the heads.",
        ((CUT, "x.reshape(B, num_heads, -1, D)"),),
        also=(((CUT, "torch.stack([x] * num_heads, dim=1)[..., : D // num_heads].reshape(B, num_heads, -1, D)"),),),
    ),
    Mistake(
        "features-first",
        "words and features exchanged in each head",
        "The last two dimensions of each head are (T, d_k), words before features.",
        ((CUT, "x.reshape(B, T, num_heads, D // num_heads).permute(0, 2, 3, 1)"),),
    ),
    Mistake(
        "heads-first",
        "heads before the batch",
        "Batch first, always: (B, H, T, d_k).",
        ((CUT, "x.reshape(B, T, num_heads, D // num_heads).permute(2, 0, 1, 3)"),),
        also=(((CUT, "torch.stack(x.chunk(num_heads, dim=-1))"),),),
    ),
    Mistake(
        "transposed-batch",
        "the batch and the words exchanged",
        "Count the dimensions after the cut: batch 0, words 1, heads 2, features 3. Which two change places?",
        ((CUT, "x.reshape(B, T, num_heads, D // num_heads).transpose(0, 1)"),),
    ),
    Mistake(
        "same-slice",
        "the same features for every head",
        "The heads share the features out among them; together they hold all D of them.",
        ((CUT, "x[:, None, :, : D // num_heads].expand(B, num_heads, T, D // num_heads)"),),
    ),
    Mistake(
        "whole-width",
        "the whole width for every head",
        "A head has d_k = D / H features, so that all heads together cost as much as one wide one.",
        ((CUT, "x[:, None].expand(B, num_heads, T, D)"),),
    ),
    Mistake(
        "batch-of-heads",
        "batch and heads in one dimension",
        "(B, H, T, d_k) has four dimensions: heads stay apart from the batch.",
        ((CUT, f"{CUT}.reshape(B * num_heads, T, D // num_heads)"),),
    ),
    Mistake(
        "a-list",
        "a list of heads instead of one tensor",
        "One tensor of shape (B, H, T, d_k) lets all heads attend in one product.",
        ((CUT, "x.chunk(num_heads, dim=-1)"),),
    ),
)

JOIN = "x.transpose(1, 2).reshape(B, T, H * d_k)"

MERGE_MISTAKES = (
    Mistake(
        "view-only",
        "a reshape straight to (B, T, D), with nothing transposed",
        "Undo the two steps of split_heads, the last one first. What does a reshape alone do to the address labels?",
        ((JOIN, "x.reshape(B, T, H * d_k)"),),
        also=(((JOIN, "x.contiguous().view(B, T, -1)"),),),
    ),
    Mistake(
        "not-contiguous",
        "`view` on a tensor that was transposed",
        "After transpose the numbers no longer stand in the order in which they are read; view refuses to move them. reshape, or contiguous before view, does.",
        ((JOIN, "x.transpose(1, 2).view(B, T, H * d_k)"),),
    ),
    Mistake(
        "features-major",
        "the heads' features shuffled into each other",
        "First all features of head 0, then all of head 1. Which of the two dimensions has to be the last but one?",
        ((JOIN, "x.permute(0, 2, 3, 1).reshape(B, T, H * d_k)"),),
    ),
    Mistake(
        "summed",
        "the heads summed",
        "Nothing may be lost: the heads are put side by side, and W_o decides what to make of them.",
        ((JOIN, "x.sum(1)"),),
    ),
    Mistake(
        "averaged",
        "the heads averaged",
        "Nothing may be lost: the heads are put side by side, and W_o decides what to make of them.",
        ((JOIN, "x.mean(1)"),),
    ),
    Mistake(
        "averaged-and-repeated",
        "the mean of the heads, repeated",
        "The width is right, but every head now says the same. The heads are put side by side.",
        ((JOIN, "x.mean(1).repeat(1, 1, H)"),),
    ),
    Mistake(
        "not-joined",
        "heads moved back but not joined",
        "One step is missing: the last two dimensions, H and d_k, become one of size D.",
        ((JOIN, "x.transpose(1, 2)"),),
    ),
    Mistake(
        "features-before-words",
        "features where the words should be",
        "(B, T, D): the words come before the features.",
        ((JOIN, "x.transpose(2, 3).reshape(B, H * d_k, T)"),),
    ),
    Mistake(
        "wrong-transpose",
        "words and features exchanged before the reshape",
        "Which two dimensions did split_heads exchange? The same two change places again.",
        ((JOIN, "x.transpose(2, 3).reshape(B, T, H * d_k)"),),
    ),
    Mistake(
        "along-the-words",
        "heads put one after the other along the sentence",
        "The sentence has as many words as before; it is the features that are put side by side.",
        ((JOIN, "torch.cat(x.unbind(1), dim=1)"),),
    ),
    Mistake(
        "one-head",
        "only the first head",
        "All heads count: D features come out.",
        ((JOIN, "x[:, 0]"),),
    ),
    Mistake(
        "last-head-first",
        "the heads in reverse order",
        "Head 0 comes first.",
        ((JOIN, "x.flip(1).transpose(1, 2).reshape(B, T, H * d_k)"),),
    ),
)

Q, K, V = (f"split_heads(self.W_{n}({x}), self.num_heads)" for n, x in (("q", "query"), ("k", "key"), ("v", "value")))
RAISE = (
    "if d_model % num_heads != 0:\n"
    '            raise ValueError(f"d_model = {d_model} cannot be shared out among {num_heads} heads")\n        '
)
ATTEND = "output, weights = attention(q, k, v, mask)"
MASK = "mask = mask.unsqueeze(-3)"
RETURN = "return self.W_o(merge_heads(output)), weights"
LINEAR = tuple(f"self.W_{name} = nn.Linear(d_model, d_model)" for name in "qkvo")


def _cut(expression: str) -> tuple[tuple[str, str], ...]:
    """All three split by `expression`, in which X stands for the projected tensor."""
    inner = (("q", "query"), ("k", "key"), ("v", "value"))
    return tuple(
        (whole, expression.replace("X", f"self.W_{n}({x})").replace("Y", x))
        for whole, (n, x) in zip((Q, K, V), inner, strict=True)
    )


MODULE_MISTAKES = (
    Mistake(
        "view-split",
        "heads split by a reshape alone",
        "A reshape straight to (B, H, T, d_k) mixes words and heads. `split_heads` of Exercise 5.1 does not.",
        _cut("X.reshape(Y.size(0), self.num_heads, Y.size(1), -1)"),
    ),
    Mistake(
        "merge-view",
        "heads merged by a reshape alone",
        "A reshape straight to (B, T, D) mixes words and heads. `merge_heads` of Exercise 5.2 does not.",
        (("merge_heads(output)", "output.reshape(query.shape)"),),
    ),
    Mistake(
        "interleaved",
        "every head given each H-th feature",
        "A head gets d_k features that stand side by side, or weights trained elsewhere mean something else here.",
        (
            *_cut("X.unflatten(-1, (-1, self.num_heads)).permute(0, 3, 1, 2)"),
            ("merge_heads(output)", "output.permute(0, 2, 3, 1).flatten(2)"),
        ),
    ),
    Mistake(
        "features-major",
        "the heads' features shuffled into each other on merging",
        "First all features of head 0, then all of head 1: `merge_heads` does it.",
        (("merge_heads(output)", "output.permute(0, 2, 3, 1).flatten(2)"),),
    ),
    Mistake(
        "same-slice",
        "the same features for every head",
        "Each head works on features of its own.",
        tuple((whole, f"{whole}[:, :1].expand(-1, self.num_heads, -1, -1)") for whole in (Q, K, V)),
    ),
    Mistake(
        "no-split",
        "one head over the whole width, repeated",
        "With heads as wide as D there is no division of labour. What does `split_heads` do?",
        (
            *_cut("X[:, None].expand(-1, self.num_heads, -1, -1)"),
            ("merge_heads(output)", "output[:, 0]"),
        ),
    ),
    Mistake(
        "scale-d-model",
        "scores divided by √D instead of √d_k",
        "The dot product of a head runs over d_k numbers. `attention` looks at the width of what it is given: is that a head?",
        ((ATTEND, "output, weights = attention(q / self.num_heads**0.5, k, v, mask)"),),
    ),
    Mistake(
        "scale-twice",
        "scores divided by √d_k twice",
        "`attention` divides already.",
        ((ATTEND, "output, weights = attention(q / q.size(-1) ** 0.5, k, v, mask)"),),
    ),
    Mistake(
        "no-scale",
        "scores that are not divided by √d_k",
        "`attention` divides by √d_k; something multiplies it away again.",
        ((ATTEND, "output, weights = attention(q * q.size(-1) ** 0.5, k, v, mask)"),),
    ),
    Mistake(
        "softmax-over-heads",
        "softmax over the heads",
        "Every head shares out its own 1 among the words. Which dimension holds the words looked at?",
        (
            (
                ATTEND,
                "s = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5\n"
                "        s = s if mask is None else s.masked_fill(~mask, torch.finfo(s.dtype).min)\n"
                "        weights = torch.softmax(s, dim=1)\n        output = weights @ v",
            ),
        ),
    ),
    Mistake(
        "softmax-over-queries",
        "softmax over the queries",
        "Each row of the weights should sum to 1, and a row belongs to one query.",
        (
            (
                ATTEND,
                "s = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5\n"
                "        s = s if mask is None else s.masked_fill(~mask, torch.finfo(s.dtype).min)\n"
                "        weights = torch.softmax(s, dim=-2)\n        output = weights @ v",
            ),
        ),
    ),
    Mistake(
        "no-output-projection",
        "no W_o after the merge",
        "The heads now stand side by side and know nothing of each other. Which layer is not used yet?",
        ((RETURN, "return merge_heads(output), weights"),),
    ),
    Mistake(
        "output-projection-missing",
        "three layers, and no W_o",
        "The paper's MultiHead ends in a fourth matrix, which mixes what the heads found.",
        ((LINEAR[3], ""), (RETURN, "return merge_heads(output), weights")),
    ),
    Mistake(
        "output-projection-first",
        "W_o applied to the values, before they are mixed",
        "The fourth layer comes last: it mixes what the heads found.",
        (
            (V, "split_heads(self.W_o(self.W_v(value)), self.num_heads)"),
            (RETURN, "return merge_heads(output), weights"),
        ),
    ),
    Mistake(
        "one-projection",
        "one layer for queries, keys and values",
        "Each of the three views has a layer of its own; two of yours never learn.",
        ((K, "split_heads(self.W_q(key), self.num_heads)"), (V, "split_heads(self.W_q(value), self.num_heads)")),
    ),
    Mistake(
        "same-k-v",
        "one layer for keys and values",
        "What a word offers to be found by, and what it tells, are two views: the values have a layer of their own.",
        ((V, "split_heads(self.W_k(value), self.num_heads)"),),
    ),
    Mistake(
        "unprojected",
        "heads cut from the words as they came in",
        "The layers W_q, W_k and W_v are there, but nothing goes through them.",
        _cut("split_heads(Y, self.num_heads)"),
    ),
    Mistake(
        "v-unprojected",
        "the values left as they came in",
        "What a word tells is learned too: the value goes through a layer of its own.",
        ((V, "split_heads(value, self.num_heads)"),),
    ),
    Mistake(
        "q-k-layers-swapped",
        "queries and keys exchanged",
        "Which layer makes the queries, and which of the two asks?",
        ((Q, "split_heads(self.W_k(query), self.num_heads)"), (K, "split_heads(self.W_q(key), self.num_heads)")),
        also=(((ATTEND, "output, weights = attention(k, q, v, mask)"),),),
    ),
    Mistake(
        "self-only",
        "keys and values made from the query",
        "In self-attention all three are the same tensor; in cross-attention keys and values come from another sentence.",
        ((K, "split_heads(self.W_k(query), self.num_heads)"), (V, "split_heads(self.W_v(query), self.num_heads)")),
    ),
    Mistake(
        "value-from-key",
        "values made from the keys",
        "`forward` is given three tensors, and each has its own use.",
        ((V, "split_heads(self.W_v(key), self.num_heads)"),),
    ),
    Mistake(
        "key-from-value",
        "keys made from the values",
        "`forward` is given three tensors, and each has its own use.",
        ((K, "split_heads(self.W_k(value), self.num_heads)"),),
    ),
    Mistake(
        "query-from-value",
        "queries made from the values",
        "The words that ask are those of `query`: one row of the output belongs to each of them.",
        ((Q, "split_heads(self.W_q(value), self.num_heads)"),),
        also=(
            ((Q, "split_heads(self.W_q(value), self.num_heads)"), ("merge_heads(output)", "merge_heads(1.0 * output)")),
        ),
    ),
    Mistake(
        "same-length",
        "keys taken to be as many as queries",
        "In cross-attention T and S differ. Whose length is used where?",
        (
            (K, "self.W_k(key).reshape(*query.shape[:2], self.num_heads, -1).transpose(1, 2)"),
            (V, "self.W_v(value).reshape(*query.shape[:2], self.num_heads, -1).transpose(1, 2)"),
        ),
    ),
    Mistake(
        "heads-summed",
        "the heads summed rather than put side by side",
        "Nothing may be lost on the way to W_o: D features go into it, d_k of each head.",
        (("merge_heads(output)", "output.sum(1).repeat(1, 1, self.num_heads)"),),
    ),
    Mistake(
        "heads-averaged",
        "the mean of the heads in the place of all",
        "Nothing may be lost on the way to W_o: D features go into it, d_k of each head.",
        (("merge_heads(output)", "output.mean(1).repeat(1, 1, self.num_heads)"),),
    ),
    Mistake(
        "weights-averaged",
        "the weights averaged over the heads",
        "All heads' weights are asked for, (B, H, T, S): they differ, and that is the point of them. (nn.MultiheadAttention returns the mean unless told otherwise.)",
        ((RETURN, "return self.W_o(merge_heads(output)), weights.mean(1)"),),
    ),
    Mistake(
        "first-heads-weights",
        "the weights of the first head only",
        "All heads' weights are asked for: (B, H, T, S).",
        ((RETURN, "return self.W_o(merge_heads(output)), weights[:, 0]"),),
    ),
    Mistake(
        "not-divisible",
        "a width accepted that cannot be shared out evenly",
        "10 features among 4 heads leave 2 over. Say so at once, with a ValueError, when the module is built.",
        ((RAISE, ""),),
        also=(((RAISE, "d_model = d_model // num_heads * num_heads\n        "),),),
    ),
    Mistake(
        "wide-heads",
        "layers H times too wide",
        "W_q takes D features to D: d_k for each head, H heads. Heads as wide as D would cost H times as much.",
        (
            *((line, line.replace("(d_model, d_model)", "(d_model, d_model * num_heads)")) for line in LINEAR[:3]),
            (LINEAR[3], LINEAR[3].replace("(d_model, d_model)", "(d_model * num_heads, d_model)")),
        ),
    ),
    Mistake(
        "narrow-layers",
        "layers of one head only",
        "W_q makes the queries of all heads at once: D features, of which split_heads gives d_k to each.",
        tuple((line, line.replace("(d_model, d_model)", "(d_model, d_model // num_heads)")) for line in LINEAR[:3]),
    ),
    Mistake(
        "no-bias",
        "layers without a bias",
        "nn.MultiheadAttention has a bias in all four, and its weights are to fit yours: nn.Linear has one unless told otherwise.",
        tuple((line, line.replace("d_model)", "d_model, bias=False)")) for line in LINEAR),
    ),
    Mistake(
        "layers-in-a-list",
        "layers that the module cannot find",
        "A module finds layers that are attributes of it, or in an nn.ModuleList. In a plain list they are lost, and never learn.",
        (
            (LINEAR[0], "self.layers = [nn.Linear(d_model, d_model) for _ in range(4)]"),
            (LINEAR[1], ""),
            (LINEAR[2], ""),
            (LINEAR[3], ""),
            (Q, "split_heads(self.layers[0](query), self.num_heads)"),
            (K, "split_heads(self.layers[1](key), self.num_heads)"),
            (V, "split_heads(self.layers[2](value), self.num_heads)"),
            (RETURN, "return self.layers[3](merge_heads(output)), weights"),
        ),
    ),
    Mistake(
        "layers-in-forward",
        "an output layer made anew at every call",
        "A layer made in `forward` starts from chance each time and is forgotten at once. Make it in `__init__`.",
        (
            (
                RETURN,
                "d = query.size(-1)\n        return nn.Linear(d, d).to(query.dtype)(merge_heads(output)), weights",
            ),
        ),
    ),
    Mistake(
        "mask-ignored",
        "the mask ignored",
        "`forward` is given a mask. Who needs it?",
        ((ATTEND, "output, weights = attention(q, k, v)"),),
    ),
    Mistake(
        "mask-inverted",
        "the mask the wrong way round",
        "True means: may attend. That is what `attention` takes, too. (nn.MultiheadAttention means the opposite.)",
        ((MASK, "mask = ~mask.unsqueeze(-3)"),),
    ),
    Mistake(
        "mask-without-heads",
        "no dimension for the heads in the mask",
        "The scores are (B, H, T, S). A mask (B, T, S) is then read as (H, T, S): each head would get another sentence's mask.",
        ((MASK, "pass"),),
        also=(((MASK, "mask = mask.unsqueeze(0)"),),),
    ),
    Mistake(
        "mask-heads-counted-from-front",
        "a place for the heads counted from the front",
        "(T, S) and (B, T, S) do not have the same number of dimensions. Counted from the end, the heads stand in the same place in both.",
        ((MASK, "mask = mask.unsqueeze(1)"),),
    ),
    Mistake(
        "mask-first-row",
        "the first query's row of the mask used for all",
        "Each query has a row of the mask to itself.",
        ((MASK, "mask = mask[..., :1, :].unsqueeze(-3)"),),
    ),
    Mistake(
        "mask-first-sentence",
        "the first sentence's mask used for all",
        "Each sentence of the batch has a mask of its own, if the mask has three dimensions.",
        ((MASK, "mask = (mask if mask.dim() == 2 else mask[0]).unsqueeze(-3)"),),
    ),
    Mistake(
        "mask-after",
        "hidden words taken out after softmax",
        "What was given to the hidden words is lost: a row no longer sums to 1. `attention` hides them before.",
        (
            (
                ATTEND,
                "output, weights = attention(q, k, v)\n"
                "        weights = weights if mask is None else weights * mask\n        output = weights @ v",
            ),
        ),
    ),
    Mistake(
        "mask-transposed",
        "the mask turned on its side",
        "Rows of the mask are queries, columns are keys, as in the scores.",
        ((MASK, "mask = mask.mT.unsqueeze(-3) if mask.size(-1) == mask.size(-2) else mask.unsqueeze(-3)"),),
    ),
    Mistake(
        "output-only",
        "only the output returned",
        "The weights are asked for as well: pictures of attention are made of them.",
        ((RETURN, "return self.W_o(merge_heads(output))"),),
    ),
    Mistake(
        "returned-swapped",
        "output and weights returned in the wrong order",
        "Which of the two comes first in the docstring?",
        ((RETURN, "return weights, self.W_o(merge_heads(output))"),),
    ),
    Mistake(
        "residual",
        "the query added to the output",
        "That is lesson 6: here the output is W_o of the merged heads, and no more.",
        ((RETURN, "return query + self.W_o(merge_heads(output)), weights"),),
    ),
)

PACK = "torch.cat([W_q, W_k, W_v])"
BIAS = "torch.cat([b_q, b_k, b_v])"

TO_TORCH_MISTAKES = (
    Mistake(
        "mask-kept",
        "a mask whose True still means: may attend",
        "In nn.MultiheadAttention a True hides. What becomes of your mask?",
        (("~mask", "mask"),),
    ),
    Mistake(
        "order",
        "the three matrices in another order",
        "Queries, keys, values, from top to bottom: the order of the name, q k v.",
        ((PACK, "torch.cat([W_k, W_q, W_v])"), (BIAS, "torch.cat([b_k, b_q, b_v])")),
        also=(
            ((PACK, "torch.cat([W_k, W_q, W_v])"),),
            ((PACK, "torch.cat([W_v, W_k, W_q])"), (BIAS, "torch.cat([b_v, b_k, b_q])")),
            ((PACK, "torch.cat([W_q, W_v, W_k])"), (BIAS, "torch.cat([b_q, b_v, b_k])")),
        ),
    ),
    Mistake(
        "bias-order",
        "the biases in another order than the matrices",
        "Each bias belongs to the matrix beside it: the same order in both.",
        ((BIAS, "torch.cat([b_k, b_q, b_v])"),),
    ),
    Mistake(
        "side-by-side",
        "the matrices side by side instead of one below the other",
        "in_proj_weight has the shape (3D, D): along which dimension does it grow?",
        ((PACK, "torch.cat([W_q, W_k, W_v], dim=1)"),),
    ),
    Mistake(
        "stacked",
        "the matrices stacked in a new dimension",
        "in_proj_weight has two dimensions, (3D, D).",
        ((PACK, "torch.stack([W_q, W_k, W_v])"),),
    ),
    Mistake(
        "transposed",
        "the matrices transposed",
        "nn.Linear and nn.MultiheadAttention keep their matrices the same way round, (out, in).",
        ((PACK, "torch.cat([W_q.T, W_k.T, W_v.T])"),),
    ),
    Mistake(
        "rows-interleaved",
        "the rows of the three shuffled into each other",
        "First all rows of W_q, then all of W_k, then all of W_v.",
        ((PACK, "torch.stack([W_q, W_k, W_v], dim=1).flatten(0, 1)"),),
    ),
    Mistake(
        "mask-of-numbers",
        "a mask of numbers",
        "A mask of real numbers is added to the scores there: 1.0 would hide nothing. Booleans are asked for.",
        (("~mask", "(~mask).to(W_q.dtype)"),),
        also=((("~mask", "(~mask).long()"),),),
    ),
)

COUNT = "4 * (d_model * d_model + d_model)"

COUNT_MISTAKES = (
    Mistake(
        "times-heads",
        "each head counted with the whole width",
        "A head has D / H features of each matrix. What do H of them have together?",
        ((COUNT, "num_heads * (3 * (d_model * d_model + d_model)) + d_model * d_model + d_model"),),
    ),
    Mistake(
        "times-heads-all",
        "everything multiplied by the number of heads",
        "The heads share the matrices out among them. Does splitting add a parameter?",
        ((COUNT, "num_heads * 4 * (d_model * d_model + d_model)"),),
    ),
    Mistake(
        "one-head",
        "the parameters of one head only",
        "One head has D · d_k of each matrix. There are H heads.",
        ((COUNT, "3 * (d_model * (d_model // num_heads) + d_model // num_heads) + d_model * d_model + d_model"),),
    ),
    Mistake(
        "divided",
        "the whole divided by the number of heads",
        "All heads together have D features, whatever their number.",
        ((COUNT, "4 * (d_model * d_model + d_model) // num_heads"),),
    ),
    Mistake(
        "no-output-projection",
        "W_o not counted",
        "There are four layers: which one comes after the heads?",
        ((COUNT, "3 * (d_model * d_model + d_model)"),),
    ),
    Mistake(
        "no-bias",
        "the biases not counted",
        "nn.Linear(D, D) has a matrix and a vector.",
        ((COUNT, "4 * d_model * d_model"),),
    ),
    Mistake(
        "one-bias",
        "one bias for all four layers",
        "Each of the four layers has a bias of its own.",
        ((COUNT, "4 * d_model * d_model + d_model"),),
    ),
    Mistake(
        "one-layer",
        "one layer in the place of four",
        "Queries, keys, values and output: how many layers are that?",
        ((COUNT, "d_model * d_model + d_model"),),
    ),
)

BITS = "torch.where(weights > 0, -weights * torch.log2(weights), 0.0)"
MEAN = "return bits.sum(dim=-1).mean(dim=-1)"

ENTROPY_MISTAKES = (
    Mistake(
        "nan",
        "NaN where a weight is 0",
        "log 0 is -∞, and 0 · -∞ is NaN. What does p log p go to as p goes to 0?",
        ((BITS, "-weights * torch.log2(weights)"),),
    ),
    Mistake(
        "sign",
        "a negative entropy",
        "The logarithm of a probability is below 0. What makes the sum positive?",
        (("-weights *", "weights *"),),
    ),
    Mistake(
        "nats",
        "the natural logarithm",
        "In bits, a fair choice between two words counts 1. Which logarithm gives that?",
        (("torch.log2", "torch.log"),),
    ),
    Mistake(
        "base-10",
        "the logarithm to base 10",
        "In bits, a fair choice between two words counts 1. Which logarithm gives that?",
        (("torch.log2", "torch.log10"),),
    ),
    Mistake(
        "over-queries",
        "sums over the queries",
        "The distribution is a row: its probabilities run along the keys, the last dimension.",
        ((MEAN, "return bits.sum(dim=-2).mean(dim=-1)"),),
    ),
    Mistake(
        "summed",
        "the entropies of all words added up",
        "The mean over the words is asked for, or long sentences would always look more scattered.",
        ((MEAN, "return bits.sum(dim=(-2, -1))"),),
    ),
    Mistake(
        "mean-of-terms",
        "the mean of the terms instead of their sum",
        "The entropy of a row is a sum over its words; only then comes the mean over rows.",
        ((MEAN, "return bits.mean(dim=(-2, -1))"),),
    ),
    Mistake(
        "not-averaged",
        "one number for each word",
        "One number for each head is asked for: the mean over its words.",
        ((MEAN, "return bits.sum(dim=-1)"),),
    ),
    Mistake(
        "one-number",
        "one number for all heads",
        "Heads are compared: only the last two dimensions go.",
        ((MEAN, "return bits.sum(dim=-1).mean()"),),
    ),
    Mistake(
        "no-weights",
        "the logarithms summed without their weights",
        "Surprise counts as often as it happens: each logarithm is multiplied by its weight.",
        ((BITS, "torch.where(weights > 0, -torch.log2(weights), 0.0)"),),
    ),
    Mistake(
        "of-mean",
        "the entropy of the mean row",
        "First the entropy of each row, then the mean. A head that looks sharply at another word each time is sharp.",
        (
            (BITS, "weights.mean(dim=-2)"),
            (MEAN, "return torch.where(bits > 0, -bits * torch.log2(bits), 0.0).sum(dim=-1)"),
        ),
    ),
    Mistake(
        "normalised",
        "the entropy as a share of the largest possible",
        "Bits are asked for: a row that is uniform over eight words has 3 of them.",
        ((MEAN, "return bits.sum(dim=-1).mean(dim=-1) / math.log2(weights.size(-1))"),),
    ),
)

ON = "on_pattern = (weights * pattern[:, None, None]).sum(dim=-1)"
SCORES = "scores = on_pattern.sum(dim=(0, -1)) / pattern.any(dim=-1).sum()"
PLACE = "layer, head = divmod(scores.argmax().item(), scores.size(1))"
FOUND = "return layer, head, scores"

FIND_MISTAKES = (
    Mistake(
        "transposed",
        "the pattern turned on its side",
        "Row i of the pattern says what word i looks at, as in the weights.",
        ((ON, "on_pattern = (weights.transpose(-2, -1) * pattern[:, None, None]).sum(dim=-1)"),),
    ),
    Mistake(
        "all-words",
        "words without a mark counted in the mean",
        "Only words for which the pattern marks something have a score; the others say nothing about it.",
        ((SCORES, "scores = on_pattern.mean(dim=(0, -1))"),),
    ),
    Mistake(
        "per-sentence",
        "a mean of each sentence's mean",
        "Every marked word counts alike, in whichever sentence it stands: one mean over all of them.",
        (
            (
                SCORES,
                "marked = pattern.any(dim=-1).sum(dim=-1).clamp_min(1)\n"
                "    scores = (on_pattern.sum(dim=-1) / marked[:, None, None]).mean(dim=0)",
            ),
        ),
    ),
    Mistake(
        "summed",
        "a sum instead of a mean",
        "The score is the share of its weight that a marked word puts where it should: a mean, from 0 to 1.",
        ((SCORES, "scores = on_pattern.sum(dim=(0, -1))"),),
    ),
    Mistake(
        "per-mark",
        "divided by the marks instead of the words",
        "A word with two marks is still one word: its weights on both are added, and it counts once.",
        ((SCORES, "scores = on_pattern.sum(dim=(0, -1)) / pattern.sum()"),),
    ),
    Mistake(
        "most-rows",
        "the share of words whose largest weight is marked",
        "The weights themselves are averaged, not how often the largest one hits.",
        (
            (
                ON,
                "hits = weights == weights.amax(dim=-1, keepdim=True)\n"
                "    on_pattern = (hits * pattern[:, None, None]).sum(dim=-1)",
            ),
        ),
    ),
    Mistake(
        "layer-head-exchanged",
        "layer and head exchanged",
        "weights has the shape (N, L, H, T, S): the layers come first.",
        ((FOUND, "return head, layer, scores"),),
    ),
    Mistake(
        "wrong-stride",
        "the place divided by the number of layers",
        "A table with L rows and H columns is numbered row by row. After how many places does a new row begin?",
        ((PLACE, "layer, head = divmod(scores.argmax().item(), scores.size(0))"),),
    ),
    Mistake(
        "flat-place",
        "one number for layer and head together",
        "argmax numbers all L · H places from 0. How do you get the row and the column from that?",
        ((FOUND, "return layer * scores.size(1) + head, scores"),),
    ),
    Mistake(
        "worst",
        "the head that follows the pattern least",
        "The largest score is wanted.",
        (("scores.argmax()", "scores.argmin()"),),
    ),
    Mistake(
        "first-sentence",
        "the first sentence only",
        "All N sentences count.",
        ((SCORES, "scores = on_pattern[0].sum(dim=-1) / pattern[0].any(dim=-1).sum()"),),
    ),
    Mistake(
        "best-word",
        "the best single word in the place of the mean",
        "One word can look at anything by chance: the mean over all marked words counts.",
        ((SCORES, "scores = on_pattern.amax(dim=(0, -1))"),),
    ),
    Mistake(
        "no-scores",
        "no scores returned",
        "Three things are asked for: layer, head, and the scores of all heads.",
        ((FOUND, "return layer, head"),),
    ),
    Mistake(
        "best-score-only",
        "the best score in the place of all",
        "The scores of all heads are asked for, (L, H): one sees then whether the best one stands alone.",
        ((FOUND, "return layer, head, scores.max()"),),
    ),
    Mistake(
        "over-queries",
        "sums over the words that look instead of those looked at",
        "A row of the pattern belongs to one word; its marked weights lie along the last dimension.",
        (
            (ON, "on_pattern = (weights * pattern[:, None, None]).sum(dim=-2)"),
            (SCORES, SCORES.replace("pattern.any(dim=-1)", "pattern.any(dim=-2)")),
        ),
    ),
)

OWN = "silenced[:, head * d_k : (head + 1) * d_k] = 0"
COPY = "silenced = W_o.clone()"
WIDTH = "d_k = W_o.size(1) // num_heads"

SILENCE_MISTAKES = (
    Mistake(
        "rows",
        "rows set to 0 instead of columns",
        "nn.Linear computes x W_oᵀ: feature j of its input meets column j of the matrix that it keeps. Input or output: on which side are the heads?",
        ((OWN, "silenced[head * d_k : (head + 1) * d_k] = 0"),),
    ),
    Mistake(
        "in-place",
        "the caller's own matrix changed",
        "The caller still needs W_o as it was. What makes a copy of a tensor?",
        ((COPY, "silenced = W_o"),),
        also=(((COPY, "silenced = W_o.view(W_o.shape)"),),),
    ),
    Mistake(
        "others",
        "all heads silenced but the one",
        "The head that is named falls silent; the others go on.",
        ((OWN, "silenced[:, : head * d_k] = 0\n    silenced[:, (head + 1) * d_k :] = 0"),),
    ),
    Mistake(
        "one-column",
        "one column set to 0 instead of d_k",
        "A head has d_k features in the merged tensor. Where do those of head h begin, and where do they end?",
        ((OWN, "silenced[:, head] = 0"),),
    ),
    Mistake(
        "interleaved",
        "each H-th column set to 0",
        "The features of a head stand side by side after `merge_heads`.",
        ((OWN, "silenced[:, head::num_heads] = 0"),),
    ),
    Mistake(
        "next-head",
        "the next head silenced",
        "Heads count from 0: the features of head 0 begin in column 0.",
        ((OWN, "silenced[:, (head + 1) * d_k : (head + 2) * d_k] = 0"),),
    ),
    Mistake(
        "one-short",
        "the last column of the head left as it was",
        "The end of a slice does not belong to it.",
        ((OWN, "silenced[:, head * d_k : (head + 1) * d_k - 1] = 0"),),
    ),
    Mistake(
        "cut-out",
        "the columns cut out",
        "The shape stays (D, D), so that the merged heads still fit.",
        ((OWN, "silenced = torch.cat([W_o[:, : head * d_k], W_o[:, (head + 1) * d_k :]], dim=1)"),),
    ),
    Mistake(
        "width-is-heads",
        "the number of heads taken for their width",
        "num_heads says how many there are. How wide is each?",
        ((WIDTH, "d_k = num_heads"),),
    ),
    Mistake(
        "ones",
        "columns set to 1",
        "A head that is multiplied by 1 is still heard.",
        ((OWN, "silenced[:, head * d_k : (head + 1) * d_k] = 1"),),
    ),
    Mistake(
        "rescaled",
        "the other heads made louder",
        "Only the one head changes; what is left is not scaled up. (Dropout does that, in training.)",
        (
            (
                OWN,
                "silenced[:, head * d_k : (head + 1) * d_k] = 0\n    silenced = silenced * num_heads / (num_heads - 1)",
            ),
        ),
    ),
)

EXPOSE_MISTAKES = (
    Mistake(
        "one-head",
        "a single head",
        "With one head d_k is D, and dividing by the root of either is the same.",
        (("return q, k, 8", "return q, k, 1"),),
    ),
    Mistake(
        "small-scores",
        "scores near 0",
        "Where all scores are nearly 0 the weights are even, whatever they are divided by. The bug makes weights too even: where does that show?",
        (("torch.full((1, 8), 3.0)", "torch.full((1, 8), 0.1)"),),
    ),
    Mistake(
        "equal-keys",
        "equal keys",
        "If all keys are the same, the weights are even with the bug and without it. What must the scores of one row do for the divisor to matter?",
        (("[[0.0] * 8] * 5", "[[1.0] * 8] * 5"),),
    ),
    Mistake(
        "one-key",
        "a single key",
        "With one key every weight is 1, whatever the scores.",
        ((" + [[0.0] * 8] * 5", ""),),
    ),
    Mistake(
        "saturated",
        "scores so far apart that both divisors give 1 and 0",
        "Softmax of scores far apart is 1 and 0 under both. Bring them nearer, until the two differ most.",
        (("torch.full((1, 8), 3.0)", "torch.full((1, 8), 300.0)"),),
    ),
)

ROOT = "math.sqrt(q_h.size(-1))"

MENDED_MISTAKES = (
    Mistake(
        "scale-d-model",
        "scores divided by √D",
        "That is what the bug does, too. Over how many numbers does the dot product of one head run?",
        ((ROOT, "math.sqrt(q.size(-1))"),),
    ),
    Mistake(
        "no-scale",
        "scores that are not divided at all",
        "The division is needed; its divisor is wrong.",
        ((f" / {ROOT}", ""),),
    ),
    Mistake(
        "scale-d-k",
        "scores divided by d_k instead of √d_k",
        "The root of it, as in lesson 4.",
        ((ROOT, "q_h.size(-1)"),),
    ),
    Mistake(
        "scale-heads",
        "scores divided by the root of the number of heads",
        "Over how many numbers does the dot product of one head run? Not over the heads.",
        ((ROOT, "math.sqrt(num_heads)"),),
    ),
    Mistake(
        "scale-length",
        "scores divided by the root of the number of words",
        "Over how many numbers does the dot product run?",
        ((ROOT, "math.sqrt(q_h.size(0))"),),
    ),
    Mistake(
        "whole-queries",
        "whole queries and keys compared in every head",
        "Each head compares its own features. The mistake is in the divisor, not in what is multiplied.",
        (("q_h @ k_h.transpose(-2, -1)", "q @ k.transpose(-2, -1)"),),
    ),
)
