"""The mistakes of lesson 09 that are known by name: edits of the solution, and hints that do not give the answer."""

from __future__ import annotations

from autograder.authoring.probes import Mistake

SAME = "if tuple(tokens[i : i + 2]) == tuple(pair):"
JOIN = "merged.append(pair[0] + pair[1])\n            i += 2"

MERGE_MISTAKES = (
    Mistake(
        "in-place",
        "the list itself changed",
        "A new list is asked for: the caller's own should stay as it was.",
        (("merged, i = [], 0\n", 'merged, i, tokens[:] = [], 0, [*tokens, ""]\n'),),
    ),
    Mistake(
        "once-only",
        "only the first pair merged",
        "The pair may stand in the list more than once.",
        ((JOIN, "return merged + [pair[0] + pair[1]] + list(tokens[i + 2 :])"),),
    ),
    Mistake(
        "second-kept",
        "the second token of the pair left standing behind the new one",
        "Two tokens have become one. How far does your place have to move on?",
        ((JOIN, "merged.append(pair[0] + pair[1])\n            i += 1"),),
    ),
    Mistake(
        "merged-again",
        "a merged token merged once more with the next one",
        "A token that has just been joined is finished: go on behind it.",
        (
            (SAME, "if merged and (merged[-1][-len(pair[0]) :], tokens[i]) == tuple(pair):"),
            (JOIN, "merged[-1] += pair[1]\n            i += 1"),
        ),
    ),
    Mistake(
        "last-lost",
        "the last token lost",
        "The last token has no neighbour, and must be kept all the same.",
        (("while i < len(tokens):", "while i < len(tokens) - 1:"),),
    ),
    Mistake(
        "either-order",
        "the pair merged in either order",
        'The pair ("a", "b") is not ("b", "a").',
        (
            (SAME, "if sorted(tokens[i : i + 2]) == sorted(pair):"),
            ("merged.append(pair[0] + pair[1])", "merged.append(tokens[i] + tokens[i + 1])"),
        ),
    ),
    Mistake(
        "text-replaced",
        "letters merged that stand in two other tokens",
        "Compare tokens with tokens. In a text that is glued together the borders between tokens are lost.",
        (
            (
                "merged, i = [], 0",
                'return " ".join(tokens).replace(" ".join(pair), "".join(pair)).split(" ")\n    merged, i = [], 0',
            ),
        ),
    ),
    Mistake(
        "space-between",
        "a space between the two",
        "The new token is the two old ones with nothing between them.",
        (("pair[0] + pair[1]", 'pair[0] + " " + pair[1]'),),
    ),
    Mistake(
        "other-way-round",
        "the two joined the wrong way round",
        "The first one of the pair stands first.",
        (("pair[0] + pair[1]", "pair[1] + pair[0]"),),
    ),
    Mistake(
        "others-dropped",
        "the other tokens dropped",
        "What is no pair stays as it is.",
        (("merged.append(tokens[i])", "pass"),),
    ),
    Mistake(
        "unchanged",
        "the list as it was",
        "Wherever the two tokens stand side by side, one token takes their place.",
        ((SAME, "if False:"),),
    ),
    Mistake(
        "text-returned",
        "one text instead of a list of tokens",
        "A list of strings is asked for.",
        (("return merged", 'return " ".join(merged)'),),
    ),
)

ORDER = "sorted(range(len(lengths)), key=lambda number: lengths[number])"
FULL = "if not batches or lengths[number] * (len(batches[-1]) + 1) > cells:"
TOO_LONG = "if max(lengths, default=0) > cells:"

BUCKET_MISTAKES = (
    Mistake(
        "not-sorted",
        "sentences in the order in which they stand",
        "Then short and long ones share a batch. What should be done first?",
        ((ORDER, "range(len(lengths))"),),
    ),
    Mistake(
        "not-sorted-but-right-size",
        "sentences in the order in which they stand, in batches that are not too large",
        "The batches fit, and they are full of padding. What should be done first?",
        (
            (ORDER, "range(len(lengths))"),
            (
                FULL,
                "if not batches or max(lengths[n] for n in [*batches[-1], number]) * (len(batches[-1]) + 1) > cells:",
            ),
        ),
    ),
    Mistake(
        "longest-first",
        "the longest sentences first",
        "From the shortest to the longest is asked for.",
        ((ORDER, "sorted(range(len(lengths)), key=lambda number: -lengths[number])"),),
    ),
    Mistake(
        "words-counted",
        "words counted instead of cells",
        "A batch is a rectangle: padding fills cells, too. How wide is it, and how many rows has it?",
        ((FULL, "if not batches or sum(lengths[n] for n in [*batches[-1], number]) > cells:"),),
    ),
    Mistake(
        "sentences-counted",
        "sentences counted instead of cells",
        "A batch of `cells` sentences has many more cells. How many does it have?",
        ((FULL, "if not batches or len(batches[-1]) + 1 > cells:"),),
    ),
    Mistake(
        "one-too-many",
        "batches with one sentence too many",
        "Ask before a sentence goes in: would the batch be too large with it?",
        ((FULL, "if not batches or lengths[number] * len(batches[-1]) > cells:"),),
    ),
    Mistake(
        "never-full",
        "batches that stop short of exactly `cells`",
        "A batch may hold as many as `cells`, not fewer only.",
        ((FULL, "if not batches or lengths[number] * (len(batches[-1]) + 1) >= cells:"),),
    ),
    Mistake(
        "first-length",
        "the width of a batch taken from its shortest sentence",
        "The longest sentence makes the width. In a sorted batch that is not the first one.",
        ((FULL, "if not batches or lengths[batches[-1][0]] * (len(batches[-1]) + 1) > cells:"),),
    ),
    Mistake(
        "previous-length",
        "the width of a batch taken without the sentence that comes in",
        "The new sentence is the longest of them all, and makes the batch wider.",
        ((FULL, "if not batches or lengths[batches[-1][-1]] * (len(batches[-1]) + 1) > cells:"),),
    ),
    Mistake(
        "lengths-returned",
        "lengths instead of the numbers of sentences",
        "Which sentences are in a batch? A length does not say.",
        (("batches[-1].append(number)", "batches[-1].append(lengths[number])"),),
    ),
    Mistake(
        "same-length-only",
        "a batch for each length",
        "Lengths may differ in a batch; only the cells are limited.",
        ((FULL, f"{FULL[:-1]} or lengths[number] != lengths[batches[-1][-1]]:"),),
    ),
    Mistake(
        "sentence-lost",
        "the sentence lost that begins a new batch",
        "The sentence that did not fit is the first of the next batch.",
        (("batches.append([])\n        batches[-1]", "batches.append([])\n            continue\n        batches[-1]"),),
    ),
    Mistake(
        "last-batch-lost",
        "the last batch lost",
        "The last batch counts, even if it is not full.",
        (("return batches", "return batches[:-1]"),),
    ),
    Mistake(
        "too-long-let-in",
        "a batch that is larger than allowed, for a sentence that is too long",
        "A sentence longer than cells fits into no batch. The docstring says what to do.",
        ((TOO_LONG, "if False:"),),
    ),
    Mistake(
        "too-long-left-out",
        "sentences left out without a word that are too long",
        "Who loses sentences should say so. The docstring says how.",
        (
            (TOO_LONG, "if False:"),
            (f"for number in {ORDER}:", f"for number in (n for n in {ORDER} if lengths[n] <= cells):"),
        ),
    ),
    Mistake(
        "just-fitting-refused",
        "a sentence refused that just fits",
        "A sentence as long as `cells` is a batch of its own.",
        ((TOO_LONG, "if max(lengths, default=0) >= cells:"),),
    ),
)

