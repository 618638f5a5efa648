from __future__ import annotations

import gzip
import json
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.text.sentences import split_sentences
from shared_data import needs_shared, shared

# One hard place each, most from abstracts of SciFact and Evidence Inference, shortened.
# " ‖ " marks where a sentence starts; it is taken out before the text is split.
CASES = [
    "The rate was higher in the robotic group (43% vs. 30%, P = 0.001). ‖ No one died.",
    "Standard care vs. The Daily Mile was tested in pupils, i.e. In school. ‖ It helped.",
    "Group A vs. Group B differed. ‖ Group C did not.",
    "Rats received 2.4 mg/kg, i.e. 10 times the human dose. ‖ All survived.",
    "ECG abnormalities, e.g. ST-segment depression, were noted. ‖ They resolved.",
    "See Fig. 2 for the flow of patients. ‖ Nobody was lost.",
    "Values are shown in Figs. 3 and 4. ‖ Error bars are s.d. of the mean.",
    "A threshold of p < .05 was used. ‖ P = .03 was found.",
    "Drug was given i.v. for two days. ‖ Bleeding was rare.",
    "Heparin was given i.v. ‖ The patients improved.",
    "She took 50 mg q.d. for 3 weeks. ‖ Then she stopped.",
    "This was discovered by Davis-Richardson et al. in 2014. ‖ It holds.",
    "As shown by Smith et al. ‖ The method is slow.",
    "Sample No. 3 was lost. ‖ No. 4 was kept.",
    "The answer was no. ‖ Three of them left.",
    "ClinicalTrials.gov Reg No. NCT01856179 was closed. ‖ It was small.",
    "Dr. Smith and Prof. Jones agreed. ‖ Ms. Lee did not.",
    "It was led by J. R. Smith of St. Louis. ‖ He retired.",
    "Growth of E. coli was seen. ‖ S. aureus grew as well.",
    "Strains of S. typhimurium and C. elegans were used. ‖ Both died.",
    "The median was 0.5 mg. ‖ The mean was 1.2 mg.",
    "The hazard ratio was 1·37 (95% CI 1·07–1·76; p=0·013). ‖ mEOC+P was associated with harm.",
    "This was known [3]. ‖ The rest was not.",
    "Currents were lost (P = 0.005).‖CONCLUSIONS: The channel matters.",
    "This was known.[3] ‖ The rest was not.",
    "This was known. [3] ‖ The rest was not.",
    "It helps in asthma.3,4 ‖ The dose is unknown.",
    "It helps in asthma.3–5 ‖ The dose is unknown.",
    "It helps in asthma.12 ‖ We doubled it.",
    "Patients were given vitamin D. ‖ The controls were not.",
    "The changes were significantly lower in Group B. ‖ Median duration of analgesia was longer.",
    "Patients were divided into two groups: A and B. ‖ Group A patients were operated on.",
    "Five patients were in group CT. ‖ A positive correlation was found.",
    "Pain fell in the first 24 h. ‖ However, only 50% responded.",
    "The mean serum concentration was 50.2 nmol/L. ‖ Participants received calcium.",
    "MiR-148a decreased plasma LDL-C. ‖ Moreover, it was safe.",
    "This is a hallmark of cancer. ‖ Here, we report its cause.",
    "It raised CRC screening rates by 16.2% among U.S. Veterans. ‖ Costs were low.",
    "It is used in the U.S. ‖ The U.K. has not approved it.",
    "It is a signal in progressive MS. ‖ Furthermore, it is cheap.",
    "These microRNA were increased. ‖ miR-21, a pro-survival miR, was the most abundant.",
    "A splice variant was found. ‖ p53 positivity was seen in 50 cancers.",
    "Fusion occurs at β-catenin. ‖ β-catenin also binds actin.",
    "Cells were treated. ‖ α-MSH reduced urine flow.",
    "We used 5-FU. ‖ 12 patients died.",
    "Does it work? ‖ It does (see above). ‖ Nobody knows why!",
    "The SASA! study assessed violence. ‖ It was randomised.",
    "Baseline differed (P's < 0.05). ‖ Conclusions. ‖ This needs more work.",
    "(The work was funded by the Medical Research Council and others. ) ‖ It is over.",
    "They were eligible (n = 5.) ‖ We excluded two.",
    "The space was lost at the end of it.‖The next sentence began.",
    "Forty were randomised (ACTRN12612001004853).‖The threshold increased with zolpidem.",
    "4. Our results show that fluoxetine inhibits it. ‖ 5. Others do not.",
    "Aged mice got it daily × 21 days, max. 12 cycles. ‖ Most finished.",
    "“Kneel down beside the chest. ‖ Place one hand in the centre.” ‖ Nobody did.",
    "Take it b.i.d. with food. ‖ Do not take it p.r.n. at night.",
    "C. difficile was cleared in approx. 80% at 8 wk. ‖ Safety was similar.",
]


@pytest.mark.parametrize("marked", CASES)
def test_hard_prose_splits_where_a_reader_would_split_it(marked: str) -> None:
    pieces = [piece.strip() for piece in marked.split("‖")]
    text = marked.replace("‖ ", "").replace("‖", "")
    assert [span.of(text) for span in split_sentences(text)] == pieces


LAYOUTS = [
    ("", []),
    (" \n\t\n ", []),
    ("One word", ["One word"]),
    ("A wrapped line\ngoes on here. Next.", ["A wrapped line\ngoes on here.", "Next."]),
    ("First para\n\nsecond para", ["First para", "second para"]),
    ("What is it?\nA disease of the liver.", ["What is it?", "A disease of the liver."]),
    ("- first item\n- second item", ["- first item", "- second item"]),
    ("1. Stop the drug\n2. Call a doctor", ["1. Stop the drug", "2. Call a doctor"]),
    ("BACKGROUND: it is rare\nMETHODS: we asked", ["BACKGROUND: it is rare", "METHODS: we asked"]),
    ("Side effects\nRash is common.", ["Side effects", "Rash is common."]),
]


@pytest.mark.parametrize(("text", "expected"), LAYOUTS)
def test_lines_end_sentences_only_where_the_layout_says_so(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in split_sentences(text)] == expected


def test_spans_count_code_points_of_the_whole_text() -> None:
    text = "  It rose.  It fell. "
    assert [(span.start, span.end) for span in split_sentences(text)] == [(2, 10), (12, 20)]


_PROSE = st.text(
    alphabet=st.sampled_from(list("aB3 .,;:!?()[]\"'-\n%<é–μ”")), max_size=120
) | st.text(max_size=60)


@given(_PROSE)
def test_spans_are_sorted_disjoint_trimmed_and_cover_every_character(text: str) -> None:
    spans = split_sentences(text)
    assert list(spans) == sorted(spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() for span in spans)
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert {at for at, char in enumerate(text) if not char.isspace()} <= covered


@given(_PROSE)
def test_the_same_text_splits_the_same_way_twice(text: str) -> None:
    assert split_sentences(text) == split_sentences(text)


@pytest.mark.data
@needs_shared
def test_a_sentence_of_a_real_abstract_is_one_sentence_by_itself() -> None:
    with gzip.open(shared("data", "scifact", "corpus.jsonl.gz"), "rt", encoding="utf-8") as lines:
        abstracts = [" ".join(json.loads(line)["abstract"]) for line in islice(lines, 200)]
    sentences = [span.of(text) for text in abstracts for span in split_sentences(text)]
    torn = [text for text in sentences if len(split_sentences(text)) != 1]
    assert torn == []
