from __future__ import annotations

import pytest
from lxml import etree

from curbside.ingest.inline import Marks, text_of

CITED = '<xref ref-type="bibr">{}</xref>'


def full(markup: str) -> str:
    return text_of(etree.fromstring(f"<p>{markup}</p>"), marks=Marks.REFERENCES)


def abstract(markup: str) -> str:
    return text_of(etree.fromstring(f"<p>{markup}</p>"), marks=Marks.POWERS)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("H<sub>2</sub>O and CD4<sup>+</sup>", "H2O and CD4+"),
        ("4 × 10<sup>9</sup>/L", "4 × 10^9/L"),
        ("10<sup>−3</sup> M", "10^−3 M"),
        ("2<sup>3</sup> ways", "2^3 ways"),
        ("<sup>99m</sup>Tc", "99mTc"),
        ("30 kg/m<sup>2</sup>", "30 kg/m2"),
        ("the 5<sup>th </sup>day", "the 5th day"),
        ("a <i>b</i>\n  c\u2009d", "a b c d"),
    ],
)
def test_an_abstract_keeps_its_characters_but_for_powers(markup: str, text: str) -> None:
    assert abstract(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"in 45<sup>{CITED.format(12)}</sup> men", "in 45 [12] men"),
        (f"fell.{CITED.format(3)} We", "fell. [3] We"),
        (f"rose <sup>(</sup>{CITED.format(9)}<sup>)</sup>.", "rose (9)."),
        (f"known [{CITED.format(1)}, {CITED.format(2)}].", "known [1, 2]."),
        (f"known [6,{CITED.format(7)}].", "known [6, 7]."),
        (f"known{CITED.format(1)}{CITED.format(2)}.", "known [1, 2]."),
        (f"known {CITED.format('[4]')}.", "known [4]."),
        (f"(Doe et al., {CITED.format(2006)})", "(Doe et al., 2006)"),
        ("thalidomide<sup>3</sup>", "thalidomide [3]"),
        ("0.72<sup>a</sup> and 8<sup>bd</sup>", "0.72 [a] and 8 [bd]"),
        ("5 × 10<sup>6</sup> cells/mm<sup>3</sup>", "5 × 10^6 cells/mm3"),
        ("BMI (kg/height<sup>2</sup>)", "BMI (kg/height2)"),
        ("20<sup>th</sup> of May", "20th of May"),
        ("<sup>1</sup>The villages; <sup>14</sup>C", "1 The villages; 14C"),
        ("Botox<sup>®</sup> 0.05<sup>*</sup>", "Botox® 0.05*"),
    ],
)
def test_in_full_text_a_mark_never_glues_onto_a_word_or_a_number(markup: str, text: str) -> None:
    assert full(markup) == text


def test_a_formula_is_read_once_and_a_fraction_is_no_number() -> None:
    formula = (
        "<alternatives><math><mfrac><mn>1</mn><mrow><mn>2</mn><mo>+</mo><mi>x</mi></mrow></mfrac>"
        "<msup><mn>10</mn><mn>9</mn></msup></math><tex-math>\\frac12</tex-math></alternatives>"
    )
    assert full(f"y = {formula}.") == "y = 1/(2 + x) 10^9."