RATE = "return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)"

RATE_MISTAKES = (
    Mistake(
        "max-for-min",
        "the larger of the two terms",
        "Put in step 1: which of the two should it be, the one near 0 or the other?",
        (("min(", "max("),),
    ),
    Mistake(
        "warmup-half",
        "the warm-up with exponent −0.5",
        "At step = warmup both terms must be equal, or the curve has a jump. Are they?",
        (("warmup**-1.5", "warmup**-0.5"),),
    ),
    Mistake(
        "no-warmup",
        "no warm-up: a rate that falls from the first step on",
        "At the first step the rate should be small. Look at the term with the warm-up: is it ever the smaller one?",
        (("warmup**-1.5", "warmup**1.5"),),
        also=(((RATE, "return d_model**-0.5 * step**-0.5"),),),
    ),
    Mistake(
        "step-sign",
        "a rate that never falls: the step with exponent 0.5",
        "Behind the warm-up the rate falls. Which sign does that?",
        (("step**-0.5", "step**0.5"),),
    ),
    Mistake(
        "inverse-step",
        "the inverse of the step in the place of its inverse root",
        "Four times as many steps should halve the rate.",
        (("step**-0.5", "step**-1.0"),),
    ),
    Mistake(
        "width-sign",
        "the width with exponent 0.5",
        "A wider model takes smaller steps.",
        (("d_model**-0.5", "d_model**0.5"),),
    ),
    Mistake(
        "no-width",
        "the width left out",
        "There is a factor in front of the smaller term.",
        (("d_model**-0.5 * ", ""),),
    ),
    Mistake(
        "width-inverse",
        "the width with exponent −1",
        "It is the root of the width that the rate is divided by.",
        (("d_model**-0.5", "d_model**-1.0"),),
    ),
    Mistake(
        "step-zero",
        "a division by zero at step 0",
        "torch's scheduler asks for step 0 before the first update. What does 0 count as?",
        (("step = max(step, 1)", ""),),
    ),
    Mistake(
        "rate-zero",
        "a rate of 0 at step 0",
        "A rate of 0 would waste the first update. What does 0 count as?",
        (("step = max(step, 1)", "if step == 0:\n        return 0.0"),),
    ),
    Mistake(
        "one-too-high",
        "every step counted one too high",
        "The first update is step 1; only a step of 0 is moved.",
        (("step = max(step, 1)", "step = step + 1"),),
    ),
    Mistake(
        "no-decay",
        "a rate that stays at its peak",
        "Behind the warm-up the rate falls with the inverse root of the step.",
        (("step**-0.5", "warmup**-0.5"),),
    ),
    Mistake(
        "no-step",
        "the step left out of the rising term",
        "Through the warm-up the rate grows with the step.",
        (("step * warmup**-1.5", "warmup**-1.5"),),
    ),
    Mistake(
        "sum-of-both",
        "the sum of the two terms",
        "At each step one of the two counts, the smaller one.",
        ((RATE, "return d_model**-0.5 * (step**-0.5 + step * warmup**-1.5)"),),
    ),
)

LOG = "log_p = torch.log_softmax(scores, dim=-1)"
SMOOTH = "smooth = log_p.mean(dim=-1)"
LOSSES = "losses = -(1 - smoothing) * right - smoothing * smooth"
REAL = "real = target != pad"
MEAN = "return (losses * real).sum() / real.sum()"

