"""The mistakes of lesson 02 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

RNN = (
    Mistake(
        "no-tanh",
        "no tanh",
        "Without it the step is linear, and a long sentence lets the state grow without bound. What squashes it?",
        (("torch.tanh(from_word + from_state)", "from_word + from_state"),),
    ),
    Mistake(
        "tanh-each",
        "a tanh around each of the two layers",
        "In the formula there is one tanh. What stands inside it?",
        (("torch.tanh(from_word + from_state)", "torch.tanh(from_word) + torch.tanh(from_state)"),),
    ),
    Mistake(
        "tanh-word-only",
        "tanh taken of the word's part only",
        "In the formula the state's part stands inside the tanh as well.",
        (("torch.tanh(from_word + from_state)", "torch.tanh(from_word) + from_state"),),
    ),
    Mistake(
        "sigmoid",
        "sigmoid in the place of tanh",
        "A state may be negative: it lies between -1 and 1. Which of the two functions does that?",
        (("torch.tanh(", "torch.sigmoid("),),
    ),
    Mistake(
        "relu",
        "ReLU in the place of tanh",
        "nn.RNNCell can do that too if it is told to; the formula here has another function.",
        (("torch.tanh(", "torch.relu("),),
    ),
    Mistake(
        "no-bias",
        "no biases",
        "Each of the two layers has a bias, as nn.Linear does.",
        (("x @ W_ih.T + b_ih", "x @ W_ih.T"), ("h @ W_hh.T + b_hh", "h @ W_hh.T")),
    ),
    Mistake(
        "one-bias",
        "the state's bias left out",
        "The word's layer has a bias, and so has the state's.",
        (("h @ W_hh.T + b_hh", "h @ W_hh.T"),),
    ),
    Mistake(
        "word-bias-missing",
        "the word's bias left out",
        "The word's layer has a bias, and so has the state's.",
        (("x @ W_ih.T + b_ih", "x @ W_ih.T"),),
    ),
    Mistake(
        "no-state",
        "a state that is not used",
        "The new state is made from the word and from the state before it: that is the network's memory.",
        (("torch.tanh(from_word + from_state)", "torch.tanh(from_word)"),),
        also=((("torch.tanh(from_word + from_state)", "torch.tanh(from_word + b_hh * 0)"),),),
    ),
    Mistake(
        "not-transposed",
        "matrices that are not transposed",
        "PyTorch keeps a matrix as (out, in), and the vectors are rows. What must happen to the matrix?",
        (("x @ W_ih.T", "x @ W_ih"), ("h @ W_hh.T", "h @ W_hh")),
    ),
    Mistake(
        "state-not-transposed",
        "the state's matrix not transposed",
        "W_hh is square, so its shape does not tell. It is kept as (out, in), like the other one.",
        (("h @ W_hh.T", "h @ W_hh"),),
    ),
    Mistake(
        "matrices-swapped",
        "the word and the state given to each other's matrix",
        "W_ih reads the input, the word; W_hh reads the hidden state.",
        (("x @ W_ih.T", "h @ W_ih.T"), ("h @ W_hh.T", "x @ W_hh.T")),
    ),
    Mistake(
        "state-added",
        "the old state added to the new one",
        "That would be a residual connection (lesson 6). In the formula h stands inside, behind its matrix, and nowhere else.",
        (("return torch.tanh(from_word + from_state)", "return h + torch.tanh(from_word + from_state)"),),
    ),
    Mistake(
        "detached",
        "a state cut off from the graph",
        "`detach` stops the gradient, so nothing is learned from earlier words.",
        (("h @ W_hh.T", "h.detach() @ W_hh.T"),),
    ),
    Mistake(
        "in-place",
        "the new state written into the old one",
        "Methods that end in `_`, and `h[:] =`, change the caller's tensor. Make a new one.",
        (("return torch.tanh(from_word + from_state)", "return h.copy_(torch.tanh(from_word + from_state))"),),
    ),
)

LAST = "return (1 - z) * n + z * h"
NEW = "torch.tanh(x_n + r * h_n)"

GRU = (
    Mistake(
        "z-swapped",
        "z and 1 − z swapped",
        "Where z is 1 the old state stays as it is. Papers differ here; the formula above is PyTorch's.",
        ((LAST, "return z * n + (1 - z) * h"),),
        also=((("z = torch.sigmoid(x_z + h_z)", "z = 1 - torch.sigmoid(x_z + h_z)"),),),
    ),
    Mistake(
        "reset-before",
        "the reset gate applied to h, before the matrix",
        "That is the form of Cho et al. In PyTorch's form r multiplies what the matrix and the bias have made of h.",
        ((NEW, "torch.tanh(x_n + (r * h) @ W_hh.chunk(3)[2].T + b_hh.chunk(3)[2])"),),
    ),
    Mistake(
        "reset-without-bias",
        "the reset gate before the bias",
        "r multiplies the whole bracket: the matrix product and its bias.",
        ((NEW, "torch.tanh(x_n + r * (h_n - b_hh.chunk(3)[2]) + b_hh.chunk(3)[2])"),),
    ),
    Mistake(
        "reset-all",
        "the reset gate on the word's part too",
        "r says how much of the old *state* the proposal may use; the word's part stands outside its bracket.",
        ((NEW, "torch.tanh(r * (x_n + h_n))"),),
    ),
    Mistake(
        "no-reset",
        "no reset gate",
        "In n, something stands between the word's part and the state's.",
        ((NEW, "torch.tanh(x_n + h_n)"),),
    ),
    Mistake(
        "reset-update-swapped",
        "the gates r and z taken in the wrong order",
        "The three parts of each matrix stand in the order r, z, n.",
        (("x_r, x_z, x_n =", "x_z, x_r, x_n ="), ("h_r, h_z, h_n =", "h_z, h_r, h_n =")),
        also=(
            (
                ("r = torch.sigmoid(x_r + h_r)", "r = torch.sigmoid(x_z + h_z)"),
                ("z = torch.sigmoid(x_z + h_z)", "z = torch.sigmoid(x_r + h_r)"),
            ),
        ),
    ),
    Mistake(
        "order-n-first",
        "the three parts taken in the order n, r, z",
        "Look up in which order nn.GRUCell stacks its three matrices.",
        (("x_r, x_z, x_n =", "x_n, x_r, x_z ="), ("h_r, h_z, h_n =", "h_n, h_r, h_z =")),
    ),
    Mistake(
        "order-z-n-r",
        "the three parts taken in the order z, n, r",
        "Look up in which order nn.GRUCell stacks its three matrices.",
        (("x_r, x_z, x_n =", "x_z, x_n, x_r ="), ("h_r, h_z, h_n =", "h_z, h_n, h_r =")),
    ),
    Mistake(
        "state-order",
        "the parts of word and state taken in different orders",
        "Both matrices are stacked in the same order.",
        (("h_r, h_z, h_n =", "h_z, h_r, h_n ="),),
    ),
    Mistake(
        "n-sigmoid",
        "a sigmoid for the proposal n",
        "r and z are gates, between 0 and 1. n is a new state, and may be negative.",
        ((NEW, "torch.sigmoid(x_n + r * h_n)"),),
    ),
    Mistake(
        "n-no-tanh",
        "a proposal n without its tanh",
        "n is squashed between -1 and 1, like the state of a plain network.",
        ((NEW, "x_n + r * h_n"),),
    ),
    Mistake(
        "gates-tanh",
        "tanh for the gates",
        "A gate is a share, between 0 and 1. Which function gives that?",
        (("torch.sigmoid(x_r + h_r)", "torch.tanh(x_r + h_r)"), ("torch.sigmoid(x_z + h_z)", "torch.tanh(x_z + h_z)")),
    ),
    Mistake(
        "z-adds-up-to-two",
        "the old state kept whole, whatever z is",
        "The two shares of the mixture add up to 1: what z gives to the one it takes from the other.",
        ((LAST, "return (1 - z) * n + h"),),
    ),
    Mistake(
        "proposal-whole",
        "the proposal n added whole, whatever z is",
        "The two shares of the mixture add up to 1: what z gives to the one it takes from the other.",
        ((LAST, "return n + z * h"),),
    ),
    Mistake(
        "only-n",
        "the proposal returned as the state",
        "The new state mixes the proposal with the old state; z says in which shares.",
        ((LAST, "return n"),),
    ),
    Mistake(
        "no-input-bias",
        "the word's bias left out",
        "The word's layer has a bias, and so has the state's.",
        (("(x @ W_ih.T + b_ih)", "(x @ W_ih.T)"),),
    ),
    Mistake(
        "no-state-bias",
        "the state's bias left out",
        "The word's layer has a bias, and so has the state's.",
        (("(h @ W_hh.T + b_hh)", "(h @ W_hh.T)"),),
    ),
    Mistake(
        "no-bias",
        "no biases",
        "Both layers have a bias, as nn.Linear does.",
        (("(x @ W_ih.T + b_ih)", "(x @ W_ih.T)"), ("(h @ W_hh.T + b_hh)", "(h @ W_hh.T)")),
    ),
    Mistake(
        "not-transposed",
        "matrices that are not transposed",
        "The vectors are rows, and W is kept as (out, in). What must happen to W?",
        (("W_ih.T", "W_ih"), ("W_hh.T", "W_hh")),
    ),
    Mistake(
        "chunk-first",
        "the batch cut in three instead of the parts",
        "`chunk` cuts dimension 0 unless it is told otherwise, and that is the batch. Along which dimension do r, z and n lie?",
        (
            ("(x @ W_ih.T + b_ih).chunk(3, dim=-1)", "(x @ W_ih.T + b_ih).chunk(3)"),
            ("(h @ W_hh.T + b_hh).chunk(3, dim=-1)", "(h @ W_hh.T + b_hh).chunk(3)"),
        ),
    ),
    Mistake(
        "interleaved",
        "the parts read by turns: r, z, n, r, z, n",
        "The three parts lie one after the other, each H numbers long, not entry by entry.",
        (
            ("(x @ W_ih.T + b_ih).chunk(3, dim=-1)", "(x @ W_ih.T + b_ih).unflatten(-1, (-1, 3)).unbind(-1)"),
            ("(h @ W_hh.T + b_hh).chunk(3, dim=-1)", "(h @ W_hh.T + b_hh).unflatten(-1, (-1, 3)).unbind(-1)"),
        ),
    ),
    Mistake(
        "gates-multiply",
        "the two parts of a gate multiplied",
        "Inside a sigmoid the word's part and the state's part are added.",
        (
            ("torch.sigmoid(x_r + h_r)", "torch.sigmoid(x_r * h_r)"),
            ("torch.sigmoid(x_z + h_z)", "torch.sigmoid(x_z * h_z)"),
        ),
    ),
)

ENCODE = (
    Mistake(
        "reads-padding",
        "a state that reads on through the padding",
        "The sentence ends before its row does. What should a step at padding do to the state?",
        (("h = torch.where(real, new, h)", "h = new"),),
        also=((("real = (s < lengths).unsqueeze(1)", "real = (lengths >= 0).unsqueeze(1)"),),),
    ),
    Mistake(
        "stops-early",
        "the last word of each sentence left out",
        "lengths counts words, and s counts from 0. Is s = lengths - 1 still a word?",
        (("(s < lengths)", "(s < lengths - 1)"),),
        also=((("(s < lengths)", "(s + 1 < lengths)"),),),
    ),
    Mistake(
        "one-too-many",
        "one step of padding read",
        "lengths counts words, and s counts from 0. Is s = lengths still a word?",
        (("(s < lengths)", "(s <= lengths)"),),
    ),
    Mistake(
        "reset-at-padding",
        "a state that padding sets back to zeros",
        "At padding the state is carried on as it is, not thrown away.",
        (("torch.where(real, new, h)", "torch.where(real, new, torch.zeros_like(h))"),),
        also=((("torch.where(real, new, h)", "new * real"),),),
    ),
    Mistake(
        "where-swapped",
        "new and old state chosen the wrong way round",
        "`torch.where(condition, a, b)` takes a where the condition is True.",
        (("torch.where(real, new, h)", "torch.where(real, h, new)"),),
    ),
    Mistake(
        "batch-as-time",
        "a loop over the batch where the words were meant",
        "Batch first: x is (B, S, D). Which dimension is time?",
        (
            ("range(x.size(1))", "range(x.size(0))"),
            ("x[:, s]", "x[s]"),
            ("h = x.new_zeros(x.size(0), W_hh.size(1))", "h = x.new_zeros(x.size(1), W_hh.size(1))"),
        ),
    ),
    Mistake(
        "time-times-batch",
        "as many steps as there are sentences",
        "How many steps does a sentence take? Which of x's dimensions says so?",
        (("range(x.size(1))", "range(x.size(0))"),),
        also=((("range(x.size(1))", "range(len(x))"),),),
    ),
    Mistake(
        "stack-first",
        "states with time in front",
        "Batch first: the states are (B, S, H). `torch.stack` without dim puts the new dimension in front.",
        (("torch.stack(states, dim=1)", "torch.stack(states)"),),
    ),
    Mistake(
        "stack-last",
        "states with time at the end",
        "The states are (B, S, H): between which dimensions does time belong?",
        (("torch.stack(states, dim=1)", "torch.stack(states, dim=2)"),),
    ),
    Mistake(
        "same-state",
        "each word read from the state of zeros",
        "The state after one word is the state before the next. What is handed to the next step?",
        (("gru_step(x[:, s], h,", "gru_step(x[:, s], torch.zeros_like(h),"),),
    ),
    Mistake(
        "state-before",
        "the state noted before the word is read",
        "states[:, s] is the state *after* word s.",
        (
            (
                "h = torch.where(real, new, h)\n        states.append(h)",
                "states.append(h)\n        h = torch.where(real, new, h)",
            ),
        ),
    ),
    Mistake(
        "raw-states",
        "states at padding that are not the carried ones",
        "The final state is right. At padding, too, the states returned should be those that were carried on.",
        (("states.append(h)", "states.append(new)"),),
    ),
    Mistake(
        "last-column",
        "a final state taken from the last column of the raw states",
        "Which of the two was carried through the padding, and which read it?",
        (
            ("states.append(h)", "states.append(new)"),
            ("return torch.stack(states, dim=1), h", "return torch.stack(states, dim=1), new"),
        ),
    ),
    Mistake(
        "ones",
        "a first state of ones",
        "The encoder begins with nothing in memory: zeros.",
        (("x.new_zeros(", "x.new_ones("),),
    ),
    Mistake(
        "backwards",
        "the words read from the last to the first",
        "The padding then comes first, and states[:, 0] belongs to the last column.",
        (("x[:, s]", "x[:, x.size(1) - 1 - s]"),),
    ),
    Mistake(
        "shortest",
        "all sentences cut to the shortest",
        "Each sentence ends where its own length says.",
        (("(s < lengths)", "(s < lengths.min().expand_as(lengths))"),),
    ),
    Mistake(
        "longest",
        "all sentences read as far as the longest goes",
        "Each sentence ends where its own length says.",
        (("(s < lengths)", "(s < lengths.max().expand_as(lengths))"),),
    ),
    Mistake(
        "plain-step",
        "the plain step with the weights of a GRU",
        "The weights are those of a GRU: three parts each.",
        (("new = gru_step(x[:, s], h,", "new = rnn_step(x[:, s], h,"),),
    ),
    Mistake(
        "final-mean",
        "the mean of the states as the final state",
        "The final state is the one after the last real word.",
        (("dim=1), h", "dim=1), torch.stack(states, dim=1).mean(dim=1)"),),
    ),
    Mistake(
        "final-first",
        "the two results in the wrong order",
        "First all the states, then the final one.",
        (("return torch.stack(states, dim=1), h", "return h, torch.stack(states, dim=1)"),),
    ),
    Mistake(
        "states-only",
        "the states alone",
        "Two things are asked for: all the states, and the final one.",
        (("return torch.stack(states, dim=1), h", "return torch.stack(states, dim=1)"),),
    ),
    Mistake(
        "mask-not-unsqueezed",
        "a condition that has no dimension for the state's entries",
        "The condition is (B,), the states are (B, H). A dimension of size 1 at the end lets it stretch over H.",
        (("(s < lengths).unsqueeze(1)", "(s < lengths)"),),
    ),
    Mistake(
        "width-of-word",
        "a first state as wide as a word vector",
        "The state is H wide, the word vectors D. Which weight knows H?",
        (("W_hh.size(1)", "x.size(2)"),),
    ),
    Mistake(
        "width-three",
        "a first state three times too wide",
        "W_hh is (3H, H). Which of its two sizes is the state's width?",
        (("W_hh.size(1)", "W_hh.size(0)"),),
    ),
    Mistake(
        "detached",
        "states cut off from the graph",
        "`detach` stops the gradient, so nothing is learned from earlier words.",
        (("gru_step(x[:, s], h,", "gru_step(x[:, s], h.detach(),"),),
    ),
    Mistake(
        "wrong-type",
        "a first state that is always float32",
        "The state should be of the same type as the words: `x.new_zeros` makes such a tensor.",
        (("x.new_zeros(x.size(0), W_hh.size(1))", "torch.zeros(x.size(0), W_hh.size(1))"),),
    ),
)

SHIFT = (
    Mistake(
        "unshifted",
        "the target as it stands",
        "The decoder would read the very word that it is asked for.",
        (("torch.cat([begin, target[:, :-1]], dim=1)", "target.clone()"),),
        also=((("torch.cat([begin, target[:, :-1]], dim=1)", "target"),),),
    ),
    Mistake(
        "left",
        "a shift to the left",
        "At step t it would read word t + 1, which comes after the one it is to write.",
        (("[begin, target[:, :-1]]", "[target[:, 1:], begin]"),),
    ),
    Mistake(
        "left-padded",
        "a shift to the left, with padding at the end",
        "At step t it would read word t + 1, which comes after the one it is to write.",
        (
            ("begin = torch.full_like(target[:, :1], bos)", "begin = torch.zeros_like(target[:, :1])"),
            ("[begin, target[:, :-1]]", "[target[:, 1:], begin]"),
        ),
    ),
    Mistake(
        "too-long",
        "bos in front and nothing taken away",
        "The input is as long as the target. Which word of the target is never read?",
        (("target[:, :-1]]", "target]"),),
    ),
    Mistake(
        "first-lost",
        "bos written over the first word",
        "The first word must still be read, at the second step.",
        (("target[:, :-1]]", "target[:, 1:]]"),),
    ),
    Mistake(
        "rolled",
        "the last word moved to the front",
        "What the decoder reads first is bos; the last word is the answer of the last step.",
        (("torch.cat([begin, target[:, :-1]], dim=1)", "target.roll(1, dims=1)"),),
    ),
    Mistake(
        "pad-in-front",
        "padding in front where bos was asked for",
        "What tells the decoder to begin? (A library of a well-known course began with pad by mistake: fastai/course-nlp, issue 24.)",
        (("begin = torch.full_like(target[:, :1], bos)", "begin = torch.zeros_like(target[:, :1])"),),
    ),
    Mistake(
        "bos-fixed",
        "bos taken to be 1, whatever the argument says",
        "The number that begins a sentence is an argument.",
        (("torch.full_like(target[:, :1], bos)", "torch.ones_like(target[:, :1])"),),
    ),
    Mistake(
        "rows",
        "the sentences shifted instead of the words",
        "Dimension 0 counts the sentences, dimension 1 the words.",
        (
            ("begin = torch.full_like(target[:, :1], bos)", "begin = torch.full_like(target[:1], bos)"),
            ("torch.cat([begin, target[:, :-1]], dim=1)", "torch.cat([begin, target[:-1]], dim=0)"),
        ),
    ),
    Mistake(
        "shifted-twice",
        "a shift by two",
        "At step t the decoder reads word t - 1, the one just before.",
        (("[begin, target[:, :-1]]", "[begin, begin, target[:, :-2]]"),),
    ),
    Mistake(
        "in-place",
        "the shift written into the target itself",
        "The target is still needed for the loss: make a new tensor.",
        (
            (
                "return torch.cat([begin, target[:, :-1]], dim=1)",
                "target[:, 1:] = target[:, :-1].clone()\n    target[:, :1] = begin\n    return target",
            ),
        ),
    ),
    Mistake(
        "float",
        "real numbers where word numbers are asked for",
        "Words are looked up in a table by whole numbers. Which dtype has the target?",
        (("torch.cat([begin, target[:, :-1]], dim=1)", "torch.cat([begin.float(), target[:, :-1]], dim=1)"),),
        also=(
            (("begin = torch.full_like(target[:, :1], bos)", "begin = torch.full(target[:, :1].shape, float(bos))"),),
        ),
    ),
)

WORDS = "shift_right(target).unbind(dim=1)"

DECODE = (
    Mistake(
        "sees-answer",
        "a decoder that is handed its own target unshifted",
        "At step t it reads the very word that it is asked for. What should stand there?",
        ((WORDS, "target.unbind(dim=1)"),),
    ),
    Mistake(
        "shifted-left",
        "a decoder that reads the next word",
        "At step t it must read word t - 1, not word t + 1.",
        ((WORDS, "torch.cat([target[:, 1:], torch.ones_like(target[:, :1])], dim=1).unbind(dim=1)"),),
    ),
    Mistake(
        "zeros",
        "a decoder that starts from zeros",
        "How is it to know what the source says? Look at the arguments.",
        (("h = start", "h = torch.zeros_like(start)"),),
    ),
    Mistake(
        "start-every-step",
        "every step from the encoder's state",
        "The state after one word is the state before the next.",
        (("h = gru_step(table[word], h,", "h = gru_step(table[word], start,"),),
    ),
    Mistake(
        "scores-before-step",
        "scores made before the word was read",
        "logits[:, t] comes from the state *after* the step that reads word t - 1.",
        (
            (
                "        h = gru_step(table[word], h, W_ih, W_hh, b_ih, b_hh)\n        logits.append(h @ W_out.T)",
                "        logits.append(h @ W_out.T)\n        h = gru_step(table[word], h, W_ih, W_hh, b_ih, b_hh)",
            ),
        ),
    ),
    Mistake(
        "free-running",
        "a decoder that reads its own words",
        "That is how it writes in use. In training it reads the right word before: teacher forcing.",
        (
            (
                f"for word in {WORDS}:\n        h =",
                "word = shift_right(target)[:, 0]\n    for _ in range(target.size(1)):\n        h =",
            ),
            ("logits.append(h @ W_out.T)", "logits.append(h @ W_out.T)\n        word = logits[-1].argmax(dim=-1)"),
        ),
    ),
    Mistake(
        "only-bos",
        "a decoder that reads bos at every step",
        "After bos it reads the words of the target, one a step.",
        ((WORDS, "torch.ones_like(target).unbind(dim=1)"),),
    ),
    Mistake(
        "softmax",
        "probabilities where scores are asked for",
        "Logits are any numbers. Softmax comes with the loss; taken twice it flattens everything.",
        (("return torch.stack(logits, dim=1)", "return torch.softmax(torch.stack(logits, dim=1), dim=-1)"),),
        also=((("logits.append(h @ W_out.T)", "logits.append((h @ W_out.T).softmax(dim=-1))"),),),
    ),
    Mistake(
        "log-softmax",
        "log-probabilities where scores are asked for",
        "Logits are the scores as they come from the matrix. The loss takes the logarithm of softmax itself.",
        (("logits.append(h @ W_out.T)", "logits.append(torch.log_softmax(h @ W_out.T, dim=-1))"),),
    ),
    Mistake(
        "time-in-front",
        "scores with time in front",
        "Batch first: (B, T, V).",
        (("torch.stack(logits, dim=1)", "torch.stack(logits)"),),
    ),
    Mistake(
        "vocabulary-second",
        "scores of the shape (B, V, T)",
        "The vocabulary comes last: (B, T, V). (`F.cross_entropy` wants it second; that is for the loss to do.)",
        (("torch.stack(logits, dim=1)", "torch.stack(logits, dim=2)"),),
    ),
    Mistake(
        "over-batch",
        "a loop over the sentences where the words were meant",
        "Batch first: dimension 0 counts sentences, dimension 1 words.",
        ((WORDS, "shift_right(target).unbind(dim=0)"),),
    ),
    Mistake(
        "last-only",
        "the scores of the last step only",
        "There is a row of scores for each of the T steps.",
        (("return torch.stack(logits, dim=1)", "return logits[-1]"),),
    ),
    Mistake(
        "state-returned",
        "states where scores are asked for",
        "One matrix is left: from the state to a score for each word of the vocabulary.",
        (("logits.append(h @ W_out.T)", "logits.append(h)"),),
    ),
    Mistake(
        "word-scores",
        "scores made from the word vectors instead of the state",
        "The state knows the source and the words so far; the vector of one word knows only itself.",
        (("logits.append(h @ W_out.T)", "logits.append(table[word] @ W_out[:, : table.size(1)].T)"),),
    ),
    Mistake(
        "start-added",
        "the encoder's state added at every step",
        "Some decoders do that; here the encoder's state is where the first step starts, and no more.",
        (("gru_step(table[word], h,", "gru_step(table[word], h + start,"),),
    ),
    Mistake(
        "out-not-transposed",
        "the last matrix not transposed",
        "W_out is (V, H), as nn.Linear keeps it.",
        (("h @ W_out.T", "h @ W_out"),),
    ),
    Mistake(
        "detached",
        "a state cut off from the graph",
        "`detach` stops the gradient: the encoder would learn nothing.",
        (("h = start", "h = start.detach()"),),
    ),
    Mistake(
        "plain-step",
        "the plain step with the weights of a GRU",
        "The weights are those of a GRU: three parts each.",
        (("h = gru_step(table[word]", "h = rnn_step(table[word]"),),
    ),
    Mistake(
        "one-step-too-many",
        "one step too many",
        "There are as many rows of scores as the target has words.",
        ((WORDS, "torch.cat([shift_right(target), target[:, -1:]], dim=1).unbind(dim=1)"),),
    ),
    Mistake(
        "one-step-missing",
        "the last step left out",
        "There are as many rows of scores as the target has words; the last one is for eos or padding.",
        ((WORDS, "shift_right(target)[:, :-1].unbind(dim=1)"),),
    ),
)

WRITE = "word = logits.argmax(dim=-1)\n        written.append(word)"
MEAN = "right[real].float().mean().item()"
EVERY = "(right | ~real).all(dim=1).float().mean().item()"

ACCURACY = (
    Mistake(
        "teacher-forced",
        "the right word read at each step, not the model's own",
        "So every error is mended before the next step. In use nobody mends it: what does the model read then?",
        (
            ("for _ in range(target.size(1)):", "for wanted in target.unbind(dim=1):"),
            (WRITE, "written.append(logits.argmax(dim=-1))\n        word = wanted"),
        ),
    ),
    Mistake(
        "state-kept",
        "every step from the first state",
        "`step` returns the next state. Who hands it to the next step?",
        (("logits, state = step(word, state)", "logits, _ = step(word, state)"),),
    ),
    Mistake(
        "word-kept",
        "bos read at every step",
        "After the first step the model reads the word that it wrote.",
        ((WRITE, "written.append(logits.argmax(dim=-1))"),),
    ),
    Mistake(
        "reads-target-first",
        "the target's first word read in the place of bos",
        "The first word is what the first step is to write.",
        (("torch.full_like(target[:, 0], bos)", "target[:, 0]"),),
    ),
    Mistake(
        "bos-fixed",
        "bos taken to be 1, whatever the argument says",
        "The number that begins a sentence is an argument.",
        (("torch.full_like(target[:, 0], bos)", "torch.ones_like(target[:, 0])"),),
    ),
    Mistake(
        "padding-wrong",
        "padding counted",
        "After eos a model may write what it likes: nobody reads it. Which places of the table are real words?",
        ((MEAN, "right.float().mean().item()"), (EVERY, "right.all(dim=1).float().mean().item()")),
        also=((("real = target != pad", "real = torch.ones_like(target, dtype=torch.bool)"),),),
    ),
    Mistake(
        "padding-wrong-words",
        "padding counted among the words",
        "The share of words is that of the real ones: which places of the table are they?",
        ((MEAN, "right.float().mean().item()"),),
    ),
    Mistake(
        "padding-wrong-sentences",
        "padding that can spoil a sentence",
        "After eos a model may write what it likes. When is a sentence right from its first word to eos?",
        ((EVERY, "right.all(dim=1).float().mean().item()"),),
    ),
    Mistake(
        "padding-right",
        "padding counted as words that are right",
        "So short sentences look better than they are: padding is no word, neither right nor wrong.",
        ((MEAN, "(right | ~real).float().mean().item()"),),
    ),
    Mistake(
        "eos-not-a-word",
        "a share of words that leaves out eos",
        "A model has to know where a sentence ends, too. Which places does the docstring leave out?",
        ((MEAN, "right[real & (target != 2)].float().mean().item()"),),
        also=(((MEAN, "right[real & (target != pad).roll(-1, dims=1)].float().mean().item()"),),),
    ),
    Mistake(
        "eos-forgiven",
        "a wrong eos forgiven in the share of sentences",
        "A sentence is right from its first word to eos, eos included.",
        ((EVERY, "(right | ~real | (target == 2)).all(dim=1).float().mean().item()"),),
    ),
    Mistake(
        "written-pad-dropped",
        "places dropped where the model wrote padding",
        "Whether a place is real is for the target to say. A model that writes padding for a word has made an error.",
        ((MEAN, "right[real & (torch.stack(written, dim=1) != pad)].float().mean().item()"),),
    ),
    Mistake(
        "mean-of-means",
        "the mean of each sentence's share",
        "A share of all words gives every word the same say, whichever sentence it stands in.",
        ((MEAN, "((right & real).sum(dim=1) / real.sum(dim=1)).mean().item()"),),
    ),
    Mistake(
        "pad-fixed",
        "padding taken to be 0, whatever the argument says",
        "The number that stands for padding is an argument.",
        (("real = target != pad", "real = target != 0"),),
    ),
    Mistake(
        "any",
        "a sentence counted where any word is right",
        "Every word has to be right.",
        ((EVERY, "(right & real).any(dim=1).float().mean().item()"),),
    ),
    Mistake(
        "last-word",
        "a sentence counted where its last word is right",
        "Every word has to be right.",
        ((EVERY, "(right | ~real)[:, -1].float().mean().item()"),),
    ),
    Mistake(
        "shifted",
        "each word compared with the one after it",
        "The word written at step t answers for word t of the target; only what is *read* is shifted.",
        (("torch.stack(written, dim=1) == target", "torch.stack(written, dim=1).roll(1, dims=1) == target"),),
    ),
    Mistake(
        "argmax-batch",
        "the best sentence for each word, instead of the best word for each sentence",
        "The logits are (B, V). Along which dimension lies the vocabulary?",
        (("logits.argmax(dim=-1)", "logits.argmax(dim=0)"),),
    ),
    Mistake(
        "argmin",
        "the word with the lowest score",
        "Greedy decoding takes the word with the highest score.",
        (("logits.argmax(dim=-1)", "logits.argmin(dim=-1)"),),
    ),
    Mistake(
        "swapped",
        "the two shares in the wrong order",
        "First the share of words, then that of sentences.",
        (("return words, sentences", "return sentences, words"),),
    ),
    Mistake(
        "counts",
        "numbers of words and sentences, not shares",
        "A share lies between 0 and 1.",
        ((MEAN, "right[real].float().sum().item()"), (EVERY, "(right | ~real).all(dim=1).float().sum().item()")),
    ),
    Mistake(
        "percent",
        "percentages, not shares",
        "A share lies between 0 and 1.",
        (
            (MEAN, "right[real].float().mean().item() * 100"),
            (EVERY, "(right | ~real).all(dim=1).float().mean().item() * 100"),
        ),
    ),
    Mistake(
        "only-words",
        "the share of words alone",
        "Two numbers are asked for.",
        (("return words, sentences", "return words"),),
    ),
    Mistake(
        "errors",
        "the share of errors",
        "Count what is right.",
        (("return words, sentences", "return 1 - words, 1 - sentences"),),
    ),
)

FILL = "torch.finfo(match.dtype).min"
HIDE = f"match = match.masked_fill(~mask[:, None, :], {FILL})"
SOFT = "match.softmax(dim=2)"

ATTENTION = (
    Mistake(
        "states-unused",
        "weights that do not look at the encoder's states",
        "Change one encoder state: do your weights move? The official PyTorch tutorial had this until 2023.",
        (
            (
                "match = query @ states.transpose(1, 2)",
                "match = query[:, :, :1] * torch.arange(states.size(1), dtype=query.dtype)",
            ),
        ),
        also=(
            (
                (
                    "match = query @ states.transpose(1, 2)",
                    "match = query[:, :, :1] * torch.arange(states.size(1)).to(query)",
                ),
            ),
        ),
    ),
    Mistake(
        "query-only",
        "a score that is the same for every source word",
        "The score of a source word compares the query with that word's state.",
        (
            (
                "match = query @ states.transpose(1, 2)",
                "match = (query * query).sum(dim=2, keepdim=True).expand(-1, -1, states.size(1))",
            ),
        ),
    ),
    Mistake(
        "softmax-target",
        "softmax over the target words",
        "Each target word shares out a weight of 1 among the source words: along which dimension do those lie?",
        ((SOFT, "match.softmax(dim=1)"),),
    ),
    Mistake(
        "softmax-batch",
        "softmax over the batch",
        "Sentences share nothing. Along which dimension do the source words lie?",
        ((SOFT, "match.softmax(dim=0)"),),
    ),
    Mistake(
        "no-softmax",
        "scores used as weights, without softmax",
        "Weights are positive and sum to 1 for each target word.",
        ((SOFT, "match"),),
    ),
    Mistake(
        "normalised",
        "scores divided by their sum, without e to the power",
        "Scores may be negative. Softmax raises e to each before it divides by the sum.",
        ((SOFT, "match / match.sum(dim=2, keepdim=True)"),),
    ),
    Mistake(
        "no-mask",
        "padding that gets weight",
        "The mask is not used: a short sentence is looked at beyond its end.",
        ((HIDE, "match = match + 0"),),
        also=(((HIDE, "pass"),),),
    ),
    Mistake(
        "mask-inverted",
        "the mask the wrong way round",
        "True = a real word. `masked_fill` writes where its condition is True.",
        ((HIDE, f"match = match.masked_fill(mask[:, None, :], {FILL})"),),
    ),
    Mistake(
        "mask-zero",
        "hidden scores set to 0",
        "e to the power of 0 is 1, and that is a weight.",
        ((FILL, "0.0"),),
        also=(((HIDE, "match = match * mask[:, None, :]"),), ((FILL, "-1e-12"),)),
    ),
    Mistake(
        "mask-after",
        "weights set to 0 after softmax",
        "What was taken away is missing from the sum: the row no longer adds up to 1. Hide before softmax.",
        ((HIDE, "pass"), (SOFT, "match.softmax(dim=2) * mask[:, None, :]")),
    ),
    Mistake(
        "mask-not-low-enough",
        "a hidden score that is not low enough",
        "Real scores may be low themselves. Which finite number is lower than all of them?",
        ((FILL, "-100.0"),),
        also=(((FILL, "-1e4"),), ((FILL, "-1e3"),)),
    ),
    Mistake(
        "mask-large",
        "hidden scores set to the largest number",
        "A hidden score must be so *low* that its weight is 0.",
        ((FILL, "torch.finfo(match.dtype).max"),),
    ),
    Mistake(
        "infinity",
        "NaN where everything is hidden",
        "A row of −∞ only gives 0/0. A very low number that is still finite does not.",
        ((FILL, "-math.inf"),),
    ),
    Mistake(
        "scaled",
        "scores divided by √H",
        "Lesson 4 will say why the Transformer does that. Here plain dot products are asked for.",
        (("match = query @ states.transpose(1, 2)", "match = query @ states.transpose(1, 2) / query.size(-1) ** 0.5"),),
    ),
    Mistake(
        "context-of-query",
        "a context mixed from the decoder's own states",
        "The context is a mean of the *encoder's* states.",
        (("context = weights @ states", "context = weights.sum(dim=2, keepdim=True) * query"),),
    ),
    Mistake(
        "context-mean",
        "a context that is the plain mean of the states",
        "Each state counts with its weight.",
        (("context = weights @ states", "context = states.mean(dim=1, keepdim=True).expand_as(query)"),),
    ),
    Mistake(
        "context-best",
        "the state with the largest weight alone",
        "A mean with weights, not the winner: nothing can be learned through a choice.",
        (
            (
                "context = weights @ states",
                "context = F.one_hot(weights.argmax(dim=2), states.size(1)).to(states) @ states",
            ),
        ),
    ),
    Mistake(
        "context-plus-query",
        "the query added to the context",
        "The decoder will join the two later. The context is the weighted mean alone.",
        (("context = weights @ states", "context = weights @ states + query"),),
    ),
    Mistake(
        "reshaped",
        "states reshaped where they should be transposed",
        "reshape only cuts the same row of numbers anew. Draw a 2 by 3 table, transpose it, and compare.",
        (("states.transpose(1, 2)", "states.reshape(states.size(0), states.size(2), states.size(1))"),),
    ),
    Mistake(
        "all-dims",
        "all dimensions of the states turned around by .T",
        ".T turns the batch around too. Swap the last two dimensions only.",
        (("states.transpose(1, 2)", "states.T"),),
    ),
    Mistake(
        "not-transposed",
        "states that are not transposed",
        "For query @ something, the last dimension of the query meets H. Where is H in the states?",
        (("states.transpose(1, 2)", "states"),),
    ),
    Mistake(
        "mask-no-dimension",
        "a mask without a dimension for the target words",
        "The scores are (B, T, S), the mask is (B, S). Where does a dimension of size 1 belong?",
        (("~mask[:, None, :]", "~mask"),),
    ),
    Mistake(
        "mask-last-dimension",
        "a mask that hides target words",
        "The new dimension stands for T: between B and S, not at the end.",
        (("~mask[:, None, :]", "~mask[:, :, None]"),),
    ),
    Mistake(
        "transposed-result",
        "a row for each source word",
        "The weights are (B, T, S): a row for each *target* word.",
        (("context = weights @ states", "context = weights @ states\n    weights = weights.transpose(1, 2)"),),
    ),
    Mistake(
        "swapped",
        "the two results in the wrong order",
        "First the context, then the weights.",
        (("return context, weights", "return weights, context"),),
    ),
    Mistake(
        "context-only",
        "the context alone",
        "Two things are asked for: the context, and the weights it was made with.",
        (("return context, weights", "return context"),),
    ),
    Mistake(
        "detached",
        "weights cut off from the graph",
        "`detach` stops the gradient: the model would never learn where to look.",
        ((SOFT, "match.softmax(dim=2).detach()"),),
    ),
    Mistake(
        "scores-returned",
        "scores returned in the place of the weights",
        "The weights are what softmax makes of the scores: positive, with sum 1.",
        (("return context, weights", "return context, match"),),
    ),
)

EXPOSE = (
    Mistake(
        "no-difference",
        "an input on which the bug is right by chance",
        "The bug gives word s the weight of entry s of W @ query. Which word should stand at the place of a small entry?",
        (("[[0.0, 1.0], [1.0, 0.0]]", "[[1.0, 0.0], [0.0, 1.0]]"),),
    ),
    Mistake(
        "too-weak",
        "a best word that does not stand out",
        "How much larger must its score be for softmax to give it more than 0.9? Make the query longer.",
        (("[4.0, 0.0]", "[0.5, 0.0]"),),
    ),
    Mistake(
        "one-word",
        "a source of one word",
        "With one word there is nothing to choose.",
        (("[[0.0, 1.0], [1.0, 0.0]]", "[[0.0, 1.0]]"),),
    ),
    Mistake(
        "too-many-words",
        "more words than the state is wide",
        "The bug needs S at most H: it has only H numbers to give out.",
        (("[[0.0, 1.0], [1.0, 0.0]]", "[[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]"),),
    ),
    Mistake(
        "no-W",
        "two tensors where three are asked for",
        "query, states and W.",
        (("return query, states, W", "return query, states"),),
    ),
    Mistake(
        "zero-W",
        "a W of zeros",
        "Then every score is 0, and no word deserves more than another.",
        (("torch.eye(2)", "torch.zeros(2, 2)"),),
    ),
    Mistake(
        "batch",
        "a batch where one sentence was asked for",
        "query (H,), states (S, H): no batch in front.",
        (("[[0.0, 1.0], [1.0, 0.0]]", "[[[0.0, 1.0], [1.0, 0.0]]]"),),
    ),
    Mistake(
        "integers",
        "whole numbers where real ones are asked for",
        "`torch.tensor([4, 0])` holds int64; write 4.0, and softmax can work with it.",
        (("[4.0, 0.0]", "[4, 0]"), ("[[0.0, 1.0], [1.0, 0.0]]", "[[0, 1], [1, 0]]")),
    ),
)

MENDED = (
    Mistake(
        "still-bug",
        "the bug, unmended",
        "Change a state: do the weights move now?",
        (("torch.softmax(states @ looking_for, dim=0)", "torch.softmax(looking_for[: len(states)], dim=0)"),),
    ),
    Mistake(
        "no-W",
        "W left out",
        "W turns the query into what it is looking for: it is learned, and it is needed.",
        (("looking_for = W @ query", "looking_for = query"),),
    ),
    Mistake(
        "W-transposed",
        "W used the wrong way round",
        "The score is h · (W q): which side of the matrix does the query stand on?",
        (("W @ query", "query @ W"),),
        also=((("W @ query", "W.T @ query"),),),
    ),
    Mistake(
        "added",
        "the bug's scores added to the right ones",
        "The entries of W @ query by themselves say nothing about the words.",
        (
            (
                "states @ looking_for",
                "states @ looking_for + F.pad(looking_for, (0, max(len(states) - len(query), 0)))[: len(states)]",
            ),
        ),
    ),
    Mistake(
        "no-softmax",
        "scores used as weights, without softmax",
        "Weights are positive and sum to 1.",
        (("torch.softmax(states @ looking_for, dim=0)", "states @ looking_for"),),
    ),
    Mistake(
        "scaled",
        "scores divided by √H",
        "That is a good idea (lesson 4), but the mend should change nothing else.",
        (("states @ looking_for", "states @ looking_for / len(query) ** 0.5"),),
    ),
    Mistake(
        "tanh",
        "a tanh around the query's part",
        "The general score is h · (W q), with nothing in between.",
        (("looking_for = W @ query", "looking_for = torch.tanh(W @ query)"),),
    ),
    Mistake(
        "swapped",
        "the two results in the wrong order",
        "Context first, then the weights, as in the function with the bug.",
        (("return weights @ states, weights", "return weights, weights @ states"),),
    ),
    Mistake(
        "states-projected",
        "a context of states that went through W",
        "W belongs to the scores. The context is a mean of the states as they are.",
        (("return weights @ states, weights", "return weights @ states @ W, weights"),),
    ),
    Mistake(
        "context-only",
        "the context alone",
        "Both are asked for: the context, and the weights it was made with.",
        (("return weights @ states, weights", "return weights @ states"),),
    ),
)

BEFORE = "before = (weight.size(2) - 1) * dilation"
PAD = "(before, 0)"

CONV = (
    Mistake(
        "not-causal",
        "a convolution that sees the future",
        "The padding stands on both sides, so a position sees words after it. On which side may zeros stand?",
        (
            (BEFORE, "before = (weight.size(2) - 1) * dilation // 2"),
            (PAD, "(before, (weight.size(2) - 1) * dilation - before)"),
        ),
        also=(((PAD, "(before // 2, before - before // 2)"),),),
    ),
    Mistake(
        "right-padded",
        "zeros after the last word in the place of before the first",
        "Then each position sees only itself and what comes after. `F.pad(x, (left, right))`.",
        ((PAD, "(0, before)"),),
        also=(
            (
                (PAD, "(before, before)"),
                (".transpose(1, 2)\n    ### END", "[:, :, before:].transpose(1, 2)\n    ### END"),
            ),
        ),
    ),
    Mistake(
        "no-padding",
        "an output shorter than the sentence",
        "There is one output for each word. What must stand before the first one?",
        ((PAD, "(0, 0)"),),
    ),
    Mistake(
        "both-sides",
        "an output longer than the sentence",
        "F.conv1d's own padding stands on both sides. What comes out beyond T saw the future or is cut off.",
        ((PAD, "(before, before)"),),
    ),
    Mistake(
        "one-too-many",
        "one zero too many in front",
        "Then no position sees itself: the output is one place late. Count for k = 1.",
        (
            (BEFORE, "before = weight.size(2) * dilation"),
            (".transpose(1, 2)\n    ### END", "[:, :, : x.size(2) - before].transpose(1, 2)\n    ### END"),
        ),
    ),
    Mistake(
        "dilation-not-in-padding",
        "padding that does not grow with the dilation",
        "The first tap stands (k − 1) · dilation words back. How many zeros must stand before the first word?",
        ((BEFORE, "before = weight.size(2) - 1"),),
    ),
    Mistake(
        "dilation-unused",
        "a dilation that is not used",
        "`F.conv1d` takes the dilation as an argument, too.",
        ((BEFORE, "before = weight.size(2) - 1"), (", dilation=dilation", "")),
        also=(((", dilation=dilation)", ")[:, :, -(x.size(2) - before) :]"),),),
    ),
    Mistake(
        "dilation-padding-only",
        "a dilation used for the padding only",
        "`F.conv1d` takes the dilation as an argument, too.",
        ((", dilation=dilation", ""),),
    ),
    Mistake(
        "stride",
        "a stride in the place of the dilation",
        "A stride leaves out outputs; a dilation spreads the taps.",
        (("dilation=dilation)", "stride=dilation)"),),
    ),
    Mistake(
        "flipped",
        "the taps in the reverse order",
        "Tap k − 1, the last, belongs to the word itself. PyTorch does not flip.",
        (("F.conv1d(x, weight,", "F.conv1d(x, weight.flip(2),"),),
    ),
    Mistake(
        "no-bias",
        "no bias",
        "The bias is an argument of `F.conv1d`, too.",
        (("F.conv1d(x, weight, bias,", "F.conv1d(x, weight, None,"),),
    ),
    Mistake(
        "not-swapped-back",
        "words and channels not swapped back",
        "The result is (B, T, D_out), batch first, words second.",
        ((".transpose(1, 2)\n    ### END", "\n    ### END"),),
    ),
    Mistake(
        "not-swapped",
        "a convolution over the features",
        "F.conv1d slides along the last dimension, and takes dimension 1 for channels. Which is which here?",
        (("F.pad(x.transpose(1, 2), ", "F.pad(x, "),),
    ),
    Mistake(
        "reshaped",
        "words and channels exchanged by reshape",
        "reshape only cuts the same row of numbers anew; transpose exchanges the dimensions.",
        (("F.pad(x.transpose(1, 2), ", "F.pad(x.reshape(x.size(0), x.size(2), x.size(1)), "),),
    ),
    Mistake(
        "copies-first",
        "the first word repeated in front, not zeros",
        "Before the first word stand zeros.",
        ((PAD, '(before, 0), mode="replicate"'),),
    ),
    Mistake(
        "pads-words",
        "zeros put beside the features in the place of the words",
        "F.pad begins with the last dimension. Which one is last when you pad?",
        (("F.pad(x.transpose(1, 2), (before, 0))", "F.pad(x, (before, 0)).transpose(1, 2)"),),
    ),
)

SEES = "sees += (kernel - 1) * dilation"

LAYERS = (
    Mistake(
        "kernel-a-layer",
        "k places gained a layer",
        "The last tap is the position itself. How many places back does the first one stand?",
        ((SEES, "sees += kernel * dilation"),),
    ),
    Mistake(
        "counts-itself",
        "a field that counts the position itself as distance",
        "A field of f words reaches back f − 1 places.",
        (("layers, sees, dilation = 0, 0, 1", "layers, sees, dilation = 0, 1, 1"),),
    ),
    Mistake(
        "one-more",
        "one layer too many where the count comes out even",
        "A layer whose first tap stands exactly on the word sees it.",
        (("while sees < distance:", "while sees <= distance:"),),
    ),
    Mistake(
        "at-least-one",
        "one layer where none is needed",
        "A position sees itself without any layer.",
        (("    return layers", "    return max(layers, 1)"),),
    ),
    Mistake(
        "rounded-down",
        "a layer too few where the count does not come out even",
        "Part of a layer does not see the word: round up.",
        (("while sees < distance:", "while sees + (kernel - 1) * (dilation * 1) <= distance:"),),
    ),
    Mistake(
        "both-sides",
        "a convolution that reaches to both sides",
        "A causal convolution looks back only: all its k − 1 other taps do.",
        ((SEES, "sees += (kernel - 1) // 2 * dilation if kernel > 2 else dilation"),),
    ),
    Mistake(
        "dilation-ignored",
        "a dilation that is not used",
        "In a dilated stack the taps of each layer stand k times further apart than in the layer below.",
        ((SEES, "sees += kernel - 1"),),
    ),
    Mistake(
        "always-dilated",
        "dilation where none was asked for",
        "`dilated` is False unless it is given.",
        (("        if dilated:\n            dilation *= kernel", "        dilation *= kernel"),),
    ),
    Mistake(
        "doubling",
        "dilations that double, whatever k is",
        "WaveNet doubles them. Here each layer's is k times the one below, so that no place is seen twice.",
        (("dilation *= kernel", "dilation *= 2"),),
    ),
    Mistake(
        "linear-dilation",
        "dilations that grow by one a layer",
        "1, k, k · k, ...: each is k times the one below.",
        (("dilation *= kernel", "dilation += 1"),),
    ),
    Mistake(
        "dilated-too-early",
        "a first layer that is dilated already",
        "The first layer has dilation 1.",
        (
            (
                "        sees += (kernel - 1) * dilation\n        if dilated:\n            dilation *= kernel",
                "        if dilated:\n            dilation *= kernel\n        sees += (kernel - 1) * dilation",
            ),
        ),
    ),
    Mistake(
        "logarithm-rounded",
        "a logarithm whose rounding adds a layer",
        "`math.log(125, 5)` is not exactly 3. Whole numbers do not round.",
        (("    return layers", "    return math.ceil(math.log(distance + 1, kernel)) if dilated else layers"),),
    ),
    Mistake(
        "logarithm-of-distance",
        "the logarithm of the distance, rounded up",
        "m dilated layers see k^m words, the position itself among them: k^m − 1 places back.",
        (
            (
                "    return layers",
                "    return math.ceil(round(math.log(max(distance, 1)) / math.log(kernel), 9)) if dilated else layers",
            ),
        ),
    ),
    Mistake(
        "field",
        "the number of places seen, not the number of layers",
        "How many layers did it take?",
        (("    return layers", "    return sees"),),
    ),
    Mistake(
        "float",
        "layers in parts",
        "Half a layer cannot be built: an int is asked for.",
        (("    return layers", "    return layers if dilated else distance / (kernel - 1)"),),
    ),
)

COMPLEXITY = (
    Mistake(
        "n-d-swapped",
        "n and d swapped in the operations",
        "Self-attention compares each word with each; the recurrent step multiplies by a d × d matrix.",
        (("return n * n * d, 1, 1", "return n * d * d, 1, 1"), ("return n * d * d, n, n", "return n * n * d, n, n")),
    ),
    Mistake(
        "linear-attention",
        "self-attention that costs as much for each word as for one",
        "How many pairs of words are there, and what does each pair cost?",
        (("return n * n * d, 1, 1", "return n * d, 1, 1"),),
    ),
    Mistake(
        "d-not-squared",
        "a recurrent step that costs d instead of d²",
        "A vector of width d times a d × d matrix: how many multiplications?",
        (("return n * d * d, n, n", "return n * d, n, n"),),
    ),
    Mistake(
        "recurrent-path-one",
        "a recurrent layer whose path is 1",
        "From the first word to the last, the signal goes through every step in between.",
        (("return n * d * d, n, n", "return n * d * d, n, 1"),),
    ),
    Mistake(
        "recurrent-parallel",
        "a recurrent layer that waits for nothing",
        "Step t needs the state of step t − 1. How many steps wait for one another?",
        (("return n * d * d, n, n", "return n * d * d, 1, n"),),
    ),
    Mistake(
        "attention-sequential",
        "self-attention that takes a step for each word",
        "All the dot products are taken at once.",
        (("return n * n * d, 1, 1", "return n * n * d, n, 1"),),
    ),
    Mistake(
        "attention-path-n",
        "a path of n through self-attention",
        "Any word reaches any other directly.",
        (("return n * n * d, 1, 1", "return n * n * d, 1, n"),),
    ),
    Mistake(
        "conv-without-k",
        "a convolution whose cost does not grow with k",
        "A convolution has a d × d matrix for each of its k taps.",
        (("return k * n * d * d, 1,", "return n * d * d, 1,"),),
    ),
    Mistake(
        "conv-path-linear",
        "the path of plain convolutions, n / k",
        "The table's entry is for dilated ones: what a position sees grows k-fold with each layer.",
        (("math.log(n) / math.log(k)", "n / k"),),
    ),
    Mistake(
        "log-of-base-two",
        "a logarithm to the base 2",
        "The field grows k-fold with each layer: to which base is the logarithm taken?",
        (("math.log(n) / math.log(k)", "math.log2(n)"),),
    ),
    Mistake(
        "natural-log",
        "a natural logarithm",
        "The field grows k-fold with each layer: to which base is the logarithm taken?",
        (("math.log(n) / math.log(k)", "math.log(n)"),),
    ),
    Mistake(
        "log-swapped",
        "the logarithm of k to the base n",
        "`math.log(a, b)` is the logarithm of a to the base b.",
        (("math.log(n) / math.log(k)", "math.log(k) / math.log(n)"),),
    ),
    Mistake(
        "log-rounded",
        "a path rounded up to whole layers",
        "Not rounded, the docstring says.",
        (("math.log(n) / math.log(k)", "math.ceil(math.log(n) / math.log(k))"),),
    ),
    Mistake(
        "restricted-n-squared",
        "restricted self-attention that still looks at every pair",
        "Each word is compared with r others, not with n.",
        (("return k * n * d, 1, n / k", "return n * n * d, 1, n / k"),),
    ),
    Mistake(
        "restricted-path-one",
        "a path of 1 through restricted self-attention",
        "A word reaches only its neighbourhood in one layer: how many hops to the other end?",
        (("n / k", "1"),),
    ),
    Mistake(
        "restricted-path-floor",
        "a path rounded down",
        "Not rounded, the docstring says: / and // differ.",
        (("n / k", "n // k"),),
    ),
    Mistake(
        "none-for-unknown",
        "nothing returned for an unknown name",
        "A misspelt name should stop the program, and say what it was.",
        (('raise ValueError(f"no layer is called {layer_type!r}")', "return None"),),
    ),
    Mistake(
        "key-error",
        "another error than the one asked for",
        "A value that is not one of those allowed: that is what ValueError is for.",
        (('raise ValueError(f"no layer is called {layer_type!r}")', "raise KeyError(layer_type)"),),
    ),
    Mistake(
        "else-branch",
        "any other name taken for the last layer",
        "The last case should ask for its name, too.",
        (('if layer_type == "restricted self-attention":', "if layer_type:"),),
    ),
)

KNOWN = "depth[node] = 1 + max(depth[function] for function in before) if before else 0"

BROAD = """if loss.grad_fn is None:
        return 0
    queue, seen, most = [(loss.grad_fn, 1)], {loss.grad_fn}, 0
    for node, steps in queue:
        before = [function for function, _ in node.next_functions if function is not None]
        most = max(most, steps if node.next_functions else 0)
        queue.extend((function, steps + 1) for function in dict.fromkeys(before) if function not in seen)
        seen.update(before)
    return most

    depth = {None: 0}"""
DEEP = """stack, seen, most = [(loss.grad_fn, 1)], {None}, 0
    while stack:
        node, steps = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        most = max(most, steps if node.next_functions else 0)
        stack.extend((function, steps + 1) for function, _ in node.next_functions)
    return most

    depth = {None: 0}"""

DEPTH = (
    Mistake(
        "leaf-counted",
        "the leaf counted as an operation",
        "At the end of each path stands a node without next functions: data, not an operation.",
        ((KNOWN, "depth[node] = 1 + max(depth[function] for function in before) if before else 1"),),
        also=((("return depth[loss.grad_fn]", "return depth[loss.grad_fn] + 1"),),),
    ),
    Mistake(
        "loss-not-counted",
        "the last operation left out",
        "`loss.grad_fn` is an operation itself.",
        (("return depth[loss.grad_fn]", "return max(depth[loss.grad_fn] - 1, 0)"),),
    ),
    Mistake(
        "shortest",
        "the shortest path",
        "An operation waits for *all* those before it, so for the slowest.",
        ((KNOWN, "depth[node] = 1 + min(depth[function] for function in before) if before else 0"),),
    ),
    Mistake(
        "first-path",
        "the path through the first of the next functions",
        "An operation may have several before it; which of them decides how long it waits?",
        ((KNOWN, "depth[node] = 1 + depth[before[0]] if before else 0"),),
    ),
    Mistake(
        "last-path",
        "the path through the last of the next functions",
        "An operation may have several before it; which of them decides how long it waits?",
        ((KNOWN, "depth[node] = 1 + depth[before[-1]] if before else 0"),),
    ),
    Mistake(
        "sum",
        "the operations of all paths added up",
        "What happens side by side need not be waited for twice.",
        ((KNOWN, "depth[node] = 1 + sum(depth[function] for function in before) if before else 0"),),
    ),
    Mistake(
        "nodes",
        "the number of all operations",
        "What happens side by side need not be waited for twice: the longest path, not the whole graph.",
        (("return depth[loss.grad_fn]", "return sum(d > 0 for d in depth.values())"),),
    ),
    Mistake(
        "all-nodes",
        "the number of all nodes, leaves included",
        "The longest path is asked for, not the size of the graph.",
        (("return depth[loss.grad_fn]", "return len(depth) - 1"),),
    ),
    Mistake(
        "recursion",
        "a recursion too deep for Python",
        "A function that calls itself stops at a thousand levels. A list of nodes to visit has no such limit.",
        (
            (
                "depth = {None: 0}",
                "depth = {None: 0}\n\n    def of(node):\n        if node not in depth:\n            before = [of(function) for function, _ in node.next_functions]\n            depth[node] = 1 + max(before) if before else 0\n        return depth[node]\n\n    return of(loss.grad_fn)",
            ),
        ),
    ),
    Mistake(
        "every-path",
        "every path walked anew",
        "An operation that can be reached in two ways is walked twice, the one before it four times, and so on. What could be kept?",
        (
            (
                "depth = {None: 0}",
                "def of(node):\n        before = [of(function) for function, _ in node.next_functions] if node else []\n        return 1 + max(before) if before else 0\n\n    return of(loss.grad_fn)",
            ),
        ),
    ),
    Mistake(
        "first-visit",
        "a depth that is fixed at the first visit",
        "An operation may be reached first by a short way and later by a long one. When is its depth really known?",
        (
            (
                "depth = {None: 0}",
                BROAD,
            ),
        ),
        also=((("depth = {None: 0}", DEEP),),),
    ),
    Mistake(
        "no-graph",
        "an error where there is no graph",
        "The grad_fn of a leaf is None, and None has no next functions.",
        (
            (
                "before = [] if node is None else [function for function, _ in node.next_functions]",
                "before = [function for function, _ in node.next_functions]",
            ),
            ("depth = {None: 0}", "depth = {}"),
        ),
    ),
    Mistake(
        "one-step",
        "the number of operations just before the loss",
        "Follow each of them further, until there is nothing before.",
        (("return depth[loss.grad_fn]", "return len(loss.grad_fn.next_functions) if loss.grad_fn else 0"),),
    ),
)

BANK = {
    "rnn_step": RNN,
    "gru_step": GRU,
    "encode": ENCODE,
    "shift_right": SHIFT,
    "decode": DECODE,
    "accuracy": ACCURACY,
    "dot_attention": ATTENTION,
    "expose": EXPOSE,
    "mended": MENDED,
    "causal_conv1d": CONV,
    "layers_to_connect": LAYERS,
    "complexity": COMPLEXITY,
    "graph_depth": DEPTH,
}
