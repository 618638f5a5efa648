"""The evidence library: what is in it is found, read, and shown where it is used."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from curbside.ingest.topics import bundled_topics
from founding import QUESTION

SLUG = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"
DOCUMENTS = [document for topic in bundled_topics() for document in topic.documents]


def _listed(text: str) -> list[str]:
    """The addresses of the documents in a list, in its order."""
    return re.findall(r'<p><a href="(/library/document/[^"]+)">', text)


def test_every_document_is_listed_once_over_the_pages(client: TestClient) -> None:
    found: list[str] = []
    address: str | None = "/library"
    while address:
        text = client.get(address).text
        found += _listed(text)
        more = re.search(r'<a class="next-page" href="([^"]+)"', text)
        address = html.unescape(more[1]) if more else None
    assert sorted(found) == sorted(f"/library/document/{d.doc_id}" for d in DOCUMENTS)


def test_a_kind_lists_its_documents_alone(client: TestClient) -> None:
    found = _listed(client.get("/library", params={"kind": "guideline"}).text)
    expected = [d.doc_id for d in DOCUMENTS if d.kind.value == "guideline"]
    assert sorted(found) == sorted(f"/library/document/{doc_id}" for doc_id in expected)


def test_a_standing_lists_its_documents_alone(client: TestClient) -> None:
    text = client.get("/library", params={"standing": "superseded"}).text
    entries = re.findall(r'class="standing-(\w+)">', text)
    assert entries
    assert set(entries) == {"superseded"}


def test_words_find_the_documents_that_have_them(client: TestClient) -> None:
    text = client.get("/library", params={"q": "thiopurine methyltransferase"}).text
    said = re.findall(r'<p class="said">([^<]+)</p>', text)
    assert said
    assert any("TPMT" in words or "thiopurine" in words.lower() for words in said)


@pytest.mark.parametrize(
    "query",
    [{"kind": "none"}, {"standing": "<b>"}, {"q": "a" * 2001}, {"q": "\x00"}],
)
def test_a_search_that_cannot_be_is_refused(client: TestClient, query: dict[str, str]) -> None:
    assert client.get("/library", params=query).status_code == 400


def test_a_document_is_read_with_its_standing_and_where_it_is_quoted(client: TestClient) -> None:
    text = client.get("/library/document/digest:van-gerven-2013").text
    assert "In a Dutch cohort of 131 withdrawn AIH patients" in text
    assert f'<li><a href="/q/{SLUG}">{QUESTION}</a></li>' in text
    # what the page quotes is marked in the text
    assert re.search(r'<mark id="at-\d+">In a Dutch cohort of 131', text)


@pytest.mark.parametrize("document", DOCUMENTS[:12], ids=lambda d: d.doc_id)
def test_all_words_of_a_document_are_on_its_page(client: TestClient, document: object) -> None:
    text = client.get(f"/library/document/{document.doc_id}").text  # type: ignore[attr-defined]
    article = text.partition('<article class="document"')[2].partition("</article>")[0]
    without_headings = re.sub(r"<h2>.*?</h2>", "", article)
    shown = html.unescape(re.sub(r"<[^>]+>", "", without_headings.partition(">")[2]))
    assert shown.split() == document.text.split()  # type: ignore[attr-defined]


def test_a_superseded_document_leads_to_what_supersedes_it(client: TestClient) -> None:
    listed = _listed(client.get("/library", params={"standing": "superseded"}).text)
    pages = [client.get(address).text for address in listed]
    assert [re.search(r"<dt>superseded by</dt><dd>", page) is None for page in pages] == [
        False
    ] * len(pages)


@pytest.mark.parametrize(
    "address",
    [
        "/library/document/pmid:0",
        "/library/document/..%2f..%2fetc%2fpasswd",
        "/library/document/" + "a" * 301,
        "/library/document/digest:van-gerven-2013?part=0",
        "/library/document/digest:van-gerven-2013?part=2",
        "/library/document/digest:van-gerven-2013?part=-1",
        "/library/document/digest:van-gerven-2013?part=x",
        "/library/document/digest:van-gerven-2013?part=" + "1" * 5000,
    ],
)
def test_a_document_that_is_not_there_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_every_number_of_a_page_leads_to_its_passage_in_its_document(client: TestClient) -> None:
    page = client.get(f"/q/{SLUG}.json").json()
    text = client.get(f"/q/{SLUG}").text
    addresses = re.findall(r'<a href="(/q/[^"]+/passage/E\d+)">Read it in its document</a>', text)
    assert len(addresses) > 100
    for address in addresses[::12]:
        evidence = page["evidence"][address.rpartition("/")[2]]
        passage = client.get(address).text
        marked = re.findall(r"<mark[^>]*>(.*?)</mark>", passage)
        assert html.unescape("".join(marked)).split() == evidence["quote"].split()
        assert f'href="/library/document/{evidence["doc_id"]}"' in passage


@pytest.mark.parametrize("name", ["E0", "E999999", "e4", "4", "E4.json", "E%20"])
def test_a_passage_that_is_not_there_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/q/{SLUG}/passage/{name}").status_code == 404
    assert client.get("/q/no-such-page/passage/E4").status_code == 404