LOSS_MISTAKES = (
    Mistake(
        "not-squeezed",
        "a dimension of size 1 left over from gather",
        "`gather` gives (B, T, 1) here. What comes out where (B, T, 1) is added to (B, T)?",
        ((".squeeze(-1)", ""),),
    ),
    Mistake(
        "padding-smoothed",
        "padding that is given its share of the smoothing",
        "At a place of padding nothing is asked for: both terms are to be left out there, not the first one only.",
        ((MEAN, "return (-(1 - smoothing) * right * real - smoothing * smooth).sum() / real.sum()"),),
    ),
    Mistake(
        "padding-counts",
        "padding that counts like a word",
        "Which places are nobody's word? They count neither above nor below the fraction bar.",
        ((MEAN, "return losses.mean()"),),
    ),
    Mistake(
        "divided-by-all-places",
        "the sum over real words divided by the number of all places",
        "Padding is left out above the fraction bar. And below?",
        ((MEAN, "return (losses * real).mean()"),),
    ),
    Mistake(
        "divided-by-sentences",
        "the sum divided by the number of sentences",
        "The mean over words is asked for: a long sentence has more of them.",
        ((MEAN, "return (losses * real).sum() / len(target)"),),
    ),
    Mistake(
        "mean-of-sentences",
        "the mean of the sentences' own means",
        "Then a word in a short sentence counts for more. Every word of the batch counts alike.",
        ((MEAN, "return ((losses * real).sum(dim=1) / real.sum(dim=1)).mean()"),),
    ),
    Mistake(
        "summed",
        "the sum of all losses",
        "The mean is asked for: what is the sum divided by?",
        ((MEAN, "return (losses * real).sum()"),),
    ),
    Mistake(
        "others-only",
        "the smoothing shared out among the other V − 1 words",
        "The share of each word is ε/V, and the right word gets its share as well.",
        ((SMOOTH, "smooth = (log_p.sum(dim=-1) - right) / (scores.size(-1) - 1)"),),
    ),
    Mistake(
        "not-padding",
        "the smoothing shared out among all words but padding",
        "All V words get a share. (Some implementations leave the padding out; the formula here does not.)",
        (
            (
                SMOOTH,
                "smooth = (log_p.sum(dim=-1) - log_p[..., pad]) / (scores.size(-1) - 1)",
            ),
        ),
    ),
    Mistake(
        "other-than-padding-and-right",
        "the smoothing shared out among V − 2 words: all but the right one and padding",
        "All V words get a share. (Some implementations do it so; the formula here does not.)",
        (
            (
                SMOOTH,
                "smooth = (log_p.sum(dim=-1) - log_p[..., pad] - right) / (scores.size(-1) - 2)",
            ),
        ),
    ),
    Mistake(
        "sum-for-mean",
        "every word given ε instead of ε/V",
        "What is asked for must sum to 1: 1 − ε + V · ε/V.",
        ((SMOOTH, "smooth = log_p.sum(dim=-1)"),),
    ),
    Mistake(
        "right-not-lowered",
        "the right word left at 1",
        "What is asked for must sum to 1: what the others get, the right word has less.",
        (("-(1 - smoothing) * right", "-right"),),
    ),
    Mistake(
        "exchanged",
        "ε and 1 − ε exchanged",
        "ε is the small share.",
        ((LOSSES, "losses = -smoothing * right - (1 - smoothing) * smooth"),),
    ),
    Mistake(
        "no-smoothing",
        "no smoothing",
        "That is the loss of lesson 8. Where does ε come in?",
        ((LOSSES, "losses = -right"),),
    ),
    Mistake(
        "smoothing-fixed",
        "a smoothing of 0.1, whatever was asked for",
        "ε is an argument.",
        ((LOSSES, "losses = -0.9 * right - 0.1 * smooth"),),
    ),
    Mistake(
        "softmax-twice",
        "softmax taken twice",
        "`log_softmax` has the softmax in it: hand it the scores.",
        ((LOG, "log_p = torch.log_softmax(torch.softmax(scores, dim=-1), dim=-1)"),),
    ),
    Mistake(
        "probabilities",
        "probabilities instead of their logarithms",
        "Both terms of the formula are made of log p.",
        ((LOG, "log_p = torch.softmax(scores, dim=-1)"),),
    ),
    Mistake(
        "no-softmax",
        "scores taken for log-probabilities",
        "What comes out of the model are scores. What makes log-probabilities of them?",
        ((LOG, "log_p = scores"),),
    ),
    Mistake(
        "over-places",
        "softmax over the places of the sentence",
        "At each place the words of the vocabulary share the 1.",
        ((LOG, "log_p = torch.log_softmax(scores, dim=1)"),),
    ),
    Mistake(
        "log-of-softmax",
        "the logarithm of a softmax that has become 0",
        "For large scores a probability rounds to 0, and its logarithm is −∞. log_softmax has no such trouble.",
        ((LOG, "log_p = torch.log(torch.softmax(scores, dim=-1))"),),
    ),
    Mistake(
        "log-of-mean",
        "the logarithm of the mean probability",
        "The mean of the logarithms is asked for. The mean probability is 1/V, whatever the model says.",
        ((SMOOTH, "smooth = torch.log(log_p.exp().mean(dim=-1))"),),
    ),
    Mistake(
        "mean-over-places",
        "the mean over places instead of over words of the vocabulary",
        "ε is shared out among the V words, at each place by itself.",
        ((SMOOTH, "smooth = log_p.mean(dim=(1, 2))[:, None].expand_as(right)"),),
    ),
    Mistake(
        "zero-always-padding",
        "0 taken for padding, whatever pad says",
        "The number that stands for padding is an argument.",
        ((REAL, "real = target != 0"),),
    ),
    Mistake(
        "padding-only",
        "the loss of the padding only",
        "True should stand for a real word.",
        ((REAL, "real = target == pad"),),
    ),
    Mistake(
        "eos-left-out",
        "eos left out as well",
        "A model that is never asked for eos never learns to stop. Only padding is left out.",
        ((REAL, "real = (target != pad) & (target > 2)"),),
    ),
    Mistake(
        "sign",
        "a negative loss",
        "The logarithm of a probability is below 0, and the loss is its negative.",
        ((LOSSES, "losses = (1 - smoothing) * right + smoothing * smooth"),),
    ),
    Mistake(
        "smoothing-rewarded",
        "the smoothing with the wrong sign",
        "Both terms are losses: both have a minus.",
        ((LOSSES, "losses = -(1 - smoothing) * right + smoothing * smooth"),),
    ),
    Mistake(
        "detached",
        "a loss without a gradient",
        "`.detach()`, `.data` and `torch.tensor(...)` leave the graph.",
        ((MEAN, f"return ({MEAN[7:]}).detach()"),),
    ),
    Mistake(
        "not-a-tensor",
        "a Python number",
        "A tensor is asked for, or there is nothing to call backward on.",
        ((MEAN, f"return ({MEAN[7:]}).item()"),),
    ),
    Mistake(
        "losses-returned",
        "a loss for each place",
        "One number is asked for.",
        ((MEAN, "return losses * real"),),
    ),
)

TRAIN_MODE = "model.train()"
ZERO = "optimizer.zero_grad()"
LOSS = "loss = criterion(model(source, target[:, :-1]), target[:, 1:])"
BACK = "scaler.scale(loss).backward()"
UNSCALE = "scaler.unscale_(optimizer)"
CLIP = "nn.utils.clip_grad_norm_(model.parameters(), max_norm)"
STEP = "scaler.step(optimizer)"
UPDATE = "scaler.update()"
SCHEDULE = "scheduler.step()"
RETURN = "return loss.detach()"

