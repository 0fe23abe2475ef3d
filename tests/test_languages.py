"""Editions in other languages: stable cell ids, catalogues that are never stale, a notebook that is graded alike."""

from __future__ import annotations

import re
from dataclasses import replace

import nbformat
import pytest
from markdown_it import MarkdownIt
from nbformat.v4 import new_markdown_cell
from small_course import CONFIG, LESSON, lesson_source, write_nb

from autograder.authoring.languages import catalogue
from autograder.authoring.languages.edition import edition, translated_ids
from autograder.authoring.languages.markup import faults
from autograder.authoring.languages.messages import is_translated, messages, translated
from autograder.authoring.leaks import leaks, secret_lines
from autograder.authoring.lesson import read, read_notebook
from autograder.authoring.notebook import assemble, cell_ids
from autograder.cli import main
from autograder.course import Course
from autograder.demo import answers, classroom
from autograder.demo.colab import as_colab_saves
from autograder.errors import Stop
from autograder.grading.run import grade
from autograder.intake.collect import collect
from autograder.returns.verdicts import verdicts

COURSE = Course.find()
LANGUAGES = sorted(path.name for path in (COURSE.assets / "languages").iterdir() if path.is_dir())
EDITIONS = [(language, lesson) for language in LANGUAGES for lesson in translated_ids(COURSE, language)]
KOREAN = "04_self_attention"
HANGUL = re.compile("[가-힣]")


def english(lesson):
    return nbformat.read(COURSE.lesson(lesson), as_version=4)


def korean():
    return nbformat.read(COURSE.edition("ko", KOREAN), as_version=4)


# Cell ids


@pytest.mark.parametrize("place", [0, 1, 20, 62])
def test_a_cell_that_is_put_in_changes_the_id_of_no_other_cell(place):
    source = read_notebook(COURSE, KOREAN).cells
    new = new_markdown_cell("### One more thing\nIt was forgotten.")
    ids = cell_ids([*source[:place], new, *source[place:]])
    assert ids.pop(place) == "one-more-thing"
    assert ids == cell_ids(source)


def test_every_markdown_cell_of_the_translated_lesson_keeps_its_id_when_its_words_change():
    source = read_notebook(COURSE, KOREAN).cells
    before = cell_ids(source)
    for cell in source:
        if cell.cell_type == "markdown":
            heading = re.search(r"^#+ .*$", cell.source, re.MULTILINE)
            cell.source = (heading[0] if heading else "") + "\n\nSomething else altogether."
    assert cell_ids(source) == before


@pytest.mark.parametrize("ids", [("twice", "twice"), ("test_project", "other"), ("not an id", "other")])
def test_a_cell_id_that_is_none_or_is_there_twice_stops_the_build(ids):
    source = read_notebook(COURSE, KOREAN)
    source.cells[0].metadata["id"], source.cells[3].metadata["id"] = ids
    with pytest.raises(Stop, match="The cell id"):
        assemble(COURSE, KOREAN, source)


# Catalogues


def html(markdown):
    return " ".join(MarkdownIt("commonmark").enable("table").render(markdown).split())


@pytest.mark.parametrize("lesson", COURSE.lesson_ids())
def test_a_lesson_taken_apart_into_messages_and_put_together_again_reads_the_same(lesson):
    for cell in filter(is_translated, english(lesson).cells):
        assert html(translated(cell.source, lambda message: message)) == html(cell.source)
    assert all(not faults(message, message) for _, message in messages(english(lesson)))


@pytest.mark.parametrize("language, lesson", EDITIONS)
def test_no_entry_of_a_catalogue_is_stale(language, lesson):
    read_now = catalogue.read(COURSE.catalogue(language, lesson))
    left = catalogue.stale(read_now, messages(english(lesson)))
    assert not left, f"{language}, {lesson}:\n" + "\n".join(map(str, left))


@pytest.mark.parametrize("language, lesson", EDITIONS)
def test_the_committed_edition_is_what_its_release_and_its_catalogue_make(language, lesson):
    [(name, content)] = edition(COURSE, lesson, language).items()
    assert (COURSE.root / name).read_bytes() == content, f"run `autograder build --language {language} {lesson}`"


