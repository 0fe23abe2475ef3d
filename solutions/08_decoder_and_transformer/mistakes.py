"""The mistakes of lesson 08 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

TRIANGLE = "torch.ones(T, T, dtype=torch.bool).tril()"

CAUSAL_MISTAKES = (
    Mistake(
        "flipped",
        "the triangle flipped: the future is seen, and the past is hidden",
        "Row t is the word that looks. Which columns lie before it, those to the left or those to the right?",
        ((".tril()", ".triu()"),),
        also=(((TRIANGLE, f"{TRIANGLE}.T"),),),
    ),
    Mistake(
        "one-ahead",
        "one future word that may be seen",
        "Row t should hold t + 1 times True. How many does yours hold?",
        ((".tril()", ".tril(diagonal=1)"),),
    ),
    Mistake(
        "diagonal-hidden",
        "the diagonal hidden: no word may look at itself",
        "The first word has no word before it. What would be left for it to look at?",
        ((".tril()", ".tril(diagonal=-1)"),),
    ),
    Mistake(
        "hidden-is-true",
        "a mask in which True hides",
        "True means: may attend. The word at place 0 may see itself, and nothing else.",
        ((TRIANGLE, f"~{TRIANGLE}"),),
        also=(((TRIANGLE, "torch.ones(T, T, dtype=torch.bool).triu(diagonal=1)"),),),
    ),
    Mistake(
        "numbers",
        "a mask of numbers",
        "Booleans are asked for: with numbers, `&` and `~` do something else. torch.ones takes a dtype.",
        ((TRIANGLE, "torch.ones(T, T).tril()"),),
    ),
    Mistake(
        "whole-numbers",
        "a mask of whole numbers",
        "Booleans are asked for: with numbers, `&` and `~` do something else. torch.ones takes a dtype.",
        ((TRIANGLE, "torch.ones(T, T, dtype=torch.int64).tril()"),),
    ),
    Mistake(
        "minus-infinity",
        "a table of 0 and −∞ to be added to the scores",
        "That is the other way to write a mask. Here masks hold booleans, True = may attend.",
        ((TRIANGLE, 'torch.full((T, T), float("-inf")).triu(diagonal=1)'),),
    ),
    Mistake(
        "batch-in-front",
        "a dimension for the batch in front",
        "One table serves every sentence: its shape is (T, T), and it broadcasts over whatever stands in front.",
        ((TRIANGLE, f"{TRIANGLE}[None]"),),
    ),
    Mistake(
        "everything",
        "a mask that hides nothing",
        "What may the first word see? Cut the square down to a triangle.",
        ((".tril()", ""),),
    ),
    Mistake(
        "diagonal-only",
        "words that see only themselves",
        "A word may look back at all words before it, not at itself alone.",
        ((".tril()", ".tril().triu()"),),
    ),
    Mistake(
        "previous-only",
        "a window of two words instead of all the past",
        "Row t holds True for every place from 0 to t.",
        ((".tril()", ".tril().triu(diagonal=-1)"),),
    ),
)

SELF = "lambda x: self.self_attention(x, x, x, target_mask)[0]"
CROSS = "lambda x: self.cross_attention(x, memory, memory, memory_mask)[0]"
S1 = f"y = self.sublayer(y, self.norm_1, {SELF})"
S2 = f"y = self.sublayer(y, self.norm_2, {CROSS})"
S3 = "y = self.sublayer(y, self.norm_3, self.feed_forward)"
PRE = "return y + self.dropout(f(norm(y)))"
POST = "return norm(y + self.dropout(f(y)))"
NORMS = "self.norm_1, self.norm_2, self.norm_3 = (LayerNorm(d_model) for _ in range(3))"
CROSS_MODULE = "self.cross_attention = MultiHeadAttention(d_model, num_heads)"

LAYER_MISTAKES = (
    Mistake(
        "keys-and-values-from-decoder",
        "cross-attention whose keys and values come from the decoder",
        "Then the source is never looked at: that is self-attention once more. Who answers in cross-attention?",
        ((CROSS, "lambda x: self.cross_attention(x, x, x, None)[0]"),),
        also=(((CROSS, "lambda x: self.cross_attention(x, x, x, target_mask)[0]"),),),
    ),
    Mistake(
        "keys-from-decoder",
        "cross-attention whose keys come from the decoder",
        "The words that are compared and the words that tell are the same words: those of the source.",
        ((CROSS, "lambda x: self.cross_attention(x, x, memory, memory_mask)[0]"),),
    ),
    Mistake(
        "values-from-decoder",
        "cross-attention whose values come from the decoder",
        "Compared with the source, and told by the target: what would the weights mix then? Both keys and values are the source's.",
        ((CROSS, "lambda x: self.cross_attention(x, memory, x, memory_mask)[0]"),),
    ),
    Mistake(
        "query-from-memory",
        "cross-attention whose queries come from the encoder",
        "Who is writing, and so who asks? The output has a row for each word that asks: T of them.",
        ((CROSS, "lambda x: self.cross_attention(memory, x, x, memory_mask)[0]"),),
        also=(
            ((CROSS, "lambda x: self.cross_attention(memory, memory, memory, memory_mask)[0]"),),
            ((CROSS, "lambda x: self.cross_attention(memory, x, x, target_mask)[0]"),),
            ((CROSS, "lambda x: self.cross_attention(memory, x, x)[0]"),),
        ),
    ),
    Mistake(
        "causal-over-source",
        "the target's mask used in cross-attention",
        "The source has been read to its end before the first word is written. Which of the two masks is about the source?",
        ((CROSS, "lambda x: self.cross_attention(x, memory, memory, target_mask)[0]"),),
    ),
    Mistake(
        "causal-over-source-too",
        "a causal mask laid over the source as well",
        "The source has been read to its end before the first word is written: only its padding is hidden.",
        (
            (
                S2,
                "past = torch.ones(y.size(1), memory.size(1), dtype=torch.bool).tril()\n"
                "        past = past if memory_mask is None else past & memory_mask\n"
                "        y = self.sublayer(y, self.norm_2, lambda x: self.cross_attention(x, memory, memory, past)[0])",
            ),
        ),
    ),
    Mistake(
        "masks-exchanged",
        "the two masks exchanged",
        "Which mask has T columns, and which has S?",
        (
            (SELF, "lambda x: self.self_attention(x, x, x, memory_mask)[0]"),
            (CROSS, "lambda x: self.cross_attention(x, memory, memory, target_mask)[0]"),
        ),
    ),
    Mistake(
        "no-target-mask",
        "self-attention without its mask",
        "`forward` is given a target_mask. Without it each word sees the words that it is to predict.",
        ((SELF, "lambda x: self.self_attention(x, x, x)[0]"),),
    ),
    Mistake(
        "no-memory-mask",
        "cross-attention without its mask",
        "`forward` is given a memory_mask. Without it the target looks at padding of the source.",
        ((CROSS, "lambda x: self.cross_attention(x, memory, memory)[0]"),),
    ),
    Mistake(
        "mask-inverted",
        "the target's mask the wrong way round",
        "True means: may attend, in `MultiHeadAttention` as well. Nothing needs to be turned over.",
        (
            (
                S1,
                "hidden = None if target_mask is None else ~target_mask\n"
                "        y = self.sublayer(y, self.norm_1, lambda x: self.self_attention(x, x, x, hidden)[0])",
            ),
        ),
    ),
    Mistake(
        "no-cross-attention",
        "cross-attention left out",
        "A decoder layer has three sublayers. Without the second it never hears of the source.",
        ((S2, ""),),
    ),
    Mistake(
        "no-self-attention",
        "self-attention left out",
        "A decoder layer has three sublayers. Without the first a word does not know what was written before it.",
        ((S1, ""),),
    ),
    Mistake(
        "no-feed-forward",
        "the feed-forward network left out",
        "A decoder layer has three sublayers. Which one is not used?",
        ((S3, ""),),
    ),
    Mistake(
        "cross-first",
        "cross-attention before self-attention",
        "First what has been written looks at itself, then it asks the source. The norms are numbered in this order.",
        ((S1, S2.replace("norm_2", "norm_1")), (S2, S1.replace("norm_1", "norm_2"))),
        also=(((f"{S1}\n        {S2}", f"{S2}\n        {S1}"),),),
    ),
    Mistake(
        "feed-forward-in-the-middle",
        "the feed-forward network before cross-attention",
        "The two attentions come first, the feed-forward network last.",
        ((S2, S3.replace("norm_3", "norm_2")), (S3, S2.replace("norm_2", "norm_3"))),
        also=(((f"{S2}\n        {S3}", f"{S3}\n        {S2}"),),),
    ),
    Mistake(
        "pre-for-post",
        "pre-norm and post-norm exchanged",
        "With norm_first the sublayer reads norm(y). Which of your two lines is that?",
        (("if self.norm_first:", "if not self.norm_first:"),),
    ),
    Mistake(
        "always-post",
        "post-norm, whatever norm_first says",
        "`norm_first` is given when the layer is built. Who remembers it?",
        (("if self.norm_first:", "if False:"),),
    ),
    Mistake(
        "always-pre",
        "pre-norm, whatever norm_first says",
        "`norm_first` is given when the layer is built, and is False unless told otherwise.",
        (("if self.norm_first:", "if True:"),),
    ),
    Mistake(
        "norm-inside",
        "the norm on what the sublayer puts out, before the addition",
        "In post-norm the sum goes through the norm, not the sublayer's output alone.",
        ((POST, "return y + norm(self.dropout(f(y)))"),),
    ),
    Mistake(
        "residual-of-normed",
        "in pre-norm, the normed input added instead of the input",
        "What goes past the sublayer goes past the norm, too: x itself.",
        ((PRE, "return norm(y) + self.dropout(f(norm(y)))"),),
    ),
    Mistake(
        "no-residual",
        "no residual connection",
        "What a sublayer puts out is added to what went in (lesson 6).",
        ((POST, "return norm(self.dropout(f(y)))"), (PRE, "return self.dropout(f(norm(y)))")),
    ),
    Mistake(
        "cross-without-residual",
        "no residual connection around cross-attention",
        "Each of the three sublayers has one: otherwise what was written is forgotten here.",
        ((S2, "y = self.norm_2(self.dropout(self.cross_attention(y, memory, memory, memory_mask)[0]))"),),
    ),
    Mistake(
        "residual-of-the-beginning",
        "the layer's input added in all three places",
        "Each sublayer is added to what came out of the one before it.",
        (
            (S1, f"x0 = y\n        {S1}"),
            (S2, f"{S2} + x0 - self.norm_2(x0)"),
        ),
    ),
    Mistake(
        "no-norm",
        "no norm at all",
        "Three norms are built. Who uses them?",
        ((POST, "return y + self.dropout(f(y))"), (PRE, "return y + self.dropout(f(y))")),
    ),
    Mistake(
        "one-norm",
        "one norm used three times",
        "Each sublayer has a norm of its own: norm_1, norm_2, norm_3, in this order.",
        ((S2, S2.replace("norm_2", "norm_1")), (S3, S3.replace("norm_3", "norm_1"))),
    ),
    Mistake(
        "norms-exchanged",
        "norm_1 and norm_2 exchanged",
        "The norms are numbered in the order of the sublayers.",
        ((S1, S1.replace("norm_1", "norm_2")), (S2, S2.replace("norm_2", "norm_1"))),
    ),
    Mistake(
        "shared-norm-object",
        "one norm under three names",
        "Three names for one object are one set of weights. Build three.",
        ((NORMS, "self.norm_1 = self.norm_2 = self.norm_3 = LayerNorm(d_model)"),),
    ),
    Mistake(
        "shared-attention",
        "one attention under two names",
        "Looking back and looking at the source are two jobs: each attention has weights of its own.",
        ((CROSS_MODULE, "self.cross_attention = self.self_attention"),),
    ),
    Mistake(
        "self-attention-twice",
        "the weights of self-attention used in cross-attention",
        "There is a second attention, `cross_attention`; yours never learns.",
        ((CROSS, "lambda x: self.self_attention(x, memory, memory, memory_mask)[0]"),),
    ),
    Mistake(
        "dropout-on-the-sum",
        "dropout on the sum",
        "Dropout acts on what a sublayer puts out, before it is added: y itself goes past untouched.",
        ((POST, "return norm(self.dropout(y + f(y)))"), (PRE, "return self.dropout(y + f(norm(y)))")),
    ),
    Mistake(
        "dropout-after-norm",
        "dropout after the norm",
        "Dropout acts on what a sublayer puts out, before it is added.",
        ((POST, "return self.dropout(norm(y + f(y)))"), (PRE, "return y + f(self.dropout(norm(y)))")),
    ),
    Mistake(
        "dropout-on-the-input",
        "dropout on what goes into a sublayer",
        "Dropout acts on what a sublayer puts out, before it is added.",
        ((POST, "return norm(y + f(self.dropout(y)))"), (PRE, "return y + f(self.dropout(norm(y)))")),
    ),
    Mistake(
        "dropout-twice",
        "dropout twice",
        "One dropout on what a sublayer puts out is enough: two with p take away more than p says.",
        (
            (POST, POST.replace("self.dropout(f(y))", "self.dropout(self.dropout(f(y)))")),
            (PRE, PRE.replace("self.dropout(", "self.dropout(self.dropout(") + ")"),
        ),
    ),
    Mistake(
        "dropout-not-rescaled",
        "dropout that does not make up for what it takes away",
        "What is kept grows by 1 / (1 − p), so that the mean stays. `nn.Dropout` does it.",
        (
            (POST, "return norm(y + f(y) * (self.dropout(torch.ones_like(y)) != 0))"),
            (PRE, "return y + f(norm(y)) * (self.dropout(torch.ones_like(y)) != 0)"),
        ),
    ),
    Mistake(
        "whole-words-dropped",
        "dropout that takes away whole words",
        "Each number is dropped by itself: that is `nn.Dropout`.",
        (("self.dropout = nn.Dropout(dropout)", "self.dropout = nn.Dropout1d(dropout)"),),
    ),
    Mistake(
        "no-dropout",
        "no dropout",
        "`dropout` is given when the layer is built. In train mode it acts on what each sublayer puts out.",
        ((POST, "return norm(y + f(y))"), (PRE, "return y + f(norm(y))")),
    ),
    Mistake(
        "dropout-always",
        "dropout in eval mode, too",
        "nn.Dropout knows the mode by itself; F.dropout has to be told.",
        (
            ("self.dropout = nn.Dropout(dropout)", "self.p = dropout"),
            (PRE, "return y + F.dropout(f(norm(y)), self.p)"),
            (POST, "return norm(y + F.dropout(f(y), self.p))"),
        ),
    ),
    Mistake(
        "dropout-fixed",
        "a dropout probability of its own",
        "The probability is given to `__init__`.",
        (("self.dropout = nn.Dropout(dropout)", "self.dropout = nn.Dropout()"),),
    ),
    Mistake(
        "torch-norms",
        "nn.LayerNorm in the place of the course's",
        "It does the same, but its weights have other names. The docstring says what the parts are made of.",
        ((NORMS, NORMS.replace("LayerNorm", "nn.LayerNorm")),),
    ),
    Mistake(
        "returns-weights",
        "output and weights returned",
        "One tensor is asked for: (B, T, D). Whoever wants the weights watches the attention itself.",
        (("        return y\n", "        return y, self.cross_attention(y, memory, memory, memory_mask)[1]\n"),),
    ),
    Mistake(
        "tuple-for-output",
        "the attention's two results taken for one",
        "`MultiHeadAttention` returns output and weights. A sublayer is the first of them.",
        ((SELF, "lambda x: self.self_attention(x, x, x, target_mask)"),),
    ),
    Mistake(
        "weights-for-output",
        "the attention's weights in the place of its output",
        "`MultiHeadAttention` returns output and weights, in this order. A sublayer is the first of them.",
        ((SELF, "lambda x: self.self_attention(x, x, x, target_mask)[1]"),),
        also=(((CROSS, "lambda x: self.cross_attention(x, memory, memory, memory_mask)[1]"),),),
    ),
    Mistake(
        "own-causal-mask",
        "a causal mask that the layer makes for itself",
        "Whoever calls the layer says what may be seen. Where target_mask is None, nothing is hidden.",
        (
            (
                S1,
                "past = torch.ones(y.size(1), y.size(1), dtype=torch.bool).tril()\n"
                "        past = past if target_mask is None else past & target_mask\n"
                "        y = self.sublayer(y, self.norm_1, lambda x: self.self_attention(x, x, x, past)[0])",
            ),
        ),
    ),
    Mistake(
        "returns-memory",
        "the memory returned",
        "What comes out is the target, one vector for each of its T words.",
        (("        return y\n", "        return memory\n"),),
    ),
)

LAYERS = "nn.ModuleList(\n            DecoderLayer(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers)\n        )"
END = "self.norm = LayerNorm(d_model) if norm_first else None"
LOOP = "y = layer(y, memory, target_mask, memory_mask)"
OUT = "return y if self.norm is None else self.norm(y)"

DECODER_MISTAKES = (
    Mistake(
        "one-layer-repeated",
        "one layer object repeated",
        "`[layer] * n` is n times the same layer, with one set of weights. Build a new one for each place.",
        ((LAYERS, "nn.ModuleList([DecoderLayer(d_model, num_heads, d_ff, dropout, norm_first)] * num_layers)"),),
    ),
    Mistake(
        "plain-list",
        "layers in a plain list",
        "A module finds layers that are in an nn.ModuleList; in a plain list they are lost, and never learn.",
        ((LAYERS, f"[{LAYERS[27:-10]}]"),),
    ),
    Mistake(
        "first-layer-only",
        "only one layer used",
        "What comes out of a layer goes into the next one.",
        (("for layer in self.layers:", "for layer in self.layers[:1]:"),),
    ),
    Mistake(
        "all-from-the-beginning",
        "every layer handed the decoder's input",
        "A layer takes what the one before it put out.",
        (
            ("for layer in self.layers:", "start = y\n        for layer in self.layers:"),
            (LOOP, "y = layer(start, memory, target_mask, memory_mask)"),
        ),
    ),
    Mistake(
        "reversed",
        "the layers from the last to the first",
        "The first layer in the list comes first.",
        (("for layer in self.layers:", "for layer in reversed(self.layers):"),),
    ),
    Mistake(
        "memory-replaced",
        "a memory that changes from layer to layer",
        "Every layer looks at the same memory: what the encoder put out.",
        ((LOOP, "y = memory = layer(y, memory, target_mask, memory_mask if memory.size(1) != y.size(1) else None)"),),
    ),
    Mistake(
        "masks-lost",
        "no masks handed down",
        "The layers cannot know the masks unless they are told.",
        ((LOOP, "y = layer(y, memory)"),),
    ),
    Mistake(
        "target-mask-lost",
        "the target's mask not handed down",
        "Each layer needs both masks: without the first, words see their future.",
        ((LOOP, "y = layer(y, memory, None, memory_mask)"),),
    ),
    Mistake(
        "memory-mask-lost",
        "the memory's mask not handed down",
        "Each layer needs both masks: without the second, padding of the source is seen.",
        ((LOOP, "y = layer(y, memory, target_mask)"),),
    ),
    Mistake(
        "mask-first-layer-only",
        "the target's mask in the first layer only",
        "What one layer hides, the next would show. Every layer needs its masks.",
        ((LOOP, f"{LOOP}\n            target_mask = None"),),
    ),
    Mistake(
        "masks-exchanged",
        "the two masks exchanged",
        "Look at the order of a layer's arguments.",
        ((LOOP, "y = layer(y, memory, memory_mask, target_mask)"),),
    ),
    Mistake(
        "no-last-norm",
        "no norm at the end of a pre-norm stack",
        "In a pre-norm stack nothing has normed the sums that run past the norms. One norm at the end does.",
        ((END, "self.norm = None"),),
    ),
    Mistake(
        "last-norm-unused",
        "a last norm that is not used",
        "The norm is built. What goes through it?",
        ((OUT, "return y"),),
    ),
    Mistake(
        "norm-always",
        "a last norm in a post-norm stack, too",
        "After post-norm layers everything is normed already. (nn.Transformer puts one there; the paper does not.)",
        ((END, "self.norm = LayerNorm(d_model)"),),
    ),
    Mistake(
        "norm-each-layer",
        "the last norm after every layer",
        "One norm, at the end of the stack.",
        ((LOOP, f"{LOOP}\n            y = y if self.norm is None else self.norm(y)"), (OUT, "return y")),
    ),
    Mistake(
        "norm-first-lost",
        "norm_first not handed to the layers",
        "Each layer has to be told where its norms stand.",
        (("d_ff, dropout, norm_first) for", "d_ff, dropout) for"),),
    ),
    Mistake(
        "dropout-lost",
        "dropout not handed to the layers",
        "The probability given to the stack is that of each layer.",
        (("d_ff, dropout, norm_first) for", "d_ff, norm_first=norm_first) for"),),
    ),
    Mistake(
        "dropout-and-norm-first-lost",
        "neither dropout nor norm_first handed to the layers",
        "What the stack is told, each layer has to be told.",
        (("d_ff, dropout, norm_first) for", "d_ff) for"),),
    ),
    Mistake(
        "one-layer-more",
        "one layer too many",
        "num_layers layers are asked for.",
        (("range(num_layers)", "range(num_layers + 1)"),),
    ),
)

EMBED = "return self.positions(self.embedding(tokens) * math.sqrt(self.embedding.embedding_dim))"
ENCODE = "return self.encoder(self.embed(source), padding_mask(source))"
PAST = "past = causal_mask(target.size(1)).to(target.device)"
DECODE = "y = self.decoder(self.embed(target), memory, padding_mask(target) & past, padding_mask(source))"
SCORE = "return y @ self.embedding.weight.T"
INIT = "nn.init.normal_(self.embedding.weight, std=d_model**-0.5)"
EMBEDDING = "self.embedding = nn.Embedding(vocabulary, d_model)"

TRANSFORMER_MISTAKES = (
    Mistake(
        "no-scale",
        "embeddings without the factor √D",
        "The entries of the embedding are small; beside position codes of about 1 the words would drown. What brings them up?",
        ((EMBED, "return self.positions(self.embedding(tokens))"),),
    ),
    Mistake(
        "scale-divides",
        "embeddings divided by √D",
        "They are small already, and should be brought up to the size of the position codes.",
        (("self.embedding(tokens) * math", "self.embedding(tokens) / math"),),
    ),
    Mistake(
        "scale-d-model",
        "embeddings times D",
        "The factor is the root of D.",
        (("math.sqrt(self.embedding.embedding_dim)", "self.embedding.embedding_dim"),),
    ),
    Mistake(
        "scale-after-positions",
        "the factor √D on the positions, too",
        "Only the embedding is multiplied; the position code is added afterwards.",
        ((EMBED, "return self.positions(self.embedding(tokens)) * math.sqrt(self.embedding.embedding_dim)"),),
    ),
    Mistake(
        "no-positions",
        "no positions",
        "Without them a sentence is a heap of words (lesson 3).",
        ((EMBED, "return self.embedding(tokens) * math.sqrt(self.embedding.embedding_dim)"),),
    ),
    Mistake(
        "no-positions-in-target",
        "no positions in the target",
        "Source and target are embedded in the same way.",
        (
            (
                "self.decoder(self.embed(target), ",
                "self.decoder(self.embedding(target) * self.embedding.embedding_dim**0.5, ",
            ),
        ),
    ),
    Mistake(
        "positions-twice",
        "positions added twice",
        "`PositionalEncoding` adds them once, and that is enough.",
        ((EMBED, EMBED.replace("return self.positions(", "return self.positions(self.positions(") + ")"),),
    ),
    Mistake(
        "encoder-skipped",
        "the encoder skipped: the memory is the embedded source",
        "The memory is what the encoder makes of the source.",
        ((ENCODE, "return self.embed(source)"),),
    ),
    Mistake(
        "no-source-mask-in-encoder",
        "no padding mask in the encoder",
        "Words of the source must not look at padding.",
        ((ENCODE, "return self.encoder(self.embed(source))"),),
    ),
    Mistake(
        "no-source-mask-in-cross",
        "no padding mask in cross-attention",
        "Words of the target must not look at padding of the source.",
        ((DECODE, "y = self.decoder(self.embed(target), memory, padding_mask(target) & past)"),),
    ),
    Mistake(
        "no-padding-masks",
        "no padding mask anywhere",
        "Padding of the source is hidden from every word, in the encoder and in cross-attention.",
        (
            (ENCODE, "return self.encoder(self.embed(source))"),
            (DECODE, "y = self.decoder(self.embed(target), memory, past)"),
        ),
    ),
    Mistake(
        "target-padding-in-cross",
        "the target's padding mask in cross-attention",
        "The columns of cross-attention are words of the source. Whose padding is hidden there?",
        ((DECODE, DECODE.replace("padding_mask(source)", "padding_mask(target)")),),
    ),
    Mistake(
        "target-mask-in-cross",
        "the target's whole mask in cross-attention",
        "The columns of cross-attention are words of the source, all of which have been read already.",
        ((DECODE, DECODE.replace("padding_mask(source)", "padding_mask(target) & past")),),
    ),
    Mistake(
        "causal-over-source",
        "a causal mask over the source in the encoder",
        "The whole source is there from the beginning: each of its words may look at all of them.",
        ((ENCODE, ENCODE.replace("padding_mask(source)", "padding_mask(source) & causal_mask(source.size(1))")),),
    ),
    Mistake(
        "no-causal-mask",
        "no causal mask",
        "Each word of the target sees the word it is asked for. What hides it?",
        ((DECODE, DECODE.replace("padding_mask(target) & past", "padding_mask(target)")),),
    ),
    Mistake(
        "pad-or-causal",
        'the two masks of the target joined by "or"',
        "A word may be looked at if it is no padding *and* does not lie ahead.",
        ((DECODE, DECODE.replace("padding_mask(target) & past", "padding_mask(target) | past")),),
    ),
    Mistake(
        "causal-flipped",
        "the causal mask flipped",
        "`causal_mask` gives what may be seen: the past. Nothing needs to be turned over.",
        ((PAST, "past = ~causal_mask(target.size(1)) | torch.eye(target.size(1), dtype=torch.bool)"),),
    ),
    Mistake(
        "causal-one-ahead",
        "one future word that may be seen",
        "At place t the word at t + 1 is asked for. May it be seen?",
        ((PAST, "past = torch.ones(target.size(1), target.size(1), dtype=torch.bool).tril(1)"),),
    ),
    Mistake(
        "causal-diagonal-hidden",
        "the diagonal hidden: no word of the target may look at itself",
        "A word may look at itself: it has been read. The first one has nothing else to look at.",
        ((PAST, "past = causal_mask(target.size(1)) & ~torch.eye(target.size(1), dtype=torch.bool)"),),
    ),
    Mistake(
        "softmax-inside",
        "softmax taken inside the model",
        "Scores are asked for. `F.cross_entropy` takes softmax by itself, and would take it a second time.",
        ((SCORE, "return torch.softmax(y @ self.embedding.weight.T, dim=-1)"),),
    ),
    Mistake(
        "log-softmax-inside",
        "log-softmax taken inside the model",
        "Scores are asked for, as they come out of the matrix product.",
        ((SCORE, "return torch.log_softmax(y @ self.embedding.weight.T, dim=-1)"),),
    ),
    Mistake(
        "output-scaled",
        "the factor √D on the output, too",
        "√D belongs to the way in.",
        ((SCORE, "return y @ self.embedding.weight.T * math.sqrt(self.embedding.embedding_dim)"),),
    ),
    Mistake(
        "vectors-returned",
        "the decoder's vectors returned, without scores",
        "V scores for each place are asked for, one a word of the vocabulary.",
        ((SCORE, "return y"),),
    ),
    Mistake(
        "untied",
        "an output layer with weights of its own",
        "One matrix serves for source, target and output: it has a row for each word already.",
        (
            (EMBEDDING, f"{EMBEDDING}\n        self.output = nn.Linear(d_model, vocabulary, bias=False)"),
            (SCORE, "return self.output(y)"),
        ),
    ),
    Mistake(
        "tied-by-copy",
        "weights tied by copying them",
        "A copy is equal today, and goes its own way after the first update. Use the parameter itself.",
        (
            (
                EMBEDDING,
                f"{EMBEDDING}\n        self.output = nn.Linear(d_model, vocabulary, bias=False)\n"
                "        self.output.weight.data = self.embedding.weight.data.clone()",
            ),
            (SCORE, "return self.output(y) + 0"),
        ),
        also=(
            (
                (EMBEDDING, f"{EMBEDDING}\n        self.output = nn.Linear(d_model, vocabulary, bias=False)"),
                (SCORE, "self.output.weight.data.copy_(self.embedding.weight.data)\n        return self.output(y)"),
            ),
        ),
    ),
    Mistake(
        "output-detached",
        "scores through which the embedding does not learn",
        "`.detach()` and `.data` cut the matrix off from the gradient: one of its three uses teaches it nothing.",
        ((SCORE, "return y @ self.embedding.weight.detach().T"),),
        also=(((SCORE, "return y @ self.embedding.weight.data.T"),),),
    ),
    Mistake(
        "output-bias",
        "an output layer that is tied, but has a bias",
        "There is no other parameter than those of the parts.",
        (
            (
                EMBEDDING,
                f"{EMBEDDING}\n        self.output = nn.Linear(d_model, vocabulary)\n"
                "        self.output.weight = self.embedding.weight",
            ),
            (SCORE, "return self.output(y)"),
        ),
    ),
    Mistake(
        "two-embeddings",
        "an embedding for each language",
        "Source and target share one vocabulary, and one embedding.",
        (
            (EMBEDDING, f"{EMBEDDING}\n        self.target_embedding = nn.Embedding(vocabulary, d_model)"),
            ("self.decoder(self.embed(target), ", "self.decoder(self.positions(self.target_embedding(target) * 2.0), "),
        ),
    ),
    Mistake(
        "memory-from-target",
        "the target encoded instead of the source",
        "`decode` is handed the memory of the source.",
        (
            (
                DECODE,
                DECODE.replace(", memory, ", ", self.encode(target), ").replace(
                    "padding_mask(source)", "padding_mask(target)"
                ),
            ),
        ),
    ),
    Mistake(
        "encodes-again",
        "the source encoded again inside decode",
        "`decode` is handed the memory: it is worked out once, and serves for every word that is written.",
        ((DECODE, DECODE.replace(", memory, ", ", self.encode(source), ")),),
    ),
    Mistake(
        "norm-first-lost",
        "norm_first not handed to encoder and decoder",
        "Both stacks have to be told where their norms stand.",
        (
            (
                "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)",
                "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout)",
            ),
            (
                "self.decoder = Decoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)",
                "self.decoder = Decoder(num_layers, d_model, num_heads, d_ff, dropout)",
            ),
        ),
    ),
    Mistake(
        "no-embedding-dropout",
        "no dropout on what comes in",
        "The paper has dropout on the sum of embedding and position, too; `PositionalEncoding` is told its probability.",
        (
            (
                "self.positions = PositionalEncoding(d_model, dropout=dropout)",
                "self.positions = PositionalEncoding(d_model, dropout=0.0)",
            ),
        ),
    ),
    Mistake(
        "max-len-for-dropout",
        "the dropout probability taken for the longest sentence",
        "The second argument of `PositionalEncoding` is max_len. Name the one that is meant.",
        (
            (
                "self.positions = PositionalEncoding(d_model, dropout=dropout)",
                "self.positions = PositionalEncoding(d_model, int(dropout))",
            ),
        ),
    ),
    Mistake(
        "not-transposed",
        "the matrix of the embedding not transposed",
        "(B, T, D) times which shape gives (B, T, V)? The embedding holds (V, D).",
        ((SCORE, "return y @ self.embedding.weight"),),
    ),
    Mistake(
        "stacks-without-dropout",
        "dropout not handed to encoder and decoder",
        "The probability that the model is given is that of both stacks, too.",
        (
            (
                "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)",
                "self.encoder = Encoder(num_layers, d_model, num_heads, d_ff, norm_first=norm_first)",
            ),
            (
                "self.decoder = Decoder(num_layers, d_model, num_heads, d_ff, dropout, norm_first)",
                "self.decoder = Decoder(num_layers, d_model, num_heads, d_ff, norm_first=norm_first)",
            ),
        ),
    ),
    Mistake(
        "target-and-memory-exchanged",
        "target and memory exchanged in the decoder's call",
        "The decoder takes the target first: it is the target that is written, and that asks.",
        ((DECODE, "y = self.decoder(memory, self.embed(target), padding_mask(source), padding_mask(target) & past)"),),
        also=(
            (
                (
                    DECODE,
                    "y = self.decoder(memory, self.embed(target), padding_mask(target) & past, padding_mask(source))",
                ),
            ),
        ),
    ),
    Mistake(
        "wide-embedding",
        "an embedding that begins with standard deviation 1",
        "That is torch's own beginning. The last line of `__init__`, which stands there already, makes the entries small.",
        ((INIT, ""),),
        also=(
            ((INIT, "nn.init.normal_(self.embedding.weight)"),),
            ((INIT, INIT.replace("d_model**-0.5", "d_model**0.5")),),
        ),
    ),
    Mistake(
        "zero-embedding",
        "an embedding that begins with zeros",
        "Equal words could never be told apart: all would get the same gradient. The last line of `__init__` draws small numbers.",
        ((INIT, "nn.init.zeros_(self.embedding.weight)"),),
    ),
    Mistake(
        "embedding-dropped-twice",
        "a second dropout behind the positions",
        "`PositionalEncoding` has the dropout in it.",
        (
            (EMBED, f"return F.dropout({EMBED[7:]}, self.p, self.training)"),
            (EMBEDDING, f"{EMBEDDING}\n        self.p = dropout"),
        ),
    ),
    Mistake(
        "last-place-only",
        "scores of the last place only",
        "Every place is asked for its next word: (B, T, V).",
        ((SCORE, "return y[:, -1] @ self.embedding.weight.T"),),
    ),
)

ATT = "attention = 4 * (d_model * d_model + d_model)"
FF = "feed_forward = d_model * d_ff + d_ff + d_ff * d_model + d_model"
ENC = "encoder_layer = attention + feed_forward + 2 * norm"
DEC = "decoder_layer = 2 * attention + feed_forward + 3 * norm"
TOTAL = "return vocabulary * d_model + num_layers * (encoder_layer + decoder_layer)"

COUNT_MISTAKES = (
    Mistake(
        "no-cross-attention",
        "one attention in a decoder layer",
        "A decoder layer has self-attention and cross-attention, each with weights of its own.",
        ((DEC, "decoder_layer = attention + feed_forward + 3 * norm"),),
    ),
    Mistake(
        "decoder-like-encoder",
        "decoder layers like encoder layers",
        "A decoder layer has a sublayer more, and each sublayer has a norm.",
        ((DEC, "decoder_layer = attention + feed_forward + 2 * norm"),),
    ),
    Mistake(
        "two-decoder-norms",
        "two norms in a decoder layer",
        "Each of its three sublayers has a norm.",
        ((DEC, "decoder_layer = 2 * attention + feed_forward + 2 * norm"),),
    ),
    Mistake(
        "embedding-three-times",
        "the embedding counted three times",
        "It is used three times, and learned once: one parameter.",
        ((TOTAL, TOTAL.replace("vocabulary * d_model", "3 * vocabulary * d_model")),),
    ),
    Mistake(
        "embedding-twice",
        "the embedding counted twice",
        "Source, target and output share one matrix.",
        ((TOTAL, TOTAL.replace("vocabulary * d_model", "2 * vocabulary * d_model")),),
    ),
    Mistake(
        "no-embedding",
        "the embedding not counted",
        "A row for each word of the vocabulary is learned, too.",
        ((TOTAL, "return num_layers * (encoder_layer + decoder_layer)"),),
    ),
    Mistake(
        "output-bias",
        "a bias for every word of the output",
        "The scores are a product with the embedding, and no more.",
        ((TOTAL, TOTAL.replace("vocabulary * d_model", "vocabulary * d_model + vocabulary")),),
    ),
    Mistake(
        "no-biases",
        "the biases not counted",
        "nn.Linear has a matrix and a vector.",
        ((ATT, "attention = 4 * d_model * d_model"), (FF, "feed_forward = 2 * d_model * d_ff")),
    ),
    Mistake(
        "no-attention-bias",
        "the biases of the attentions not counted",
        "Each of the four layers of an attention has a bias.",
        ((ATT, "attention = 4 * d_model * d_model"),),
    ),
    Mistake(
        "no-feed-forward-bias",
        "the biases of the feed-forward networks not counted",
        "Its first layer has d_ff biases, its second d_model.",
        ((FF, "feed_forward = 2 * d_model * d_ff"),),
    ),
    Mistake(
        "no-norms",
        "the norms not counted",
        "Each norm learns γ and β.",
        (("norm = 2 * d_model", "norm = 0"),),
    ),
    Mistake(
        "one-per-norm",
        "one vector a norm",
        "A norm learns two vectors.",
        (("norm = 2 * d_model", "norm = d_model"),),
    ),
    Mistake(
        "last-norms",
        "a norm at the end of each stack",
        "In a post-norm stack there is none.",
        ((TOTAL, f"{TOTAL} + 2 * norm"),),
    ),
    Mistake(
        "times-heads",
        "the attentions multiplied by the number of heads",
        "The heads share the matrices out among them (lesson 5).",
        ((ATT, f"{ATT} * num_heads"),),
    ),
    Mistake(
        "one-layer",
        "one layer of each kind",
        "There are num_layers of them in each stack.",
        ((TOTAL, "return vocabulary * d_model + encoder_layer + decoder_layer"),),
    ),
    Mistake(
        "encoder-only",
        "the encoder only",
        "There are two stacks.",
        ((TOTAL, "return vocabulary * d_model + num_layers * encoder_layer"),),
    ),
    Mistake(
        "positions-learned",
        "5,000 position codes counted",
        "The position codes are worked out, not learned: a buffer, no parameter.",
        ((TOTAL, f"{TOTAL} + 5000 * d_model"),),
    ),
    Mistake(
        "three-attention-layers",
        "W_o not counted",
        "An attention has four layers: which one comes after the heads?",
        ((ATT, "attention = 3 * (d_model * d_model + d_model)"),),
    ),
)

SCORES_1 = "scores = model(source, target)"
FOR_T = "for t in range(1, target.size(1)):"
CHANGE = "other[:, t:] = torch.where(target[:, t:] == 3, 4, 3)"
JUDGE = "if not torch.allclose(model(source, other)[:, :t], scores[:, :t], atol=1e-5):"

LAST_COUNTS = "honest = torch.allclose(model(source, other)[:, :t], scores[:, :t], atol=1e-5)"
APART = "model(source, other)[:, :t] - scores[:, :t]"

LEAK_MISTAKES = (
    Mistake(
        "always-false",
        "a test that finds a leak in every model",
        "What does it say of a model that keeps the rule? Which answer is left when no comparison has found anything?",
        ((SCORES_1, f"return False\n    {SCORES_1}"),),
        also=(
            (("            return False\n    return True", "            return False\n    return False"),),
            ((JUDGE, "if True:"),),
        ),
    ),
    Mistake(
        "one-word-one-place",
        "a test that changes one word and looks at the one place before it",
        "A place might see the word after the next, and not the next. Which places must stay as they are when word t changes?",
        (
            (CHANGE, "other[:, t] = torch.where(target[:, t] == 3, 4, 3)"),
            (JUDGE, JUDGE.replace("[:, :t]", "[:, t - 1]")),
        ),
    ),
    Mistake(
        "signs-cancel",
        "a test in which differences of both signs cancel",
        "One score that rises and one that falls by as much are two leaks, and their sum is 0. `torch.allclose` looks at each score by itself.",
        ((JUDGE, f"if ({APART}).sum().abs() > 1e-5:"),),
        also=(
            ((JUDGE, f"if ({APART}).sum(dim=-1).abs().max() > 1e-5:"),),
            ((JUDGE, f"if ({APART}).mean().abs() > 1e-5:"),),
        ),
    ),
    Mistake(
        "one-sign",
        "a test that finds differences of one sign only",
        "A score that falls because of a word ahead has leaked, too. What does the largest difference say of a negative one?",
        ((JUDGE, f"if ({APART}).max() > 1e-5:"),),
        also=(((JUDGE, f"if ({APART}).min() < -1e-5:"),),),
    ),
    Mistake(
        "one-score",
        "a test that compares one of the V scores",
        "At each place there are V scores, one for each word of the vocabulary, and any of them may leak.",
        ((JUDGE, "if not torch.allclose(model(source, other)[:, :t, 0], scores[:, :t, 0], atol=1e-5):"),),
    ),
    Mistake(
        "last-word-only",
        "a test that hangs on the last word only",
        "A model may leak at one place and be honest at all others. Is each word changed one time or another, and does each comparison count?",
        ((FOR_T, "for t in range(max(target.size(1) - 1, 1), target.size(1)):"),),
        also=(
            (
                (SCORES_1, f"{SCORES_1}\n    honest = True"),
                (f"{JUDGE}\n            return False\n    return True", f"{LAST_COUNTS}\n    return honest"),
            ),
        ),
    ),
    Mistake(
        "first-place-only",
        "a test that is content with the first place",
        "A model may be honest at the first place and leak later on. When may you say True?",
        (
            (JUDGE, "if not torch.allclose(model(source, other)[:, :1], scores[:, :1], atol=1e-5):"),
            (FOR_T, "for t in range(1, min(target.size(1), 2)):"),
        ),
        also=(
            (
                (
                    "            return False\n    return True",
                    "            return False\n        return True\n    return True",
                ),
            ),
        ),
    ),
    Mistake(
        "own-word-forbidden",
        "a test that forbids a word to look at itself",
        "Place t has read word t. Only words behind it must not matter: compare the places before the first changed word.",
        (
            (FOR_T, "for t in range(target.size(1)):"),
            (JUDGE, "if not torch.allclose(model(source, other)[:, : t + 1], scores[:, : t + 1], atol=1e-5):"),
        ),
    ),
    Mistake(
        "everything-compared",
        "a test that compares places which have read a changed word",
        "A place may see its own word and those before it: where one of them was changed, the scores may move. Which places stand before the first changed word?",
        ((JUDGE, "if not torch.allclose(model(source, other), scores, atol=1e-5):"),),
        also=(((CHANGE, "other[:, :t] = torch.where(target[:, :t] == 3, 4, 3)"),),),
    ),
    Mistake(
        "one-place-too-few",
        "a test that leaves out the place just before the changed word",
        "That is the place that would gain most by peeking: it is asked for that very word.",
        ((JUDGE, "if not torch.allclose(model(source, other)[:, : t - 1], scores[:, : t - 1], atol=1e-5):"),),
    ),
    Mistake(
        "source-changed",
        "a test that changes the source",
        "The source may be seen from everywhere. It is the target's future that must not matter.",
        ((JUDGE, "if not torch.allclose(model((source + 1) % 9, other)[:, :t], scores[:, :t], atol=1e-5):"),),
    ),
    Mistake(
        "nothing-changed",
        "a test that finds no leak in any model",
        "What does it say of a model that sees everything? Are the changed words really other words, and is the answer used?",
        ((CHANGE, "other[:, t:] = target[:, t:]"),),
        also=(((JUDGE, "if False:"),),),
    ),
    Mistake(
        "same-word-everywhere",
        "a test that writes one and the same word everywhere",
        "Where that word stood already, nothing has changed, and a leak is not seen.",
        ((CHANGE, "other[:, t:] = 3"),),
        also=(((CHANGE, "other[:, t:] = 4"),),),
    ),
    Mistake(
        "target-overwritten",
        "a test that writes into the target itself",
        "Make a copy (`clone`), and change that: the caller still needs the target.",
        (("other = target.clone()", "other = target"),),
    ),
    Mistake(
        "exact",
        "a test that takes rounding for a leak",
        "Two ways to the same number may differ in the last digit. `torch.allclose` has an atol.",
        ((JUDGE, "if not torch.equal(model(source, other)[:, :t], scores[:, :t]):"),),
    ),
    Mistake(
        "too-generous",
        "a test that overlooks small leaks",
        "A thousandth is not rounding. The docstring says how far numbers may differ.",
        ((JUDGE, "if not torch.allclose(model(source, other)[:, :t], scores[:, :t], atol=1e-1):"),),
    ),
    Mistake(
        "arg-max-compared",
        "a test that compares the likeliest words only",
        "A leak moves the scores long before it changes which word is likeliest.",
        ((JUDGE, "if not torch.equal(model(source, other)[:, :t].argmax(-1), scores[:, :t].argmax(-1)):"),),
    ),
    Mistake(
        "first-sentence-only",
        "a test of the first sentence of the batch only",
        "A batch has several sentences, and one of them may leak.",
        ((JUDGE, "if not torch.allclose(model(source, other)[0, :t], scores[0, :t], atol=1e-5):"),),
    ),
    Mistake(
        "answer-turned-over",
        "True and False exchanged",
        "True means: the future cannot leak.",
        (
            ("            return False\n", "            return True\n"),
            ("    return True\n    ### END", "    return False\n    ### END"),
        ),
    ),
)

READ, ASKED = "read = target[:, :-1]", "asked = target[:, 1:]"

SHIFT_MISTAKES = (
    Mistake(
        "not-shifted",
        "a target that is not shifted: what is read is what is asked for",
        "Then copying brings the loss to 0. At each place the word *behind* the one just read is asked for.",
        ((ASKED, "asked = target[:, :-1]"),),
        also=(((READ, "read = target"), (ASKED, "asked = target")), ((READ, "read = target[:, 1:]"),)),
    ),
    Mistake(
        "wrong-way",
        "a target shifted the wrong way",
        "The decoder reads bos first. In yours it is asked for it.",
        ((READ, "read = target[:, 1:]"), (ASKED, "asked = target[:, :-1]")),
        also=((("return read, asked", "return asked, read"),),),
    ),
    Mistake(
        "starts-with-padding",
        "reading that begins with padding instead of bos",
        "The target has its bos already: nothing needs to be put in front.",
        ((READ, "read = F.pad(target[:, 1:-1], (1, 0))"),),
    ),
    Mistake(
        "two-bos",
        "a second bos in front",
        "The target has its bos already: nothing needs to be put in front.",
        ((READ, "read = F.pad(target[:, :-1], (1, 0), value=1)"), (ASKED, "asked = target")),
    ),
    Mistake(
        "words-rolled",
        "words rolled around: what fell out at one end comes in at the other",
        "`roll` brings bos to the end. A slice simply leaves it out.",
        ((READ, "read = target"), (ASKED, "asked = target.roll(-1, dims=1)")),
    ),
    Mistake(
        "too-far",
        "a shift by two places",
        "At each place the very next word is asked for.",
        ((READ, "read = target[:, :-2]"), (ASKED, "asked = target[:, 2:]")),
    ),
    Mistake(
        "sentences-cut",
        "sentences cut off instead of words",
        "The first dimension holds the sentences, the second the words.",
        ((READ, "read = target[:-1]"), (ASKED, "asked = target[1:]")),
    ),
    Mistake(
        "only-asked",
        "only one of the two returned",
        "Both are asked for: what is read, and what is asked for.",
        (("return read, asked", "return asked"),),
        also=((("return read, asked", "return read"),),),
    ),
    Mistake(
        "padding-asked-as-bos",
        "padding replaced by bos in what is read",
        "Padding stays padding: the masks see to it.",
        ((READ, "read = torch.where(target[:, :-1] == 0, 1, target[:, :-1])"),),
    ),
    Mistake(
        "eos-taken-out",
        "eos taken out of what is asked for",
        "The model has to learn where a sentence ends: eos is asked for like any word.",
        ((ASKED, "asked = torch.where(target[:, 1:] == 2, 0, target[:, 1:])"),),
    ),
)

CE = 'F.cross_entropy(scores.transpose(1, 2), targets, reduction="none")'
REAL = "real = targets != pad"
MEAN = "return (losses * real).sum() / real.sum()"

LOSS_MISTAKES = (
    Mistake(
        "padding-counted",
        "padding that counts in the loss",
        "What is asked for at padding is nobody's word. Put more padding behind a sentence: its loss must stay.",
        ((MEAN, "return losses.mean()"),),
    ),
    Mistake(
        "mean-over-all",
        "a sum without padding, divided by all places",
        "Padding is not in the sum, but it is in the number that you divide by. The more padding, the smaller the loss.",
        ((MEAN, "return (losses * real).mean()"),),
    ),
    Mistake(
        "summed",
        "the sum instead of the mean",
        "A batch with more words would have a larger loss. By what must the sum be divided?",
        ((MEAN, "return (losses * real).sum()"),),
    ),
    Mistake(
        "per-sentence",
        "a mean of each sentence's mean",
        "Every word counts alike, in a short sentence and in a long one: one sum over the batch, one division.",
        ((MEAN, "return ((losses * real).sum(dim=1) / real.sum(dim=1)).mean()"),),
    ),
    Mistake(
        "per-batch",
        "the sum divided by the number of sentences",
        "The mean over words is asked for, or long sentences weigh more.",
        ((MEAN, "return (losses * real).sum() / targets.size(0)"),),
    ),
    Mistake(
        "softmax-before",
        "softmax taken twice",
        "`F.cross_entropy` takes scores, and softmax is in it already.",
        (("scores.transpose(1, 2)", "torch.softmax(scores, dim=-1).transpose(1, 2)"),),
    ),
    Mistake(
        "view-for-transpose",
        "a reshape where V and T should change places",
        "reshape and view never move a number: (B, T, V) cut anew as (B, V, T) mixes words and places.",
        (("scores.transpose(1, 2)", "scores.reshape(scores.size(0), scores.size(2), scores.size(1))"),),
        also=(
            (("scores.transpose(1, 2)", "scores.contiguous().view(scores.size(0), scores.size(2), scores.size(1))"),),
        ),
    ),
    Mistake(
        "not-transposed",
        "scores whose places are taken for words",
        "`F.cross_entropy` looks for the classes in dimension 1. What stands there now?",
        (("scores.transpose(1, 2)", "scores"),),
    ),
    Mistake(
        "zero-always-padding",
        "0 taken for padding, whatever pad says",
        "The number that stands for padding is an argument.",
        ((REAL, "real = targets != 0"),),
    ),
    Mistake(
        "padding-only",
        "the loss of the padding only",
        "True should stand for a real word.",
        ((REAL, "real = targets == pad"),),
    ),
    Mistake(
        "special-words-left-out",
        "eos left out as well",
        "A model that is never asked for eos never learns to stop. Only padding is left out.",
        ((REAL, "real = (targets != pad) & (targets > 2)"),),
    ),
    Mistake(
        "predicted-padding",
        "places left out where the model predicts padding",
        "What is asked for decides, not what the model says.",
        ((REAL, "real = scores.argmax(dim=-1) != pad"),),
    ),
    Mistake(
        "sign",
        "a negative loss",
        "The logarithm of a probability is below 0, and the loss is its negative. (`F.cross_entropy` has the sign already.)",
        ((MEAN, "return -(losses * real).sum() / real.sum()"),),
    ),
    Mistake(
        "probability",
        "probabilities instead of their logarithms",
        "The loss is −log p, not 1 − p.",
        ((CE, "1 - torch.softmax(scores, dim=-1).gather(2, targets[..., None])[..., 0]"),),
    ),
    Mistake(
        "log-of-softmax",
        "the logarithm of a softmax that has become 0",
        "For large scores a probability rounds to 0, and its logarithm is −∞. log_softmax, or F.cross_entropy, has no such trouble.",
        ((CE, "-torch.log(torch.softmax(scores, dim=-1)).gather(2, targets[..., None])[..., 0]"),),
    ),
    Mistake(
        "bits",
        "the logarithm to base 2",
        "The natural logarithm is asked for.",
        ((CE, f"{CE} / math.log(2)"),),
    ),
    Mistake(
        "not-a-tensor",
        "a Python number",
        "A tensor is asked for, or there is nothing to call backward on.",
        ((MEAN, f"return ({MEAN[7:]}).item()"),),
    ),
    Mistake(
        "detached",
        "a loss without a gradient",
        "`.detach()`, `.data` and `torch.tensor(...)` leave the graph.",
        ((MEAN, f"return ({MEAN[7:]}).detach()"),),
    ),
    Mistake(
        "softmax-over-places",
        "softmax over the places of the sentence",
        "At each place the words of the vocabulary share the 1.",
        ((CE, "-torch.log_softmax(scores, dim=1).gather(2, targets[..., None])[..., 0]"),),
    ),
    Mistake(
        "label-smoothing",
        "labels that are smoothed",
        "That is lesson 9. Here the whole weight lies on the word asked for.",
        (('reduction="none")', 'reduction="none", label_smoothing=0.1)'),),
    ),
    Mistake(
        "losses-returned",
        "a loss for each place",
        "One number is asked for.",
        ((MEAN, "return losses * real"),),
    ),
)

ENCODED = "memory = model.encode(source)"
BEGIN = "written = torch.full_like(source[:, :1], bos)"
ASK = "scores = model.decode(written, memory, source)"
PICK = "word = scores[:, -1].argmax(dim=-1)"
FILL = "word = torch.where(finished, 0, word)"
DONE = "finished = finished | (word == eos)"
STOP = "if finished.all():\n            break"
BACK = "return written[:, 1:]"

DECODE_MISTAKES = (
    Mistake(
        "encoder-each-step",
        "the encoder run again at each step",
        "The source does not change while the model writes. Where in your function does it have to be encoded?",
        ((ASK, "scores = model.decode(written, model.encode(source), source)"), (ENCODED, "")),
        also=(((ASK, "scores = model(source, written)"), (ENCODED, "")),),
    ),
    Mistake(
        "train-mode",
        "dropout while it writes",
        "A model comes out of training in train mode. Which method turns dropout off?",
        (("model.eval()", ""),),
        also=((("model.eval()", "model.train()"),),),
    ),
    Mistake(
        "never-stops",
        "decoding that does not stop when all is written",
        "When every sentence has its eos there is nothing left to do. Who tells the loop?",
        ((STOP, "pass"),),
    ),
    Mistake(
        "stops-at-first-eos",
        "decoding that stops for the whole batch at the first eos",
        "One sentence is finished, the others are not. What must hold of all of them?",
        ((STOP, STOP.replace("all", "any")),),
    ),
    Mistake(
        "stops-with-the-first-sentence",
        "decoding that stops with the first sentence of the batch",
        "Which sentences have to be finished?",
        ((STOP, STOP.replace("finished.all()", "finished[0]")),),
    ),
    Mistake(
        "writes-on",
        "words behind eos",
        "A sentence that is finished gets padding, while the others go on.",
        ((FILL, ""),),
    ),
    Mistake(
        "eos-for-padding",
        "eos again and again behind eos",
        "A sentence ends once. Behind it stands padding, 0.",
        ((FILL, "word = torch.where(finished, eos, word)"),),
    ),
    Mistake(
        "unfinished-again",
        "sentences that are finished only while their last word is eos",
        "Once finished, finished for good: what a sentence was before this step counts as well.",
        ((DONE, "finished = word == eos"),),
    ),
    Mistake(
        "bos-kept",
        "bos among what was written",
        "bos was handed to the model, not written by it.",
        ((BACK, "return written"),),
    ),
    Mistake(
        "eos-lost",
        "sentences without their eos",
        "A sentence keeps its eos. (It is when words are read aloud that it is left out.)",
        ((BACK, "written = written[:, 1:]\n    return torch.where(written == eos, 0, written)"),),
    ),
    Mistake(
        "eos-cut-off",
        "the last column cut off",
        "The last column holds the eos of the longest sentence.",
        ((BACK, "return written[:, 1:-1]"),),
    ),
    Mistake(
        "first-place",
        "the scores of the first place, as if nothing had been written yet",
        "What the model writes is what it reads at the next step, and the scores behind the last word are about the next one.",
        ((PICK, "word = scores[:, 0].argmax(dim=-1)"),),
        also=(((ASK, "scores = model.decode(written[:, :1], memory, source)"),),),
    ),
    Mistake(
        "last-but-one-place",
        "the scores of the last place but one",
        "The last place has read the last word: its scores are about the next one.",
        ((PICK, "word = scores[:, max(scores.size(1) - 2, 0)].argmax(dim=-1)"),),
    ),
    Mistake(
        "argmin",
        "the unlikeliest word",
        "The largest score belongs to the likeliest word.",
        (("argmax", "argmin"),),
    ),
    Mistake(
        "over-places",
        "the largest over the places instead of over the words",
        "At the last place there are V scores: which of them is largest? That dimension is the last one.",
        ((PICK, "word = scores.argmax(dim=1)[:, -1]"),),
    ),
    Mistake(
        "sampled",
        "words drawn by chance",
        "Greedy means: the likeliest word, each time.",
        ((PICK, "word = torch.multinomial(torch.softmax(scores[:, -1], dim=-1), 1)[:, 0]"),),
    ),
    Mistake(
        "last-word-only",
        "a decoder that reads its last word only",
        "Each word hangs on all that was written before it, and on how far the sentence has come. decode reads all of it.",
        ((ASK, "scores = model.decode(written[:, -1:], memory, source)"),),
    ),
    Mistake(
        "starts-with-padding",
        "a start with padding",
        "The sentence that is written begins with bos.",
        ((BEGIN, "written = torch.full_like(source[:, :1], 0)"),),
    ),
    Mistake(
        "starts-with-source",
        "a start with the source's first word",
        "The sentence that is written begins with bos.",
        ((BEGIN, "written = source[:, :1].clone()"),),
    ),
    Mistake(
        "bos-is-one",
        "bos taken to be 1, whatever was asked for",
        "The number for bos is an argument.",
        ((BEGIN, "written = torch.full_like(source[:, :1], 1)"),),
    ),
    Mistake(
        "eos-is-two",
        "eos taken to be 2, whatever was asked for",
        "The number for eos is an argument.",
        ((DONE, "finished = finished | (word == 2)"),),
    ),
    Mistake(
        "one-word-less",
        "one word less than max_len",
        "max_len words may be written, bos not counted.",
        (("range(max_len)", "range(max_len - 1)"),),
    ),
    Mistake(
        "one-word-more",
        "one word more than max_len",
        "max_len words may be written, eos among them.",
        (("range(max_len)", "range(max_len + 1)"),),
    ),
    Mistake(
        "max-len-ignored",
        "max_len ignored",
        "A model that never writes eos would go on. max_len is the most words it may write.",
        (("range(max_len)", "range(max_len + 40)"),),
    ),
    Mistake(
        "no-loop",
        "the source handed over as the target, once, without writing",
        "There is no target yet: it is what the model writes, word by word, beginning with bos.",
        ((ENCODED, f"return model(source, source).argmax(dim=-1)\n    {ENCODED}"),),
    ),
    Mistake(
        "source-length",
        "as many words as the source has",
        "A translation may be longer or shorter than its source.",
        (("range(max_len)", "range(source.size(1) - 1)"),),
    ),
    Mistake(
        "filled-to-max-len",
        "padding up to max_len",
        "L is the length of the longest sentence.",
        ((BACK, "return F.pad(written[:, 1:], (0, max_len + 1 - written.size(1)))"),),
    ),
    Mistake(
        "arguments-exchanged",
        "memory and target exchanged",
        "decode takes the target, the memory, the source, in this order.",
        ((ASK, "scores = model.decode(memory, written, source)"),),
    ),
    Mistake(
        "source-for-target",
        "the source read in the place of what was written",
        "decode takes what has been written so far, the memory, and the source.",
        ((ASK, "scores = model.decode(source, memory, source)"),),
    ),
    Mistake(
        "one-sentence",
        "the first sentence of the batch only",
        "A batch has several sentences.",
        (
            (BEGIN, "source = source[:1]\n    written = torch.full_like(source[:, :1], bos)"),
            (ENCODED, "memory = model.encode(source[:1])"),
        ),
    ),
    Mistake(
        "words-in-front",
        "each new word put in front",
        "A sentence grows at its end.",
        (
            ("torch.cat([written, word[:, None]], dim=1)", "torch.cat([word[:, None], written], dim=1)"),
            (BACK, "return written[:, :-1]"),
        ),
    ),
    Mistake(
        "scores-returned",
        "the scores returned",
        "The words are asked for.",
        ((BACK, "return scores"),),
    ),
)

EXPOSED_SOURCE, EXPOSED_TARGET = "torch.tensor([[5, 6, 2, 0, 0]])", "torch.tensor([[1, 7, 8, 9, 10]])"

EXPOSE_MISTAKES = (
    Mistake(
        "no-padding",
        "a source without padding",
        "Then no padding can be seen. What if the source is shorter than the target?",
        ((EXPOSED_SOURCE, "torch.tensor([[5, 6, 7, 8, 2]])"),),
    ),
    Mistake(
        "target-shorter",
        "a target that is shorter than its source",
        "No row of a target word reaches as far as the padding. Which of the two must be the longer one?",
        ((EXPOSED_TARGET, "torch.tensor([[1, 7, 2, 0, 0]])"),),
    ),
    Mistake(
        "one-word",
        "a source of one word, which every target word may see",
        "Which source words may the first target word see?",
        ((EXPOSED_SOURCE, "torch.tensor([[2, 0, 0, 0, 0]])"),),
    ),
    Mistake(
        "lengths-differ",
        "lengths for which the function does not run",
        "The mistake lies deeper than an error: choose the same length for both, padding included.",
        ((EXPOSED_SOURCE, "torch.tensor([[5, 6, 2]])"),),
    ),
    Mistake(
        "exchanged",
        "source and target exchanged",
        "Source first, then target.",
        (("return source, target", "return target, source"),),
    ),
    Mistake(
        "padding-in-front",
        "padding in front",
        "Padding stands at the end only.",
        ((EXPOSED_SOURCE, "torch.tensor([[0, 0, 5, 6, 2]])"),),
    ),
)

MEMORY = "memory_mask = (source != pad).unsqueeze(1)"
TARGET = "target_mask = (target != pad).unsqueeze(1) & causal"

MENDED_MISTAKES = (
    Mistake(
        "unchanged",
        "the target's mask in cross-attention, as before",
        "The columns of cross-attention are words of the source. Does your line know the source?",
        ((MEMORY, "memory_mask = target_mask"),),
    ),
    Mistake(
        "no-triangle-only",
        "the target's padding in cross-attention",
        "The triangle is gone, but the columns of cross-attention are still words of the target.",
        ((MEMORY, "memory_mask = (target != pad).unsqueeze(1)"),),
    ),
    Mistake(
        "causal-source",
        "a triangle over the source",
        "The source has been read to its end. Which of its words may the first target word see?",
        (
            (
                MEMORY,
                "memory_mask = (source != pad).unsqueeze(1) & torch.ones(T, source.size(1), dtype=torch.bool).tril()",
            ),
        ),
    ),
    Mistake(
        "rows-hidden",
        "padding hidden as a row instead of a column",
        "Rows are the words that look, columns those looked at. It is as a column that padding must be hidden.",
        ((MEMORY, "memory_mask = (source != pad).unsqueeze(2)"),),
    ),
    Mistake(
        "inverted",
        "a mask in which True hides",
        "True means: may attend.",
        ((MEMORY, "memory_mask = (source == pad).unsqueeze(1)"),),
    ),
    Mistake(
        "no-dimension",
        "no dimension for the target's words",
        "(B, 1, S) is asked for: the 1 stands for T.",
        ((MEMORY, "memory_mask = source != pad"),),
    ),
    Mistake(
        "pad-is-zero",
        "0 taken for padding, whatever pad says",
        "The number that stands for padding is an argument.",
        (
            (MEMORY, "memory_mask = (source != 0).unsqueeze(1)"),
            (TARGET, "target_mask = (target != 0).unsqueeze(1) & causal"),
        ),
        also=(((MEMORY, "memory_mask = (source != 0).unsqueeze(1)"),),),
    ),
    Mistake(
        "target-mask-lost",
        "a target whose future is open",
        "The first mask was right as it was.",
        ((TARGET, "target_mask = (target != pad).unsqueeze(1).expand(-1, T, -1)"),),
    ),
    Mistake(
        "target-or",
        'the target\'s two masks joined by "or"',
        "The first mask was right as it was.",
        ((TARGET, "target_mask = (target != pad).unsqueeze(1) | causal"),),
    ),
)
