"""Makes what lies in this folder anew: `python assets/corpus/make.py`, from the root of the repository (two minutes).

`sentences.tsv`, the first pairs of each split, and in README.md the figures between the two comments that say
"measured". The golden tables are not made by anything: they were written out by hand, to check the grammar by.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

from classroom.corpus import LONGEST, SHA256, SPLITS, VERSION, Pair, korean_english, readable
from classroom.corpus.korean_english import frames, held_out, realised
from classroom.corpus.words.company import adjective_and_noun, verb_and_object
from classroom.corpus.words.nouns import NOUNS, PLACES, PRONOUNS, TIMES
from classroom.corpus.words.predicates import ADJECTIVES, VERBS

HERE = Path(__file__).parent
SHOWN = 300  # pairs of each split in sentences.tsv
SIZE, MANY = 30_000, 600_000  # a training set, and enough draws to see how many sentences there are
BEGINS, ENDS = "<!-- measured -->\n", "<!-- end -->\n"
LENGTHS = ((1, 6), (7, 12), (13, 18), (19, LONGEST))


def main() -> None:
    (HERE / "sentences.tsv").write_text(sentences(), encoding="utf-8")
    card = HERE / "README.md"
    before, rest = card.read_text(encoding="utf-8").split(BEGINS)
    _, after = rest.split(ENDS)
    card.write_text(before + BEGINS + measured() + ENDS + after, encoding="utf-8")
    print(f"Wrote {HERE / 'sentences.tsv'} and the figures in {card}.")


def sentences() -> str:
    """The first pairs of each split, as they are read and in morphemes and words, with their links."""
    rows = ["split\tKorean\tEnglish\tmorphemes\twords\tlinks\n"]
    for split in SPLITS:
        rows += [f"{split}\t{row(pair)}\n" for pair in korean_english(SHOWN, split)]
    return "".join(rows)


def row(pair: Pair) -> str:
    links = " ".join(f"{i}-{j}" for i, j in pair.links)
    return "\t".join([*map(readable, (pair.source, pair.target)), " ".join(pair.source), " ".join(pair.target), links])


def measured() -> str:
    single = {hash(pair.source) for pair in map(realised, islice(frames("train", 0), MANY)) if "and" not in pair.target}
    pairs = korean_english(SIZE)
    morphemes = Counter(token for pair in pairs for token in pair.source)
    words = Counter(token for pair in pairs for token in pair.target)
    sizes = [len(pair.source) for pair in pairs]
    shares = [f"{100 * sum(a <= n <= b for n in sizes) / SIZE:.0f} % {a} to {b}" for a, b in LENGTHS]
    said = {verb_and_object(verb, noun) for verb in VERBS for noun in verb.objects if verb.complement != "on"}
    said |= {adjective_and_noun(adjective, noun) for adjective in ADJECTIVES for noun in adjective.nouns}
    return f"""\
- Version {VERSION}; sha256 of the first 1,000 pairs of `train`, links and all: `{SHA256}`.
- Made of {len(NOUNS)} nouns (8 of them names), {len(PRONOUNS)} pronouns, {len(VERBS)} verbs, {len(ADJECTIVES)} \
adjectives, {len(PLACES)} places and {len(TIMES)} times.
- In the first {SIZE:,} training pairs: {len(morphemes)} different Korean morphemes, {len(words)} different English \
words; {sum(sizes) / SIZE:.1f} morphemes and {words.total() / SIZE:.1f} words a sentence on the average; of the \
sentences {", ".join(shares)} morphemes long.
- Among {MANY:,} drawn frames are {len(single):,} different sentences of one clause, so there are at least so many.
- {len(said)} combinations of verb and object or adjective and noun, of which {sum(map(held_out, said))} are held out.
"""


if __name__ == "__main__":
    main()
