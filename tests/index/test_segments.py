"""An index keeps words and meaning in step, on disk and in memory, through kills and changes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from curbside.errors import BusyError, LibraryError
from curbside.index.dense import DenseCodes, codes_of, text_key
from curbside.index.lexical import LexicalIndex
from curbside.index.manifest import BUNDLED_ENCODER, EMPTY, FILE, read_manifest
from curbside.index.segments import Index, forget_other_codes, memory_index, open_index
from curbside.models.minilm import MODEL_SHA256, TOKENIZER_SHA256, MiniLM
from curbside.records import Document, EncoderIdentity
from index_builders import WordEncoder, document, question

GOUT = document("pmid:1", "Colchicine prevents flares.", "Urate fell.", labels=("A", "B"))
WARTS = document("pmid:2", "Zinc did not clear warts.")
ASTHMA = document("pmid:3", "Inhaled steroids prevent attacks.")
OTHER = EncoderIdentity("brought", "a" * 64, "b" * 64, "cls, 512 tokens")
NO_CODES = DenseCodes(np.zeros(0, dtype="S24"), np.zeros((0, 64), dtype=np.int8))


def filled(folder: Path, *documents: Document) -> Index:
    index = open_index(folder)
    index.add(documents)
    index.commit()
    return index


def nearest(index: Index, text: str, k: int = 10) -> list[str]:
    (vector,) = WordEncoder().embed([text])
    return [hit.passage.passage_id for hit in index.search_dense(vector, k=k)]


def by_words(index: Index, text: str) -> list[str]:
    return [hit.passage.doc_id for hit in index.search_lexical(question(text), k=10)]


def test_a_new_document_is_found_by_its_words_at_once_and_by_meaning_once_embedded(
    tmp_path: Path,
) -> None:
    index = filled(tmp_path, GOUT, WARTS)
    assert (index.passages(), index.embedded()) == (3, 0)
    assert by_words(index, "zinc") == ["pmid:2"]
    assert nearest(index, "Zinc did not clear warts.") == []
    assert index.embed_pending(WordEncoder()) == 3
    assert (index.passages(), index.embedded()) == (3, 3)
    assert nearest(index, "Zinc did not clear warts.", 1) == ["pmid:2@r1#0-25"]


def test_what_was_committed_is_there_when_the_index_is_opened_again(tmp_path: Path) -> None:
    index = filled(tmp_path, GOUT, WARTS)
    index.embed_pending(WordEncoder())
    again = open_index(tmp_path)
    assert (again.passages(), again.embedded()) == (3, 3)
    assert nearest(again, "urate fell") == nearest(index, "urate fell")
    assert again.embed_pending(WordEncoder()) == 0


def test_beginnings_are_embedded_first_and_stopping_loses_nothing(tmp_path: Path) -> None:
    index = filled(tmp_path, GOUT, WARTS)
    encoder = WordEncoder()
    told: list[int] = []
    assert index.embed_pending(encoder, limit=2, progress=told.append) == 2
    assert encoder.embedded == ["Colchicine prevents flares.", "Zinc did not clear warts."]
    assert told == [2]
    again = open_index(tmp_path)
    assert again.embedded() == 2
    assert again.embed_pending(encoder) == 1
    assert encoder.embedded[2:] == ["Urate fell."]


def test_parts_are_joined_while_of_like_size_and_old_files_go(tmp_path: Path) -> None:
    many = [document(f"pmid:{n}", f"Finding number {n}.") for n in range(300)]
    index = filled(tmp_path, *many)
    index.embed_pending(WordEncoder())  # batches of 128, 128 and 44
    manifest = read_manifest(tmp_path)
    assert [part.rows for part in manifest.dense] == [256, 44]
    assert (manifest.passages, manifest.embedded, manifest.written) == (300, 300, 4)
    named = sorted(file for part in manifest.dense for file in part.sums)
    assert sorted(path.name for path in (tmp_path / "dense").iterdir()) == named
    assert open_index(tmp_path).embedded() == 300


def test_a_revised_document_is_found_as_it_is_now(tmp_path: Path) -> None:
    index = filled(tmp_path, GOUT, WARTS)
    index.embed_pending(WordEncoder())
    revised = document("pmid:2", "Zinc cleared warts.", revision="r2")
    index.add([revised])
    assert by_words(index, "zinc") == ["pmid:2"]
    index.commit()
    assert (index.passages(), index.embedded()) == (3, 2)
    assert nearest(index, "zinc did not clear warts") == ["pmid:1@r1#0-27", "pmid:1@r1#29-40"]
    assert index.embed_pending(WordEncoder()) == 1
    assert nearest(index, "zinc cleared warts", 1) == ["pmid:2@r2#0-19"]


def test_removed_documents_take_no_place_among_the_best(tmp_path: Path) -> None:
    many = [document(f"pmid:{n:02}", "Zinc did not clear warts.") for n in range(20)]
    index = filled(tmp_path, *many, ASTHMA)
    index.embed_pending(WordEncoder())
    for n in range(19):
        index.remove(f"pmid:{n:02}")
    index.commit()
    assert index.embedded() == 2
    assert nearest(index, "zinc did not clear warts", 2) == [
        "pmid:19@r1#0-25",
        "pmid:3@r1#0-33",
    ]
    assert nearest(index, "zinc", 0) == []


def test_an_index_in_memory_uses_the_codes_it_is_given() -> None:
    encoder = WordEncoder()
    texts = ["Zinc did not clear warts.", "Inhaled steroids prevent attacks."]
    codes = codes_of([text_key(text) for text in texts], encoder.embed(texts))
    index = memory_index([GOUT, WARTS, ASTHMA], codes=codes)
    assert (index.passages(), index.embedded()) == (4, 2)
    assert nearest(index, "zinc", 1) == ["pmid:2@r1#0-25"]
    assert index.embed_pending(encoder) == 2
    assert index.embedded() == 4


def test_known_codes_are_searched_beside_those_of_the_folder(tmp_path: Path) -> None:
    filled(tmp_path, GOUT, WARTS).embed_pending(WordEncoder(), limit=1)
    text = "Zinc did not clear warts."
    codes = codes_of([text_key(text)], WordEncoder().embed([text]))
    index = open_index(tmp_path, codes=(codes,))
    assert nearest(index, "zinc did not clear warts", 1) == ["pmid:2@r1#0-25"]
    encoder = WordEncoder()
    assert index.embed_pending(encoder) == 1
    assert encoder.embedded == ["Urate fell."]


def test_two_documents_with_the_same_words_are_both_found_by_one_code() -> None:
    twin = document("pmid:9", "Zinc did not clear warts.")
    index = memory_index([WARTS, twin], codes=NO_CODES)
    encoder = WordEncoder()
    index.embed_pending(encoder)
    assert len(encoder.embedded) == 1
    assert index.embedded() == 2
    assert nearest(index, "zinc") == ["pmid:2@r1#0-25", "pmid:9@r1#0-25"]


def test_a_run_that_is_killed_leaves_the_old_state(tmp_path: Path) -> None:
    filled(tmp_path, GOUT, WARTS).embed_pending(WordEncoder())
    code = (
        "import os, sys; from pathlib import Path;"
        "sys.path.insert(0, sys.argv[2]);"
        "from index_builders import document;"
        "from curbside.index.segments import open_index;"
        "index = open_index(Path(sys.argv[1]));"
        "index.remove('pmid:1');"
        "index.add(document(f'pmid:x{n}', f'Zinc text {n}.') for n in range(200));"
        "os.kill(os.getpid(), 9)"
    )
    tests = str(Path(__file__).resolve().parents[1])
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path), tests], check=False)
    assert killed.returncode == -9
    index = open_index(tmp_path)
    assert (index.passages(), index.embedded()) == (3, 3)
    assert by_words(index, "zinc") == ["pmid:2"]
    assert by_words(index, "colchicine") == ["pmid:1"]
    index.add([ASTHMA])
    index.commit()
    assert index.passages() == 4


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_kill_at_the_commit_leaves_one_of_two_states_and_the_index_knows_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    index = open_index(tmp_path)
    index.add([GOUT, WARTS])
    index.commit("first")
    index.embed_pending(WordEncoder())
    index.remove("pmid:2")
    commit = LexicalIndex.commit

    def killed(self: LexicalIndex) -> None:
        if is_committed:
            commit(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(LexicalIndex, "commit", killed)
    with pytest.raises(KeyboardInterrupt):
        index.commit("second")
    monkeypatch.undo()
    del index
    again = open_index(tmp_path)
    state = (again.made_from, again.passages(), again.embedded())
    assert state == (("second", 2, 2) if is_committed else ("first", 3, 3))


def test_an_index_that_is_made_again_serves_as_it_was_until_it_is_whole(tmp_path: Path) -> None:
    index = filled(tmp_path, GOUT, WARTS)
    index.embed_pending(WordEncoder())
    reader = open_index(tmp_path)
    index.start_again()
    index.add([ASTHMA, WARTS])
    assert (by_words(index, "colchicine"), by_words(index, "attacks")) == (["pmid:1"], [])
    index.commit("again")
    assert (by_words(index, "colchicine"), by_words(index, "attacks")) == ([], ["pmid:3"])
    assert by_words(reader, "colchicine") == ["pmid:1"]
    again = open_index(tmp_path)
    assert (again.passages(), again.embedded(), again.made_from) == (2, 1, "again")
    assert len(list(tmp_path.glob("lexical*"))) == 1


def test_every_file_of_the_words_is_checked_against_its_checksum(tmp_path: Path) -> None:
    index = filled(tmp_path, GOUT, WARTS)
    assert index.faults() == []
    (lexical,) = tmp_path.glob("lexical*")
    (store,) = lexical.glob("*.store")
    whole = store.read_bytes()
    store.chmod(0o644)
    store.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    assert index.faults() == [f"{store}: its checksum is another: it was changed or damaged"]
    store.write_bytes(whole[:-3])
    assert index.faults() == [f"{store}: it is cut off or damaged"]
    store.unlink()
    (fault,) = index.faults()
    assert fault.startswith(f"{store}: it cannot be read (")


def test_a_damaged_index_of_words_says_how_it_is_made_again(tmp_path: Path) -> None:
    filled(tmp_path, GOUT, WARTS)
    (lexical,) = tmp_path.glob("lexical*")
    for file in lexical.glob("*.term"):
        file.chmod(0o644)
        file.write_bytes(b"no terms")
    with pytest.raises(LibraryError, match="curbside library rebuild"):
        open_index(tmp_path)


def test_a_changed_code_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    filled(tmp_path, GOUT).embed_pending(WordEncoder())
    (file,) = (tmp_path / "dense").glob("*.codes.npy")
    file.write_bytes(file.read_bytes()[:-1] + b"\x55")
    with pytest.raises(LibraryError, match="curbside library rebuild"):
        open_index(tmp_path)


def test_there_is_no_manifest_before_the_first_commit(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == EMPTY


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1}', '{"format": 3}'])
def test_a_manifest_that_is_cut_or_of_another_format_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(LibraryError, match=r"manifest\.json cannot be read"):
        read_manifest(tmp_path)


def test_the_manifest_names_the_files_with_their_sha256(tmp_path: Path) -> None:
    filled(tmp_path, GOUT).embed_pending(WordEncoder())
    data = json.loads((tmp_path / FILE).read_text())
    said = data.pop("sum")
    assert said == hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    assert data == {
        "format": 3,
        "passages": 2,
        "embedded": 2,
        "written": 2,
        "lexical": "lexical-000001",
        "made_from": "",
        "pending": None,
        "encoder": {
            "title": "all-MiniLM-L6-v2 int8",
            "model_sha256": MODEL_SHA256,
            "tokenizer_sha256": TOKENIZER_SHA256,
            "reading": "mean, 256 tokens",
        },
        "dimension": 64,
        "dense": [
            {
                "name": "000002",
                "rows": 2,
                "sums": {
                    file.name: hashlib.sha256(file.read_bytes()).hexdigest()
                    for file in (tmp_path / "dense").iterdir()
                },
            }
        ],
    }


def test_a_manifest_that_was_changed_is_refused(tmp_path: Path) -> None:
    filled(tmp_path, GOUT)
    text = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(text.replace('"passages": 2', '"passages": 3'))
    with pytest.raises(LibraryError, match="its checksum is another"):
        read_manifest(tmp_path)


def test_of_an_index_of_an_older_version_the_codes_are_kept(tmp_path: Path) -> None:
    filled(tmp_path, GOUT).embed_pending(WordEncoder())
    data = json.loads((tmp_path / FILE).read_text())
    old = {key: data[key] for key in ("passages", "embedded", "written", "dense")}
    (tmp_path / FILE).write_text(json.dumps({"format": 1, **old}))
    index = open_index(tmp_path)
    assert (index.passages(), index.made_from) == (0, "")
    index.add([GOUT])
    index.commit()
    assert (index.passages(), index.embedded()) == (2, 2)


def test_an_index_that_names_no_encoder_was_made_with_the_bundled_one(tmp_path: Path) -> None:
    filled(tmp_path, GOUT).embed_pending(WordEncoder())
    data = json.loads((tmp_path / FILE).read_text())
    old = {key: data[key] for key in data if key not in ("sum", "encoder", "dimension")}
    old["format"] = 2
    told = hashlib.sha256(json.dumps(old, sort_keys=True).encode()).hexdigest()
    (tmp_path / FILE).write_text(json.dumps({**old, "sum": told}))
    assert read_manifest(tmp_path).encoder == BUNDLED_ENCODER
    index = open_index(tmp_path)
    assert (index.passages(), index.embedded()) == (2, 2)
    with pytest.raises(LibraryError, match="were made with all-MiniLM-L6-v2 int8"):
        open_index(tmp_path, encoder=OTHER)


def test_the_bundled_encoder_is_the_one_that_the_package_brings() -> None:
    assert MiniLM().identity == BUNDLED_ENCODER
    assert MiniLM().name == BUNDLED_ENCODER.name


def test_codes_of_another_encoder_are_never_searched_nor_added_to(tmp_path: Path) -> None:
    filled(tmp_path, GOUT).embed_pending(WordEncoder())
    with pytest.raises(LibraryError) as raised:
        open_index(tmp_path, encoder=OTHER)
    assert str(raised.value) == (
        f"the dense codes in {tmp_path} were made with {BUNDLED_ENCODER.name}, and the encoder"
        " that is set is brought (model aaaaaaaaaaaa, tokenizer bbbbbbbbbbbb); run `curbside"
        " library rebuild`, which makes the codes again, or set the encoder that they were made"
        " with"
    )
    # without codes any encoder may begin
    assert forget_other_codes(tmp_path, OTHER)
    assert not forget_other_codes(tmp_path, OTHER)
    assert list(tmp_path.glob("dense/*")) == []
    index = open_index(tmp_path, encoder=OTHER)
    assert (index.passages(), index.embedded()) == (2, 0)
    behind = open_index(tmp_path)
    assert index.embed_pending(WordEncoder()) == 2
    assert read_manifest(tmp_path).encoder == OTHER
    assert forget_other_codes(tmp_path, OTHER) is False
    with pytest.raises(LibraryError, match="were made with brought"):
        behind.embed_pending(WordEncoder())


def test_an_encoder_of_another_title_is_the_same(tmp_path: Path) -> None:
    open_index(tmp_path).commit()
    index = open_index(tmp_path, encoder=OTHER)
    index.add([GOUT])
    index.commit()
    index.embed_pending(WordEncoder())
    assert open_index(tmp_path, encoder=replace(OTHER, title="moved")).embedded() == 2


def test_codes_that_one_made_while_another_put_documents_in_are_all_kept(tmp_path: Path) -> None:
    filled(tmp_path, GOUT, WARTS)
    embedding, adding = open_index(tmp_path), open_index(tmp_path)
    embedding.embed_pending(WordEncoder(), limit=1)
    adding.add([ASTHMA])
    adding.commit("two")
    embedding.embed_pending(WordEncoder(), limit=1)
    adding.settle()
    now = open_index(tmp_path)
    assert (now.passages(), now.embedded(), now.made_from) == (4, 2, "two")
    # one that is behind makes codes of what it sees, and takes nothing back
    embedding.embed_pending(WordEncoder())
    now = open_index(tmp_path)
    assert (now.passages(), now.embedded(), now.made_from) == (4, 3, "two")
    assert adding.embed_pending(WordEncoder()) == 2  # it knew of one; the others are made again
    assert open_index(tmp_path).embedded() == 4
    assert len(nearest(adding, "attacks")) == 4


def test_an_index_that_was_made_again_meanwhile_is_not_gone_on_with(tmp_path: Path) -> None:
    behind = filled(tmp_path, GOUT)
    behind.remove("pmid:1")
    again = open_index(tmp_path)
    again.start_again()
    again.add([GOUT, WARTS])
    again.commit("again")
    with pytest.raises(BusyError, match="another process made the index again"):
        behind.commit()
    assert open_index(tmp_path).passages() == 3


def test_words_are_counted_over_the_whole_index() -> None:
    index = memory_index([GOUT, WARTS], codes=NO_CODES)
    assert index.document_frequency("urate") == 1
    assert index.word_frequencies()["zinc"] == 1
