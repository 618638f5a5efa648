"""Answers that wait until a test says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from curbside.pipeline import Stage, answer
from curbside.records import Answer


class Slow:
    """Answers that stop before their second stage until they are let go on."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.ended: list[str] = []

    def answer(self, text: str, *, reached: Callable[[Stage, int], None], **options: Any) -> Answer:
        def slowly(stage: Stage, count: int) -> None:
            if stage is Stage.SEARCHED:
                self.begun.set()
                self.go_on.wait(30)
            reached(stage, count)

        try:
            made = answer(text, reached=slowly, **options)
        except Exception as error:  # whatever ends it is noted, and raised again
            self.ended.append(type(error).__name__)
            raise
        self.ended.append("made")
        return made
