"""The mistakes of lesson 07 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from dataclasses import replace

from autograder.authoring.probes import Mistake

ATTENTION = "self.attention = MultiHeadAttention(d_model, num_heads)"
FEED = "self.feed_forward = PositionwiseFeedForward(d_model, d_ff)"
NORM_1, NORM_2 = "self.norm_1 = LayerNorm(d_model)", "self.norm_2 = LayerNorm(d_model)"
DROPOUT = "self.dropout = nn.Dropout(dropout)"
IF = "if self.norm_first:"
PRE_Y = "y = self.norm_1(x)"
PRE_ATTEND = "attended, _ = self.attention(y, y, y, mask)"
PRE_1 = "            x = x + self.dropout(attended)"
PRE_2 = "return x + self.dropout(self.feed_forward(self.norm_2(x)))"
POST_ATTEND = "attended, _ = self.attention(x, x, x, mask)"
POST_1 = "x = self.norm_1(x + self.dropout(attended))"
POST_2 = "return self.norm_2(x + self.dropout(self.feed_forward(x)))"
ZERO = "What comes out if both sublayers put out 0? In pre-norm x itself; in post-norm x, normalized."
DROP = "Dropout acts on what a sublayer puts out, before it is added. What is left of the layer at p = 1?"

ONE_ORDER = {
    "mask-inverted", "no-residual-attention", "no-residual-feed-forward", "residual-of-the-input",
    "one-residual-around-both", "side-by-side", "norms-exchanged", "norm-1-twice", "feed-forward-first",
    "feed-forward-on-attended", "dropout-attention-only", "dropout-feed-forward-only", "dropout-on-sum", "dropout-twice",
}  # fmt: skip


def _in_one_order(mistake: Mistake) -> Mistake:
    """The mistake, which shares its name with itself made in post-norm only and in pre-norm only."""
    if mistake.id not in ONE_ORDER:
        return mistake
    before = (PRE_Y, PRE_ATTEND, PRE_1, PRE_2)
    pre = tuple(edit for edit in mistake.edits if edit[0] in before)
    post = tuple(edit for edit in mistake.edits if edit[0] not in before)
    return replace(mistake, also=(*mistake.also, post, pre))


LAYER_MISTAKES = (
    Mistake(
        "mask-not-passed",
        "a mask that never reaches attention",
        "`forward` is handed a mask. Who needs it?",
        ((PRE_ATTEND, "attended, _ = self.attention(y, y, y)"), (POST_ATTEND, "attended, _ = self.attention(x, x, x)")),
    ),
    Mistake(
        "mask-not-passed-post",
        "a mask that never reaches attention in post-norm",
        "`forward` is handed a mask, for either order.",
        ((POST_ATTEND, "attended, _ = self.attention(x, x, x)"),),
    ),
    Mistake(
        "mask-not-passed-pre",
        "a mask that never reaches attention in pre-norm",
        "`forward` is handed a mask, for either order.",
        ((PRE_ATTEND, "attended, _ = self.attention(y, y, y)"),),
    ),
    Mistake(
        "mask-inverted",
        "a mask turned round",
        "True = may attend, here and in MultiHeadAttention alike. (torch's own layers mean the opposite.)",
        (
            (PRE_ATTEND, "attended, _ = self.attention(y, y, y, None if mask is None else ~mask)"),
            (POST_ATTEND, "attended, _ = self.attention(x, x, x, None if mask is None else ~mask)"),
        ),
    ),
    Mistake(
        "mask-over-queries",
        "a padding mask that hides queries in the place of keys",
        "A padding mask (B, 1, T) hides the same keys from every query. Turned on its side it hides nothing of the padding.",
        (
            (PRE_ATTEND, "attended, _ = self.attention(y, y, y, None if mask is None else mask.transpose(-2, -1))"),
            (POST_ATTEND, "attended, _ = self.attention(x, x, x, None if mask is None else mask.transpose(-2, -1))"),
        ),
    ),
    Mistake(
        "orders-swapped",
        "pre-norm where post-norm is asked for, and the other way round",
        "norm_first says it: True = the norm comes before the sublayer.",
        ((IF, "if not self.norm_first:"),),
    ),
    Mistake(
        "always-pre",
        "pre-norm, whatever was asked for",
        "The paper's order, norm_first=False, puts each norm around a sum.",
        ((IF, "if True:"),),
    ),
    Mistake(
        "always-post",
        "post-norm, whatever was asked for",
        "With norm_first=True nothing may stand in the main line.",
        ((IF, "if False:"),),
    ),
    Mistake(
        "no-residual",
        "no residual connections",
        ZERO,
        (
            (PRE_1, "            x = self.dropout(attended)"),
            (PRE_2, "return self.dropout(self.feed_forward(self.norm_2(x)))"),
            (POST_1, "x = self.norm_1(self.dropout(attended))"),
            (POST_2, "return self.norm_2(self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "no-residual-attention",
        "no residual connection around attention",
        "There are two sublayers, and x is led around each of them.",
        ((PRE_1, "            x = self.dropout(attended)"), (POST_1, "x = self.norm_1(self.dropout(attended))")),
    ),
    Mistake(
        "no-residual-feed-forward",
        "no residual connection around the feed-forward network",
        "There are two sublayers, and x is led around each of them.",
        (
            (PRE_2, "return self.dropout(self.feed_forward(self.norm_2(x)))"),
            (POST_2, "return self.norm_2(self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "no-residual-post",
        "no residual connections in post-norm",
        ZERO,
        (
            (POST_1, "x = self.norm_1(self.dropout(attended))"),
            (POST_2, "return self.norm_2(self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "no-residual-pre",
        "no residual connections in pre-norm",
        ZERO,
        (
            (PRE_1, "            x = self.dropout(attended)"),
            (PRE_2, "return self.dropout(self.feed_forward(self.norm_2(x)))"),
        ),
    ),
    Mistake(
        "residual-of-norm",
        "the normalized x added back in pre-norm",
        "Then a norm stands in the main line again. What is added back is x as it came in.",
        (
            (PRE_1, "            x = y + self.dropout(attended)"),
            (PRE_2, "y = self.norm_2(x)\n            return y + self.dropout(self.feed_forward(y))"),
        ),
    ),
    Mistake(
        "residual-of-norm-attention",
        "the normalized x added back around attention, in pre-norm",
        "What is added back is x as it came in, not what norm 1 made of it.",
        ((PRE_1, "            x = y + self.dropout(attended)"),),
        also=(((PRE_Y, "y = x = self.norm_1(x)"),),),
    ),
    Mistake(
        "residual-of-the-input",
        "the input of the whole layer added around the feed-forward network",
        "A residual connection leads around *its* sublayer: what came into the feed-forward network is added back.",
        (
            (PRE_1, "            first, x = x, x + self.dropout(attended)"),
            (PRE_2, "return first + self.dropout(self.feed_forward(self.norm_2(x)))"),
            (POST_1, "first, x = x, self.norm_1(x + self.dropout(attended))"),
            (POST_2, "return self.norm_2(first + self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "one-residual-around-both",
        "one residual connection around both sublayers together",
        "Each sublayer has a residual connection of its own.",
        (
            (PRE_1, "            first, x = x, self.dropout(attended)"),
            (PRE_2, "return first + self.dropout(self.feed_forward(self.norm_2(x)))"),
            (POST_1, "first, x = x, self.norm_1(self.dropout(attended))"),
            (POST_2, "return self.norm_2(first + self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "side-by-side",
        "a feed-forward network that gets the layer's input",
        "The second sublayer works on what the first has made. (Side by side is another model's way.)",
        (
            (PRE_1, "            first, x = x, x + self.dropout(attended)"),
            (PRE_2, "return x + self.dropout(self.feed_forward(self.norm_2(first)))"),
            (POST_1, "first, x = x, self.norm_1(x + self.dropout(attended))"),
            (POST_2, "return self.norm_2(x + self.dropout(self.feed_forward(first)))"),
        ),
    ),
    Mistake(
        "norm-of-sublayer",
        "norms around the sublayers only, in post-norm",
        "LayerNorm(x + Sublayer(x)): what stands between the brackets?",
        (
            (POST_1, "x = x + self.norm_1(self.dropout(attended))"),
            (POST_2, "return x + self.norm_2(self.dropout(self.feed_forward(x)))"),
        ),
        also=(
            (
                (POST_1, "x = x + self.dropout(self.norm_1(attended))"),
                (POST_2, "return x + self.dropout(self.norm_2(self.feed_forward(x)))"),
            ),
        ),
    ),
    Mistake(
        "norm-behind-sublayer",
        "norms behind the sublayers in pre-norm",
        "norm_first: what does each sublayer get to see?",
        (
            (PRE_Y, "y = x"),
            (PRE_1, "            x = x + self.norm_1(self.dropout(attended))"),
            (PRE_2, "return x + self.norm_2(self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "queries-only",
        "only the queries normalized, in pre-norm",
        "Self-attention: query, key and value are the same words. All three come from the norm.",
        ((PRE_ATTEND, "attended, _ = self.attention(y, x, x, mask)"),),
    ),
    Mistake(
        "values-not-normed",
        "values that are not normalized, in pre-norm",
        "Self-attention: query, key and value are the same words. All three come from the norm.",
        ((PRE_ATTEND, "attended, _ = self.attention(y, y, x, mask)"),),
    ),
    Mistake(
        "norms-exchanged",
        "norm 1 and norm 2 exchanged",
        "norm_1 belongs to attention, norm_2 to the feed-forward network.",
        (
            (PRE_Y, "y = self.norm_2(x)"),
            (PRE_2, "return x + self.dropout(self.feed_forward(self.norm_1(x)))"),
            (POST_1, "x = self.norm_2(x + self.dropout(attended))"),
            (POST_2, "return self.norm_1(x + self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "norm-1-twice",
        "norm 1 used for both sublayers",
        "Each sublayer has a norm of its own. Where is norm 2 called?",
        (
            (PRE_2, "return x + self.dropout(self.feed_forward(self.norm_1(x)))"),
            (POST_2, "return self.norm_1(x + self.dropout(self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "one-norm",
        "one norm for both sublayers",
        "Each sublayer has a norm of its own, with its own γ and β.",
        ((NORM_2, "self.norm_2 = self.norm_1"),),
    ),
    Mistake(
        "no-norms",
        "no norms at all",
        "The layer owns two norms. Where are they used?",
        (
            (PRE_Y, "y = x"),
            (PRE_2, "return x + self.dropout(self.feed_forward(x))"),
            (POST_1, "x = x + self.dropout(attended)"),
            (POST_2, "return x + self.dropout(self.feed_forward(x))"),
        ),
    ),
    Mistake(
        "no-norm-1-post",
        "no norm behind attention, in post-norm",
        "Both sums are normalized, in the paper's order.",
        ((POST_1, "x = x + self.dropout(attended)"),),
    ),
    Mistake(
        "no-norm-2-pre",
        "no norm in front of the feed-forward network, in pre-norm",
        "Both sublayers get normalized words.",
        ((PRE_2, "return x + self.dropout(self.feed_forward(x))"),),
    ),
    Mistake(
        "last-norm-inside",
        "a norm at the end of a pre-norm layer",
        "In pre-norm nothing stands in the main line. The one last norm belongs to the stack, not to every layer.",
        ((PRE_2, "return self.norm_2(x + self.dropout(self.feed_forward(self.norm_2(x))))"),),
    ),
    Mistake(
        "feed-forward-first",
        "the feed-forward network before attention",
        "First the words look around, then each works on what it found.",
        (
            (PRE_Y, "x = x + self.dropout(self.feed_forward(self.norm_2(x)))\n            y = self.norm_1(x)"),
            (PRE_2, "return x"),
            (POST_ATTEND, "x = self.norm_2(x + self.dropout(self.feed_forward(x)))\n        attended, _ = self.attention(x, x, x, mask)"),
            (POST_2, "return x"),
        ),
    ),
    Mistake(
        "attention-only",
        "no feed-forward network",
        "The layer has a second sublayer.",
        ((PRE_2, "return x"), (POST_2, "return x")),
    ),
    Mistake(
        "feed-forward-only",
        "no attention",
        "The layer has a first sublayer, in which the words look at each other.",
        (
            (PRE_1, "            pass"),
            (POST_1, "pass"),
        ),
    ),
    Mistake(
        "feed-forward-on-attended",
        "a feed-forward network that gets only what attention put out",
        "What goes into the second sublayer is the sum, x and what attention made of it.",
        (
            (PRE_2, "return x + self.dropout(self.feed_forward(self.norm_2(attended)))"),
            (POST_2, "return self.norm_2(x + self.dropout(self.feed_forward(attended)))"),
        ),
    ),
    Mistake(
        "no-dropout",
        "no dropout",
        "In train mode with p = 1 nothing of the sublayers should get through. Is there a dropout, and does it know its p?",
        ((DROPOUT, "self.dropout = nn.Dropout(0.0)"),),
        also=(((DROPOUT, "self.dropout = nn.Identity()"),),),
    ),
    Mistake(
        "dropout-fixed",
        "a dropout of 0.1, whatever was asked for",
        "0.1 is the default. Here another p was handed over.",
        ((DROPOUT, "self.dropout = nn.Dropout(0.1)"),),
        also=(((DROPOUT, "self.dropout = nn.Dropout()"),),),
    ),
    Mistake(
        "dropout-attention-only",
        "no dropout behind the feed-forward network",
        DROP + " Both sublayers have one.",
        (
            (PRE_2, "return x + self.feed_forward(self.norm_2(x))"),
            (POST_2, "return self.norm_2(x + self.feed_forward(x))"),
        ),
    ),
    Mistake(
        "dropout-feed-forward-only",
        "no dropout behind attention",
        DROP + " Both sublayers have one.",
        ((PRE_1, "            x = x + attended"), (POST_1, "x = self.norm_1(x + attended)")),
    ),
    Mistake(
        "dropout-on-sum",
        "dropout on the sums",
        DROP,
        (
            (PRE_1, "            x = self.dropout(x + attended)"),
            (PRE_2, "return self.dropout(x + self.feed_forward(self.norm_2(x)))"),
            (POST_1, "x = self.norm_1(self.dropout(x + attended))"),
            (POST_2, "return self.norm_2(self.dropout(x + self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "dropout-after-norm",
        "dropout behind the norms in post-norm",
        DROP,
        (
            (POST_1, "x = self.dropout(self.norm_1(x + attended))"),
            (POST_2, "return self.dropout(self.norm_2(x + self.feed_forward(x)))"),
        ),
    ),
    Mistake(
        "dropout-on-input",
        "dropout on what goes into the sublayers",
        "Dropout acts on what comes out of a sublayer. At p = 1 the two differ: a sublayer may say something even to zeros.",
        (
            (PRE_Y, "y = self.dropout(self.norm_1(x))"),
            (PRE_1, "            x = x + attended"),
            (PRE_2, "return x + self.feed_forward(self.dropout(self.norm_2(x)))"),
            (POST_ATTEND, "y = self.dropout(x)\n        attended, _ = self.attention(y, y, y, mask)"),
            (POST_1, "x = self.norm_1(x + attended)"),
            (POST_2, "return self.norm_2(x + self.feed_forward(self.dropout(x)))"),
        ),
    ),
    Mistake(
        "dropout-always",
        "dropout in eval mode too",
        "F.dropout does not know the module's mode unless you tell it (training=self.training); nn.Dropout does.",
        (
            (PRE_1, "            x = x + F.dropout(attended, self.dropout.p)"),
            (PRE_2, "return x + F.dropout(self.feed_forward(self.norm_2(x)), self.dropout.p)"),
            (POST_1, "x = self.norm_1(x + F.dropout(attended, self.dropout.p))"),
            (POST_2, "return self.norm_2(x + F.dropout(self.feed_forward(x), self.dropout.p))"),
        ),
    ),
    Mistake(
        "returns-weights",
        "the attention weights returned along with the output",
        "A layer returns the words only. (The weights are collected in another way, below.)",
        (
            (PRE_ATTEND, "attended, weights = self.attention(y, y, y, mask)"),
            (PRE_2, "return x + self.dropout(self.feed_forward(self.norm_2(x))), weights"),
            (POST_ATTEND, "attended, weights = self.attention(x, x, x, mask)"),
            (POST_2, "return self.norm_2(x + self.dropout(self.feed_forward(x))), weights"),
        ),
    ),
    Mistake(
        "pair-added",
        "both things that attention returns, added as if they were one",
        "MultiHeadAttention returns output *and* weights. Which of them is added to x?",
        (
            (PRE_ATTEND, "attended = self.attention(y, y, y, mask)"),
            (POST_ATTEND, "attended = self.attention(x, x, x, mask)"),
        ),
    ),
    Mistake(
        "one-head",
        "a single head, whatever was asked for",
        "num_heads is an argument. Who needs to know it?",
        ((ATTENTION, "self.attention = MultiHeadAttention(d_model, 1)"),),
    ),
    Mistake(
        "width-four",
        "an inner width of 4 · D, whatever d_ff is",
        "Four times is the paper's choice; the width is an argument here.",
        ((FEED, "self.feed_forward = PositionwiseFeedForward(d_model, 4 * d_model)"),),
    ),
    Mistake(
        "torch-norms",
        "norms of torch's, whose parameters have other names",
        "Use the LayerNorm that is given: its parameters are called gamma and beta.",
        ((NORM_1, "self.norm_1 = nn.LayerNorm(d_model)"), (NORM_2, "self.norm_2 = nn.LayerNorm(d_model)")),
    ),
    Mistake(
        "torch-attention",
        "torch's own attention block, whose weights have other names",
        "Use the MultiHeadAttention that is given: its layers are called W_q, W_k, W_v and W_o.",
        (
            (ATTENTION, "self.attention = nn.MultiheadAttention(d_model, num_heads, batch_first=True)"),
            (PRE_ATTEND, "attended, _ = self.attention(y, y, y)"),
            (POST_ATTEND, "attended, _ = self.attention(x, x, x)"),
        ),
    ),
    Mistake(
        "in-place",
        "a sum written into x itself",
        "`+=` changes the tensor that the caller handed over. `x + ...` makes a new one.",
        (
            (PRE_1, "            x += self.dropout(attended)"),
            (POST_1, "x += self.dropout(attended)\n        x = self.norm_1(x)"),
        ),
    ),
    Mistake(
        "mask-first-row",
        "the first row of the mask used for every word",
        "A mask (T, T) has a row for every query. Attention knows what to do with each of the three shapes.",
        (
            (PRE_ATTEND, "attended, _ = self.attention(y, y, y, None if mask is None else mask[..., :1, :])"),
            (POST_ATTEND, "attended, _ = self.attention(x, x, x, None if mask is None else mask[..., :1, :])"),
        ),
        also=(
            (
                (PRE_ATTEND, "attended, _ = self.attention(y, y, y, None if mask is None else mask[:, :1])"),
                (POST_ATTEND, "attended, _ = self.attention(x, x, x, None if mask is None else mask[:, :1])"),
            ),
        ),
    ),
    Mistake(
        "query-not-normed",
        "queries that are not normalized, in pre-norm",
        "Self-attention: query, key and value are the same words. All three come from the norm.",
        ((PRE_ATTEND, "attended, _ = self.attention(x, y, y, mask)"),),
    ),
    Mistake(
        "dropout-before-attention-too",
        "dropout on what goes into attention as well",
        "Dropout acts on what a sublayer puts out, and on nothing else.",
        (
            (PRE_Y, "y = self.dropout(self.norm_1(x))"),
            (POST_ATTEND, "y = self.dropout(x)\n        attended, _ = self.attention(y, y, y, mask)"),
        ),
        also=(((PRE_Y, "y = self.dropout(self.norm_1(x))"),),),
    ),
    Mistake(
        "dropout-before-feed-forward-too",
        "dropout on what goes into the feed-forward network as well",
        "Dropout acts on what a sublayer puts out, and on nothing else.",
        (
            (PRE_2, "return x + self.dropout(self.feed_forward(self.dropout(self.norm_2(x))))"),
            (POST_2, "return self.norm_2(x + self.dropout(self.feed_forward(self.dropout(x))))"),
        ),
        also=(((PRE_2, "return x + self.dropout(self.feed_forward(self.dropout(self.norm_2(x))))"),),),
    ),
    Mistake(
        "dropout-twice",
        "dropout twice on the same output",
        "Two dropouts of one half leave a quarter. How often does each output go through dropout?",
        (
            (PRE_1, "            x = x + self.dropout(self.dropout(attended))"),
            (PRE_2, "return x + self.dropout(self.dropout(self.feed_forward(self.norm_2(x))))"),
            (POST_1, "x = self.norm_1(x + self.dropout(self.dropout(attended)))"),
            (POST_2, "return self.norm_2(x + self.dropout(self.dropout(self.feed_forward(x))))"),
        ),
    ),
)  # fmt: skip
LAYER_MISTAKES = tuple(map(_in_one_order, LAYER_MISTAKES))

LAYERS = """layers = (EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers))
        self.layers = nn.ModuleList(layers)"""
ONE = "EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first)"
RANGE = "range(num_layers)"
LAST = "self.norm = LayerNorm(d_model) if norm_first else None"
LOOP = "for layer in self.layers:"
STEP = "x = layer(x, mask)"
AT_END = "if self.norm is not None:\n            x = self.norm(x)"

ENCODER_MISTAKES = (
    Mistake(
        "shared-layers",
        "one layer object repeated",
        "[layer] * n is the same layer n times. How many parameters does your stack have, and how many should it have?",
        ((LAYERS, f"self.layers = nn.ModuleList([{ONE}] * num_layers)"),),
        also=(
            ((LAYERS, f"layer = {ONE}\n        self.layers = nn.ModuleList(layer for _ in range(num_layers))"),),
            ((RANGE, "range(1)"), (LOOP, "for layer in [self.layers[0]] * 3:")),
        ),
    ),
    Mistake(
        "shared-attention",
        "one attention block shared by all layers",
        "The layers have nothing in common but their shape.",
        ((LAST, f"{LAST}\n        for layer in self.layers:\n            layer.attention = self.layers[0].attention"),),
    ),
    Mistake(
        "mask-not-passed",
        "a mask that is not passed down",
        "`forward` is handed a mask. Which of the layers can do without it?",
        ((STEP, "x = layer(x)"),),
    ),
    Mistake(
        "mask-first-only",
        "a mask in the first layer only",
        "Padding is still padding in the second layer.",
        ((STEP, "x = layer(x, mask)\n            mask = None"),),
    ),
    Mistake(
        "mask-last-only",
        "a mask in the last layer only",
        "By then the words have looked at the padding already.",
        ((STEP, "x = layer(x, mask if layer is self.layers[-1] else None)"),),
    ),
    Mistake(
        "mask-inverted",
        "a mask turned round",
        "True = may attend, in every layer.",
        ((STEP, "x = layer(x, None if mask is None else ~mask)"),),
    ),
    Mistake(
        "mask-over-queries",
        "a padding mask that hides queries in the place of keys",
        "A padding mask (B, 1, T) goes down as it is.",
        ((STEP, "x = layer(x, None if mask is None else mask.transpose(-2, -1))"),),
    ),
    Mistake(
        "words-multiplied",
        "padding set to 0 in the place of a mask",
        "A vector of zeros is still looked at: its key is the bias of W_k, and softmax gives it its share.",
        ((STEP, "x = layer(x if mask is None else x * mask.transpose(-2, -1))"),),
    ),
    Mistake(
        "no-last-norm",
        "pre-norm without a last norm of its own",
        "In pre-norm nothing has normalized the main line. What stands between it and whatever comes after the stack? It has a γ and a β that learn, and are no other norm's.",
        ((LAST, "self.norm = None"),),
        also=(
            ((LAST, "self.norm = self.layers[-1].norm_2 if norm_first else None"),),
            ((LAST, "self.norm = (lambda x: F.layer_norm(x, x.shape[-1:])) if norm_first else None"),),
        ),
    ),
    Mistake(
        "last-norm-unused",
        "a last norm that is made but not used",
        "It has parameters, and no gradient reaches them. Where is it called?",
        ((AT_END, "pass"),),
    ),
    Mistake(
        "last-norm-always",
        "a last norm in post-norm too",
        "A post-norm stack has just been normalized; it needs no further norm.",
        ((LAST, "self.norm = LayerNorm(d_model)"),),
    ),
    Mistake(
        "last-norm-inverted",
        "a last norm in post-norm and none in pre-norm",
        "In which order is the main line left without a norm?",
        ((LAST, "self.norm = None if norm_first else LayerNorm(d_model)"),),
    ),
    Mistake(
        "last-norm-in-loop",
        "the last norm after every layer",
        "Last: once, after all layers.",
        ((STEP, "x = layer(x, mask)\n            x = self.norm(x) if self.norm is not None else x"), (AT_END, "pass")),
    ),
    Mistake(
        "last-norm-first",
        "the last norm in front of the stack",
        "Last: behind the last layer.",
        ((LOOP, f"x = self.norm(x) if self.norm is not None else x\n        {LOOP}"), (AT_END, "pass")),
    ),
    Mistake(
        "plain-list",
        "layers in a plain list",
        "In a plain list a module does not find them: no parameters, nothing learned. nn.ModuleList is made for it.",
        ((LAYERS, f"self.layers = [{ONE} for _ in range(num_layers)]"),),
    ),
    Mistake(
        "order-not-passed",
        "norm_first not passed on",
        "The stack knows norm_first. Who else needs to know?",
        ((ONE, "EncoderLayer(d_model, num_heads, d_ff, dropout)"),),
        also=(((ONE, "EncoderLayer(d_model, num_heads, d_ff, norm_first)"),),),
    ),
    Mistake(
        "dropout-not-passed",
        "dropout not passed on",
        "The stack knows dropout. Who else needs to know?",
        ((ONE, "EncoderLayer(d_model, num_heads, d_ff, norm_first=norm_first)"),),
    ),
    Mistake(
        "sizes-exchanged",
        "heads and inner width exchanged",
        "In which order does EncoderLayer take them?",
        ((ONE, "EncoderLayer(d_model, d_ff, num_heads, dropout, norm_first)"),),
    ),
    Mistake(
        "six-layers",
        "six layers, whatever is asked for",
        "Six is the paper's number; here it is an argument.",
        ((RANGE, "range(6)"),),
    ),
    Mistake("one-too-few", "one layer too few", "range(n) has n entries already.", ((RANGE, "range(num_layers - 1)"),)),
    Mistake("one-too-many", "one layer too many", "range(n) has n entries already.", ((RANGE, "range(num_layers + 1)"),)),
    Mistake(
        "first-layer-only",
        "a `return` inside the loop",
        "The function ends at its first `return`. How many layers has x seen by then?",
        ((STEP, "return layer(x, mask)"),),
    ),
    Mistake(
        "last-layer-only",
        "every layer given the input of the stack",
        "The layers stand one behind the other: what one puts out goes into the next.",
        ((LOOP, f"entered = x\n        {LOOP}"), (STEP, "x = layer(entered, mask)")),
    ),
    Mistake(
        "summed",
        "the outputs of all layers added up",
        "The layers stand one behind the other: what one puts out goes into the next.",
        ((LOOP, f"entered, x = x, 0\n        {LOOP}"), (STEP, "x = x + layer(entered, mask)")),
    ),
    Mistake(
        "reversed",
        "the last layer first",
        "The first layer of the list comes first.",
        ((LOOP, "for layer in reversed(self.layers):"),),
    ),
    Mistake(
        "residual-again",
        "x added once more around each layer",
        "A layer has its residual connections inside.",
        ((STEP, "x = x + layer(x, mask)"),),
    ),
    Mistake(
        "dropout-between",
        "dropout between the layers",
        "Dropout is the layers' matter, on what their sublayers put out. At p = 1 the main line must be whole.",
        ((STEP, "x = F.dropout(layer(x, mask), self.layers[0].dropout.p, self.training)"),),
    ),
    Mistake(
        "all-states",
        "the outputs of all layers returned",
        "Only what stands behind the last layer is asked for.",
        ((LOOP, f"states = []\n        {LOOP}"), (STEP, "x = layer(x, mask)\n            states.append(x)"), ("return x", "return states")),
    ),
)  # fmt: skip

T_P = "T, P = len(x), len(padding)"
ALONE = "alone = encoder(x[None], torch.ones(1, 1, T, dtype=torch.bool))"
LONGER = "longer = torch.cat([x, padding])"
MASK = "mask = torch.arange(T + P) < T"
TOGETHER = "together = encoder(longer[None], mask[None, None])"
COMPARE = "return torch.allclose(alone[0], together[0, :T], atol=1e-5)"

PADDING_MISTAKES = (
    Mistake(
        "zeros",
        "padding of zeros in the place of what is handed over",
        "An encoder that adds what stands at the padding is not found out with zeros. Use the padding that is given.",
        ((LONGER, "longer = torch.cat([x, torch.zeros_like(padding)])"),),
    ),
    Mistake(
        "no-mask",
        "no mask: the padding is shown to the encoder as words",
        "A right encoder must be told what is padding. What does your mask say of those places?",
        ((MASK, "mask = torch.ones(T + P, dtype=torch.bool)"),),
    ),
    Mistake(
        "mask-inverted",
        "a mask turned round",
        "True = may attend. Which places may be looked at?",
        ((MASK, "mask = torch.arange(T + P) >= T"),),
    ),
    Mistake(
        "mask-off-by-one",
        "a mask that is off by one place",
        "Counted from 0, the words are at 0 to T − 1. Where does your mask change from True to False?",
        ((MASK, "mask = torch.arange(T + P) <= T"),),
        also=(((MASK, "mask = torch.arange(T + P) < T - 1"),),),
    ),
    Mistake(
        "padding-in-front",
        "the padding in front of the words",
        "The padding stands behind the words. In front, every word has another place than alone.",
        ((LONGER, "longer = torch.cat([padding, x])"), (MASK, "mask = torch.arange(T + P) >= P"),
         (COMPARE, "return torch.allclose(alone[0], together[0, P:], atol=1e-5)")),
    ),
    Mistake(
        "contents-only",
        "two kinds of padding compared, but never with the sentence alone",
        "An encoder that divides by the number of all places treats any padding alike. What does the sentence look like without any?",
        ((ALONE, "alone = encoder(torch.cat([x, 2 * padding + 1])[None], (torch.arange(T + P) < T)[None, None])[:, :T]"),),
    ),
    Mistake(
        "first-word",
        "only the first word looked at",
        "A leak may reach one word and spare the others. When may you say True?",
        ((COMPARE, "return torch.allclose(alone[0, 0], together[0, 0], atol=1e-5)"),),
    ),
    Mistake(
        "last-word",
        "only the last word looked at",
        "A leak may reach one word and spare the others. When may you say True?",
        ((COMPARE, "return torch.allclose(alone[0, -1], together[0, T - 1], atol=1e-5)"),),
    ),
    Mistake(
        "mean-word",
        "only the mean of the words compared",
        "Differences of several words can cancel in a mean, or nearly so. Compare them all.",
        ((COMPARE, "return torch.allclose(alone[0].mean(), together[0, :T].mean(), atol=0.05)"),),
    ),
    Mistake(
        "all-places",
        "the padding's own places compared as well",
        "What comes out at the padding does not matter, and alone it is not there: which rows belong to the words?",
        ((COMPARE, "return torch.allclose(alone[0], together[0], atol=1e-5)"),),
    ),
    Mistake(
        "wrong-rows",
        "the words compared with the last rows in the place of the first",
        "The words stand in front, the padding behind them.",
        ((COMPARE, "return torch.allclose(alone[0], together[0, P:][:T], atol=1e-5) if P >= 0 else False"),),
        also=(((COMPARE, "return torch.allclose(alone[0], together[0, -T:], atol=1e-5)"),),),
    ),
    Mistake(
        "passes-all",
        "a comparison that every encoder passes",
        "Most of the encoders you are asked about are broken. Are numbers compared, not shapes, and is the padding in one of your two calls and not in the other?",
        ((COMPARE, "return alone[0].shape == together[0, :T].shape"),),
        also=(
            ((COMPARE, "return True"),),
            ((TOGETHER, "together = encoder(longer[None, :T], mask[None, None, :T])"),),
            ((ALONE, "alone = encoder(torch.cat([x, padding])[None], (torch.arange(T + P) < T)[None, None])[:, :T]"),),
        ),
    ),
    Mistake(
        "with-input",
        "the output compared with the input",
        "An encoder may change a word as it likes. It must do the same to it with padding as without.",
        ((COMPARE, "return torch.allclose(x, together[0, :T], atol=1e-5)"),),
    ),
    Mistake(
        "inverted",
        "True and False exchanged",
        "True means that padding changes nothing.",
        ((COMPARE, "return not torch.allclose(alone[0], together[0, :T], atol=1e-5)"),),
    ),
    Mistake(
        "loose",
        "a tolerance so wide that differences pass",
        "Rounding is a matter of 0.00001. What is off by a tenth is different.",
        ((COMPARE, "return torch.allclose(alone[0], together[0, :T], atol=0.5)"),),
        also=(((COMPARE, "return torch.allclose(alone[0], together[0, :T], atol=0.1)"),),),
    ),
    Mistake(
        "loose-hundredth",
        "a tolerance of a hundredth",
        "Rounding is a matter of 0.00001. A leak of a thousandth is a leak.",
        ((COMPARE, "return torch.allclose(alone[0], together[0, :T], atol=1e-2)"),),
    ),
    Mistake(
        "exact",
        "numbers that must be equal to the last digit",
        "Two ways to compute the same number may differ by rounding.",
        ((COMPARE, "return torch.equal(alone[0], together[0, :T])"),),
        also=(((COMPARE, "return bool((alone[0] == together[0, :T]).all())"),),),
    ),
    Mistake(
        "mean-over-words",
        "the mean over the words compared",
        "What one word gains another may lose, and the mean stays. Compare them all.",
        ((COMPARE, "return torch.allclose(alone[0].mean(0), together[0, :T].mean(0), atol=1e-5)"),),
    ),
    Mistake(
        "first-feature",
        "only the first feature looked at",
        "A word has D features, and a leak may reach any of them.",
        ((COMPARE, "return torch.allclose(alone[0, :, 0], together[0, :T, 0], atol=1e-5)"),),
    ),
    Mistake(
        "one-padding",
        "a single place of padding, however many are handed over",
        "A leak may lie at any place of the padding. Use all of them.",
        ((T_P, "padding = padding[:1]\n    T, P = len(x), len(padding)"),),
        also=(((T_P, "padding = padding[-1:]\n    T, P = len(x), len(padding)"),),),
    ),
    Mistake(
        "fixed-sizes",
        "four words and three places of padding, whatever is handed over",
        "How many words are in x, and how many places in padding?",
        ((T_P, "T, P = 4, len(x) + len(padding) - 4"),),
        also=(((T_P, "T, P = 4, 3"),),),
    ),
    Mistake(
        "float-mask",
        "a mask of numbers",
        "A mask holds booleans: a comparison makes them.",
        ((MASK, "mask = (torch.arange(T + P) < T).float()"),),
    ),
    Mistake(
        "flat-mask",
        "a mask with too few dimensions",
        "The encoder is promised a mask (B, 1, T): three dimensions.",
        ((TOGETHER, "together = encoder(longer[None], mask[None])"),),
        also=(((TOGETHER, "together = encoder(longer[None], mask)"),),),
    ),
    Mistake(
        "none-alone",
        "None in the place of a mask, for the sentence alone",
        "The encoder is a function of x and of a mask, bool (B, 1, T). Alone, which places may be attended?",
        ((ALONE, "alone = encoder(x[None], None)"),),
    ),
    Mistake(
        "no-batch",
        "a sentence handed over without a batch around it",
        "An encoder takes x (B, T, D). One sentence is a batch of one.",
        ((TOGETHER, "together = encoder(longer, mask[None, None])[None]"),),
    ),
    Mistake(
        "none",
        "no answer",
        "The comparison is there. Is it returned?",
        ((COMPARE, "torch.allclose(alone[0], together[0, :T], atol=1e-5)"),),
    ),
)  # fmt: skip

X = "x = torch.tensor([[1.0, 0.0], [0.0, 0.0]])"
OTHER = "other = torch.tensor([[1.0, 0.0], [9.0, 0.0]])"
RETURN = "return x, other, 1, 2"

EXPOSE_MISTAKES = (
    Mistake(
        "one-layer",
        "a single layer, which obeys its mask",
        "The bug strikes from the second layer on.",
        ((RETURN, "return x, other, 1, 1"),),
    ),
    Mistake(
        "same-padding",
        "the same padding in both",
        "Two equal inputs come out equal, bug or no bug.",
        ((OTHER, "other = x.clone()"),),
    ),
    Mistake(
        "word-changed",
        "a word that differs",
        "If a word differs, it may well come out different. Only the padding may.",
        ((OTHER, "other = torch.tensor([[9.0, 0.0], [0.0, 0.0]])"),),
    ),
    Mistake(
        "too-small",
        "padding that is too small to move a word far",
        "The word takes a share of what stands at the padding. How large must that be?",
        ((OTHER, "other = torch.tensor([[1.0, 0.0], [0.5, 0.0]])"),),
    ),
    Mistake(
        "points-away",
        "padding that no word looks at",
        "The weight follows from a dot product. Which vectors have a large one with the word?",
        ((OTHER, "other = torch.tensor([[1.0, 0.0], [-9.0, 0.0]])"),),
    ),
    Mistake(
        "no-padding",
        "a sentence without padding",
        "If every row is a word, the mask hides nothing.",
        ((RETURN, "return x, other, 2, 2"),),
    ),
    Mistake(
        "no-words",
        "a sentence without a word",
        "At least one row must be a word: what else could move?",
        ((RETURN, "return x, other, 0, 2"),),
    ),
    Mistake(
        "shapes-differ",
        "two sentences of different lengths",
        "Both have the same number of places; only what stands at the padding differs.",
        ((OTHER, "other = torch.tensor([[1.0, 0.0], [9.0, 0.0], [9.0, 0.0]])"),),
    ),
    Mistake(
        "batch",
        "a batch dimension in front",
        "Sentences of shape (T, D) are asked for.",
        ((RETURN, "return x[None], other[None], 1, 2"),),
    ),
    Mistake(
        "pair-only",
        "the two sentences without the numbers",
        "How many rows are words, and how many layers there are, must be said too.",
        ((RETURN, "return x, other"),),
    ),
    Mistake(
        "whole-numbers",
        "tensors of whole numbers",
        "`torch.tensor([1, 0])` holds whole numbers, `torch.tensor([1.0, 0.0])` real ones.",
        ((RETURN, "return x.long(), other.long(), 1, 2"),),
    ),
)

BATCH = 'batch = {"words": run(batch["words"], batch["mask"]), "mask": batch["mask"]}'

MENDED_MISTAKES = (
    Mistake(
        "still-lost",
        "the mask still lost behind the first layer",
        "What is in the dictionary when the second layer asks for its mask?",
        ((BATCH, 'batch = {"words": run(batch["words"], batch.get("mask"))}'),),
        also=(
            ((BATCH, 'batch = {"words": run(batch["words"], batch.get("mask")), "mask": None}'),),
            ((BATCH, 'batch = {"words": run(batch["words"], batch["mask"]), "mask": batch["mask"] | True}'),),
        ),
    ),
    Mistake(
        "key-error",
        "a mask that is demanded but not handed on",
        "Now the second layer stops, which is better than silence. It still needs its mask.",
        ((BATCH, 'batch = {"words": run(batch["words"], batch["mask"])}'),),
    ),
    Mistake(
        "never",
        "no mask in any layer",
        "The first layer had its mask. The others need it as well, not the first one less.",
        ((BATCH, 'batch = {"words": run(batch["words"], None), "mask": batch["mask"]}'),),
    ),
    Mistake(
        "inverted",
        "the mask turned round on its way",
        "The mask is the same in every layer.",
        ((BATCH, 'batch = {"words": run(batch["words"], batch["mask"]), "mask": ~batch["mask"]}'),),
    ),
    Mistake(
        "first-only",
        "only the first layer",
        "The mend must not shorten the stack.",
        ((BATCH, 'return run(batch["words"], batch["mask"])'),),
    ),
    Mistake(
        "zeroed",
        "the padding set to 0 behind every layer in the place of a mask",
        "A vector of zeros is still looked at: its score is 0, and softmax gives it its share.",
        ((BATCH, 'batch = {"words": run(batch["words"], None) * mask.transpose(-2, -1), "mask": batch["mask"]}'),),
    ),
    Mistake(
        "dictionary",
        "the whole dictionary returned",
        "The words are asked for.",
        (('return batch["words"]', "return batch"),),
    ),
)

EMBEDDINGS = '"embeddings": (vocabulary + positions + segments) * d_model'
IN_ATTENTION = '"attention": num_layers * 4 * (d_model * d_model + d_model)'
IN_FEED = '"feed-forward": num_layers * (d_model * d_ff + d_ff + d_ff * d_model + d_model)'
IN_NORMS = '"norms": (2 * num_layers + embedding_norm) * 2 * d_model'
IN_POOLER = '"pooler": pooler * (d_model * d_model + d_model)'

COUNT_MISTAKES = (
    Mistake(
        "three-matrices",
        "three matrices in attention",
        "W_q, W_k, W_v: and which fourth?",
        ((IN_ATTENTION, '"attention": num_layers * 3 * (d_model * d_model + d_model)'),),
    ),
    Mistake(
        "per-head",
        "full matrices for every head",
        "The heads share out the width: a head has d_model / num_heads columns of each matrix.",
        ((IN_ATTENTION, '"attention": num_layers * num_heads * 4 * (d_model * d_model + d_model)'),),
    ),
    Mistake(
        "attention-no-bias",
        "no biases in attention",
        "nn.Linear has a bias for every output.",
        ((IN_ATTENTION, '"attention": num_layers * 4 * d_model * d_model'),),
    ),
    Mistake(
        "attention-one-bias",
        "one bias for all of attention",
        "Each of the layers has a bias of its own.",
        ((IN_ATTENTION, '"attention": num_layers * (4 * d_model * d_model + d_model)'),),
    ),
    Mistake(
        "feed-no-bias",
        "no biases in the feed-forward network",
        "Equation 2 has b_1 and b_2.",
        ((IN_FEED, '"feed-forward": num_layers * 2 * d_model * d_ff'),),
    ),
    Mistake(
        "feed-bias-d_ff",
        "two biases of width d_ff",
        "A bias is as wide as what its layer puts out. What does the second one put out?",
        ((IN_FEED, '"feed-forward": num_layers * (2 * d_model * d_ff + 2 * d_ff)'),),
    ),
    Mistake(
        "feed-bias-d_model",
        "two biases of width d_model",
        "A bias is as wide as what its layer puts out. What does the first one put out?",
        ((IN_FEED, '"feed-forward": num_layers * (2 * d_model * d_ff + 2 * d_model)'),),
    ),
    Mistake(
        "feed-one-layer",
        "one layer in the feed-forward network",
        "Up, and back down.",
        ((IN_FEED, '"feed-forward": num_layers * (d_model * d_ff + d_ff)'),),
    ),
    Mistake(
        "feed-four",
        "an inner width of 4 · D, whatever d_ff is",
        "The inner width is an argument.",
        ((IN_FEED, '"feed-forward": num_layers * (8 * d_model * d_model + 5 * d_model)'),),
    ),
    Mistake(
        "one-norm",
        "one norm a layer",
        "How many sublayers has a layer?",
        ((IN_NORMS, '"norms": (num_layers + embedding_norm) * 2 * d_model'),),
    ),
    Mistake(
        "gamma-only",
        "norms without β",
        "A norm has a scale and a shift for every feature.",
        ((IN_NORMS, '"norms": (2 * num_layers + embedding_norm) * d_model'),),
    ),
    Mistake(
        "scalar-norms",
        "a single γ and β for each norm",
        "A norm has a scale and a shift for every feature.",
        ((IN_NORMS, '"norms": (2 * num_layers + embedding_norm) * 2'),),
    ),
    Mistake(
        "last-norm",
        "a last norm counted in",
        "A post-norm stack has none.",
        ((IN_NORMS, '"norms": (2 * num_layers + 1 + embedding_norm) * 2 * d_model'),),
    ),
    Mistake(
        "no-embedding-norm",
        "the norm of the embeddings not counted",
        "`embedding_norm` says that there is one norm more.",
        ((IN_NORMS, '"norms": 2 * num_layers * 2 * d_model'),),
    ),
    Mistake(
        "embedding-norm-each-layer",
        "the norm of the embeddings counted in every layer",
        "Embeddings, and the norm behind them, are there once.",
        ((IN_NORMS, '"norms": (2 + embedding_norm) * num_layers * 2 * d_model'),),
    ),
    Mistake(
        "one-layer",
        "a single layer, however many there are",
        "The layers do not share their weights.",
        (
            (IN_ATTENTION, '"attention": 4 * (d_model * d_model + d_model)'),
            (IN_FEED, '"feed-forward": d_model * d_ff + d_ff + d_ff * d_model + d_model'),
            (IN_NORMS, '"norms": (2 + embedding_norm) * 2 * d_model'),
        ),
    ),
    Mistake(
        "embeddings-each-layer",
        "the embeddings counted in every layer",
        "The embeddings stand in front of the stack, once.",
        ((EMBEDDINGS, '"embeddings": num_layers * (vocabulary + positions + segments) * d_model'),),
    ),
    Mistake(
        "words-only",
        "only the words' embeddings counted",
        "Positions and segments have learned vectors, too, where there are any.",
        ((EMBEDDINGS, '"embeddings": vocabulary * d_model'),),
    ),
    Mistake(
        "no-segments",
        "the segments not counted",
        "There are three kinds of learned vectors.",
        ((EMBEDDINGS, '"embeddings": (vocabulary + positions) * d_model'),),
    ),
    Mistake(
        "embeddings-product",
        "a vector for every pair of word, position and segment",
        "A word's vector, a position's and a segment's are added: there is one for each, not for each pair.",
        ((EMBEDDINGS, '"embeddings": vocabulary * max(positions, 1) * max(segments, 1) * d_model'),),
    ),
    Mistake(
        "always-pooler",
        "a pooler, asked or not",
        "`pooler` says whether there is one.",
        ((IN_POOLER, '"pooler": d_model * d_model + d_model'),),
    ),
    Mistake(
        "no-pooler",
        "no pooler, though there is one",
        "`pooler` says whether there is one: an nn.Linear from D to D.",
        ((IN_POOLER, '"pooler": 0'),),
    ),
    Mistake(
        "pooler-no-bias",
        "a pooler without a bias",
        "nn.Linear has a bias.",
        ((IN_POOLER, '"pooler": pooler * d_model * d_model'),),
    ),
    Mistake(
        "total",
        "the sum in the place of the parts",
        "A dictionary of five numbers is asked for.",
        (("    return {", "    return sum({"), (IN_POOLER + ",\n    }", IN_POOLER + "\n    }.values())")),
    ),
)

CHOSEN = "chosen = (tokens >= first_word) & (torch.rand(tokens.shape) < share)"
LABELS = "labels = tokens.masked_fill(~chosen, -100)"
FATE = "chance = torch.rand(tokens.shape)"
HIDDEN = "inputs = tokens.masked_fill(chosen & (chance < 0.8), mask)"
RANDOM = "random_words = torch.randint(first_word, mask, tokens.shape)"
SWAPPED = "inputs = torch.where(chosen & (chance >= 0.9), random_words, inputs)"

MASK_MISTAKES = (
    Mistake(
        "special-chosen",
        "special tokens hidden like words",
        "Padding, <bos>, <eos> and <unk> have ids below first_word. To guess them teaches nothing.",
        ((CHOSEN, "chosen = torch.rand(tokens.shape) < share"),),
    ),
    Mistake(
        "only-padding-spared",
        "only padding spared, other special tokens hidden like words",
        "Padding is not the only special token: all ids below first_word are.",
        ((CHOSEN, "chosen = (tokens != 0) & (torch.rand(tokens.shape) < share)"),),
    ),
    Mistake(
        "first-word-spared",
        "the first word of the vocabulary never hidden",
        "first_word itself is a word.",
        ((CHOSEN, "chosen = (tokens > first_word) & (torch.rand(tokens.shape) < share)"),),
    ),
    Mistake(
        "all-predicted",
        "words predicted that were not chosen",
        "If every word is asked for, the model need only copy what it sees. What is the label of a word that was not chosen?",
        ((LABELS, "labels = tokens.clone()"),),
    ),
    Mistake(
        "all-words-predicted",
        "words predicted that were not chosen, and special tokens left out",
        "If every word is asked for, the model need only copy what it sees. What is the label of a word that was not chosen?",
        ((LABELS, "labels = tokens.masked_fill(tokens < first_word, -100)"),),
    ),
    Mistake(
        "mask-only-predicted",
        "labels only where the mask stands",
        "All chosen words are to be guessed, those that were exchanged or left alone, too.",
        ((SWAPPED, f"{SWAPPED}\n    labels = tokens.masked_fill(inputs != mask, -100)"),),
    ),
    Mistake(
        "changed-only-predicted",
        "labels only where the input was changed",
        "All chosen words are to be guessed, those that were left alone, too.",
        ((SWAPPED, f"{SWAPPED}\n    labels = tokens.masked_fill(inputs == tokens, -100)"),),
    ),
    Mistake(
        "labels-inverted",
        "labels at the words that were not chosen",
        "Which places are to be left out by the loss: the chosen ones or the others?",
        ((LABELS, "labels = tokens.masked_fill(chosen, -100)"),),
    ),
    Mistake(
        "labels-zero",
        "0 in the place of -100",
        "0 is a token, padding; F.cross_entropy would ask for it. What it leaves out is −100.",
        ((LABELS, "labels = tokens.masked_fill(~chosen, 0)"),),
    ),
    Mistake(
        "labels-minus-one",
        "-1 in the place of -100",
        "What F.cross_entropy leaves out, unless told otherwise, is −100.",
        ((LABELS, "labels = tokens.masked_fill(~chosen, -1)"),),
    ),
    Mistake(
        "labels-of-inputs",
        "labels taken from what the model is given",
        "The label is the word that stood there before.",
        ((SWAPPED, f"{SWAPPED}\n    labels = inputs.masked_fill(~chosen, -100)"),),
    ),
    Mistake(
        "outputs-exchanged",
        "inputs and labels exchanged",
        "In which order are they asked for?",
        (("return inputs, labels", "return labels, inputs"),),
    ),
    Mistake(
        "all-masked",
        "every chosen word turned into the mask",
        "In use there is no mask. What should become of the last 20 %?",
        ((HIDDEN, "inputs = tokens.masked_fill(chosen, mask)"), (SWAPPED, "pass")),
    ),
    Mistake(
        "none-exchanged",
        "no word exchanged for a random one",
        "Ten in a hundred become another word.",
        ((SWAPPED, "pass"),),
    ),
    Mistake(
        "none-kept",
        "no chosen word left as it is",
        "Ten in a hundred stay as they are, and are guessed all the same.",
        ((SWAPPED, "inputs = torch.where(chosen & (chance >= 0.8), random_words, inputs)"),),
    ),
    Mistake(
        "tenth-of-the-rest",
        "a second draw of 10 % among the words that are left over",
        "10 % of what? Of the words that did not become the mask, which part must be exchanged, so that it is 10 % of all?",
        ((SWAPPED, "inputs = torch.where(chosen & (inputs != mask) & (torch.rand(tokens.shape) < 0.1), random_words, inputs)"),),
    ),
    Mistake(
        "mask-overwritten",
        "masks overwritten by random words",
        "A word whose fate is below 0.8 is below 0.9 as well. Which stretch of the draw is the random words'?",
        ((SWAPPED, "inputs = torch.where(chosen & (chance < 0.9), random_words, inputs)"),),
    ),
    Mistake(
        "fates-exchanged",
        "8 in 10 left as they are and 1 in 10 masked",
        "Which of the three fates has 80 %?",
        ((HIDDEN, "inputs = tokens.masked_fill(chosen & (chance < 0.1), mask)"),),
    ),
    Mistake(
        "half-half",
        "every second chosen word masked",
        "80 % of the chosen words become the mask.",
        ((HIDDEN, "inputs = tokens.masked_fill(chosen & (chance < 0.5), mask)"),),
    ),
    Mistake(
        "random-first",
        "8 in 10 exchanged for a random word and 1 in 10 masked",
        "Which of the three fates has 80 %?",
        (
            (HIDDEN, "inputs = tokens.masked_fill(chosen & (chance >= 0.9), mask)"),
            (SWAPPED, "inputs = torch.where(chosen & (chance < 0.8), random_words, inputs)"),
        ),
    ),
    Mistake(
        "special-drawn",
        "random words drawn from the whole vocabulary",
        "Can your draw give 0, padding? A random *word* has an id from first_word on.",
        ((RANDOM, "random_words = torch.randint(0, mask, tokens.shape)"),),
        also=(((RANDOM, "random_words = torch.randint(0, mask + 1, tokens.shape)"),),),
    ),
    Mistake(
        "mask-drawn",
        "random words among which the mask can be",
        "torch.randint(low, high) draws up to high − 1. Is that still a word?",
        ((RANDOM, "random_words = torch.randint(first_word, mask + 1, tokens.shape)"),),
    ),
    Mistake(
        "last-word-never-drawn",
        "random words among which the last one never is",
        "torch.randint(low, high) draws up to high − 1, and the last word has the id mask − 1.",
        ((RANDOM, "random_words = torch.randint(first_word, max(mask - 1, first_word + 1), tokens.shape)"),),
        also=(((RANDOM, "random_words = torch.randint(first_word, mask - 1, tokens.shape)"),),),
    ),
    Mistake(
        "half-drawn",
        "random words from a part of the vocabulary",
        "Every word, from first_word to mask − 1, can be the random one.",
        ((RANDOM, "random_words = torch.randint(first_word, (first_word + mask + 1) // 2, tokens.shape)"),),
    ),
    Mistake(
        "next-word",
        "the next word of the vocabulary in the place of a random one",
        "A random word is drawn. What would a model learn from a word that is always the neighbour of the right one?",
        ((RANDOM, "random_words = first_word + (tokens - first_word + 1) % (mask - first_word)"),),
    ),
    Mistake(
        "four-fixed",
        "words that begin at id 4, whatever first_word is",
        "`first_word` is an argument.",
        ((CHOSEN, "chosen = (tokens >= 4) & (torch.rand(tokens.shape) < share)"),),
        also=(((CHOSEN, "chosen = (tokens > 3) & (torch.rand(tokens.shape) < share)"),),),
    ),
    Mistake(
        "one-random-word",
        "one random word for the whole batch",
        "Each exchanged word is drawn by itself.",
        ((RANDOM, "random_words = torch.randint(first_word, mask, ()).expand(tokens.shape)"),),
    ),
    Mistake(
        "fate-per-batch",
        "one draw of 80/10/10 for the whole batch",
        "What becomes of a word is decided for each word by itself, not once for all.",
        ((FATE, "chance = torch.rand(()).expand(tokens.shape)"),),
    ),
    Mistake(
        "fate-per-sentence",
        "one draw of 80/10/10 for each sentence",
        "What becomes of a word is decided for each word by itself, not once for a sentence.",
        ((FATE, "chance = torch.rand(len(tokens), 1).expand(tokens.shape)"),),
    ),
    Mistake(
        "places-per-batch",
        "the same places chosen in every sentence",
        "Which words are chosen is decided in each sentence anew.",
        ((CHOSEN, "chosen = (tokens >= first_word) & (torch.rand(tokens.size(1)) < share)"),),
    ),
    Mistake(
        "one-draw",
        "one draw for the choice and for the fate",
        "A chosen word's number is below share already, so its fate is no longer open. The fate needs a draw of its own.",
        ((FATE, "chance = torch.rand(tokens.shape)"), (CHOSEN, "drawn = torch.rand(tokens.shape)\n    chosen = (tokens >= first_word) & (drawn < share)"),
         (HIDDEN, "chance = drawn\n    inputs = tokens.masked_fill(chosen & (chance < 0.8), mask)")),
    ),
    Mistake(
        "share-fixed",
        "15 %, whatever share is asked for",
        "`share` is an argument.",
        ((CHOSEN, "chosen = (tokens >= first_word) & (torch.rand(tokens.shape) < 0.15)"),),
    ),
    Mistake(
        "share-inverted",
        "85 % chosen in the place of 15 %",
        "How often is a number between 0 and 1 larger than 0.15?",
        ((CHOSEN, "chosen = (tokens >= first_word) & (torch.rand(tokens.shape) > share)"),),
    ),
    Mistake(
        "others-changed",
        "words changed that were not chosen",
        "Only chosen words become the mask or another word.",
        ((HIDDEN, "inputs = tokens.masked_fill((tokens >= first_word) & (chance < 0.8), mask)"),),
    ),
    Mistake(
        "others-exchanged",
        "words exchanged that were not chosen",
        "Only chosen words become the mask or another word.",
        ((SWAPPED, "inputs = torch.where((tokens >= first_word) & (chance >= 0.9), random_words, inputs)"),),
    ),
    Mistake(
        "everything-exchanged",
        "all places exchanged by chance, special ones too",
        "Only chosen words become the mask or another word.",
        ((SWAPPED, "inputs = torch.where(chance >= 0.9, random_words, inputs)"),),
    ),
    Mistake(
        "in-place",
        "the tokens themselves overwritten",
        "`masked_fill_` and `tokens[chosen] = mask` write into the caller's tensor. Work on a copy.",
        ((HIDDEN, "inputs = tokens.masked_fill_(chosen & (chance < 0.8), mask)"),),
        also=(((HIDDEN, "inputs = tokens\n    inputs[chosen & (chance < 0.8)] = mask"),),),
    ),
    Mistake(
        "labels-only",
        "the inputs alone",
        "Two tensors are asked for: what the model is given, and what it is to guess.",
        (("return inputs, labels", "return inputs"),),
    ),
)  # fmt: skip

EMBEDDING = "self.embedding = nn.Embedding(vocabulary, d_model)"
POSITIONS = "self.positions = PositionalEncoding(d_model, dropout=dropout)"
STACK = "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout)"
OWN_MASK = "mask = (tokens != 0).unsqueeze(1)"
VECTORS = "vectors = self.embedding(tokens) * math.sqrt(self.embedding.embedding_dim)"
STATES = "states = self.encoder(self.positions(vectors), mask)"
SCORES = "return states @ self.embedding.weight.T"

MODEL_MISTAKES = (
    Mistake(
        "no-positions",
        "embeddings without positions",
        "An encoder without positions is blind to order. Where are they added?",
        ((STATES, "states = self.encoder(vectors, mask)"),),
    ),
    Mistake(
        "positions-behind",
        "positions added behind the encoder",
        "Attention needs the positions: by then it is over.",
        ((STATES, "states = self.positions(self.encoder(vectors, mask))"),),
    ),
    Mistake(
        "positions-twice",
        "positions added twice",
        "PositionalEncoding adds them itself.",
        ((STATES, "states = self.encoder(vectors + self.positions(vectors) - vectors + self.positions(torch.zeros_like(vectors)), mask)"),),
    ),
    Mistake(
        "vectors-twice",
        "the words' vectors added once more to what PositionalEncoding returns",
        "PositionalEncoding returns the sum, words and positions.",
        ((STATES, "states = self.encoder(vectors + self.positions(vectors), mask)"),),
    ),
    Mistake(
        "no-scale",
        "embeddings without the factor √D",
        "Section 3.4: the embeddings are multiplied by something.",
        ((VECTORS, "vectors = self.embedding(tokens)"),),
    ),
    Mistake(
        "scale-divided",
        "embeddings divided by √D",
        "Attention divides its scores by a root; embeddings are multiplied by one.",
        ((VECTORS, "vectors = self.embedding(tokens) / math.sqrt(self.embedding.embedding_dim)"),),
    ),
    Mistake(
        "scale-D",
        "embeddings times D",
        "The root of the width, not the width.",
        ((VECTORS, "vectors = self.embedding(tokens) * self.embedding.embedding_dim"),),
    ),
    Mistake(
        "scale-vocabulary",
        "embeddings times the root of the vocabulary",
        "The root of the *width* of a vector.",
        ((VECTORS, "vectors = self.embedding(tokens) * math.sqrt(self.embedding.num_embeddings)"),),
    ),
    Mistake(
        "scale-behind",
        "the factor √D applied to words and positions together",
        "Only the words' vectors are multiplied; the positions are added afterwards.",
        (
            (VECTORS, "vectors = self.embedding(tokens)"),
            (STATES, "states = self.encoder(self.positions(vectors) * math.sqrt(self.embedding.embedding_dim), mask)"),
        ),
    ),
    Mistake(
        "no-mask",
        "no padding mask",
        "Nobody may attend to padding. Who tells the encoder?",
        ((STATES, "states = self.encoder(self.positions(vectors))"),),
    ),
    Mistake(
        "mask-inverted",
        "a padding mask turned round",
        "True = may attend. Which tokens may be looked at?",
        ((OWN_MASK, "mask = (tokens == 0).unsqueeze(1)"),),
    ),
    Mistake(
        "mask-over-queries",
        "a mask that hides queries in the place of keys",
        "(B, 1, T): the dimension of size 1 stands for the queries. Where is it in yours?",
        ((OWN_MASK, "mask = (tokens != 0).unsqueeze(2)"),),
    ),
    Mistake(
        "mask-hides-bos",
        "a mask that hides the first token too",
        "Only 0 is padding. 1 begins a sentence, and may be looked at.",
        ((OWN_MASK, "mask = (tokens > 1).unsqueeze(1)"),),
    ),
    Mistake(
        "mask-by-vectors",
        "padding set to 0 in the place of a mask",
        "A vector of zeros is still looked at: softmax gives it its share.",
        ((STATES, "states = self.encoder(self.positions(vectors) * mask.transpose(-2, -1))"),),
    ),
    Mistake(
        "own-output-layer",
        "an output layer with weights of its own",
        "One table serves at both ends: the scores are made with the embedding's vectors.",
        (
            (STACK, f"{STACK}\n        self.out = nn.Linear(d_model, vocabulary)"),
            (SCORES, "return self.out(states)"),
        ),
    ),
    Mistake(
        "copied-table",
        "an output layer that begins as a copy of the table",
        "A copy learns by itself: the two drift apart. One table serves at both ends.",
        (
            (STACK, f"{STACK}\n        self.out = nn.Parameter(self.embedding.weight.detach().clone())"),
            (SCORES, "return states @ self.out.T"),
        ),
    ),
    Mistake(
        "softmax",
        "probabilities in the place of scores",
        "F.cross_entropy takes a softmax by itself. Scores are asked for.",
        ((SCORES, "return (states @ self.embedding.weight.T).softmax(dim=-1)"),),
        also=(((SCORES, "return torch.softmax(states @ self.embedding.weight.T, dim=-1)"),),),
    ),
    Mistake(
        "log-softmax",
        "logarithms of probabilities in the place of scores",
        "F.cross_entropy takes a softmax by itself. Scores are asked for.",
        ((SCORES, "return (states @ self.embedding.weight.T).log_softmax(dim=-1)"),),
    ),
    Mistake(
        "scores-scaled",
        "scores divided by √D",
        "That is attention's way. Here the dot product is taken as it is.",
        ((SCORES, "return states @ self.embedding.weight.T / math.sqrt(states.size(-1))"),),
    ),
    Mistake(
        "scores-of-the-input",
        "scores of what goes into the encoder",
        "What the encoder returns is compared with the table.",
        ((SCORES, "return vectors @ self.embedding.weight.T"),),
    ),
    Mistake(
        "states",
        "the encoder's states in the place of scores",
        "(B, T, V) is asked for: a score for every word of the vocabulary.",
        ((SCORES, "return states"),),
    ),
    Mistake(
        "first-place",
        "scores of the first place only",
        "A score for every word at *every* place.",
        ((SCORES, "return states[:, 0] @ self.embedding.weight.T"),),
    ),
    Mistake(
        "best-words",
        "the best words in the place of scores",
        "Scores can be differentiated, the number of the largest cannot.",
        ((SCORES, "return (states @ self.embedding.weight.T).argmax(dim=-1)"),),
    ),
    Mistake(
        "pre-norm",
        "a pre-norm encoder",
        "The docstring asks for post-norm: no norm stands at the end of the stack.",
        ((STACK, "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first=True)"),),
    ),
    Mistake(
        "learned-positions",
        "learned positions",
        "BERT learns its positions; here they are those of lesson 3, which have no parameters.",
        (
            (POSITIONS, "self.positions = nn.Embedding(512, d_model)"),
            (STATES, "states = self.encoder(vectors + self.positions.weight[: tokens.size(1)], mask)"),
        ),
    ),
    Mistake(
        "dropout-always",
        "dropout in eval mode too",
        "F.dropout does not know the module's mode. PositionalEncoding has a dropout that does.",
        ((STATES, "states = self.encoder(F.dropout(self.positions(vectors), 0.1), mask)"),),
    ),
    Mistake(
        "encoder-no-dropout",
        "an encoder that is not told of dropout",
        "Encoder takes dropout, too. In train mode with p = 1, what may be left of its sublayers?",
        ((STACK, "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, 0.0)"),),
        also=(((STACK, "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff)"),),),
    ),
    Mistake(
        "positions-no-dropout",
        "a positional encoding that is not told of dropout",
        "PositionalEncoding takes dropout, too: it acts on the sum of words and positions (section 5.4).",
        ((POSITIONS, "self.positions = PositionalEncoding(d_model, dropout=0.0)"),),
        also=(((POSITIONS, "self.positions = PositionalEncoding(d_model)"),),),
    ),
    Mistake(
        "no-dropout",
        "no dropout",
        "Two of the three parts take dropout.",
        (
            (STACK, "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, 0.0)"),
            (POSITIONS, "self.positions = PositionalEncoding(d_model, dropout=0.0)"),
        ),
    ),
    Mistake(
        "dropout-fixed",
        "a dropout of 0.1, whatever was asked for",
        "0.1 is the default. Here another p was handed over.",
        (
            (STACK, "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, 0.1)"),
            (POSITIONS, "self.positions = PositionalEncoding(d_model, dropout=0.1)"),
        ),
    ),
    Mistake(
        "dropout-behind",
        "one more dropout, behind the encoder",
        "Dropout is in the encoder, and on the sum of words and positions. Nowhere else.",
        (
            (STACK, f"{STACK}\n        self.dropout = nn.Dropout(dropout)"),
            (STATES, "states = self.dropout(self.encoder(self.positions(vectors), mask))"),
        ),
    ),
    Mistake(
        "layers-heads-exchanged",
        "numbers of layers and of heads exchanged",
        "In which order does Encoder take them?",
        ((STACK, "self.encoder = Encoder(num_heads, d_model, num_layers, d_ff, dropout)"),),
    ),
    Mistake(
        "mask-flat",
        "a mask (B, T), without the dimension of the queries",
        "A padding mask has the shape (B, 1, T).",
        ((OWN_MASK, "mask = tokens != 0"),),
    ),
    Mistake(
        "mask-hides-special",
        "a mask that hides all special tokens",
        "Only 0 is padding. The other special tokens may be looked at.",
        ((OWN_MASK, "mask = (tokens > 3).unsqueeze(1)"),),
    ),
    Mistake(
        "padding-idx",
        "a table whose row of padding never learns",
        "padding_idx stops the gradient of one row; but every row is scored at the end, that of padding, too.",
        ((EMBEDDING, "self.embedding = nn.Embedding(vocabulary, d_model, padding_idx=0)"),),
    ),
    Mistake(
        "table-turned",
        "a table of d_model words of width V",
        "nn.Embedding(how many, how wide).",
        ((EMBEDDING, "self.embedding = nn.Embedding(d_model, vocabulary)"),),
    ),
    Mistake(
        "detached",
        "scores made with a table that learns nothing from them",
        "The table gets gradients from both ends. What cuts it out of the graph?",
        ((SCORES, "return states @ self.embedding.weight.detach().T"),),
        also=(((SCORES, "return states @ self.embedding.weight.data.T"),),),
    ),
)  # fmt: skip

UNIT = "unit = F.normalize(states, dim=-1)"
COSINES = "cosines = unit @ unit.transpose(-2, -1)"
MEAN = "return (cosines.sum(dim=(-2, -1)) - T) / (T * (T - 1))"

ALIKE_MISTAKES = (
    Mistake(
        "with-itself",
        "each word compared with itself, too",
        "A word is always like itself. Only pairs of *different* words count.",
        ((MEAN, "return cosines.mean(dim=(-2, -1))"),),
    ),
    Mistake(
        "itself-as-zero",
        "each word's comparison with itself taken off, and yet counted in the mean",
        "By how many entries do you divide, once the diagonal is gone?",
        ((MEAN, "return (cosines.sum(dim=(-2, -1)) - T) / T**2"),),
    ),
    Mistake(
        "sum",
        "a sum in the place of a mean",
        "The mean over all pairs is asked for.",
        ((MEAN, "return cosines.sum(dim=(-2, -1)) - T"),),
    ),
    Mistake(
        "half",
        "a mean that is twice too large",
        "Each pair stands in the table twice. Does your count of pairs say so, too?",
        ((MEAN, "return (cosines.sum(dim=(-2, -1)) - T) / (T * (T - 1) / 2)"),),
    ),
    Mistake(
        "dot-products",
        "dot products in the place of cosines",
        "A long word has large dot products with everyone. A cosine asks for the direction only.",
        ((UNIT, "unit = states"),),
    ),
    Mistake(
        "normalized-over-words",
        "every feature brought to length 1, not every word",
        "The length of a word's vector is taken over its features. Which dimension are they?",
        ((UNIT, "unit = F.normalize(states, dim=-2)"),),
    ),
    Mistake(
        "normalized-from-front",
        "dimension 0 normalized, the layers",
        "The length of a word's vector is taken over its features. Which dimension are they?",
        ((UNIT, "unit = F.normalize(states, dim=0)"),),
    ),
    Mistake(
        "layer-norm",
        "words normalized as layer norm does it",
        "Layer norm takes the mean off, too: that is a correlation. A cosine divides by the length and leaves the mean.",
        ((UNIT, "unit = F.normalize(states - states.mean(dim=-1, keepdim=True), dim=-1)"),),
    ),
    Mistake(
        "centred",
        "the mean word taken off first",
        "Less their mean, all words look different. The vectors are compared as they are.",
        ((UNIT, "unit = F.normalize(states - states.mean(dim=1, keepdim=True), dim=-1)"),),
    ),
    Mistake(
        "squared-length",
        "vectors divided by the square of their length",
        "The length is a root.",
        ((UNIT, "unit = states / states.pow(2).sum(dim=-1, keepdim=True)"),),
    ),
    Mistake(
        "absolute",
        "absolute values of the cosines",
        "Opposed vectors have −1, which is not alike at all.",
        ((COSINES, "cosines = (unit @ unit.transpose(-2, -1)).abs()"),),
    ),
    Mistake(
        "neighbours",
        "only neighbours compared",
        "All pairs of words count, not only those that stand side by side.",
        ((MEAN, "return cosines.diagonal(offset=1, dim1=-2, dim2=-1).mean(dim=-1)"),),
    ),
    Mistake(
        "first-word",
        "all words compared with the first one only",
        "All pairs of words count.",
        ((MEAN, "return cosines[:, 0, 1:].mean(dim=-1)"),),
    ),
    Mistake(
        "features",
        "features compared in the place of words",
        "The table has a row and a column for every word: T times T.",
        ((COSINES, "cosines = unit.transpose(-2, -1) @ unit"),),
    ),
    Mistake(
        "layers-mixed",
        "one number for all layers",
        "A number for each layer is asked for.",
        ((MEAN, "return (cosines.sum() - len(states) * T) / (len(states) * T * (T - 1))"),),
    ),
    Mistake(
        "distance",
        "1 less the cosine",
        "That is how different they are. How alike is asked for.",
        ((MEAN, "return 1 - (cosines.sum(dim=(-2, -1)) - T) / (T * (T - 1))"),),
    ),
    Mistake(
        "between-layers",
        "each word compared with itself in the layer before",
        "Words of one layer are compared with each other, not a word with its own past.",
        ((MEAN, "return (unit * unit.roll(1, dims=0)).sum(dim=-1).mean(dim=-1)"),),
    ),
    Mistake(
        "table",
        "the table of all cosines",
        "One number for each layer: the mean over its pairs.",
        ((MEAN, "return cosines"),),
    ),
)
