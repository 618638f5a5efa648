"""The running text of an element, in which no mark glues onto what it follows.

Taken letter by letter, "10<sup>9</sup>" would read 109 and "in 45<sup>12</sup>" (a citation) 4512.
A power is written "10^9", a reference or note mark "45 [12]"; everything else, "CD4<sup>+</sup>",
"HbA<sub>1c</sub>", "kg/m<sup>2</sup>", stays as the characters that it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

from lxml import etree

# XML 1.0 forbids these characters, so no source can hold them
_CITED, _CITED_RAISED, _END_CITED, _RAISED, _END_RAISED = "\x01", "\x05", "\x02", "\x03", "\x04"
BLOCK: Final = "\x06"
"""Stands in the text where a block element was taken out."""

_CITATIONS: Final = frozenset({"bibr", "ref"})
_NOTES: Final = frozenset({"table-fn", "fn"})
_SKIPPED: Final = frozenset(
    {"graphic", "inline-graphic", "media", "object-id", "alt-text", "long-desc", "annotation",
     "annotation-xml", "fn", "permissions", "index-term", "supplementary-material",
     "inline-supplementary-material", "ref-list"}
)  # fmt: skip
_SPACED: Final = frozenset(
    {"break", "p", "list-item", "title", "label", "td", "th", "tr", "def", "term", "caption"}
)

_RAISED_MARK = rf"{_RAISED}[\s,;–−()\[\]-]+{_END_RAISED}"
_ITEM = rf"(?:[{_CITED}{_CITED_RAISED}][^{_END_CITED}]*{_END_CITED}|{_RAISED_MARK})"
_RUN = re.compile(rf"{_ITEM}(?:[\s,;–−-]{{0,3}}{_ITEM})*")
_SIDE_BY_SIDE = re.compile(rf"{_END_CITED}\s*(?=[{_CITED}{_CITED_RAISED}])")
_SUP = re.compile(rf"{_RAISED}([^{_END_RAISED}]*){_END_RAISED}")
_MARKS = dict.fromkeys(map(ord, (_CITED, _CITED_RAISED, _END_CITED, _RAISED, _END_RAISED)))

_REFERENCE_NUMBERS = re.compile(r"\d{1,3}[a-z]?(?:\s?[,;–−-]\s?\d{1,3}[a-z]?)*")
_TEN = re.compile(r"(?<![\d.,])10\s?$")
_POWER = re.compile(r"[+–−-]?\d+")
_WORD = re.compile(r"[^\W\d_]{4,}$")
# what is raised to a power and looks like a word with a note: four letters and more, "(m)"
_SQUARED = re.compile(
    r"(?:sigma|lambda|delta|theta|years?|weeks?|hours?|met(?:re|er)s?|height|mmol|\([ck]?m\))$"
)
_NOTE_LETTER = re.compile(r"[a-z](?:\s?,\s?[a-z])*")
_NOTE_LETTERS = re.compile(r"(?!(?:st|nd|rd|th)$)[A-Za-z]{1,3}", re.IGNORECASE)
_LOOK_BACK = 24


class Marks(Enum):
    """What a raised number after a word or a number is where the XML does not say it."""

    REFERENCES = "full text: a reference or note, but after a 10 a power"
    POWERS = "abstracts, which hold no references: a power"


def text_of(
    element: etree._Element,
    *,
    marks: Marks,
    blocks: Callable[[etree._Element], bool] | None = None,
) -> str:
    """The text under an element on one line: white space collapsed, marks set apart.

    Args:
        element: its tail is no part of the text. Namespaces are ignored.
        marks: how to read a raised number.
        blocks: which descendants to leave out and mark with `BLOCK`; None for none.
    """
    if len(element) == 0:
        return " ".join((element.text or "").split())
    out: list[str] = []
    _walk(element, out, blocks, is_marked=False)
    text = " ".join("".join(out).split())
    if _CITED in text or _CITED_RAISED in text:
        text = _RUN.sub(_set_apart, text)
    if _RAISED in text:
        text = _SUP.sub(_in_full_text if marks is Marks.REFERENCES else _in_abstract, text)
    return " ".join(text.translate(_MARKS).split())


def tag_of(element: etree._Element) -> str:
    """The local name of an element, "" for what is none (an entity)."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _walk(
    element: etree._Element,
    out: list[str],
    blocks: Callable[[etree._Element], bool] | None,
    *,
    is_marked: bool,
) -> None:
    tag = tag_of(element)
    opening, closing = ("", "") if is_marked else _marks_of(element, tag)
    space = " " if tag in _SPACED else ""
    out.append(space + opening + (element.text or ""))
    for child in element:
        name = tag_of(child)
        if blocks is not None and blocks(child):
            out.append(BLOCK)
        elif name == "math":
            out.append(_linear(child))
        elif name not in _SKIPPED and not _is_other_form(child, name):
            _walk(child, out, blocks, is_marked=is_marked or bool(opening))
        out.append(child.tail or "")
    out.append(closing + space)