STEP_MISTAKES = (
    Mistake(
        "update-before-step",
        "the scaler updated before the optimizer has made its step",
        "`update` ends a round: the scaler then forgets that it has unscaled the gradients. What does `step` do to them?",
        (("    scaler.step(optimizer)\n    scaler.update()\n", "    scaler.update()\n    scaler.step(optimizer)\n"),),
    ),
    Mistake(
        "criterion-exchanged",
        "the criterion's two arguments exchanged",
        "The docstring gives their order: criterion(scores, asked).",
        (
            (
                "criterion(model(source, target[:, :-1]), target[:, 1:])",
                "criterion(target[:, 1:], model(source, target[:, :-1]))",
            ),
        ),
    ),
    Mistake(
        "no-zero-grad",
        "gradients that are never forgotten",
        "`backward` adds to what is there already. Who takes the old gradients away?",
        ((ZERO, ""),),
    ),
    Mistake(
        "gradients-missing",
        "gradients that are not there when they are used",
        "Between `backward` and the optimizer's step the gradients are needed. Who computes them, and who forgets them?",
        ((ZERO, ""), (BACK, f"{BACK}\n    {ZERO}")),
        also=(((BACK, "scaler.scale(loss)"),),),
    ),
    Mistake(
        "zero-grad-at-the-end",
        "the gradients forgotten at the end only",
        "That is right from the second update on. What may lie there before the first one?",
        ((ZERO, ""), (SCHEDULE, f"{SCHEDULE}\n    {ZERO}")),
    ),
    Mistake(
        "clip-before-unscale",
        "gradients clipped before they are unscaled",
        "max_norm is about true lengths. How long are the gradients while they are still scaled?",
        ((f"{UNSCALE}\n    {CLIP}", f"{CLIP}\n    {UNSCALE}"),),
        also=(((UNSCALE, ""),),),
    ),
    Mistake(
        "no-clip",
        "gradients that are not clipped",
        "Clipping has to come between `backward` and the optimizer's step: which call uses max_norm, and where is it?",
        ((CLIP, ""),),
        also=(
            ((CLIP, ""), (UPDATE, f"{UPDATE}\n    {CLIP}")),
            ((CLIP, ""), (LOSS, f"{CLIP}\n    {LOSS}")),
        ),
    ),
    Mistake(
        "clip-by-value",
        "each number clipped by itself",
        "The length of all gradients together is cut, so that their direction stays.",
        ((CLIP, "nn.utils.clip_grad_value_(model.parameters(), max_norm)"),),
    ),
    Mistake(
        "clip-at-one",
        "gradients clipped to the length 1, whatever was asked for",
        "max_norm is an argument.",
        ((CLIP, CLIP.replace("max_norm", "1.0")),),
    ),
    Mistake(
        "scheduler-first",
        "the scheduler stepped before the optimizer",
        "The scheduler sets the rate for the next update. Then this one has to be made first.",
        ((SCHEDULE, ""), (ZERO, f"{ZERO}\n    {SCHEDULE}")),
        also=(((SCHEDULE, ""), (STEP, f"{SCHEDULE}\n    {STEP}")),),
    ),
    Mistake(
        "no-scheduler",
        "a learning rate that never changes",
        "Who tells the scheduler that an update has been made?",
        ((SCHEDULE, ""),),
    ),
    Mistake(
        "scheduler-twice",
        "the scheduler stepped twice",
        "One update is one step.",
        ((SCHEDULE, f"{SCHEDULE}\n    {SCHEDULE}"),),
    ),
    Mistake(
        "optimizer-step",
        "the optimizer stepped past the scaler",
        "Where a gradient is infinite no step should be made. Who looks after that?",
        ((STEP, "optimizer.step()"),),
    ),
    Mistake(
        "both-steps",
        "two steps with one gradient",
        "`scaler.step` calls the optimizer's step itself.",
        ((STEP, f"{STEP}\n    optimizer.step()"),),
    ),
    Mistake(
        "no-step",
        "weights that are never moved",
        "The gradients are there, until somebody forgets them. Who moves the weights?",
        ((STEP, ""),),
        also=(((ZERO, ""), (STEP, f"{ZERO}\n    {STEP}")),),
    ),
    Mistake(
        "no-update",
        "a scaler that is not updated",
        "At the end of each update the scaler gets ready for the next one.",
        ((UPDATE, ""),),
    ),
    Mistake(
        "not-scaled",
        "a scaler that has not scaled the loss yet",
        "The gradients are divided by the large number. When are they multiplied by it?",
        ((BACK, "loss.backward()"),),
        also=(((BACK, ""), (SCHEDULE, f"{SCHEDULE}\n    {BACK}")),),
    ),
    Mistake(
        "no-scaler",
        "the scaler left out",
        "Without it, small gradients become 0 in float16, and infinite ones reach the weights.",
        ((BACK, "loss.backward()"), (UNSCALE, ""), (STEP, "optimizer.step()"), (UPDATE, "")),
    ),
    Mistake(
        "eval-mode",
        "training in the mode the model happened to be in",
        "Who has just been evaluated is still in eval mode, without dropout. Which call ends that?",
        ((TRAIN_MODE, ""),),
        also=(((TRAIN_MODE, "model.eval()"),),),
    ),
    Mistake(
        "scaled-loss",
        "the scaled loss returned",
        "The loss as the criterion gave it is asked for, so that losses can be compared.",
        ((RETURN, "return scaler.scale(loss).detach()"),),
    ),
    Mistake(
        "not-shifted",
        "a target that is not shifted",
        "The decoder reads the words asked for. What does it read, and what is it asked for (lesson 8)?",
        ((LOSS, "loss = criterion(model(source, target), target)"),),
    ),
    Mistake(
        "shifted-the-wrong-way",
        "a target that is shifted the wrong way",
        "At each place the word behind the one just read is asked for.",
        ((LOSS, "loss = criterion(model(source, target[:, 1:]), target[:, :-1])"),),
    ),
    Mistake(
        "source-and-target-exchanged",
        "source and target exchanged",
        "The model takes the source first, then what the decoder reads.",
        ((LOSS, "loss = criterion(model(target[:, :-1], source), source)"),),
    ),
    Mistake(
        "reads-source",
        "the source read in the place of the target",
        "The model takes the source, and what the decoder reads of the target.",
        ((LOSS, "loss = criterion(model(source, source[:, :1].expand_as(target[:, 1:])), target[:, 1:])"),),
    ),
    Mistake(
        "loss-in-graph",
        "a loss that still hangs in its graph",
        "Who keeps such losses in a list keeps every graph in memory.",
        ((RETURN, "return loss"),),
    ),
    Mistake(
        "item",
        "a Python number",
        "A tensor is asked for: `.item()` makes a GPU wait at every update.",
        ((RETURN, "return loss.item()"),),
    ),
    Mistake(
        "nothing-returned",
        "nothing returned",
        "The loss is asked for.",
        ((RETURN, "loss.detach()"),),
    ),
)

STATE_OPTIMIZER = '        "optimizer": optimizer.state_dict(),\n'
LOAD_MODEL = 'model.load_state_dict(state["model"])'
LOAD_OPTIMIZER = 'optimizer.load_state_dict(state["optimizer"])'
LOAD_SCHEDULER = 'scheduler.load_state_dict(state["scheduler"])'
WRITE = 'torch.save(state, f"{path}.part")\n    os.replace(f"{path}.part", path)'
RANGE = "range(load_checkpoint(path, model, optimizer, scheduler), len(batches))"
EVERY = "if (number + 1) % every == 0:"
SAVE = "save_checkpoint(path, model, optimizer, scheduler, number + 1)"
LAST = "save_checkpoint(path, model, optimizer, scheduler, len(batches))"

