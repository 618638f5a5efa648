"""A run: who was asked what, and what came of it, worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from curbside.records import Passage, Span
from evals.items import Item, QuestionSet, Said, Shown, digest
from evals.measures import Figure
from evals.run import Row, Run, plain, table
from evals.sheets import tally, write_sheet
from evals.summaries import summaries

ANSWER = "Zinc shortens the common cold."


@dataclass(frozen=True)
class Knowing:
    """Answers what is in its book; sure of what it knows, less of the rest."""

    name: str = "curbside"
    says: str = ANSWER

    def ask(self, question: str, *, without: frozenset[str] = frozenset()) -> Said:
        if "zinc" not in question or without:
            return Said((), 0.2, 4.0)
        return Said((Shown(self.says, frozenset({"pmid:1"}), "A trial"),), 0.9, 8.0)


def an_item(n: int, question: str = "does zinc help?", **changes: object) -> Item:
    return Item(f"e:{n}", question, "yesno", gold=(ANSWER,), references=(ANSWER,), **changes)  # type: ignore[arg-type]


def run_of(*sets: QuestionSet) -> Run:
    run = Run(seed=1)
    for each in sets:
        run.ask(each, [Knowing()], progress=lambda _: None)
    return run


def test_a_set_and_its_groups_have_figures() -> None:
    items = (an_item(1), an_item(2), an_item(3, "does copper help?"), an_item(4))
    figures = run_of(QuestionSet("experts", "all", items)).figures()
    assert list(figures) == ["experts", "experts/yesno"]
    told = figures["experts"]["curbside"]
    assert told["p1"].value == told["p3"].value == told["bottom-line"].value == 0.75
    assert (told["ms-p50"].value, told["ms-p95"].value) == (8.0, 8.0)
    assert figures["experts/yesno"]["curbside"] == told


def test_abstention_sets_each_question_against_itself_without_its_gold() -> None:
    items = tuple(an_item(n) for n in range(8))
    removed = tuple(
        Item(
            f"removed:e:{n}",
            "does zinc help?",
            "gold-removed",
            gold=(ANSWER,),
            without=frozenset({"pmid:1"}),
            is_answerable=False,
        )
        for n in range(8)
    )
    run = run_of(QuestionSet("experts", "all", items), QuestionSet("unanswerable", "all", removed))
    figures = run.figures()
    assert figures["unanswerable"]["curbside"]["bottom-line"].value == 0
    assert figures["unanswerable"]["curbside"]["still-right"].value == 0
    told = figures["abstention"]["curbside"]
    assert told["auc"].value == 1.0
    kept = sum(1 for n in range(8) if digest(f"lost:e:{n}") % 2 == 0)
    assert told["precision-at-.5"].value == min(kept, 4) / 4


def test_the_founding_page_is_told_by_its_figures() -> None:
    items = (Item("f:1", "zinc?", "page"), Item("f:2", "copper?", "elsewhere"))
    run = Run(seed=1)
    says = "In AIH it was 59% one year, 73% two years and 81% three years after withdrawal."
    run.ask(QuestionSet("founding", "all", items), [Knowing(says=says)], progress=lambda _: None)
    figures = run.figures()
    assert figures["founding/page"]["curbside"]["page-figures"].value == 1
    assert figures["founding/page"]["curbside"]["led-by-the-disease"].value == 1
    assert figures["founding/elsewhere"]["curbside"]["page-figures"].value == 0
    assert figures["founding/elsewhere"]["curbside"]["led-by-the-disease"].value == 0


def test_the_table_has_a_line_for_each_set_and_system() -> None:
    told = plain(
        {"experts": {"curbside": {"p1": Figure(0.5, 4, 0.25, 0.75), "ms-p50": Figure(8, 4)}}}
    )
    assert told == {
        "experts": {
            "curbside": {
                "p1": {"value": 0.5, "n": 4, "low": 0.25, "high": 0.75},
                "ms-p50": {"value": 8, "n": 4},
            }
        }
    }
    (line,) = table(told).split("\n")
    assert line.split() == [
        "experts",
        "curbside",
        "n=4",
        "p1",
        "0.500",
        "[0.250-0.750]",
        "ms-p50",
        "8",
    ]


def test_summaries_are_cut_at_our_length() -> None:
    item = an_item(1)
    rows = [
        Row("experts", "curbside", item, Said((Shown(ANSWER, frozenset()),), 1.0, 1.0)),
        Row(
            "experts",
            "cosine",
            item,
            Said((Shown("Zinc shortens a cold in men and in women.", frozenset()),), 1.0, 1.0),
        ),
    ]
    passage = Passage("p", "d", Span(0, 9), "A", "Copper is a metal of old. " + ANSWER, "")
    told = summaries(rows, passages=lambda _: [(passage, 1.0)], seed=1)
    assert list(told) == ["curbside", "cosine", "lead", "lexrank", "mmr"]
    assert told["curbside"]["rouge-2"].value == 1.0
    # "zinc shortens a cold in": one pair of four against four
    assert told["cosine"]["rouge-2"].value == 0.25
    assert told["cosine"]["rouge-2-we-are-ahead"].value == 0.75
    assert told["mmr"]["rouge-2"].value == 1.0
    assert summaries([], passages=lambda _: [], seed=1) == {}


def test_a_sheet_hides_who_answered_and_is_tallied(tmp_path: Path) -> None:
    items = [an_item(n, f"does zinc help {n}?") for n in range(6)] + [an_item(9, "copper?")]
    systems = [Knowing(), Knowing("peer", "Copper is a metal.")]
    sheet = tmp_path / "sheet.csv"
    key = write_sheet(items, systems, seed=3, count=4, sheet=sheet)
    text = sheet.read_text(encoding="utf-8")
    assert "curbside" not in text
    assert "peer" not in text
    again = tmp_path / "again.csv"
    write_sheet(items, systems, seed=3, count=4, sheet=again)
    assert again.read_text(encoding="utf-8") == text
    with pytest.raises(ValueError, match="expected one of right, partly"):
        tally([sheet], key, seed=1)
    filled = tmp_path / "filled.csv"
    rows = []
    for line in text.splitlines():
        verdict = "right,yes" if ANSWER in line else "beside,no"
        rows.append(
            line if line.endswith("remark") or ",none," in line else f"{line[:-2]}{verdict},"
        )
    filled.write_text("\n".join(rows) + "\n", encoding="utf-8")
    shares, agreement = tally([filled, filled], key, seed=1)
    assert agreement == {"same": 1.0, "kappa": 1.0}
    none = shares["peer"]["none"].value
    assert shares["curbside"]["right"].value == shares["curbside"]["first"].value == 1 - none
    assert shares["peer"]["beside"].value == 1 - none
