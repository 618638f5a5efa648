"""The founding question for every reader in every form: what a page must show, row by row.

A row is checked by hand-written words against each form as a reader meets it (`forms.READERS`).
What holds of the answer itself, whatever its form, is in `test_founding_page.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from curbside.codec.answer import answer_from_json, answer_to_json
from curbside.interfaces.export import ExportForm, export_page
from curbside.interfaces.render.view import read_page
from curbside.pipeline import answer, read_as
from curbside.records import Reader
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine, topic_words
from forms import READERS, Read, tight
from founding import QUESTION, REWORDINGS

AT = "2026-11-23T12:00:00+00:00"
GUIDELINES, RESEARCH, LABEL = "From the Guidelines", "From the Research", "From the Drug Label"
LEAFLETS = "From Patient Information"

NOT_OF_A_FORM = {
    "S13": "a box to ask in belongs to the web and to `chat`",
    "V3": "computation with a patient's values belongs to the pathways",
    "T1": "reviewers are people of the review desk",
    "T5": "the policy is served beside the page by the web",
    "W9": "versions belong to the review desk; a file is one version",
    "W12": "states other than the first belong to the review desk",
}
"""Rows that no file of one answer can show, each with its reason."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    engine = open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))
    texts = {"asked": QUESTION, "reworded": REWORDINGS[4], "unanswered": "How is gout treated?"}
    return {
        name: answer_to_json(answer(text, engine=engine, at=AT)) for name, text in texts.items()
    }


@pytest.fixture(scope="module")
def levels(pages: dict[str, Any]) -> dict[Reader, Any]:
    asked = answer_from_json(pages["asked"])
    words = topic_words()
    return {r: answer_to_json(read_as(asked, r, vocabulary=words)) for r in Reader}


@dataclass(frozen=True, slots=True)
class Shown:
    """The page for one reader in one form, as that reader finds it; `page` is the object."""

    form: str
    reader: Reader
    page: Any
    found: Read

    def sentences(self) -> list[tuple[str, Any]]:
        """Each claim as it is worded for the reader, with the stored claim."""
        stored = list(self.page["claims"].values())
        if self.form == "json":
            return [(claim["text"], claim) for claim in stored]
        drawn = [c for lane in read_page(self.page).lanes for s in lane.sections for c in s.claims]
        assert len(drawn) == len(stored)
        return [(c.text, stored[int(c.anchor.removeprefix("claim-")) - 1]) for c in drawn]


@pytest.fixture(scope="module")
def show(levels: dict[Reader, Any]) -> Callable[[str, Reader], Shown]:
    made: dict[tuple[str, Reader], Shown] = {}

    def of(form: str, reader: Reader) -> Shown:
        # each is made once: a document takes seconds
        if (form, reader) not in made:
            page = levels[reader]
            made[form, reader] = Shown(form, reader, page, READERS[form](page))
        return made[form, reader]

    return of


@pytest.fixture(params=[(f, r) for r in Reader for f in READERS], ids=lambda c: f"{c[0]}-{c[1]}")
def shown(request: pytest.FixtureRequest, show: Callable[[str, Reader], Shown]) -> Shown:
    return show(*request.param)


