"""Every kind of reader reads the same, at every level, in every form, over many questions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from curbside.codec.answer import answer_from_json, answer_to_json
from curbside.interfaces.export import export_page
from curbside.interfaces.export.forms import ExportForm, Style
from curbside.interfaces.export.outline import outline_of
from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.markdown import render_markdown
from curbside.interfaces.render.text import render_text
from curbside.pipeline import Engine, answer, read_as
from curbside.records import Answer, Reader
from curbside.text.plain import lexicon_for
from curbside.verify.reader_equality import reading_faults
from curbside.verify.recheck import recheck
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from evals.generated import generated_questions
from evals.reader_levels import differences, measure_levels
from founding import QUESTION

AT = "2026-11-23T12:00:00+00:00"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))


@pytest.fixture(scope="module")
def page(engine: Engine) -> Answer:
    return answer(QUESTION, engine=engine, at=AT)


@pytest.fixture(scope="module")
def levels(page: Answer, engine: Engine) -> dict[Reader, Answer]:
    return {r: read_as(page, r, vocabulary=engine.vocabulary) for r in Reader}


def test_a_hundred_generated_questions_say_the_same_to_every_reader(engine: Engine) -> None:
    asked = generated_questions(engine, count=100, seed=7)
    pages = [answer(text, engine=engine, at=AT) for text in asked]
    figures = measure_levels(pages, vocabulary=engine.vocabulary)
    assert (figures.pages, figures.readings) == (100, 400)
    assert figures.claims > 1000
    assert figures.reworded > 0.8 * figures.claims
    assert (
        figures.missing_claims,
        figures.changed_citations,
        figures.changed_numbers,
        figures.changed_denials,
        figures.changed_doubts_or_demands,
    ) == (0, 0, 0, 0, 0)


def test_the_founding_page_reads_at_grade_eight_or_below_for_patients(
    levels: dict[Reader, Answer],
) -> None:
    grades = {
        r: (level.reading.grade.flesch_kincaid, level.reading.grade_without_names.flesch_kincaid)
        for r, level in levels.items()
        if level.reading
    }
    assert grades[Reader.PATIENT][0] is not None
    assert max(g for g in grades[Reader.PATIENT] if g is not None) <= 8
    assert grades[Reader.STUDENT] == grades[Reader.CLINICIAN] == grades[Reader.SPECIALIST]
    assert min(g for g in grades[Reader.CLINICIAN] if g is not None) > 11


def test_claims_evidence_and_citations_are_the_same_at_every_level(
    page: Answer, levels: dict[Reader, Answer]
) -> None:
    for level in levels.values():
        assert replace(level, reading=None) == page


def test_the_reading_comes_back_from_json_and_holds_when_checked_again(
    engine: Engine, levels: dict[Reader, Answer]
) -> None:
    for level in levels.values():
        stored = answer_from_json(answer_to_json(level))
        assert stored == level
        assert recheck(stored, library=engine.library, vocabulary=engine.vocabulary) == ()


MUTATIONS = [
    (r"\d+", lambda m: str(int(m[0]) + 1)),
    (r"\d+ ", lambda m: ""),
    (r"\bnot ", lambda m: ""),
    (r"\bno ", lambda m: "a "),
    (r"\bnone\b", lambda m: "some"),
    (r"\bmay\b", lambda m: "will"),
    (r"\bcould be\b", lambda m: "is"),
    (r"\bshould\b", lambda m: "may"),
    (r"\bmore\b", lambda m: "less"),
    (r"\bhigher\b", lambda m: "lower"),
    (r"%", lambda m: " per thousand"),
    (r"\bwomen\b", lambda m: "men"),
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[pattern for pattern, _ in MUTATIONS])
def test_every_mutation_of_the_patients_page_is_caught(
    mutation: tuple[str, object], engine: Engine, levels: dict[Reader, Answer]
) -> None:
    pattern, change = mutation
    level = levels[Reader.PATIENT]
    reading = level.reading
    assert reading is not None
    lexicon = lexicon_for(engine.vocabulary)
    tried = 0
    for at, wording in enumerate(reading.wordings):
        for number, part in enumerate(wording.parts):
            said = re.sub(pattern, change, part, count=1, flags=re.IGNORECASE)  # type: ignore[call-overload]
            if said == part:
                continue
            tried += 1
            parts = (*wording.parts[:number], said, *wording.parts[number + 1 :])
            mutated = [*reading.wordings]
            mutated[at] = replace(wording, parts=parts)
            broken = replace(level, reading=replace(reading, wordings=tuple(mutated)))
            caught = {where for where, _ in reading_faults(broken, lexicon=lexicon)}
            assert wording.claim_id in caught, (part, said)
    assert tried > 0


def test_a_changed_citation_of_a_wording_is_caught(
    engine: Engine, levels: dict[Reader, Answer]
) -> None:
    level = levels[Reader.PATIENT]
    assert level.reading is not None
    first, *others = level.reading.wordings
    moved = replace(first, cites=others[0].cites)
    broken = replace(level, reading=replace(level.reading, wordings=(moved, *others)))
    failed = recheck(broken, library=engine.library, vocabulary=engine.vocabulary)
    assert [f.where for f in failed] == [f"wording of {first.claim_id}"]


def test_no_reader_is_told_that_the_page_is_for_others(levels: dict[Reader, Answer]) -> None:
    told = {r: str(answer_to_json(level)["disclaimer"]) for r, level in levels.items()}
    assert {r: text.partition(".")[0] for r, text in told.items()} == {
        Reader.PATIENT: "For patients and carers, as information",
        Reader.STUDENT: "For students and health professionals",
        Reader.CLINICIAN: "For health professionals",
        Reader.SPECIALIST: "For health professionals",
    }
    assert all("gives no orders for" in text for text in told.values())


def shown(text: str) -> str:
    """The letters and digits of a text, whatever wraps or marks it."""
    return "".join(re.findall(r"\w+", text))


@pytest.mark.parametrize("reader", Reader)
def test_every_form_shows_every_claim_the_readers_line_and_the_disclaimer(
    reader: Reader, levels: dict[Reader, Answer]
) -> None:
    level = levels[reader]
    object_ = answer_to_json(level)
    reading = level.reading
    assert reading is not None
    wordings = {w.claim_id: " ".join(w.parts) for w in reading.wordings}
    said = [wordings.get(claim.claim_id, claim.text) for claim in level.claims]
    paper = outline_of(object_, Style.NLM)
    forms = {
        "text": render_text(object_, width=100_000),
        "markdown": render_markdown(object_),
        "html": re.sub(r"<[^>]+>", "", render_html(object_)),
        "docx and pdf": repr(paper.blocks),
    }
    for form, text in forms.items():
        letters = shown(re.sub(r"&#39;|&amp;|&lt;|&gt;|&#34;", "", text))
        assert shown("Which best describes you?") in letters, form
        assert shown(str(object_["disclaimer"])) in letters, form
        missing = [s for s in said if shown(re.sub(r"[&<>'\"]", "", s)) not in letters]
        assert missing == [], form
        for question in reading.questions:
            assert shown(question) in letters, form


def test_a_patients_page_becomes_a_document(levels: dict[Reader, Answer]) -> None:
    assert export_page(answer_to_json(levels[Reader.PATIENT]), ExportForm.DOCX)[:2] == b"PK"


def test_a_patient_meets_no_dose_outside_a_fold_that_tells_doctors(
    levels: dict[Reader, Answer],
) -> None:
    level = levels[Reader.PATIENT]
    assert level.reading is not None
    folded = {w.claim_id for w in level.reading.wordings if w.is_folded}
    telling = {
        c.claim_id
        for c in level.claims
        if re.search(r"\bmg\b", c.text) and re.search(r"\b(?:should|advis\w+|is the)\b", c.text)
    }
    assert telling
    assert telling <= folded
    html = render_html(answer_to_json(level))
    assert html.count("tells doctors: information, not advice for you") >= len(folded)


def test_differences_counts_what_a_person_would_count() -> None:
    text = "In 12% of men it may not help."
    assert differences(text, (text,)) == Counter()
    assert differences(text, ("In 13% of men it does not help.",)) == Counter(numbers=2, modality=1)
    assert differences(text, (text, "Out of 100: 12.")) == Counter()
    assert differences(text, ("In 12% of men it may help.", "Out of 100: 21.")) == Counter(
        numbers=1, denials=1
    )
