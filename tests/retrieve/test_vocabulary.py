"""The names of diseases and drugs, and what is related to what."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Span
from curbside.retrieve.keys import PIECE, key_of
from curbside.retrieve.vocabulary import (
    NamedConcept,
    concept_of,
    find_names,
    hash_of_key,
    is_broader,
    is_word_of_names,
    names_at,
    related,
    same_thing_terms,
)
from curbside.text.normalise import fold

DATA = files("curbside.retrieve.data")
CARD = tomllib.loads(DATA.joinpath("names.toml").read_text(encoding="utf-8"))


def found(text: str) -> list[tuple[str, str]]:
    return [(m.span.of(text), m.concept.name) for m in find_names(text)]


def concept(name: str) -> NamedConcept:
    known = concept_of(name)
    assert known is not None, name
    return known


def test_the_files_are_those_of_the_card() -> None:
    named = [*CARD["output"], *CARD["corrections"]]
    digests = {
        row["file"]: hashlib.sha256(DATA.joinpath(row["file"]).read_bytes()).hexdigest()
        for row in named
    }
    assert digests == {row["file"]: row["sha256"] for row in named}
    assert [row["file"] for row in named] == [
        "names.keys.zst", "names.concepts.zst", "name_corrections.toml",
    ]  # fmt: skip


def test_a_heading_has_its_names_and_its_places_in_the_tree() -> None:
    assert concept_of("Wilson's disease") == NamedConcept(
        "C06.552.413",
        "disease",
        "wilson disease",
        concept("hepatolenticular degeneration").terms,
        concept("Wilson disease").tree_numbers,
    )
    assert concept("autoimmune hepatitis").tree_numbers == ("C06.552.380.350.300", "C20.111.567")
    assert concept_of("a word that names nothing") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("Rhinocort in hay fever", [("Rhinocort", "budesonide"), ("hay fever", "hay fever")]),
        # the longest at each place, and none inside another
        (
            "portal hypertension, not arterial hypertension",
            [("portal hypertension", "portal hypertension"),
             ("arterial hypertension", "hypertension")],
        ),
        # however it is joined, in the plural, in either spelling
        (
            "Auto-immune hepatitis, chicken pox and tumours of the oesophagus",
            [("Auto-immune hepatitis", "autoimmune hepatitis"), ("chicken pox", "chickenpox")],
        ),
        ("oesophageal cancers", [("oesophageal cancers", "esophageal cancer")]),
        # short names in capitals only
        ("MS or ms", [("MS", "multiple sclerosis")]),
        ("AIDS aids", [("AIDS", "acquired immunodeficiency syndrome")]),
        ("hearing aids for all", []),
        ("CRPS, not CRP", [("CRPS", "complex regional pain syndrome")]),
        ("copd and gout", [("copd", "chronic obstructive pulmonary disease"), ("gout", "gout")]),
        # noise of the lists
        ("capsules and granules", []),
        ("glucose, cholesterol and oxygen in the water", []),
        # a mark between is no space
        ("Is it gout. Stroke?", [("gout", "gout"), ("Stroke", "stroke")]),
        ("kidney, stones", []),
    ],
)  # fmt: skip
def test_names_are_found(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("brand", "generic"),
    [
        ("Imuran", "azathioprine"), ("Keytruda", "pembrolizumab"), ("Ozempic", "semaglutide"),
        ("Wegovy", "semaglutide"), ("Mounjaro", "tirzepatide"), ("Tylenol", "paracetamol"),
        ("Rinvoq", "upadacitinib"), ("Januvia", "sitagliptin"), ("Viibryd", "vilazodone"),
        ("Ingrezza", "valbenazine"), ("Rhinocort", "budesonide"), ("Skyrizi", "risankizumab"),
        ("Spravato", "esketamine"), ("Caplyta", "lumateperone"), ("Rexulti", "brexpiprazole"),
        ("Vraylar", "cariprazine"), ("Latuda", "lurasidone"), ("Belsomra", "suvorexant"),
        ("Dayvigo", "lemborexant"), ("Xiidra", "lifitegrast"), ("Restasis", "ciclosporin"),
        ("Ocaliva", "obeticholic acid"), ("Epidiolex", "cannabidiol"), ("Xcopri", "cenobamate"),
        ("Nuplazid", "pimavanserin"), ("Austedo", "deutetrabenazine"),
        ("Tepezza", "teprotumumab"), ("Evkeeza", "evinacumab"), ("Verquvo", "vericiguat"),
        ("Kerendia", "finerenone"), ("Lagevrio", "molnupiravir"), ("Veltassa", "patiromer"),
        ("Uptravi", "selexipag"), ("Opsumit", "macitentan"), ("Adempas", "riociguat"),
        ("Wakix", "pitolisant"), ("Xospata", "gilteritinib"), ("Evrysdi", "risdiplam"),
    ],
)  # fmt: skip
def test_a_brand_means_its_generic(brand: str, generic: str) -> None:
    (mention,) = find_names(f"Is {brand} safe?")
    assert (mention.concept.name, mention.is_brand) == (generic, True)
    assert concept(brand) == concept(generic)
    assert fold(brand) in map(fold, concept(generic).brands)


def test_one_drug_has_many_names() -> None:
    one = {concept(name).ui for name in ("mesalazine", "mesalamine", "Asacol", "Lialda")}
    assert one == {"DB00244"}
    assert concept("furosemide") == concept("frusemide") == concept("FUROSEMIDE")
    assert concept("lignocaine").name == "lidocaine"


def test_what_stands_above_is_broader() -> None:
    hepatitis, below = concept("hepatitis"), concept("autoimmune hepatitis")
    crohn = concept("Crohn's disease")
    assert (is_broader(hepatitis, below), is_broader(below, hepatitis)) == (True, False)
    assert (is_broader(below, below), related(below, below)) == (False, True)
    assert (related(hepatitis, below), related(below, hepatitis)) == (True, True)
    assert (related(crohn, below), related(crohn, hepatitis)) == (False, False)
    assert is_broader(concept("inflammatory bowel disease"), crohn)
    assert is_broader(concept("liver diseases"), below)


def test_a_class_is_related_to_its_drugs_alone() -> None:
    thiopurines, statins = concept("thiopurines"), concept("statins")
    assert (thiopurines.kind, thiopurines.name) == ("class", "thiopurine")
    assert is_broader(thiopurines, concept("Imuran"))
    assert is_broader(concept("immunosuppressants"), concept("mercaptopurine"))
    assert not related(statins, concept("Imuran"))
    assert not related(concept("Imuran"), concept("mercaptopurine"))


def test_the_best_names_come_first_and_are_bounded() -> None:
    terms = same_thing_terms(concept("heart attack"), most=3)
    assert terms == ("myocardial infarction", "acute myocardial infarction", "heart attack")
    assert same_thing_terms(NamedConcept("own:x", "disease", "X"), most=3) == ("x",)


def test_a_word_inside_a_name_is_a_word() -> None:
    assert [is_word_of_names(w) for w in ("sjogren", "azathioprine", "azathiopirne")] == [
        True, True, False,
    ]  # fmt: skip


WORDS = st.sampled_from(
    ["type", "2", "diabetes", "Imuran", "portal", "hypertension", "MS", "auto", "immune",
     "hepatitis", "acute", "heart", "failure", "pain", "in", "of", "kidney", "the"]
)  # fmt: skip
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "-", ", ", "  ", "/"]))).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@given(TEXTS | st.text(max_size=60))
def test_spans_are_names_of_the_text_in_order_and_apart(text: str) -> None:
    mentions = find_names(text)
    for mention in mentions:
        known = concept_of(mention.span.of(text))
        assert known is not None
        assert known.ui == mention.concept.ui
    assert all(a.span.end <= b.span.start for a, b in pairwise(mentions))


@given(TEXTS)
def test_the_longest_name_at_a_place_is_found(text: str) -> None:
    pieces = [match.span() for match in PIECE.finditer(fold(text))]
    found_at = {mention.span.start: mention.span.end for mention in names_at(text)}
    longest = {}
    for first, (start, _) in enumerate(pieces):
        for _, end in pieces[first : first + 8]:
            if any(m.span == Span(0, end - start) for m in names_at(text[start:end])):
                longest[start] = end
    assert found_at == longest


def test_a_key_has_one_hash() -> None:
    keys = [key_of(name) for name in ("autoimmune hepatitis", "auto-immune hepatitis", "gout")]
    first, again, other = map(hash_of_key, keys)
    assert first == again != other
    # the files hold these: a change of the hash makes them useless
    assert hash_of_key("gout") == 10666168956007940818