# row -> part of the page, and words that stand there in this order
SAID: dict[str, list[tuple[str | None, list[str]]]] = {
    "S3": [
        ("Bottom line", [
            "In a Dutch cohort of 131 withdrawn AIH patients, the cumulative proportion needing"
            " treatment again was 59% one year, 73% two years and 81% three years after drug"
            " withdrawal.", "[1]",
        ]),
    ],
    "S4": [
        (GUIDELINES, ["BSG 2011 puts AIH relapse off treatment at 50% to 90%", "[4]"]),
    ],
    "S11": [
        ("References", ["Relapse is almost universal", "J Hepatol", "2013"]),
        ("References", ["van Gerven NMF"]),
        ("References", ["10.1016/j.jhep.2012.09.009"]),
        ("References", ["22989569"]),
    ],
    "S12": [
        ("References", ["American Association for the Study of Liver Diseases (AASLD)"]),
        (None, ["text before Recommendation 31"]),
    ],
    "V1": [
        (LABEL, ["boxed warning that long-term immunosuppression with azathioprine", "[43]"]),
    ],
    "V4": [
        ("Ask next", ["What are the side effects of azathioprine (Imuran) in"]),
    ],
    "C1": [
        (RESEARCH, ["How relapse is defined", "ALT above three times the upper limit of normal"]),
        ("Where sources disagree", ["How often: relapse", "59% one year", "25% to 100%"]),
    ],
    "C2": [
        (GUIDELINES, ["just before withdrawal raised ALT or AST and raised serum globulin or IgG"]),
    ],
    "C3": [
        (RESEARCH, ["younger age at the time of withdrawal (not age at diagnosis)"]),
        (RESEARCH, ["No component of outcome differed between type 1 and type 2 AIH in children."]),
        ("Factors", ["Not associated", "Type of autoimmune hepatitis"]),
    ],
    "C4": [
        ("Factors", ["Firm", "Longer time to biochemical remission", "Limited (one study)"]),
        ("Factors", ["Firm", "Another autoimmune disease", "Limited (one study)"]),
        ("Factors", ["Firm", "No identifiable initial trigger", "Limited (one study)"]),
        ("Factors", ["Firm", "Raised transaminases at withdrawal", "Limited (one study)"]),
    ],
    "C5": [
        ("Factors", ["Inconsistent", name, "against)", "[", "gainst", "[", "Not associated"])
        for name in ("Age", "Treatment duration", "Histological activity")
    ],
    "C6": [
        (GUIDELINES, ["at least 3 to 5 years, and for at least 2 years after complete"]),
        (GUIDELINES, ["biopsy should be considered before AIH treatment is stopped"]),
        (RESEARCH, ["on monotherapy with fully normal aminotransferases and IgG", "["]),
    ],
    "C7": [
        (RESEARCH, ["relapse in up to 90% of patients, even with histological remission", "["]),
    ],
    "C8": [
        (GUIDELINES, ["14 days, then at 4, 8 and 12 weeks, then every 3 months", "["]),
        ("What was not found", ["A schedule of tests or visits after discontinuing"]),
    ],
    "C9": [
        (GUIDELINES, ["after a first AIH relapse", "azathioprine 2 mg/kg daily", "[3]"]),
        (RESEARCH, ["azathioprine 2 mg/kg/day alone, for a median of 67 months", "["]),
    ],
    "C10": [
        (GUIDELINES, ["TPMT and NUDT15 genotypes", "["]),
        (LABEL, ["TPMT testing cannot substitute for complete blood count monitoring", "["]),
    ],
    "C11": [
        (RESEARCH, ["One attempt at withdrawal could be offered to AIH patients in long-standing"]),
        (RESEARCH, ["after withdrawal are very likely to relapse again"]),
        (RESEARCH, ["risk of disease progression after a single relapse appears low"]),
    ],
    "W5": [
        (RESEARCH, ["lifelong maintenance should be strongly considered after relapse, because"]),
    ],
    "W10": [
        (GUIDELINES, ["AASLD 2010 (superseded)"]),
        ("References", ["Diagnosis and management of autoimmune hepatitis"]),
    ],
    "W14": [(RESEARCH, ["In type 1 AIH, longer time to first remission independently"])],
}  # fmt: skip

