"""The grader's answer to `check_model`: the file that was handed in, on sentences that nobody could prepare for.

It runs in the examiner's process, which runs no code of the student's; the file is only data there, see
`classroom.submission.opened`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial

from classroom.submission import judgement
from classroom.submission.judgement import Judgement

SECONDS = 15  # of CPU time for translating; with opening the file and the alignments, judging one stays under 20


def give(files: Mapping[str, bytes], who: str) -> None:
    """From now on `check_model` in this process speaks of these files. who: "student/lesson"."""
    judgement.ANSWER = partial(judged, files, who)


def judged(files: Mapping[str, bytes], who: str, name: str) -> Judgement:
    """What is said of one of the files; grading the same file again says the same."""
    content = files.get(name)
    return judgement.judge(content, name, seed(who, content or b""), SECONDS)


def seed(who: str, content: bytes) -> int:
    """Of the sentences: another file is asked other ones, so that no file can be trained on those it will be asked."""
    return int.from_bytes(hashlib.sha256(f"{who}\0".encode() + content).digest()[:6])