TRAIN_MISTAKES = (
    Mistake(
        "no-optimizer-state",
        "a checkpoint without the optimizer's state",
        "Adam keeps two averages for every weight. What are they after the restart?",
        ((STATE_OPTIMIZER, ""), (LOAD_OPTIMIZER, "")),
        also=(((LOAD_OPTIMIZER, ""),),),
    ),
    Mistake(
        "no-scheduler-state",
        "a checkpoint without the scheduler's state",
        "After the restart the learning rate begins anew. Who knows at which step it was?",
        (('        "scheduler": scheduler.state_dict(),\n', ""), (LOAD_SCHEDULER, "")),
        also=(((LOAD_SCHEDULER, ""),),),
    ),
    Mistake(
        "model-only",
        "a checkpoint of the weights alone",
        "What else has changed since the beginning: in the optimizer, in the scheduler?",
        ((LOAD_OPTIMIZER, ""), (LOAD_SCHEDULER, "")),
    ),
    Mistake(
        "no-model-state",
        "weights that are not put back",
        "Saving is half of it. What does the new process have to do with what it reads?",
        ((LOAD_MODEL, ""),),
    ),
    Mistake(
        "nothing-loaded",
        "a training that begins anew after the restart",
        "Is there a checkpoint? Then go on from it.",
        ((RANGE, "range(len(batches))"),),
    ),
    Mistake(
        "batches-from-the-start",
        "the batches gone through from the first one, with the weights from the checkpoint",
        "How many updates had been made? The batches behind those are next.",
        ((RANGE, "range(load_checkpoint(path, model, optimizer, scheduler) * 0, len(batches))"),),
    ),
    Mistake(
        "one-batch-again",
        "one batch used twice",
        "After batch number n (from 0), n + 1 updates have been made.",
        ((SAVE, "save_checkpoint(path, model, optimizer, scheduler, number)"),),
    ),
    Mistake(
        "one-batch-skipped",
        "one batch skipped after the restart",
        "With n updates made, the next batch is number n.",
        ((RANGE, "range(load_checkpoint(path, model, optimizer, scheduler) + 1, len(batches))"),),
    ),
    Mistake(
        "batch-of-the-checkpoint-skipped",
        "a first batch that is never trained on",
        "Batches are counted from 0.",
        ((RANGE, "range(max(load_checkpoint(path, model, optimizer, scheduler), 1), len(batches))"),),
    ),
    Mistake(
        "written-in-place",
        "a checkpoint written over the last good one",
        "Who is killed while writing leaves half a file. Where should it be written first?",
        ((WRITE, "torch.save(state, path)"),),
    ),
    Mistake(
        "removed-first",
        "the last good checkpoint removed before the new one is written",
        "Between the two there is nothing on the disk. Replace the old file only when the new one is complete.",
        (
            (
                WRITE,
                f"if os.path.exists(path):\n        os.remove(path)\n    {WRITE}",
            ),
        ),
    ),
    Mistake(
        "removed-before-renamed",
        "a moment without any checkpoint: the old one removed before the new one has its name",
        "Who is killed between two calls is left with what the first has done. One call can put a file in another's place.",
        (
            (
                'os.replace(f"{path}.part", path)',
                'if os.path.exists(path):\n        os.remove(path)\n    os.rename(f"{path}.part", path)',
            ),
        ),
    ),
    Mistake(
        "saved-at-the-end-only",
        "a checkpoint at the end only",
        "Who is killed before the end has nothing. `every` says how often to save.",
        ((EVERY, "if False:"),),
    ),
    Mistake(
        "saved-every-update",
        "a checkpoint at every update",
        "Saving costs time: `every` says how often.",
        ((EVERY, "if True:"),),
    ),
    Mistake(
        "saved-too-early",
        "checkpoints written at the wrong updates",
        "How many updates have been made after batch number n, counted from 0?",
        ((EVERY, "if number % every == 0:"),),
    ),
    Mistake(
        "saved-before-update",
        "a checkpoint written before the update it counts",
        "First the update, then what is written is true.",
        (
            ("seen.append(update(*batches[number]))\n        ", ""),
            (SAVE, f"{SAVE}\n        seen.append(update(*batches[number]))"),
        ),
    ),
    Mistake(
        "no-last-checkpoint",
        "no checkpoint at the end",
        "When all batches are used: what would a further call of train do?",
        ((LAST, ""),),
    ),
    Mistake(
        "no-file-fails",
        "a first start that asks for a checkpoint",
        "At the first start there is no file yet.",
        (("    if not os.path.exists(path):\n        return 0\n", ""),),
    ),
    Mistake(
        "done-not-returned",
        "the number of updates kept to itself",
        "load_checkpoint returns how many updates had been made.",
        (('return state["done"]', 'state["done"]'),),
    ),
    Mistake(
        "update-not-unpacked",
        "a batch handed over as one thing",
        "A batch is a tuple, and update takes its parts: update(*batch).",
        (("update(*batches[number])", "update(batches[number])"),),
    ),
    Mistake(
        "nothing-returned",
        "nothing returned",
        "The losses of this run are asked for.",
        (("return seen", "seen.reverse()"),),
    ),
    Mistake(
        "number-only",
        "a checkpoint that keeps the number of updates only",
        "The number says where to go on; with which weights?",
        ((LOAD_MODEL, ""), (LOAD_OPTIMIZER, ""), (LOAD_SCHEDULER, "")),
    ),
)

ENCODED = "with torch.no_grad():\n        memory = model.encode(batch)"
ASK = "scores = model.decode(written, memory, batch)"
LAST_PLACE = "return torch.log_softmax(scores[0, -1], dim=-1)"

ASKED_MISTAKES = (
    Mistake(
        "train-mode",
        "dropout while it writes",
        "A model comes out of training in train mode. Evaluated so, it gives other answers each time.",
        (("    model.eval()\n", ""),),
        also=((("model.eval()", "model.train()"),),),
    ),
    Mistake(
        "encoder-each-time",
        "the encoder run again for each word",
        "The source does not change. Where is the place to encode it, outside or inside of the inner function?",
        ((ASK, "scores = model.decode(written, model.encode(batch), source)"), (ENCODED, "")),
        also=(((ASK, "scores = model(batch, written)"), (ENCODED, "")),),
    ),
    Mistake(
        "scores",
        "scores instead of log-probabilities",
        "Scores cannot be added over the words of a sentence: those of one place are larger by chance than those of another.",
        ((LAST_PLACE, "return scores[0, -1]"),),
    ),
    Mistake(
        "probabilities",
        "probabilities instead of their logarithms",
        "The beam search adds. Which numbers have to be added where probabilities are multiplied?",
        ((LAST_PLACE, "return torch.softmax(scores[0, -1], dim=-1)"),),
    ),
    Mistake(
        "first-place",
        "the scores of the first place",
        "The scores behind the last word are about the next one.",
        ((LAST_PLACE, "return torch.log_softmax(scores[0, 0], dim=-1)"),),
    ),
    Mistake(
        "all-places",
        "the log-probabilities of all places",
        "One row is asked for, (V,): that of the last place.",
        ((LAST_PLACE, "return torch.log_softmax(scores[0], dim=-1)"),),
    ),
    Mistake(
        "batch-kept",
        "a batch of one returned",
        "The answer has one dimension, (V,).",
        ((LAST_PLACE, "return torch.log_softmax(scores[:, -1], dim=-1)"),),
    ),
    Mistake(
        "softmax-over-places",
        "softmax over the places instead of the words",
        "At each place the V words share the 1.",
        ((LAST_PLACE, "return torch.log_softmax(scores[0], dim=0)[-1]"),),
    ),
    Mistake(
        "last-word-only",
        "a decoder that reads its last word only",
        "Each word hangs on all that was written before it.",
        (("torch.tensor([words], device", "torch.tensor([words[-1:]], device"),),
    ),
    Mistake(
        "bos-cut-off",
        "bos cut off before the model reads",
        "words begins with bos, and that is what the decoder reads first.",
        (("torch.tensor([words], device", "torch.tensor([words[1:] or words], device"),),
    ),
    Mistake(
        "no-batch",
        "a sentence without a dimension for the batch",
        "The model takes (B, S) and (B, T): one sentence is a batch of one.",
        (("torch.tensor([words], device", "torch.tensor(words, device"),),
    ),
    Mistake(
        "source-no-batch",
        "a source without a dimension for the batch",
        "The model takes (B, S): one sentence is a batch of one.",
        (("source.unsqueeze(0)", "source"),),
    ),
    Mistake(
        "in-graph",
        "answers that hang in a graph",
        "Nobody will differentiate them: `torch.no_grad()` saves time and memory.",
        (
            (
                "with torch.no_grad():\n            scores = model.decode(written, memory, batch)",
                "scores = model.decode(written, memory, batch)",
            ),
        ),
    ),
    Mistake(
        "called",
        "the answer for bos instead of a function",
        "Return the function itself: its name without brackets.",
        (("return next_log_probs", "return next_log_probs([1])"),),
    ),
    Mistake(
        "words-for-memory",
        "the arguments of decode exchanged",
        "decode takes the target, the memory, the source, in this order.",
        ((ASK, "scores = model.decode(memory, written, batch)"),),
    ),
)

BEGIN = "going, finished = [([bos], 0.0)], []"
MORE = "longer.append(([*words, word], log_p + more))"
KEPT = "best = sorted(longer, key=lambda pair: pair[1], reverse=True)[:beam]"
FINISHED = "finished += [pair for pair in best if pair[0][-1] == eos]"
GOING = "going = [pair for pair in best if pair[0][-1] != eos]"
SCORE = "return pair[1] / ((5 + length) / 6) ** alpha"
LENGTH = "length = len(pair[0]) - 1"
CHOSEN = "chosen = max(finished or going, key=score)"
BEST = "return chosen[0][1:], score(chosen)"