def _marks_of(element: etree._Element, tag: str) -> tuple[str, str]:
    if tag == "sup":
        is_citation = any(x.get("ref-type") in _CITATIONS for x in element.iter("{*}xref"))
        return (_CITED_RAISED, _END_CITED) if is_citation else (_RAISED, _END_RAISED)
    if tag == "xref":
        has_sup = next(element.iter("{*}sup"), None) is not None
        if element.get("ref-type") in _CITATIONS:
            return (_CITED_RAISED if has_sup else _CITED), _END_CITED
        if element.get("ref-type") in _NOTES and not has_sup:
            return _RAISED, _END_RAISED
    return "", ""


def _is_other_form(element: etree._Element, tag: str) -> bool:
    """Whether this repeats a formula that stands beside it as MathML."""
    if tag not in ("tex-math", "textual-form"):
        return False
    parent = element.getparent()
    return parent is not None and any(tag_of(other) == "math" for other in parent)


def _set_apart(run: re.Match[str]) -> str:
    before = run.string[: run.start()]
    inner = _SIDE_BY_SIDE.sub(", ", run[0]).translate(_MARKS)
    inner = " ".join(inner.split())
    inner = re.sub(r"(?<=[(\[])\s|\s(?=[)\]])", "", inner)
    last = before[-1:]
    if _REFERENCE_NUMBERS.fullmatch(inner) and not (
        last in ("(", "[") or before.rfind("[") > before.rfind("]")
    ):
        inner = f"[{inner}]"
    return _spaced(inner, last, run.string[run.end() : run.end() + 1])


def _spaced(inner: str, last: str, following: str) -> str:
    """`inner` with a space on each side where it would glue onto a word or a stop."""
    is_word = inner[:1].isalnum() or inner[:1] in "[("
    head = " " if is_word and (last.isalnum() or (last and last in ".,;:)]%\"”'’")) else ""
    tail = " " if inner[-1:].isalnum() and following.isalnum() else ""
    return head + inner + (tail or (" " if inner[-1:] == "]" and following.isalnum() else ""))


def _in_abstract(raised: re.Match[str]) -> str:
    inner, before, trail = _parts(raised)
    if _POWER.fullmatch(inner) and before[-1:].isdigit():
        inner = f"^{inner}"
    return inner + trail


def _in_full_text(raised: re.Match[str]) -> str:
    inner, before, trail = _parts(raised)
    last = before[-1:]
    following = raised.string[raised.end() : raised.end() + 1]
    if _POWER.match(inner) and _TEN.search(before):
        return f"^{inner}{trail}"
    if _is_note(inner, before):
        return _spaced(f"[{inner}]", last, following) + trail
    if inner[-1:].isdigit() and (not last or last.isspace()) and _opens_word(raised):
        trail = " "
    return inner + trail


def _is_note(inner: str, before: str) -> bool:
    last = before[-1:]
    if not last or last.isspace() or last in "([/":
        return False
    if _REFERENCE_NUMBERS.fullmatch(inner):
        is_list = not inner.isalnum()
        is_wordy = not last.isalpha() or _WORD.search(before) is not None
        return is_list or (is_wordy and not _SQUARED.search(before))
    if last.isdigit() and _NOTE_LETTERS.fullmatch(inner):
        return True
    return _NOTE_LETTER.fullmatch(inner) is not None


def _opens_word(raised: re.Match[str]) -> bool:
    """Whether a word of prose follows ("<sup>1</sup>The"), not a symbol ("<sup>14</sup>C")."""
    return re.match(r"[^\W\d_]{2,}", raised.string[raised.end() : raised.end() + 3]) is not None


def _parts(raised: re.Match[str]) -> tuple[str, str, str]:
    before = raised.string[max(0, raised.start() - _LOOK_BACK) : raised.start()]
    return raised[1].strip(), before, " " if raised[1][-1:].isspace() else ""


def _linear(math: etree._Element) -> str:
    """MathML on one line, so that a fraction or power is not read as one number."""
    tag = tag_of(math)
    if tag in _SKIPPED:
        return ""
    parts = [_linear(child) for child in math]
    if tag == "mfrac" and len(parts) == 2:
        return "/".join(_grouped(part) for part in parts)
    if tag == "msup" and len(parts) == 2:
        return f"{parts[0]}^{_grouped(parts[1])}"
    if tag == "msub" and len(parts) == 2:
        return f"{parts[0]}_{_grouped(parts[1])}"
    if tag == "msqrt":
        return f"√({_joined(parts)})"
    return _joined(parts) if parts else " ".join((math.text or "").split())


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


def _grouped(part: str) -> str:
    return f"({part})" if " " in part else part
