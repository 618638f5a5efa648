"""The table that people read is the one the program follows.

Write it anew with `python tests/review/test_access_table.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

from curbside.articles import DeskRole, Move, State
from curbside.review.moves import access_table, rule_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "design" / "review.md"
MARKED = re.compile(r"(?s)(<!-- access-table -->\n)(.*?)(<!-- /access-table -->)")
SHORT = {
    DeskRole.READER: "reader",
    DeskRole.AUTHOR: "author",
    DeskRole.REVIEWER: "reviewer",
    DeskRole.EDITOR: "editor",
    DeskRole.ADMINISTRATOR: "admin",
    DeskRole.DESK: "desk",
}


def drawn() -> str:
    """The table of moves by states, and the conditions of each row."""
    states = (None, *State)
    allowed: dict[tuple[Move, State | None], list[str]] = {}
    for move, state, role, may in access_table():
        allowed.setdefault((move, state), []).extend([SHORT[role]] if may else [])
    head = ["move", "no article", *(state.value for state in State)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for move in Move:
        cells = []
        for state in states:
            rule = rule_of(move, state)
            who = ", ".join(allowed[move, state])
            cells.append(f"{who} → {(rule.to or state).value}" if rule else "")
        lines.append("| " + " | ".join([f"**{move.value}**", *cells]) + " |")
    lines += ["", "| move | from | holds where |", "|---|---|---|"]
    for move in Move:
        by_conditions: dict[tuple[str, ...], list[str]] = {}
        for state in states:
            if rule := rule_of(move, state):
                said = tuple(condition.value for condition in rule.conditions)
                by_conditions.setdefault(said, []).append(state.value if state else "no article")
        for said, names in by_conditions.items():
            told = "; ".join(said) or "always"
            lines.append(f"| {move.value} | {', '.join(names)} | {told} |")
    return "\n".join(lines) + "\n"


def test_the_written_table_is_the_one_that_is_followed() -> None:
    found = MARKED.search(DOCUMENT.read_text(encoding="utf-8"))
    assert found is not None
    assert found[2] == drawn()


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(MARKED.sub(lambda m: m[1] + drawn() + m[3], text), encoding="utf-8")
