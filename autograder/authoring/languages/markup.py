"""What a translation must keep of its message: formulas, code, links, figures, tags, names, numbers, and its form."""

from __future__ import annotations

import re
from collections import Counter

from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.authoring.languages.messages import CODE_OR_FORMULA

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_CODE_TAG = re.compile(r"<code>.*?</code>", re.DOTALL)
# Bare in the text: d_k, W_q, nn.Linear; and numbers: 4.1, 2017. Korean particles may follow without a space.
_NAME = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)+|[A-Za-z]+(?:\.[A-Za-z_]+)+", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_SPAN = {"em_open": "the number of *emphasised* spans", "strong_open": "the number of **strong** spans"}


def faults(message: str, translation: str) -> list[str]:
    """What of the message's markup the translation has lost, added or changed: a few words each; none: it is sound.

    Spans are counted as markdown sees them: none ends in `**마스크(mask)**를`, since a letter follows the bracket and
    the asterisks; they would be shown.
    """
    asked, given = _kept(message), _kept(translation)
    found = [f"{one} is missing" for one in asked - given]
    found += [f"{one} is not in the English" for one in given - asked]
    found += [f"{word!r} is missing" for word in _words(message) if word not in _words(translation)]
    return found


def _kept(text: str) -> Counter[str]:
    formulas = [m["formula"] for m in CODE_OR_FORMULA.finditer(text) if m["formula"]]
    plain = CODE_OR_FORMULA.sub(lambda m: "formula" if m["formula"] else m[0], text)
    found = Counter(f"the formula {formula}" for formula in formulas)
    form: list[str] = []
    for token in _MARKDOWN.parse(plain):
        if token.type == "html_block":
            found.update(_tags(token.content))
        elif token.type == "fence":
            found[f"the code {token.content!r}"] += 1
        elif token.nesting == 1:
            form.append(token.tag)
        for part in token.children or ():
            found.update(_of_span(part))
    found[f"the form <{' '.join(form)}>"] += 1
    return found


def _of_span(token: Token) -> list[str]:
    if token.type in _SPAN:
        return [_SPAN[token.type]]
    if token.type == "code_inline":
        return [f"the code `{token.content}`"]
    if token.type == "link_open":
        return [f"the link to {token.attrs['href']}"]
    if token.type == "image":
        words = "" if token.content.strip() else " without alt text"
        return [f"the figure {token.attrs['src']}{words}"]
    return _tags(token.content) if token.type == "html_inline" else []


def _tags(html: str) -> list[str]:
    return [f"the tag {tag}" for tag in _TAG.findall(html)] + [f"the code {c}" for c in _CODE_TAG.findall(html)]


def _words(text: str) -> list[str]:
    plain = CODE_OR_FORMULA.sub(" ", _TAG.sub(" ", re.sub(r"\]\([^)]*\)", "]", text)))
    return sorted({*_NAME.findall(plain), *_NUMBER.findall(plain)})
