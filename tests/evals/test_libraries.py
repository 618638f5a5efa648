"""Libraries to ask are made once, and a text that is known is not embedded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_library import TINY

from curbside.index.dense import codes_of, text_key
from curbside.models.minilm import MiniLM
from evals.items import Half
from evals.libraries import KeptVectors, make_home, open_bundled, open_home
from evals.product import Curbside
from evals.sets.clinicians import clinician_items
from evals.workshop import Workshop


def test_a_known_text_has_the_vector_of_its_code_and_others_are_made() -> None:
    known = np.zeros((1, 384), dtype=np.float32)
    known[0, 7] = 1.0
    kept = KeptVectors([codes_of([text_key("zinc")], known)])
    rows = kept.embed(["zinc", "copper"])
    assert rows[0].tolist() == known[0].tolist()
    assert np.allclose(rows[1], MiniLM().embed(["copper"])[0])


def test_what_was_made_is_kept_in_a_folder(tmp_path: Path) -> None:
    kept = KeptVectors([], folder=tmp_path)
    made = kept.embed(["zinc"])
    kept.keep()
    again = KeptVectors([], folder=tmp_path).embed(["zinc"])
    # as codes: eight bits a number
    assert np.abs(again - made).max() <= 0.5 / 127
    assert not np.array_equal(again, made)


def test_a_library_is_made_as_add_does_and_asked(tmp_path: Path) -> None:
    home = tmp_path / "tiny"
    files = [TINY / "abstracts.jsonl", TINY / "answers.jsonl", TINY / "absent.jsonl"]
    told: list[str] = []
    make_home(home, files, progress=told.append)
    # ours and the bundled ones
    assert told[0].startswith("tiny: 96 documents, ")
    again: list[str] = []
    make_home(home, files, progress=again.append)
    assert again == told[:1]  # nothing is embedded twice
    said = Curbside(open_home(home).engine).ask("Does zinc shorten the common cold?")
    assert [each.text for each in said.sentences] == [
        "Zinc lozenges begun within a day shorten the common cold in adults."
    ]


def test_the_bundled_library_lists_its_documents() -> None:
    library = open_bundled()
    assert len(list(library.documents())) == library.engine.facts.documents > 0
    assert library.dense("relapse", 3)


def test_a_workshop_knows_its_systems(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, home=None, tell=lambda _: None)
    names = [system.name for system in shop.systems("bundled", ["curbside", "bm25", "cosine"])]
    assert names == ["curbside", "bm25", "cosine"]
    assert list(shop.told()) == ["bundled"]
    with pytest.raises(ValueError, match="no such system: oracle"):
        shop.systems("bundled", ["oracle"])


def test_clinicians_questions_have_noted_sources_or_none() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "c1", "question": "zinc cold", "held": True, "pmids": ["1"], "split": "tune"},
        {"id": "c2", "question": "copper", "held": False, "split": "report", "doc_ids": []},
    ]
    told = {item.item_id: (item.group, item.sources) for item in clinician_items(rows, Half.BOTH)}
    assert told == {
        "clinicians:c1": ("held", frozenset({"pmid:1"})),
        "clinicians:c2": ("not-held", frozenset()),
    }
    assert [item.item_id for item in clinician_items(rows, Half.TUNE)] == ["clinicians:c1"]
