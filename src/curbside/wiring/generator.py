"""Settings to a language model: nothing is sent that was not screened and shown first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from curbside.errors import GeneratorError, InputError
from curbside.models.chat import ChatModel, Request
from curbside.protocols import Generator
from curbside.records import Drafted, Offered, Question
from curbside.text.personal import find_personal
from curbside.wiring.config import Settings

_MISSING: Final = (
    "no language model is configured; put a table [generator] with url and model into"
    " curbside.toml, see docs/how-to.md"
)


class Screened:
    """A model that is not asked where the question holds personal data."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    @property
    def name(self) -> str:
        """The model's own."""
        return self._generator.name

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        """Ask the model, unless the question looks as if it were about a named person.

        Raises GeneratorError where it does, naming what was seen; nothing was sent then.
        """
        seen = [each for text in (question.text, question.title) for each in find_personal(text)]
        if seen:
            told = "; ".join(dict.fromkeys(f"{each.what} ({each.text!r})" for each in seen))
            raise GeneratorError(
                f"nothing was sent, as the question holds what looks like personal data: {told}"
            )
        yield from self._generator.generate(question, offered)


class Rehearsal:
    """Takes what would be sent and sends nothing."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.request: Request | None = None

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        """Keep the request; no drafts."""
        self.request = self._model.request(question, offered)
        yield from ()


def chat_model(
    settings: Settings, environ: Mapping[str, str], *, sending: Callable[[Request], None]
) -> ChatModel:
    """The model that is configured.

    Args:
        settings: with `generator`.
        environ: holds the key that the settings name.
        sending: told of every request before it leaves.

    Raises:
        InputError: none is configured, or the key is not in `environ`.
    """
    chosen = settings.generator
    if chosen is None:
        raise InputError(_MISSING)
    key = None
    if chosen.api_key_env is not None:
        key = environ.get(chosen.api_key_env, "").strip()
        if not key:
            raise InputError(
                f"[generator], api_key_env: {chosen.api_key_env} is not set; set it to the key"
            )
    return ChatModel(
        url=chosen.url,
        model=chosen.model,
        api_key=key,
        timeout_s=chosen.timeout_s,
        sending=sending,
    )
