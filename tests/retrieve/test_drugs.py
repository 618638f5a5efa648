"""The table of drugs, held against the shared list of drug names."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict

import pytest

from curbside.retrieve.drugs import abbreviations, classes_of, drug_classes, drugs
from curbside.text.normalise import fold
from shared_data import needs_shared, shared


def test_a_drug_is_in_its_class_and_in_the_broader_ones() -> None:
    assert classes_of("azathioprine") == {"thiopurine", "immunosuppressant"}
    assert classes_of("enoxaparin") == {
        "low-molecular-weight heparin", "heparin", "anticoagulant"
    }  # fmt: skip
    assert classes_of("Imuran") == frozenset()


def test_a_class_has_the_members_of_its_narrower_classes() -> None:
    members = {group.name: group.members for group in drug_classes()}
    assert members["thiopurine"] == ("azathioprine", "mercaptopurine", "tioguanine")
    assert set(members["thiopurine"]) < set(members["immunosuppressant"])


def test_no_name_means_two_drugs() -> None:
    meant = defaultdict(set)
    for drug in drugs():
        for name in (*drug.names, *drug.brands):
            meant[fold(name)].add(drug.names[0])
    for short in abbreviations():
        meant[fold(short.text)].add(short.means)
    assert {name: sorted(of) for name, of in meant.items() if len(of) > 1} == {}


def test_every_broader_class_is_a_class() -> None:
    known = {group.name for group in drug_classes()}
    assert {c for drug in drugs() for c in drug.classes} - known == set()


def test_the_table_is_of_a_useful_size() -> None:
    assert len(drugs()) >= 350


@pytest.mark.data
@needs_shared
def test_the_shared_list_confirms_the_brands_and_contradicts_none() -> None:
    listed = defaultdict(set)
    with gzip.open(shared("data", "drug_names", "drug_names.jsonl.gz"), "rt") as lines:
        for line in lines:
            row = json.loads(line)
            names = {row["canonical"], *(s["text"] for s in row.get("synonyms", ()))}
            for name in names:
                listed[fold(name)].add(row["canonical"])
    confirmed, contradicted, unknown = 0, [], 0
    for drug in drugs():
        mine = {c for name in drug.names for c in listed.get(fold(name), ())}
        for brand in drug.brands:
            theirs = listed.get(fold(brand), set())
            if not theirs or not mine:
                unknown += 1
            elif theirs & mine or _is_form(theirs, {*drug.names, *mine}):
                confirmed += 1
            else:
                contradicted.append((drug.names[0], brand, sorted(theirs)))
    # the list files these under a form, a synonym and a group of the same substance
    assert contradicted == [
        ("estradiol", "Estrace", ["estrogen vaginal"]),
        ("desmopressin", "Desmospray", ["deamino arginine vasopressin"]),
        ("ferrous sulfate", "Feosol", ["iron supplements"]),
    ]
    assert (confirmed, unknown) == (897, 128)


def _is_form(theirs: set[str], mine: set[str]) -> bool:
    """Whether the list's entry is a salt, brand form or combination of the drug."""
    words = {word for name in mine for word in re.findall(r"[a-z]{4,}", fold(name))}
    return any(word in words for name in theirs for word in re.findall(r"[a-z]{4,}", name))
