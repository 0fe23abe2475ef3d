"""The functions with a mistake that the *find the bug* exercises show, and what an input must do to expose each.

The code of a bug stands in its lesson too, where the student reads it; a test compares the two.
"""

from classroom.bugs.activations import alpha_matters
from classroom.bugs.attention import hidden_word_wins
from classroom.bugs.heads import too_even
from classroom.bugs.masks import blind_and_misled, padding_moves_a_word
from classroom.bugs.norms import last_word_leaks
from classroom.bugs.positions import equal_sentences_differ
from classroom.bugs.recurrence import best_word_is_missed
from classroom.bugs.training import batches_are_lost

# Name of the bug -> what an input lacks that is to expose it, or "".
SYMPTOMS = {
    "unused alpha": alpha_matters,
    "batch for time": equal_sentences_differ,
    "states unused": best_word_is_missed,
    "tiny fill": hidden_word_wins,
    "norm of the sentence": last_word_leaks,
    "scale by the whole width": too_even,
    "mask lost on the way": padding_moves_a_word,
    "mask of the target": blind_and_misled,
    "steps too early": batches_are_lost,
}
