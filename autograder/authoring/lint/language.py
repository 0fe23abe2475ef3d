"""How hard the text is to read.

Two measures. A sentence has at most LONGEST words. And a lesson has at most HARDEST by the Automated Readability Index
(Smith and Senter 1967), which is made of letters a word and words a sentence, and is scaled to the years of school that
a text asks for. Flesch and Kincaid's, the better known, counts syllables: it needs a dictionary for them, which has
neither `softmax` nor `d_k`, and the library that has it fetches the dictionary from elsewhere. Formulas and code count
as one word of a sentence each; the index leaves them out, for they are looked at rather than read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from autograder.authoring.lint.page import FORMULA, Cell, Page, Told, quoted, words

LONGEST = 40  # words of a sentence
HARDEST = 7.0  # years of school, over a whole lesson: English is not every reader's own language
_ENDS = re.compile(r"(?<=[.?!…])[\"”’)*]*\s+(?=\([a-z]\)|[\"“‘(*]*[A-Z0-9𝑥\uac00-\ud7a3])")
_ABBREVIATED = re.compile(r"\b(e\.g|i\.e|al|cf|vs|Fig|Eq|No|St|Dr)\.$")


def sentence(page: Page) -> Iterator[Told]:
    """No sentence is longer than can be held in mind."""
    for cell, text in _sentences(page):
        count = len(text.split())
        if count > LONGEST:
            yield Told(cell, f"a sentence of {count} words, {quoted(text)}", f"make two of it; {LONGEST} is the most")


def grade(page: Page) -> Iterator[Told]:
    """The lesson as a whole can be read with ease."""
    years = readability([text for _, text in _sentences(page)])
    if years > HARDEST:
        what = f"the lesson's text asks for {years:.1f} years of school, {HARDEST:.0f} is the most"
        yield Told(page.cells[0], what, "write shorter sentences, and shorter words")


def readability(sentences: list[str]) -> float:
    """The Automated Readability Index of these sentences; of none, 0."""
    spoken = [said for text in sentences if (said := re.findall(r"[\w’']+", text.replace(FORMULA, " ")))]
    if not spoken:
        return 0.0
    count, letters = sum(map(len, spoken)), sum(len(word) for said in spoken for word in said)
    return 4.71 * letters / count + 0.5 * count / len(spoken) - 21.43


def _sentences(page: Page) -> Iterator[tuple[Cell, str]]:
    """Of paragraphs and lists, hints too; tables and headings are no sentences."""
    for cell in (cell for cell in page.texts if not cell.is_answer):
        for block in cell.html.find_all(("p", "li", "details")):
            if block.find(("p", "li")) or not (text := _prose(block)):
                continue
            yield from ((cell, one) for one in _split(text))


def _prose(block: Tag) -> str:
    for element in block.find_all(("code", "summary", "img")):
        element.replace_with(FORMULA if element.name == "code" else " ")
    return words(block)


def _split(text: str) -> Iterator[str]:
    """The sentences of a text: a full stop after "et al" is none."""
    held = ""
    for piece in _ENDS.split(text):
        held = f"{held} {piece}".strip()
        if not _ABBREVIATED.search(held):
            yield held
            held = ""
    if held:
        yield held