BEAM_MISTAKES = (
    Mistake(
        "no-length-penalty",
        "sentences chosen and scored by log P alone",
        "Every word makes log P smaller, so the shortest sentence wins. Which formula mends that?",
        ((SCORE, "return pair[1]"),),
    ),
    Mistake(
        "penalty-in-score-only",
        "a sentence chosen by log P, and scored afterwards",
        "It is the choice that the length penalty is for.",
        ((CHOSEN, "chosen = max(finished or going, key=lambda pair: pair[1])"),),
    ),
    Mistake(
        "length-to-alpha",
        "log P divided by the length to the power α",
        "That is another penalty. Here 5 is added to the length, and to the 1 that it is compared with.",
        ((SCORE, "return pair[1] / length**alpha"),),
    ),
    Mistake(
        "not-divided-by-six",
        "the length penalty without its denominator",
        "lp of a sentence of one word is 1. Is yours?",
        ((SCORE, "return pair[1] / (5 + length) ** alpha"),),
    ),
    Mistake(
        "denominator-without-alpha",
        "a denominator of 6 without its exponent",
        "Both 5 + |Y| and 5 + 1 are raised to the power α.",
        ((SCORE, "return pair[1] / ((5 + length) ** alpha / 6)"),),
    ),
    Mistake(
        "penalty-multiplied",
        "log P multiplied by the length penalty",
        "log P is negative: to multiply makes long sentences worse still.",
        ((SCORE, "return pair[1] * ((5 + length) / 6) ** alpha"),),
    ),
    Mistake(
        "alpha-one",
        "an α of 1, whatever was asked for",
        "α is an argument.",
        ((SCORE, "return pair[1] / ((5 + length) / 6)"),),
    ),
    Mistake(
        "bos-counted",
        "bos counted as a word",
        "|Y| counts the words that have been written: bos was there before.",
        ((LENGTH, "length = len(pair[0])"),),
    ),
    Mistake(
        "eos-not-counted",
        "eos not counted as a word",
        "|Y| counts the words that have been written, eos among them.",
        ((LENGTH, "length = len(pair[0]) - 1 - (pair[0][-1] == eos)"),),
    ),
    Mistake(
        "finished-extended",
        "finished sentences made longer",
        "Behind eos nothing comes. Who should go on at the next step, and who should not?",
        ((GOING, "going = best"),),
    ),
    Mistake(
        "probabilities-added",
        "probabilities added",
        "Probabilities are multiplied, their logarithms are added. What do you get from next_log_probs?",
        ((MORE, "longer.append(([*words, word], log_p + math.exp(more)))"),),
    ),
    Mistake(
        "log-probs-multiplied",
        "log-probabilities multiplied",
        "Probabilities are multiplied, their logarithms are added.",
        ((BEGIN, "going, finished = [([bos], 1.0)], []"), (MORE, "longer.append(([*words, word], log_p * more))")),
    ),
    Mistake(
        "last-word-counts",
        "the last word's log-probability alone",
        "The whole sentence counts: what was there before is added.",
        ((MORE, "longer.append(([*words, word], more))"),),
    ),
    Mistake(
        "greedy",
        "one beginning only, whatever beam says",
        "`beam` beginnings stay at each step.",
        (("[:beam]", "[:1]"),),
    ),
    Mistake(
        "beam-ignored",
        "no beginning ever dropped",
        "Of all that have been made longer, `beam` stay.",
        (("[:beam]", ""),),
    ),
    Mistake(
        "beam-of-each",
        "the best words behind each beginning, instead of the best of all",
        "All beginnings compete: one of them may have several successors, another none.",
        (
            ("longer = []", "best = []"),
            (
                f"                {MORE}\n        {KEPT}",
                "                best.append(([*words, word], log_p + more))\n"
                "        best = [max((p for p in best if p[0][:-1] == w), key=lambda pair: pair[1])\n"
                "                for w, _ in going] if len(going) == beam else sorted(\n"
                "            best, key=lambda pair: pair[1], reverse=True)[:beam]",
            ),
        ),
    ),
    Mistake(
        "worst-kept",
        "the unlikeliest beginnings kept",
        "The larger log P, the better.",
        ((", reverse=True", ""),),
    ),
    Mistake(
        "stops-at-first-eos",
        "a search that ends with the first finished sentence",
        "A better one may still be on its way. Who goes on?",
        (("if not going:", "if finished:"),),
        also=(((CHOSEN, "chosen = (finished or going)[0]"),),),
    ),
    Mistake(
        "stops-when-beam-finished",
        "a search that ends when `beam` sentences are finished",
        "The search goes on for max_len steps, as long as somebody goes on.",
        (("if not going:", "if not going or len(finished) >= beam:"),),
    ),
    Mistake(
        "smaller-beam",
        "a beam that gets narrower with each finished sentence",
        "At each step `beam` of the longer beginnings stay, however many have been finished before.",
        (("[:beam]", "[: max(beam - len(finished), 0)]"),),
    ),
    Mistake(
        "unfinished-too",
        "unfinished sentences chosen although there are finished ones",
        "A sentence without its eos is a beginning. It is chosen only where nothing better is there.",
        ((CHOSEN, "chosen = max(finished + going, key=score)"),),
    ),
    Mistake(
        "finished-only",
        "no answer where no sentence has been finished",
        "After max_len words perhaps no sentence is finished. Who is left?",
        ((CHOSEN, "chosen = max(finished, key=score)"),),
    ),
    Mistake(
        "last-finished",
        "the sentence that was finished last",
        "Of the finished ones the best is chosen.",
        ((CHOSEN, "chosen = (finished or going)[-1]"),),
    ),
    Mistake(
        "worst-chosen",
        "the finished sentence with the smallest score",
        "Scores are negative. The largest is the one nearest to 0.",
        (("max(finished or going", "min(finished or going"),),
    ),
    Mistake(
        "bos-returned",
        "bos among the words",
        "bos was there before anything was written.",
        ((BEST, "return chosen[0], score(chosen)"),),
    ),
    Mistake(
        "eos-cut-off",
        "a sentence without its eos",
        "The words that were written are asked for, and eos is one of them.",
        ((BEST, "return [word for word in chosen[0][1:] if word != eos], score(chosen)"),),
    ),
    Mistake(
        "log-p-returned",
        "log P returned in the place of the score",
        "The score is log P divided by the length penalty.",
        ((BEST, "return chosen[0][1:], chosen[1]"),),
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
        "eos-is-two",
        "eos taken to be 2, whatever was asked for",
        "The number for eos is an argument.",
        ((FINISHED, FINISHED.replace("eos", "2")), (GOING, GOING.replace("eos", "2"))),
    ),
    Mistake(
        "bos-is-one",
        "bos taken to be 1, whatever was asked for",
        "The number for bos is an argument.",
        ((BEGIN, "going, finished = [([1], 0.0)], []"),),
    ),
    Mistake(
        "normalized-while-searching",
        "scores divided by the length penalty again at every step",
        "log P is added up as it is; divide at the end, once.",
        ((MORE, "longer.append(([*words, word], (log_p + more) / ((5 + len(words)) / 6) ** alpha))"),),
    ),
    Mistake(
        "words-only",
        "the score left out",
        "Two things are asked for: the words and the score.",
        ((BEST, "return chosen[0][1:]"),),
    ),
)

