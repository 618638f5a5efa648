"""References of every kind whose bibliography is easily written wrong."""

from __future__ import annotations

from typing import Any

from builders import a_reference, an_abstention
from curbside.codec.answer import answer_to_json
from curbside.records import Kind, Source, Standing, Status

BRACED = r"Dose {A} of 50% \alpha & $5 #1 a_b ~ ^ trial"
AWKWARD_DOI = "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID,SIM968>3.0.CO;2-2"
HTML_TITLE = "<i>x</i> &amp; a < b"


def page_of(*changes: dict[str, Any]) -> Any:
    """The invented page with fields of its references replaced, one set of changes each."""
    references = tuple(
        a_reference(number, f"pmid:9000000{number}", **change)
        for number, change in enumerate(changes, start=1)
    )
    return answer_to_json(an_abstention(references=references))


AWKWARD = page_of(
    {"source": Source(organisation="World Health Organization", url="https://who.example/a%20b")},
    {"title": BRACED, "source": Source(authors=("Łukasz-Żak Ö",), journal="J {x}", year=2020)},
    {"source": Source(authors=("山田 太郎", "Иванов ИИ"), journal="日本", doi=AWKWARD_DOI)},
    {
        "kind": Kind.GUIDELINE,
        "source": Source(
            authors=("van den Brand FF, O'Brien J Jr et al. (ESL)",),
            organisation="European Society of Livers (ESL)",
            journal="J Liv",
            year=2019,
            volume="7",
            pages="S1-S20",
        ),
        "standing": Standing(Status.RETRACTED, (), "2026-01-30"),
        "is_digest": True,
    },
    {"kind": Kind.LABEL, "source": Source(authors=("Makers Ltd (text), Other",), url="a shelf")},
    {"title": HTML_TITLE, "source": Source(), "kind": Kind.REVIEW},
    {
        "title": "When may treatment stop?",
        "source": Source(authors=("Dorn P",), url="https://journal.example/stop"),
    },
)
