"""Drug labels keep their sections, tables and what they say of themselves."""

from __future__ import annotations

import io

import pytest

from curbside.errors import SourceError
from curbside.ingest.spl import read_spl
from curbside.records import Document, Kind, Source

LABEL = """<?xml version="1.0" encoding="UTF-8"?>
<document xmlns="urn:hl7-org:v3">
 <id root="11111111-2222"/><title>COLCRYS <br/>(colchicine) tablets</title>
 <effectiveTime value="20250314"/><setId root="ABCD-1"/><versionNumber value="7"/>
 <author><assignedEntity><representedOrganization><name>Gout Pharma</name>
 </representedOrganization></assignedEntity></author>
 <component><structuredBody>
  <component><section><code code="48780-1" codeSystem="2.16.840.1.113883.6.1"/>
   <subject><manufacturedProduct><manufacturedProduct><name>Colcrys</name>
   <asEntityWithGeneric><genericMedicine><name>colchicine</name></genericMedicine>
   </asEntityWithGeneric></manufacturedProduct></manufacturedProduct></subject>
   <text><paragraph>Packages.</paragraph></text></section></component>
  <component><section><code code="34066-1"/>
   <text><paragraph>May be fatal in <content>overdose</content>.</paragraph></text>
  </section></component>
  <component><section><code code="34068-7"/><title>2 DOSAGE AND ADMINISTRATION</title>
   <excerpt><highlight><text>Repeated.</text></highlight></excerpt>
   <component><section><code code="42229-5"/><title>2.1 Flares</title>
    <text><paragraph>Give 1.2 mg at once.</paragraph>
     <list><item>then 0.6 mg</item><item><caption>b</caption>no more</item></list>
     <table><caption>Table 1</caption><tbody><tr><td>Kidney</td><td>Dose</td></tr>
     <tr><td>poor</td><td>10<sup>2</sup> mg</td></tr></tbody></table></text>
   </section></component></section></component>
 </structuredBody></component>
</document>"""


def read(text: str) -> Document:
    (document,) = read_spl(io.BytesIO(text.encode()), path="a.xml", retrieved_at="2026-01-02")
    assert isinstance(document, Document)
    return document


def test_a_label_keeps_its_sections_under_their_titles() -> None:
    document = read(LABEL)
    assert (document.doc_id, document.kind) == ("label:abcd-1", Kind.LABEL)
    assert (document.version, document.revised) == ("7", "2025-03-14")
    assert (document.title, document.jurisdiction) == ("COLCRYS (colchicine) tablets", "US")
    assert document.source == Source(
        organisation="Gout Pharma",
        year=2025,
        url="https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid=abcd-1",
        publication_types=("Drug label",),
    )
    assert [(s.label, s.locator, s.span.of(document.text)) for s in document.sections[1:]] == [
        ("Boxed warning", "Boxed warning", "May be fatal in overdose."),
        (
            "2.1 Flares",
            "2 DOSAGE AND ADMINISTRATION > 2.1 Flares",
            "Give 1.2 mg at once.\n\nthen 0.6 mg\n\nb no more\n\n"
            "Table 1\nKidney | Dose\npoor | 10^2 mg",
        ),
    ]


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        (
            "<content>These highlights do not include all the information needed to use COLCRYS"
            " safely and effectively. See full prescribing information for COLCRYS. </content>"
            "<br/>COLCRYS<sup>®</sup> (colchicine) tablets, for oral use<br/>"
            " Initial U.S. Approval: 1961",
            "COLCRYS® (colchicine) tablets, for oral use",
        ),
        ("", "Colcrys, colchicine"),
        ("Gout tablets", "Gout tablets (Colcrys, colchicine)"),
    ],
)
def test_a_title_names_the_product_and_nothing_that_every_label_says(
    printed: str, title: str
) -> None:
    document = read(LABEL.replace("COLCRYS <br/>(colchicine) tablets", printed))
    assert (document.title, document.sections[0].span.of(document.text)) == (title, title)


def test_sections_lie_in_each_other_and_keep_their_own_words() -> None:
    inner = (
        '<component><section><code code="34075-2"/><text><paragraph>Count blood cells.</paragraph>'
        "</text></section></component>"
    )
    outer = (
        '<component><section><code code="43685-7"/><title>5 WARNINGS</title>'
        f"<text><paragraph>Beware.</paragraph></text>{inner}</section></component>"
    )
    document = read(LABEL.replace("</structuredBody>", f"{outer}</structuredBody>"))
    assert [(s.locator, s.span.of(document.text)) for s in document.sections[-2:]] == [
        ("5 WARNINGS", "Beware."),
        ("5 WARNINGS > Laboratory tests", "Count blood cells."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        LABEL.replace('<setId root="ABCD-1"/>', ""),
        LABEL.replace("structuredBody>", "nonXMLBody>"),
        LABEL[:-30],
    ],
)
def test_a_label_without_id_or_sections_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        read(text)