COUNTERS = "Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))"
CLIPPED = "found += (ours & theirs).total()"
TOTAL = "total += ours.total()"
SHARE = "return found / total if total else 0.0"

NGRAM_MISTAKES = (
    Mistake(
        "not-clipped",
        "n-grams counted as often as they were written",
        '"the the the" against a reference with one "the" has one right word. How often may each n-gram count?',
        ((CLIPPED, "found += sum(count for gram, count in ours.items() if gram in theirs)"),),
    ),
    Mistake(
        "each-once",
        "each n-gram counted once",
        "An n-gram that stands twice in both counts twice.",
        ((CLIPPED, "found += len(ours & theirs)"), (TOTAL, "total += len(ours)")),
    ),
    Mistake(
        "found-once",
        "each found n-gram counted once, but all that were written",
        "An n-gram that stands twice in both counts twice.",
        ((CLIPPED, "found += len(ours & theirs)"),),
    ),
    Mistake(
        "recall",
        "the share of the reference's n-grams",
        "Precision is about what was written: of those, how many are right?",
        ((TOTAL, "total += theirs.total()"),),
        also=((("for words in (translation, reference)", "for words in (reference, translation)"),),),
    ),
    Mistake(
        "mean-of-sentences",
        "the mean of the sentences' own precisions",
        "All sentences are counted together first, and divided once.",
        (
            (CLIPPED, "found += (ours & theirs).total() / max(ours.total(), 1)"),
            (TOTAL, "total += 1"),
        ),
    ),
    Mistake(
        "all-references-together",
        "n-grams looked for in the references of other sentences",
        "Each translation has a reference of its own.",
        (
            (
                CLIPPED,
                "everything = Counter(tuple(r[i : i + n]) for r in references for i in range(len(r) - n + 1))\n"
                "        found += (ours & everything).total()",
            ),
        ),
    ),
    Mistake(
        "one-too-few",
        "the last n-gram of each sentence left out",
        "A sentence of five words has three runs of three words. How many do you find?",
        (("range(len(words) - n + 1)", "range(len(words) - n)"),),
    ),
    Mistake(
        "runs-cut-short",
        "runs at the end of the sentence that have fewer than n words",
        "Every n-gram has n words. Where does the last one begin?",
        (("range(len(words) - n + 1)", "range(len(words))"),),
    ),
    Mistake(
        "blocks",
        "runs that do not overlap",
        "A run begins at every word, not at every n-th.",
        (("range(len(words) - n + 1)", "range(0, len(words) - n + 1, n)"),),
    ),
    Mistake(
        "words-always",
        "single words, whatever n says",
        "n is an argument.",
        ((COUNTERS, COUNTERS.replace("i : i + n", "i : i + 1")),),
    ),
    Mistake(
        "up-to-n",
        "all runs of up to n words",
        "Runs of exactly n words are asked for.",
        (
            (
                COUNTERS,
                "Counter(tuple(words[i : i + m]) for m in range(1, n + 1) for i in range(len(words) - m + 1))",
            ),
        ),
    ),
    Mistake(
        "order-lost",
        "runs whose words may stand in any order",
        '"cat the" is not "the cat".',
        (("tuple(words[i : i + n])", "tuple(sorted(words[i : i + n]))"),),
    ),
    Mistake(
        "same-place",
        "n-grams that must stand at the same place",
        "Where in the reference an n-gram stands does not matter.",
        (("tuple(words[i : i + n])", "(i, *words[i : i + n])"),),
    ),
    Mistake(
        "letters",
        "letters counted instead of words",
        "BLEU is made of words. Letters, pieces or numbers of tokens give another number, and nobody can compare it.",
        ((COUNTERS, COUNTERS.replace("words[", '" ".join(words)[').replace("len(words)", 'len(" ".join(words))')),),
    ),
    Mistake(
        "lower-case",
        "capitals and small letters taken for the same",
        "The words are compared as they are. Who lowers them gets a better number for no better translation.",
        (("tuple(words[i : i + n])", "tuple(w.lower() for w in words[i : i + n])"),),
    ),
    Mistake(
        "no-words-fails",
        "a division by zero where no translation has n words",
        "What should be returned where there is nothing to divide by?",
        ((SHARE, "return found / total"),),
    ),
    Mistake(
        "percent",
        "percent",
        "A share between 0 and 1 is asked for.",
        ((SHARE, "return 100 * found / total if total else 0.0"),),
    ),
    Mistake(
        "count-returned",
        "a count instead of a share",
        "Divide by the number of n-grams that were written.",
        ((SHARE, "return float(found)"),),
    ),
)

ZERO_LENGTH = "if length == 0:\n        return 0.0\n    "
PENALTY = "return min(1.0, math.exp(1 - reference_length / length))"

BREVITY_MISTAKES = (
    Mistake(
        "ratio",
        "the ratio of the lengths, without the exponential",
        "The penalty is e to the power 1 − r/c.",
        ((PENALTY, "return min(1.0, length / reference_length)"),),
    ),
    Mistake(
        "upside-down",
        "c/r in the exponent, in the place of r/c",
        "Who writes half of the reference gets e to the power 1 − 2.",
        ((PENALTY, "return min(1.0, math.exp(1 - length / reference_length))"),),
    ),
    Mistake(
        "sign",
        "the exponent with the wrong sign",
        "A short translation is marked down: the exponent is below 0.",
        ((PENALTY, "return min(1.0, math.exp(reference_length / length - 1))"),),
    ),
    Mistake(
        "long-rewarded",
        "long translations rewarded",
        "The factor is never larger than 1.",
        ((PENALTY, "return math.exp(1 - reference_length / length)"),),
    ),
    Mistake(
        "max-for-min",
        "a penalty that is never below 1",
        "Of 1 and the exponential it is the smaller one.",
        (("min(", "max("),),
    ),
    Mistake(
        "long-punished",
        "long translations marked down as well",
        "Too long is paid for by precision already. Where c > r the factor is 1.",
        ((PENALTY, "return math.exp(-abs(1 - reference_length / length))"),),
    ),
    Mistake(
        "zero-fails",
        "a division by zero where nothing was translated",
        "What is asked for where c = 0?",
        ((ZERO_LENGTH, ""),),
    ),
    Mistake(
        "zero-is-one",
        "no penalty where nothing was translated",
        "Nothing at all is the shortest translation there is.",
        ((ZERO_LENGTH, "if length == 0:\n        return 1.0\n    "),),
    ),
    Mistake(
        "one-minus-lost",
        "the 1 left out of the exponent",
        "Where c = r the penalty should be 1.",
        ((PENALTY, "return min(1.0, math.exp(-reference_length / length))"),),
    ),
    Mistake(
        "difference",
        "the difference of the lengths in the exponent",
        "A ratio is asked for: twenty words less mean little in a long text.",
        ((PENALTY, "return min(1.0, math.exp(length - reference_length))"),),
    ),
)

AER = "return 1 - (len(A & S) + len(A & P)) / (len(A) + len(S))"

