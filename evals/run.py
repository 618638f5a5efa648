"""One run: sets, systems, measures, in one table of figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from evals.gold import words
from evals.items import Item, QuestionSet, Said, System, digest
from evals.measures import (
    Figure,
    any_is_right,
    first_is_right,
    mean,
    percentile,
    precision_at_coverage,
    right_of_three,
    roc_auc,
)

COVERAGE: Final = 0.5
_OURS: Final = "curbside"
FOUNDING_FIGURES: Final = ("59%", "73%", "81%")
"""What the founding page's bottom line says, and no other page's may."""
FOUNDING_WORDS: Final = ("aih", "autoimmune hepatitis")

Figures = dict[str, dict[str, dict[str, Figure]]]
"""By set (with its group after a slash), system and measure."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one system said to one question."""

    set_name: str
    system: str
    item: Item
    said: Said

    def plain(self) -> dict[str, Any]:  # Any: JSON
        """For a file: who said what, and what was right."""
        return {
            "set": self.set_name,
            "system": self.system,
            "id": self.item.item_id,
            "group": self.item.group,
            "question": self.item.question,
            "score": self.said.score,
            "ms": round(self.said.ms, 1),
            "p1": first_is_right(self.said, self.item),
            "p3": right_of_three(self.said, self.item),
            "sentences": [
                {"text": each.text, "names": sorted(each.names)} for each in self.said.sentences
            ],
        }


@dataclass(slots=True)
class Run:
    """The rows of all sets so far; `figures` are worked out of them."""

    seed: int
    rows: list[Row] = field(default_factory=list)

    def ask(
        self,
        questions: QuestionSet,
        systems: Sequence[System],
        *,
        progress: Callable[[str], None],
    ) -> None:
        """Put every question to every system."""
        for system in systems:
            for at, item in enumerate(questions.items, 1):
                said = system.ask(item.question, without=item.without)
                self.rows.append(Row(questions.name, system.name, item, said))
                if at % 50 == 0 or at == len(questions.items):
                    progress(f"{questions.name}: {system.name}, {at} of {len(questions.items)}")

    def figures(self) -> Figures:
        """Every measure of every set, group and system."""
        made: Figures = {}
        by_set: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            by_set.setdefault((row.set_name, row.system), []).append(row)
        for (name, system), rows in by_set.items():
            groups = {name: rows} | {
                f"{name}/{group}": [row for row in rows if row.item.group == group]
                for group in dict.fromkeys(row.item.group for row in rows)
            }
            for group, own in groups.items():
                made.setdefault(group, {})[system] = self._of(name, own)
            if name == "within":
                made[name][system] |= _macro(made, system)
        for system in dict.fromkeys(row.system for row in self.rows):
            kept = by_set.get(("experts", system), [])
            removed = by_set.get(("unanswerable", system), [])
            abstention = self._abstention(kept, removed)
            if abstention:
                made.setdefault("abstention", {})[system] = abstention
        return made

    def _of(self, name: str, rows: Sequence[Row]) -> dict[str, Figure]:
        times = [row.said.ms for row in rows]
        figures = {"bottom-line": self._mean(float(bool(row.said.sentences)) for row in rows)}
        answerable = [row for row in rows if row.item.is_answerable]
        if name.startswith("founding"):
            figures |= self._founding(rows)
        elif answerable:
            figures |= {
                "p1": self._mean(first_is_right(row.said, row.item) for row in answerable),
                "p3": self._mean(right_of_three(row.said, row.item) for row in answerable),
                "any-of-3": self._mean(any_is_right(row.said, row.item) for row in answerable),
            }
        elif any(row.item.gold for row in rows):
            # gold that stands elsewhere too: a removed question that was answered all the same
            figures["still-right"] = self._mean(first_is_right(r.said, r.item) for r in rows)
        figures["ms-p50"] = Figure(percentile(times, 50), len(times))
        figures["ms-p95"] = Figure(percentile(times, 95), len(times))
        return figures

    def _founding(self, rows: Sequence[Row]) -> dict[str, Figure]:
        """What the page must show where it is meant, and nothing else may."""
        texts = [" ".join(each.text for each in row.said.sentences).casefold() for row in rows]
        shown = [float(all(f in text for f in FOUNDING_FIGURES)) for text in texts]
        leads = [row.said.sentences[0].text if row.said.sentences else "" for row in rows]
        about = [
            float(any(f" {w} " in f" {' '.join(words(lead))} " for w in FOUNDING_WORDS))
            for lead in leads
        ]
        return {"page-figures": self._mean(shown), "led-by-the-disease": self._mean(about)}

    def _abstention(self, kept: Sequence[Row], others: Sequence[Row]) -> dict[str, Figure]:
        removed = {
            row.item.item_id.removeprefix("removed:"): row
            for row in others
            if row.item.group == "gold-removed"
        }
        pairs = [(row, removed[row.item.item_id]) for row in kept if row.item.item_id in removed]
        if not pairs:
            return {}
        # half of the questions, drawn by their ids, lost their gold
        mixed = [gone if digest(f"lost:{row.item.item_id}") % 2 else row for row, gone in pairs]
        scores = [row.said.score for row in mixed]
        right = [first_is_right(row.said, row.item) for row in mixed]
        return {
            "auc": roc_auc(
                [row.said.score for row, _ in pairs],
                [gone.said.score for _, gone in pairs],
                seed=self.seed,
            ),
            "precision-at-.5": Figure(
                precision_at_coverage(scores, right, coverage=COVERAGE), len(mixed)
            ),
        }

    def _mean(self, values: Iterable[float]) -> Figure:
        return mean(list(values), seed=self.seed)


def _macro(made: Figures, system: str) -> dict[str, Figure]:
    groups = [
        figures[system]["p1"]
        for name, figures in made.items()
        if name.startswith("within/") and system in figures
    ]
    value = math.fsum(group.value for group in groups) / len(groups)
    return {"p1-macro": Figure(value, sum(group.n for group in groups))}


def plain(figures: Figures) -> dict[str, Any]:  # Any: JSON
    """Figures for a file, rounded."""
    return {
        name: {
            system: {measure: _plain(figure) for measure, figure in measures.items()}
            for system, measures in systems.items()
        }
        for name, systems in figures.items()
    }


def _plain(figure: Figure) -> dict[str, float | int]:
    return {
        key: round(value, 4) if isinstance(value, float) else value
        for key, value in asdict(figure).items()
        if value is not None
    }


def table(figures: Mapping[str, Any]) -> str:
    """Plain figures (see `plain`) as one table: a line for each set and system."""
    lines = []
    for name, systems in figures.items():
        for system, measures in systems.items():
            cells = "  ".join(f"{measure} {_cell(measure, f)}" for measure, f in measures.items())
            count = max(f["n"] for f in measures.values())
            lines.append(f"{name:<28} {system:<18} n={count:<5} {cells}")
    return "\n".join(lines)


def _cell(measure: str, figure: Mapping[str, float]) -> str:
    if measure.startswith("ms"):
        return f"{figure['value']:.0f}"
    text = f"{figure['value']:.3f}"
    if "low" in figure:
        text += f" [{figure['low']:.3f}-{figure['high']:.3f}]"
    return text
