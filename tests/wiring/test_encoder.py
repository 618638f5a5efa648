"""The encoder of the settings makes the codes, answers with them, and is never mixed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curbside.errors import InputError, LibraryError
from curbside.index.segments import open_index
from curbside.models.minilm import MiniLM
from curbside.records import Question, QuestionKind
from curbside.wiring.config import Settings, read_settings, settings_at
from curbside.wiring.encoder import encoder_of
from curbside.wiring.engine import open_engine
from curbside.wiring.library import add_paths, embed_all, library_summary
from curbside.wiring.maintenance import rebuild_library, verify_library
from curbside.wiring.opened import open_library
from encoder_folders import encoder_folder
from library_builders import digests

AT = "2026-01-01T00:00:00Z"


def test_the_encoder_is_named_in_the_file_or_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "curbside.toml").write_text('[models]\nencoder = "bge"\n')
    assert settings_at(tmp_path).encoder == tmp_path / "bge"
    assert settings_at(tmp_path, {"CURBSIDE_ENCODER": "/srv/e5"}).encoder == Path("/srv/e5")
    environ = {"CURBSIDE_HOME": str(tmp_path / "none"), "CURBSIDE_ENCODER": "/srv/e5"}
    assert read_settings(environ).encoder == Path("/srv/e5")
    assert encoder_of(Settings(tmp_path)).identity == MiniLM().identity


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models = 3", "expected a table"),
        ('[models]\nencodr = "a"', "unknown key encodr; known: encoder"),
        ("[models]\nencoder = 3", "encoder: expected the folder of an encoder, found 3"),
        ('[models]\nencoder = " "', "encoder: expected the folder of an encoder, found ' '"),
    ],
)
def test_a_table_that_is_not_understood_is_an_error(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "curbside.toml").write_text(text)
    with pytest.raises(InputError, match=r"curbside\.toml, \[models\].*" + message):
        settings_at(tmp_path)


def test_an_encoder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="bge: expected the folder of an encoder"):
        open_engine(Settings(None, encoder=tmp_path / "bge"))


def test_without_a_library_another_encoder_leaves_the_topics_to_their_words(tmp_path: Path) -> None:
    engine = open_engine(Settings(None, encoder=encoder_folder(tmp_path / "brought")))
    passages = engine.facts.passages
    assert engine.facts.searched == (f"lexical search of {passages:,} passages",)
    assert engine.facts.models == ()


def test_codes_of_another_encoder_are_made_again_by_a_rebuild(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares.")
    add_paths(home, [file], at=AT, progress=lambda _: None)
    before = library_summary(home)
    assert before.embedded == before.passages

    encoder_folder(home / "brought")
    (home / "curbside.toml").write_text('[models]\nencoder = "brought"\n')
    for use in (library_summary, lambda home: open_engine(settings_at(home))):
        with pytest.raises(LibraryError, match="run `curbside library rebuild`"):
            use(home)
    (fault,) = verify_library(home, progress=lambda *_: None)
    assert "run `curbside library rebuild`" in fault

    index, had_others = rebuild_library(home, progress=lambda _: None)
    assert had_others
    # those that ship with the package are of no use either
    assert (index.passages(), index.embedded()) == (before.passages, 0)
    assert embed_all(home, progress=lambda _: None) == before.passages
    assert rebuild_library(home, progress=lambda _: None)[1] is False
    after = library_summary(home)
    assert (after.passages, after.embedded) == (before.passages, before.passages)
    assert after.fingerprint != before.fingerprint
    manifest = json.loads((home / "index" / "manifest.json").read_text())
    assert manifest["encoder"]["title"] == "brought"
    assert manifest["dimension"] == 384

    engine = open_engine(settings_at(home))
    assert engine.facts.models[0].startswith("brought (model ")
    asked = "Colchicine prevents quokka flares."
    question = Question(asked, asked, "slug", QuestionKind.GENERAL, (), asked)
    assert engine.retriever.retrieve(question, k=1)[0].passage.text == asked
    assert list(verify_library(home, progress=lambda *_: None)) == []
    with pytest.raises(LibraryError, match="were made with brought"):
        open_library(Settings(home))
    with pytest.raises(LibraryError, match="were made with brought"):
        open_index(home / "index")