AER_MISTAKES = (
    Mistake(
        "not-an-error",
        "how much is right, in the place of how much is wrong",
        "An error rate is 0 where everything is right.",
        (("return 1 - (", "return ("),),
    ),
    Mistake(
        "possible-in-denominator",
        "the possible links below the fraction bar",
        "Nobody has to find the links that only may be there. Which set stands below?",
        ((AER, AER.replace("len(S))", "len(P))")),),
    ),
    Mistake(
        "sure-twice",
        "the sure links twice, the possible ones never",
        "A link that may be there is no error. In which of the two terms does P stand?",
        (("len(A & P)", "len(A & S)"),),
    ),
    Mistake(
        "possible-twice",
        "the possible links twice",
        "The sure links are those that must be found. In which of the two terms does S stand?",
        (("len(A & S)", "len(A & P)"),),
    ),
    Mistake(
        "union",
        "the union in the place of the intersection",
        "What counts is what is in both.",
        (("len(A & S)", "len(A | S)"), ("len(A & P)", "len(A | P)")),
    ),
    Mistake(
        "sure-not-possible",
        "sure links that do not count as possible",
        "What must be there may be there, too, whether P says so or not.",
        (("P = S | set", "P = set"),),
    ),
    Mistake(
        "only-precision",
        "the share of the links found that are wrong",
        "Links that were not found are errors as well.",
        ((AER, "return 1 - len(A & P) / max(len(A), 1)"),),
    ),
    Mistake(
        "only-recall",
        "the share of the sure links that were not found",
        "Links that were found and are wrong are errors as well.",
        ((AER, "return 1 - len(A & S) / max(len(S), 1)"),),
    ),
    Mistake(
        "mean-of-both",
        "the mean of precision and recall",
        "Both counts are added first, and divided by both sizes together.",
        ((AER, "return 1 - (len(A & P) / max(len(A), 1) + len(A & S) / max(len(S), 1)) / 2"),),
    ),
    Mistake(
        "jaccard",
        "links in both over links in either",
        "Below the fraction bar the two sizes are added.",
        ((AER, "return 1 - len(A & P) / max(len(A | S), 1)"),),
    ),
    Mistake(
        "direction-lost",
        "links whose direction does not matter",
        "(1, 2) joins source word 1 with target word 2; (2, 1) is another link.",
        (
            ("set(map(tuple, found)), set(map(tuple, sure))", "set(map(frozenset, found)), set(map(frozenset, sure))"),
            ("set(map(tuple, possible))", "set(map(frozenset, possible))"),
        ),
    ),
    Mistake(
        "empty-fails",
        "a division by zero where there are no links at all",
        "What is asked for where A and S are both empty?",
        (("    if not A and not S:\n        return 0.0\n", ""),),
    ),
    Mistake(
        "empty-is-wrong",
        "an error of 1 where there are no links at all",
        "Nothing was to be found, and nothing was found.",
        (("return 0.0", "return 1.0"),),
    ),
    Mistake(
        "percent",
        "percent",
        "A share between 0 and 1 is asked for.",
        ((AER, f"return 100 * ({AER[7:]})"),),
    ),
)

GRADIENTS, K = "torch.tensor([1.0, 2.0, 3.0, 4.0])", "k = 2"

EXPOSE_MISTAKES = (
    Mistake(
        "k-is-one",
        "an update for every batch",
        "With k = 1 the bug does no harm. For which k does i % k == 0 come too early?",
        ((K, "k = 1"),),
    ),
    Mistake(
        "not-even",
        "batches that cannot be shared out evenly",
        "k should divide the number of batches.",
        ((K, "k = 3"),),
    ),
    Mistake(
        "equal-by-chance",
        "a first update that is right by chance",
        "Of two batches half of the first is taken. When is that equal to the mean of both?",
        ((GRADIENTS, "torch.tensor([1.0, 0.0, 3.0, 4.0])"),),
    ),
    Mistake(
        "last-is-zero",
        "a last gradient of 0, which nobody misses",
        "The last batch is left out. Let it be seen.",
        ((GRADIENTS, "torch.tensor([1.0, 2.0, 3.0, 0.0])"),),
    ),
    Mistake(
        "exchanged",
        "gradients and k exchanged",
        "Gradients first, then k.",
        (("return gradients, k", "return k, gradients"),),
    ),
    Mistake(
        "whole-numbers",
        "gradients that are whole numbers",
        "Write 1.0, not 1.",
        ((GRADIENTS, "torch.tensor([1, 2, 3, 4])"),),
    ),
)

LOOP = (
    "for start in range(0, len(gradients), k):\n"
    "        group = gradients[start : start + k]\n"
    "        updates.append(group.sum() / len(group))"
)


def _counted(condition: str, behind: str = "") -> str:
    """The loop of the bug, with another condition."""
    return (
        "total = 0.0\n"
        "    for i, gradient in enumerate(gradients):\n"
        "        total = total + gradient / k\n"
        f"        if {condition}:\n"
        "            updates.append(total)\n"
        f"            total = 0.0{behind}"
    )


MENDED_MISTAKES = (
    Mistake(
        "unchanged",
        "an update at the very first batch, as before",
        "After batch i there have been i + 1 batches.",
        ((LOOP, _counted("i % k == 0")),),
    ),
    Mistake(
        "rest-lost",
        "the batches lost that are left at the end",
        "What is still in `total` when the loop is over?",
        ((LOOP, _counted("(i + 1) % k == 0")),),
    ),
    Mistake(
        "rest-divided-by-k",
        "the last, smaller group divided by k",
        "The last group has fewer batches: its mean is over those that there are.",
        (("group.sum() / len(group)", "group.sum() / k"),),
        also=(((LOOP, _counted("(i + 1) % k == 0 or i + 1 == len(gradients)")),),),
    ),
    Mistake(
        "sums",
        "sums in the place of means",
        "With a mean over the k batches it is the same update as with one large batch; a sum is k times too large.",
        (("group.sum() / len(group)", "group.sum()"),),
    ),
    Mistake(
        "early-and-late",
        "an update at the first batch and another behind the last",
        "The first update comes too early still.",
        ((LOOP, _counted("i % k == 0 or i + 1 == len(gradients)")),),
    ),
    Mistake(
        "never-reset",
        "gradients that are never forgotten",
        "After an update the sum begins anew.",
        (("gradients[start : start + k]", "gradients[: start + k]"),),
        also=(
            (
                (
                    LOOP,
                    "for end in range(k, len(gradients) + k, k):\n        updates.append(gradients[:end].mean())",
                ),
            ),
        ),
    ),
    Mistake(
        "every-batch",
        "an update for every batch",
        "One update is made for k batches.",
        (("range(0, len(gradients), k)", "range(len(gradients))"),),
    ),
    Mistake(
        "last-of-the-group",
        "the last gradient of each group instead of their mean",
        "The gradients of all k batches count.",
        (("group.sum() / len(group)", "group[-1]"),),
    ),
    Mistake(
        "strided",
        "every k-th gradient taken together",
        "The k batches of an update stand side by side.",
        (
            (
                LOOP,
                "number = -(-len(gradients) // k)\n"
                "    for start in range(number):\n"
                "        updates.append(gradients[start::number].mean())",
            ),
        ),
    ),
)