# where the same stands in other words for patients
SAID_TO_PATIENTS: dict[str, list[tuple[str | None, list[str]]]] = {
    "S3": [
        ("Bottom line", [
            "This is about a Dutch group of 131 withdrawn AIH patients. The total share needing"
            " treatment again was 59% one year, 73% two years and 81% three years after stopping"
            " the drug. Out of 100: 59, 73 and 81.", "[1]",
        ]),
    ],
    "C2": [
        (GUIDELINES, ["just before stopping raised ALT or AST and raised serum globulin or IgG"]),
    ],
    "C3": [
        (RESEARCH, ["Younger age at the time of stopping (not age at diagnosis)"]),
        (RESEARCH, ["No component of outcome differed between type 1 and type 2 AIH in children."]),
        ("Factors", ["Not associated", "Type of autoimmune hepatitis"]),
    ],
    "C6": [
        (GUIDELINES, ["at least 3 to 5 years, and for at least 2 years after full blood-test"]),
        (GUIDELINES, ["Liver biopsy should be considered before AIH treatment is stopped"]),
        (RESEARCH, ["on a single drug with fully normal liver enzymes and IgG", "["]),
    ],
    "C7": [
        (RESEARCH, ["relapse in up to 90% of patients. The detail: even with tissue remission"]),
    ],
    "C8": [
        (GUIDELINES, ["14 days. Then at 4, 8 and 12 weeks, then every 3 months", "["]),
        ("What was not found", ["A schedule of tests or visits after discontinuing"]),
    ],
    "C9": [
        (GUIDELINES, ["after a first AIH relapse", "azathioprine 2 mg/kg daily", "[3]"]),
        (RESEARCH, ["azathioprine 2 mg/kg/day alone", "for a middle value of 67 months", "["]),
    ],
    "C10": [
        (GUIDELINES, ["TPMT and NUDT15 genotypes", "["]),
        (LABEL, ["TPMT testing cannot stand in for complete blood count monitoring", "["]),
    ],
    "C11": [
        (RESEARCH, ["One attempt at stopping could be offered to AIH patients in long-standing"]),
        (RESEARCH, ["after stopping are very likely to relapse again"]),
        (RESEARCH, ["risk of disease progression after a single relapse appears low"]),
    ],
    "W5": [
        (RESEARCH, ["lifelong maintenance should be strongly considered after relapse. This is"]),
    ],
    "W10": [
        (GUIDELINES, ["AASLD 2010 (now replaced)"]),
        ("References", ["Diagnosis and management of autoimmune hepatitis"]),
    ],
    "W14": [
        (RESEARCH, ["This is about type 1 AIH. Longer time to first remission independently"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("row", SAID)
def test_a_row_stands_where_it_belongs(row: str, shown: Shown) -> None:
    found, rows = shown.found, SAID
    if shown.reader is Reader.PATIENT and shown.form != "json":
        rows = SAID | SAID_TO_PATIENTS
    for part, words in rows[row]:
        text, at = found.parts[part] if part else found.words, 0
        for said in map(tight, words):
            at = text.find(said, at)
            assert at >= 0, (part, said)
            at += len(said)


def test_s1_s2_the_title_is_the_canonical_question_however_it_was_asked(
    shown: Shown, pages: Any
) -> None:
    assert shown.found.title == QUESTION
    assert pages["reworded"]["slug"] == shown.page["slug"]
    if shown.form not in ("docx", "pdf"):
        asked = answer_from_json(pages["reworded"])
        level = answer_to_json(read_as(asked, shown.reader, vocabulary=topic_words()))
        reworded = READERS[shown.form](level)
        assert reworded.title == QUESTION
        assert reworded.parts == shown.found.parts


def test_s5_s6_v1_lanes_have_their_own_headings_and_their_own_sentences(shown: Shown) -> None:
    found = shown.found
    parts = [part for part in found.parts if part != "Questions to ask your doctor"]
    assert parts[:5] == ["Bottom line", GUIDELINES, RESEARCH, LABEL, LEAFLETS]
    for lane in (GUIDELINES, RESEARCH):
        assert len([h for h in found.under[lane] if re.search("relapse|discontinuing", h)]) >= 4
    for text, claim in shown.sentences():
        homes = {"guideline": GUIDELINES, "research": RESEARCH, "label": LABEL}
        homes["patient-information"] = LEAFLETS
        own = homes.pop(claim["lane"])
        assert tight(text) in found.parts[own]
        assert [h for h in homes.values() if tight(text) in found.parts[h]] == []


def test_s7_w3_no_factor_stands_in_two_lists(shown: Shown) -> None:
    found = shown.found
    lists = ["Firm", "Limited (one study)", "Inconsistent", "Not associated"]
    assert found.under["Factors"] == lists
    text = found.parts["Factors"]
    starts = [*(text.index(tight(name)) for name in lists), len(text)]
    assert starts == sorted(starts)
    listed = [text[a:b] for a, b in pairwise(starts)]
    for factor in shown.page["factors"]:
        told = tight(factor["reason"])
        name = tight(factor["factor"])
        head = rf"{re.escape(name)}(?:,?[^:]*:|(?:where|raises|lowers|nolink)?.*?){re.escape(told)}"
        assert len([1 for part in listed if re.search(head, part)]) == 1, factor["factor"]


def test_s8_sentences_stand_in_real_lists(shown: Shown) -> None:
    claims = sum(len(s["claims"]) for lane in shown.page["lanes"] for s in lane["sections"])
    assert shown.found.items >= claims + len(shown.page["bottom_line"])


def test_s9_w2_every_sentence_is_followed_by_its_numbers(shown: Shown) -> None:
    text = "".join(shown.found.parts[lane] for lane in (GUIDELINES, RESEARCH, LABEL, LEAFLETS))
    for said, claim in shown.sentences():
        # a document names the passage too, right after the number
        cited = r"(?:P\d+)*".join(re.escape(f"[{n}]") for n in claim["cites"])
        assert re.search(re.escape(tight(said)) + "”?" + cited, text), said


def test_s9_numbers_resolve_and_none_is_unused(shown: Shown) -> None:
    found = shown.found
    cited = "".join(
        text for part, text in found.parts.items() if part not in ("References", "Passages")
    )
    numbers = {int(n) for n in re.findall(r"\[(\d{1,3})\]", cited)}
    if shown.form == "json":
        evidence = shown.page["evidence"]
        of = {r["doc_id"]: r["number"] for r in shown.page["references"]}
        numbers |= {of[e["doc_id"]] for e in evidence.values()}
    assert numbers == set(range(1, len(shown.page["references"]) + 1))


def test_s10_w7_w11_w15_each_reference_has_type_address_standing_and_body(shown: Shown) -> None:
    view = read_page(shown.page)
    text = shown.found.parts["References"]
    for reference, source in zip(shown.page["references"], view.references, strict=True):
        title = tight(source.title).rstrip(".")
        where = text.lower().index(title.lower())
        kind = reference["type"] if shown.form == "json" else source.type
        assert tight(kind).lower() in text[max(0, where - 700) : where].lower(), title
        assert any(
            address and tight(str(address)) in text
            for address in (reference["doi"], reference["pmid"], reference["url"])
        ), title
        standing = (
            reference["standing"]["status"] if shown.form == "json" else tight(source.standing)
        )
        assert standing in text[where : where + 3000], title
        if reference["type"] == "guideline":
            assert tight(reference["organisation"]) in text, title
        elif not reference["authors"] and not reference["organisation"]:
            # who wrote it is said to be unknown, not passed over
            assert "authorsnot" in text[where : where + 1500], title


def test_v2_tables_have_a_number_in_every_row_and_special_groups_a_heading(shown: Shown) -> None:
    found = shown.found
    assert "Special groups" in found.under[RESEARCH]
    if shown.form == "notebook":
        # left to the whole page, and said
        assert tight('page.save("page.html")') in found.words
        return
    for table in shown.page["tables"]:
        for row in table["rows"]:
            assert tight(row[0]["text"]) in found.parts["Tables"]
            assert any(cell["cites"] for cell in row)


def test_t2_t3_t4_t7_state_caution_dates_and_disclaimer(shown: Shown) -> None:
    words, page = shown.found.words, shown.page
    assert tight(page["status"]["banner"]) in words
    assert "Submitted" in words
    assert (tight("2026-11-01") if shown.form == "json" else "1November2026") in words
    assert page["provenance"]["version"] in words
    assert tight(page["disclaimer"]) in words


def test_w6_w8_w16_each_sentence_has_its_passage_with_grade_and_whose_words_it_is(
    shown: Shown,
) -> None:
    words, view = shown.found.words, read_page(shown.page)
    for claim in (c for lane in view.lanes for s in lane.sections for c in s.claims):
        for passage in claim.passages:
            assert tight(passage.quote) in words
    # a notebook leaves tables and pictures, and what only they cite, to the whole page
    for passage in view.passages if shown.form != "notebook" else ():
        assert tight(passage.quote) in words
    if shown.form == "json":
        assert '"digest":true' in words
        assert '"certainty":"low"' in words
    else:
        assert words.count(tight("Our summary of van Gerven NMF et al., 2013")) >= 3
        assert words.count(tight("Certainty (our label): low")) >= 50


def test_w10_a_superseded_guideline_says_by_what_at_the_sentence(shown: Shown) -> None:
    if shown.form == "json":
        assert '"status":"superseded"' in shown.found.words
        return
    sources = read_page(shown.page).references
    (newer,) = {
        source.number
        for source in sources
        if any(f"Superseded by [{source.number}] American" in old.standing for old in sources)
    }
    assert tight(f"Superseded by [{newer}] American") in shown.found.parts[GUIDELINES]


@pytest.mark.parametrize("form", READERS)
def test_s4_w13_what_is_not_known_is_said_with_what_was_searched(form: str, pages: Any) -> None:
    found = READERS[form](pages["unanswered"])
    assert (
        tight("No guideline in this library covers the question (searched: lexical")
        in (found.parts[GUIDELINES])
    )
    assert tight("How is gout treated?") in found.parts["What was not found"]
    assert tight("lexical search of 262 passages") in found.parts["What was not found"]


def test_s14_w1_nothing_is_claimed_for_ourselves_and_we_are_no_source(shown: Shown) -> None:
    found = shown.found
    assert not re.search(
        "(?i)medicaladvisoryboard|trustedby|award|evidence-basedanswers|state-of-the-art",
        found.words,
    )
    assert "curbside" not in found.parts["References"].lower()


def test_t6_each_reader_finds_who_it_is_for_and_what_to_ask(shown: Shown) -> None:
    if shown.form == "json":
        # the object holds each reading apart from the claims
        assert shown.page["reading"]["reader"] == shown.reader
        return
    view = read_page(shown.page)
    assert tight("Which best describes you?") in shown.found.words
    for question in view.reading.questions if view.reading else ():
        assert tight(question) in shown.found.words


def test_t8_a_page_asks_for_no_choice(pages: Any) -> None:
    html = export_page(pages["asked"], ExportForm.HTML).decode()
    assert not re.search("<(?:form|input|select|button|script|dialog)", html)


LISTS = (ExportForm.RIS, ExportForm.NBIB, ExportForm.BIBTEX, ExportForm.CSL_JSON)


@pytest.mark.parametrize("form", LISTS)
def test_s10_s11_t7_a_list_of_references_says_what_the_page_says_of_each(
    form: ExportForm, pages: Any
) -> None:
    text = export_page(pages["asked"], form).decode()
    for source in read_page(pages["asked"]).references:
        assert source.title.rstrip(".") in text.replace("\\&", "&").replace("\\%", "%")
        assert source.standing.replace("%", "\\%") in text
    assert text.count("Guideline") >= len(
        [r for r in pages["asked"]["references"] if r["type"] == "guideline"]
    )
    assert "2012.09.009" in text
    assert text.count(pages["asked"]["disclaimer"]) == len(pages["asked"]["references"])


def test_every_row_is_checked_or_says_why_no_form_can_show_it() -> None:
    checked = set(SAID)
    for name in list(globals()):
        if name.startswith("test_"):
            checked |= {row.upper() for row in re.findall(r"(?<=_)([sctvw]\d{1,2})(?=_)", name)}
    rows = {f"S{n}" for n in range(1, 15)} | {f"V{n}" for n in range(1, 5)}
    rows |= {f"T{n}" for n in range(1, 9)} | {f"C{n}" for n in range(1, 12)}
    rows |= {f"W{n}" for n in range(1, 17)}
    assert rows - checked == NOT_OF_A_FORM.keys() | {"W4"}  # W4: test_founding_page, rewordings
    assert NOT_OF_A_FORM.keys() & checked == set()