def test_korean_lesson_4_is_the_english_one_cell_by_cell_but_for_its_text():
    for ours, theirs in zip(korean().cells, english(KOREAN).cells, strict=True):
        if is_translated(theirs):
            theirs.source = ours.source
        assert ours == theirs
    assert all(HANGUL.search(message) for _, message in messages(korean()))


def broken(message, old, new):
    """The faults of a sound translation of the message, after a piece of it was replaced."""
    catalog = catalogue.read(COURSE.catalogue("ko", KOREAN))
    [entry] = [entry for entry in catalog if entry.msgid.startswith(message)]
    assert old in entry.msgstr and not faults(entry.msgid, entry.msgstr)
    return faults(entry.msgid, entry.msgstr.replace(old, new, 1))


@pytest.mark.parametrize(
    "message, old, new, said",
    [
        ("**Exercise 4.2", "`scores`", "`score`", "the code `scores` is missing"),
        ("**Exercise 4.2", "`scores`", "점수", "the code `scores` is missing"),
        ("**Exercise 4.2", "2점", "3점", "'2' is missing"),
        ("**Exercise 4.2", "3.2.1", "3.2.2", "'3.2.1' is missing"),
        ("<details><summary>Hint 1: a nudge</summary>Compar", "</details>", "", "the tag </details> is missing"),
        ("<details><summary>Hint 3: almost code</summary>A comp", "<code>pad</code>", "<code>0</code>", "the code"),
        ("![Boxes", "attachment:04_shapes.png", "attachment:04.png", "the figure attachment:04_shapes.png is missing"),
        ("**In the paper", "**5강**에서", "**5강(lesson)**에서", "the number of **strong** spans is missing"),
        ("**Conventions", "Attention Is All You Need*](https://arxiv.org/abs/1706.03762)", "*]", "the link to https"),
        ("**Conventions", "*브로드캐스트*", "브로드캐스트", "the number of *emphasised* spans is missing"),
        ("* write", "* 어텐션", "어텐션", "the form"),
        ("| word", "\n| cat ", " | cat ", "the form"),
        ("## Scores", "## ", "### ", "the form <h2> is missing"),
        ("So the paper", "√d_k", "√d", "'d_k' is missing"),
        ("## Masks", "보면", "$x$ 보면", "the formula $x$ is not in the English"),
    ],
)
def test_a_translation_that_loses_markup_is_found(message, old, new, said):
    assert any(one.startswith(said) for one in broken(message, old, new))


def test_a_formula_inside_a_sentence_must_stay_as_it_is():
    sentence = "The sum $\\sum_j w_j = 1$ and $$x_i * y_i$$ stand here."
    assert not faults(sentence, "합 $\\sum_j w_j = 1$과 $$x_i * y_i$$가 여기 있습니다.")
    assert faults(sentence, "합 $\\sum_j w_i = 1$과 $$x_i * y_i$$가 여기 있습니다.") == [
        "the formula $\\sum_j w_j = 1$ is missing",
        "the formula $\\sum_j w_i = 1$ is not in the English",
    ]


# The command, on a small course


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course whose one lesson is released; the command runs in it."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG.format(root=str(tmp_path)))
    (tmp_path / "solutions").mkdir()
    write_nb(tmp_path / "lessons" / LESSON / f"{LESSON}.ipynb", lesson_source())
    monkeypatch.chdir(tmp_path)
    return Course(tmp_path)


def say(course, *changes):
    """Change the words of the release."""
    nb = nbformat.read(course.lesson(LESSON), as_version=4)
    for old, new in changes:
        [cell] = [cell for cell in nb.cells if old in cell.source]
        cell.source = cell.source.replace(old, new)
    write_nb(course.lesson(LESSON), nb)


def translate_all(course, words):
    path = course.catalogue("ko", LESSON)
    catalog = catalogue.read(path)
    for message, korean_words in words.items():
        catalog.find(message).msgstr = korean_words
    path.write_bytes(catalogue.text(catalog))


