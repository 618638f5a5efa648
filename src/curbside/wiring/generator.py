"""Settings to a language model: nothing is sent that was not screened and shown first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from curbside.errors import GeneratorError, InputError
from curbside.models.chat import ChatModel
from curbside.models.embedded import EXTRA, MODULE, EmbeddedModel
from curbside.models.task import Request
from curbside.protocols import Generator
from curbside.records import Drafted, Offered, Question
from curbside.text.personal import Personal, find_personal
from curbside.wiring.config import Settings
from curbside.wiring.generator_settings import EmbeddedSettings, EndpointSettings

_MISSING: Final = (
    "no language model is configured; put a table [generator] with url and model, or path, into"
    " curbside.toml, see docs/how-to.md"
)
_GGUF: Final = b"GGUF"


class Screened:
    """A model that is not asked where the question holds personal data, nor given passages that
    do.

    Args:
        generator: the model.
        told: what was seen, in words, for the person who asked; a page does not repeat it.
        how_on: what that person can do about a question that is not sent.
    """

    def __init__(self, generator: Generator, *, told: Callable[[str], None], how_on: str) -> None:
        self._generator = generator
        self._told = told
        self._how_on = how_on

    @property
    def name(self) -> str:
        """The model's own."""
        return self._generator.name

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        """Ask the model, unless the question looks as if it were about a named person.

        Raises GeneratorError where it does, naming the kind of what was seen; nothing was sent
        then.
        """
        seen = [each for text in (question.text, question.title) for each in find_personal(text)]
        if seen:
            self._told(
                f"nothing was sent, as the question holds what looks like personal data:"
                f" {_listed(seen)}; {self._how_on}"
            )
            kinds = "; ".join(dict.fromkeys(each.what for each in seen))
            raise GeneratorError(
                f"nothing was sent, as the question holds what looks like personal data ({kinds})"
            )
        found = {item.evidence_id: find_personal(item.quote) for item in offered}
        kept = [item for item in offered if not found[item.evidence_id]]
        if len(kept) < len(offered):
            held = [each for several in found.values() for each in several]
            self._told(
                f"{len(offered) - len(kept)} of {len(offered)} passages are not sent, as they hold"
                f" what looks like personal data: {_listed(held)}"
            )
        if kept:
            yield from self._generator.generate(question, kept)


def _listed(seen: Sequence[Personal]) -> str:
    return "; ".join(dict.fromkeys(f"{each.what} ({each.text!r})" for each in seen))


class Rehearsal:
    """Takes what would be sent and sends nothing."""

    def __init__(self, model: ChatModel | EmbeddedModel) -> None:
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


def configured_model(
    settings: Settings, environ: Mapping[str, str], *, sending: Callable[[Request], None]
) -> ChatModel | EmbeddedModel:
    """The model that is configured.

    Args:
        settings: with `generator`.
        environ: holds the key that the settings name.
        sending: told of every request before it leaves.

    Raises:
        InputError: none is configured, the key is not in `environ` or cannot be one, the file is
            no model, or the extra that runs it is not installed.
    """
    chosen = settings.generator
    if chosen is None:
        raise InputError(_MISSING)
    if isinstance(chosen, EmbeddedSettings):
        _check_file(chosen.path)
        return EmbeddedModel(path=chosen.path, timeout_s=chosen.timeout_s, asking=sending)
    return ChatModel(
        url=chosen.url,
        model=chosen.model,
        api_key=_key(chosen, environ),
        timeout_s=chosen.timeout_s,
        sending=sending,
    )


def may_leave(settings: Settings) -> bool:
    """Whether what the model is given goes to another program: then it is screened."""
    return isinstance(settings.generator, EndpointSettings)


def _key(chosen: EndpointSettings, environ: Mapping[str, str]) -> str | None:
    if chosen.api_key_env is None:
        return None
    where = f"[generator], api_key_env: {chosen.api_key_env}"
    key = environ.get(chosen.api_key_env, "").strip()
    if not key:
        raise InputError(f"{where} is not set; set it to the key")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(f"{where}: expected a key of printable ASCII without spaces")
    return key


def _check_file(path: Path) -> None:
    where = f"[generator], path: {path}"
    try:
        with path.open("rb") as file:
            start = file.read(len(_GGUF))
    except OSError as error:
        raise InputError(f"{where}: expected a file that may be read; {error.strerror}") from error
    if start != _GGUF:
        raise InputError(f"{where}: expected a model in the form GGUF")
    if find_spec(MODULE) is None:
        raise InputError(
            f"{where}: running it needs the extra {EXTRA}; install it with"
            f" pip install 'curbside[{EXTRA}]', which compiles llama.cpp for some minutes"
        )