WORDS = {
    "# Sums\nA lesson about adding numbers up.": "# 합\n수를 더하는 강의입니다.",
    "That is all.": "이것으로 끝입니다.",
}


def command(capsys, *arguments):
    code = main(["build", "--language", "ko", *arguments])
    return code, "".join(capsys.readouterr())


def test_a_catalogue_is_begun_translated_built_and_brought_up_to_date(course, capsys):
    code, said = command(capsys, "--update", LESSON)
    assert code == 0 and "2 messages; 2 things to do" in said
    code, said = command(capsys)
    assert (
        code == 2 and r"cell cell-0: not translated: '# Sums\nA lesson about adding numbers up.' (and 1 more)" in said
    )
    translate_all(course, WORDS)
    assert command(capsys)[0] == 0
    built = nbformat.read(course.edition("ko", LESSON), as_version=4)
    assert built.cells[0].source == "# 합\n수를 더하는 강의입니다."
    assert [cell.source for cell in built.cells[1:-1]] == [cell.source for cell in lesson_source().cells[1:-1]]
    kept = course.edition("ko", LESSON).read_bytes()

    say(course, ("adding numbers up", "adding up numbers"), ("That is all.", "Go on to the next lesson."))
    code, said = command(capsys)
    assert code == 2 and r"cell cell-0: not in the catalogue: '# Sums\nA lesson about adding up" in said
    assert len(said.splitlines()) == 1 and course.edition("ko", LESSON).read_bytes() == kept
    code, said = command(capsys, "--update")
    assert r"cell cell-0: fuzzy, since its English has changed: '# Sums\nA lesson about adding up" in said
    assert "cell cell-9: not translated: 'Go on to the next lesson.'" in said
    assert "no cell: no longer in the lesson: 'That is all.'" in said
    written = course.catalogue("ko", LESSON).read_text()
    assert '#| "A lesson about adding numbers up."' in written and '\n"A lesson about adding up numbers."' in written
    assert '#~ msgid "That is all."\n#~ msgstr "이것으로 끝입니다."' in written
    code, said = command(capsys)
    assert code == 2 and "fuzzy" in said and "(and 2 more)" in said


def test_what_is_left_over_alone_is_stale_too(course, capsys):
    command(capsys, "--update", LESSON)
    translate_all(course, WORDS)
    nb = nbformat.read(course.lesson(LESSON), as_version=4)
    del nb.cells[-1]
    write_nb(course.lesson(LESSON), nb)
    for update in ([], ["--update"]):  # as it stands, and set aside as obsolete
        command(capsys, *update) if update else None
        code, said = command(capsys)
        assert code == 2 and "no cell: no longer in the lesson: 'That is all.'" in said


def test_wrapping_the_english_anew_makes_nothing_stale(course, capsys):
    command(capsys, "--update", LESSON)
    translate_all(course, WORDS)
    say(course, ("about adding numbers", "about\nadding\nnumbers"))
    assert command(capsys)[0] == 0


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["--language", "Korean"], "'Korean' is not the code of a language"),
        (["--language", "../ko"], "'../ko' is not the code of a language"),
        (["--language", "de"], "No lesson has a catalogue in 'de' yet"),
        (["--language", "ko", LESSON], "begins it"),
        (["--language", "ko", "--update", "99_none"], "There is no lesson '99_none' to translate"),
        (["--update"], "--language"),
    ],
)
def test_what_cannot_be_translated_is_said_in_one_sentence(course, capsys, arguments, why):
    before = sorted(course.root.rglob("*"))
    assert main(["build", *arguments]) == 2
    said = capsys.readouterr().err
    assert why in said and len(said.splitlines()) == 1
    assert sorted(course.root.rglob("*")) == before


@pytest.mark.parametrize(
    "damage",
    [
        'msgid "a"\nmsgstr "b\n',
        'msgid "a"\nmsgstr "b "c" d"\n',
        "<<<<<<< ours\n",
        'msgid "a"\n\nmsgid "b"\nmsgstr "c"\n',
        'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n',
        b'msgid "a"\nmsgstr "\xff"\n',
    ],
    ids=["a quote is missing", "bare quotes", "a merge", "no translation", "twice", "not UTF-8"],
)
@pytest.mark.parametrize("update", [[], ["--update"]], ids=["build", "update"])
def test_a_damaged_catalogue_is_said_in_one_sentence_and_left_alone(course, capsys, damage, update):
    path = course.catalogue("ko", LESSON)
    path.parent.mkdir(parents=True)
    path.write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    before = path.read_bytes()
    code, said = command(capsys, *update)
    assert code == 2 and "is not a catalogue that gettext can read" in said and len(said.splitlines()) == 1
    assert path.read_bytes() == before


# What students get, and what they hand in


@pytest.mark.parametrize("language, lesson", EDITIONS)
def test_no_solution_hidden_test_or_model_answer_is_in_an_edition_or_its_catalogue(language, lesson):
    secrets = secret_lines(read_notebook(COURSE, lesson))
    paths = (COURSE.edition(language, lesson), COURSE.catalogue(language, lesson))
    files = {path.name: path.read_bytes() for path in paths}
    assert leaks(secrets, files) == []
    answer = next(line for line in secrets if line.startswith("If all S keys are equal"))
    catalog = catalogue.read(paths[1])
    for line in (answer, "s = s.masked_fill(~mask, torch.finfo(s.dtype).min)", 'sealed("attention", attention)'):
        catalog.find(messages(english(lesson))[1][1]).msgstr = f"{'앞 ' * 40}{line} 뒤"  # polib breaks it into lines
        assert leaks(secrets, {"ko.po": catalogue.text(catalog)}) == [("ko.po", line)]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The same answers in the English and in the Korean notebook, collected and graded: student -> result."""
    folder = tmp_path_factory.mktemp("class")
    course = Course(COURSE.root, folder / "class", f"sqlite:///{folder / 'gradebook.db'}")
    lesson = read(COURSE, KOREAN)
    essays = answers.essays(nbformat.read(COURSE.solutions / KOREAN / f"{KOREAN}.ipynb", as_version=4))
    for language, nb in (("en", english(KOREAN)), ("ko", korean())):
        made = [replace(one, student=f"{one.student}_{language}") for one in classroom.small_class(lesson, nb, essays)]
        if language == "ko":
            made.append(replace(made[0], student="colab_ko", notebook=as_colab_saves(made[0].notebook)))
        classroom.write(made, KOREAN, folder / "in")
    receipts = collect(folder / "in", course)
    return course, {one.student: one for one in grade(course, KOREAN)}, receipts


def test_what_is_handed_in_in_korean_gets_the_score_that_it_gets_in_english(graded):
    course, results, receipts = graded
    assert len(results) == len(receipts) == 7
    assert {one.verdict for one in receipts if one.student != "colab_ko"} == {"accepted"}
    for student in ("ada", "chloe", "grace"):
        ours, theirs = results[f"{student}_ko"], results[f"{student}_en"]
        assert replace(ours, student=theirs.student) == theirs and ours.reason == ""
    assert results["colab_ko"].score == results["ada_ko"].score == 18
    assert results["chloe_ko"].score < 18 and results["grace_ko"].score < results["chloe_ko"].score
    said = [mistakes(course, f"chloe_{language}") for language in ("en", "ko")]
    assert said[0] == said[1] and said[0]


def mistakes(course, student):
    nb = nbformat.read(course.autograded / student / KOREAN / f"{KOREAN}.ipynb", as_version=4)
    assert "repairs" not in nb.metadata.transformer_lessons
    return [(grade_id, mistake.name) for grade_id, verdict in verdicts(nb) for mistake in verdict.mistakes]


def test_a_feedback_page_is_in_the_language_that_was_handed_in(graded):
    course, _, _ = graded
    for language, heading in (("ko", "셀프 어텐션"), ("en", "Self-attention")):
        page = (course.feedback / f"ada_{language}" / KOREAN / f"{KOREAN}.html").read_text(encoding="utf-8")
        assert re.search(f"<h1[^>]*>[^<]*4 · {heading}", page)
