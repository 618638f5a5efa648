"""A question leads to its own page, and the page has every form beside it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from curbside.codec.answer import alterations, answer_from_json
from founding import QUESTION, REWORDINGS, UNANSWERABLE
from web_client import NOW, served

SLUG = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"
DOSE = "What is the dose of azathioprine (Imuran) in autoimmune hepatitis?"


def _ask(client: TestClient, question: str, **more: str) -> str:
    """The address that a question leads to."""
    response = client.get("/ask", params={"q": question, **more})
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


@pytest.mark.parametrize("wording", [QUESTION, *REWORDINGS])
def test_every_wording_of_a_question_leads_to_one_page(client: TestClient, wording: str) -> None:
    assert _ask(client, wording).partition("?")[0] == f"/q/{SLUG}"


@pytest.mark.parametrize("question", UNANSWERABLE)
def test_what_cannot_be_answered_has_a_page_that_says_so(client: TestClient, question: str) -> None:
    response = client.get(_ask(client, question))
    assert response.status_code == 200
    assert '<h2 id="no-answer">No answer here</h2>' in response.text


def test_the_page_tells_what_was_typed_and_how_it_was_read(client: TestClient) -> None:
    typed = "predictors of relapse in AIH after <b>Imuran</b> withdrawal"
    text = client.get(_ask(client, typed)).text
    assert f"<h1>{QUESTION}</h1>" in text
    escaped = "predictors of relapse in AIH after &lt;b&gt;Imuran&lt;/b&gt; withdrawal"
    assert f"<div><dt>You asked</dt><dd>{escaped}</dd></div>" in text


def test_words_of_another_question_are_not_shown_as_asked(client: TestClient) -> None:
    other = urlencode({"asked": "Is this page endorsed by everyone?"})
    assert "endorsed" not in client.get(f"/q/{SLUG}?{other}").text


def test_the_forms_beside_a_page_are_the_page(client: TestClient) -> None:
    response = client.get(f"/q/{SLUG}.json")
    data = json.loads(response.content)
    answer = answer_from_json(data)
    assert list(alterations(data, answer)) == []
    assert (answer.question.title, answer.provenance.at) == (QUESTION, NOW)
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("suffix", "media_type", "start", "name"),
    [
        ("md", "text/markdown; charset=utf-8", f"# {QUESTION}".encode(), None),
        ("txt", "text/plain; charset=utf-8", b"What are the predictors", None),
        ("pdf", "application/pdf", b"%PDF-", f"{SLUG}.pdf"),
        (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK",
            f"{SLUG}.docx",
        ),
        ("ris", "application/x-research-info-systems", b"TY  - ", f"{SLUG}.ris"),
        ("nbib", "application/nbib", b"PMID- ", f"{SLUG}.nbib"),
        ("bib", "application/x-bibtex", b"@", f"{SLUG}.bib"),
    ],
)
def test_a_form_has_its_type_and_a_name_to_save_it_by(
    client: TestClient, suffix: str, media_type: str, start: bytes, name: str | None
) -> None:
    response = client.get(f"/q/{SLUG}.{suffix}")
    assert response.headers["content-type"] == media_type
    assert response.content.lstrip().startswith(start)
    disposition = response.headers.get("content-disposition")
    assert disposition == (name and f'attachment; filename="{name}"')


def test_a_page_that_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get(f"/q/{SLUG}")
    again = client.get(f"/q/{SLUG}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["last-modified"] == "Sat, 31 Jan 2026 12:00:00 GMT"
    # an approval that ended leaves the text and its date as they were
    dated = client.get(f"/q/{SLUG}", headers={"If-Modified-Since": first.headers["last-modified"]})
    assert dated.status_code == 200


def test_the_page_weighs_no_more_than_150_kilobytes_on_its_way(client: TestClient) -> None:
    files = [f"/q/{SLUG}"]
    page = client.get(files[0]).text
    files += [part.partition('"')[0] for part in page.split('"/static/')[1:]]
    weights = [
        int(
            client.get(name if name.startswith("/q/") else f"/static/{name}").headers[
                "content-length"
            ]
        )
        for name in files
    ]
    assert len(weights) == 6  # the page, two style sheets, the picture, two scripts
    assert sum(weights) <= 150_000


@pytest.mark.parametrize("name", ["no-such-question-was-asked", "nobody-said-this", "1-2-3-4-5-6"])
def test_a_name_that_leads_nowhere_says_how_a_page_is_found(client: TestClient, name: str) -> None:
    response = client.get(f"/q/{name}")
    assert response.status_code == 404
    assert "<h1>No page has this name here</h1>" in response.text
    assert f'name="q" type="search" value="{name.replace("-", " ")}"' in response.text


@pytest.mark.parametrize(
    "name", ["A", "a--b", "-a", "a.exe", "a.html", "%2e%2e%2fx", "a" * 101, "ä"]
)
def test_what_is_no_name_of_a_page_is_refused(client: TestClient, name: str) -> None:
    assert client.get(f"/q/{name}").status_code == 404


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "Expected a question"),
        ("   ", "Expected a question"),
        ("why " * 501, "at most 2000"),
        ("\x00\x01", "Expected"),
        ("a\ud800b".encode("utf-8", "surrogatepass").decode("utf-8", "replace") * 900, "2000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_expected(
    client: TestClient, question: str, reason: str
) -> None:
    response = client.get("/ask", params={"q": question})
    assert response.status_code == 400
    lead = response.text.partition('<p class="lead">')[2].partition("</p>")[0]
    assert reason in lead.replace(",", "")


def test_a_follow_up_keeps_what_it_leaves_out_and_has_a_page_of_its_own(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        address = _ask(client, "And the dose?", follow=SLUG)
        page = client.get(address)
        assert "read as a follow-up to" in page.text
        assert address == "/q/and-the-dose-autoimmune-hepatitis-azathioprine"
        data = client.get(f"{address}.json").json()
        assert data["understanding"]["follows"]["slug"] == SLUG
    # the page is there when the server comes back
    with served(tmp_path) as (client, _):
        again = client.get(f"{address}.json").json()
        assert again == data


def test_a_follow_up_that_is_asked_of_its_own_page_does_not_follow_itself(tmp_path: Path) -> None:
    with served(tmp_path) as (client, site):
        address = _ask(client, "What about prednisone?", follow=SLUG)
        slug = address.removeprefix("/q/")
        assert _ask(client, "What about prednisone?", follow=slug) == address
        kept = site.pages.asked(slug)
        assert kept is not None
        assert kept.follows == SLUG
        # as an earlier version kept it: it has no page, and what follows it ends
        site.pages.store.asked.keep(replace(kept, slug="a-ring", follows="a-ring"), at=NOW)
        assert client.get("/q/a-ring").status_code == 404
        response = client.get("/ask", params={"q": "And the dose?", "follow": "a-ring"})
        assert response.status_code == 400


@pytest.mark.parametrize("forget", [["a"] * 33, ["a" * 201]])
def test_no_more_is_kept_with_a_question_than_it_can_need(
    client: TestClient, forget: list[str]
) -> None:
    asked = {"q": "And how often?", "follow": SLUG, "forget": forget}
    response = client.get("/ask", params=asked)
    assert (response.status_code, "concepts to forget" in response.text) == (400, True)


def test_what_is_forgotten_of_a_page_is_not_kept(client: TestClient) -> None:
    kept = client.get(f"{_ask(client, 'And the dose?', follow=SLUG)}.json").json()
    forgot = client.get(
        f"{_ask(client, 'And the dose?', follow=SLUG, forget='azathioprine')}.json"
    ).json()
    names = [
        [concept["name"] for concept in page["understanding"]["concepts"]]
        for page in (kept, forgot)
    ]
    assert "azathioprine" in names[0]
    assert "azathioprine" not in names[1]


def test_a_page_that_follows_none_is_refused(client: TestClient) -> None:
    response = client.get("/ask", params={"q": "And the dose?", "follow": "no-such-page"})
    assert response.status_code == 400


def test_a_question_is_found_again_after_a_restart_by_its_address(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        address = _ask(client, DOSE)
    with served(tmp_path) as (client, _):
        assert f"<h1>{DOSE}</h1>" in client.get(address).text
        assert f'<a href="{address}">{DOSE}</a>' in client.get("/").text


def test_personal_data_is_answered_and_never_written_down(tmp_path: Path) -> None:
    question = "Can Mrs Hill, born 3.4.1950, stop azathioprine?"
    with served(tmp_path) as (client, site):
        address = _ask(client, question).partition("?")[0]
        page = client.get(address)
        assert page.status_code == 200
        assert "This looks as if it told of a person." in page.text
        assert "told of a person" not in client.get(_ask(client, DOSE)).text
        assert [each.title for each in site.pages.recent(100)] == [DOSE]
    with served(tmp_path) as (client, _):
        assert client.get(address).status_code == 404
    assert b"Hill" not in (tmp_path / "library.sqlite").read_bytes()


def test_where_there_is_no_answer_the_page_says_what_can_be_done(client: TestClient) -> None:
    page = client.get(_ask(client, "How is acute appendicitis diagnosed?")).text
    told = page.partition('<section class="no-answer"')[2].partition("</section>")[0]
    (own,) = re.findall(r'<a href="(/q/[^"]+)">', told)
    for link in ("/library?q=How%20is%20acute%20appendicitis%20diagnosed%3F", "/library/add", own):
        assert f'href="{link}"' in told
        assert client.get(link).status_code == 200
    assert '<section class="no-answer"' not in client.get(own).text


def test_two_questions_whose_names_are_cut_to_the_same_have_two_pages(client: TestClient) -> None:
    long = "What should be told to people who ask a very long question about treating gout with"
    one, other = (_ask(client, f"{long} {drug}?") for drug in ("colchicine", "febuxostat"))
    assert one.partition("?")[0] != other.partition("?")[0]
    assert "colchicine" in client.get(one).text.partition("</h1>")[0]
    assert "febuxostat" in client.get(other).text.partition("</h1>")[0]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_every_text_leads_to_its_own_page_or_is_refused(client: TestClient, text: str) -> None:
    response = client.get("/ask", params={"q": text})
    if response.status_code == 400:
        return
    address = response.headers["location"].partition("?")[0]
    page = client.get(f"{address}.json").json()
    # the address leads back to the page that the words lead to
    again = client.get("/ask", params={"q": page["title"]})
    assert again.headers["location"].partition("?")[0] == address


def test_the_front_page_offers_what_the_library_answers(client: TestClient) -> None:
    text = client.get("/").text
    assert f'<a href="/q/{SLUG}">{QUESTION}</a>' in text
    assert '<form class="ask" action="/ask" method="get" role="search" data-progress>' in text


def test_no_page_loads_from_elsewhere_or_sets_a_cookie(client: TestClient) -> None:
    for address in ("/", f"/q/{SLUG}", "/policies/privacy", "/nowhere", "/ask"):
        response = client.get(address)
        assert "set-cookie" not in response.headers
        loads = [
            part.partition('"')[0]
            for mark in (' src="', '<link rel="stylesheet" href="')
            for part in response.text.split(mark)[1:]
        ]
        assert loads
        assert [each for each in loads if not each.startswith("/static/")] == []


@pytest.mark.parametrize("reader", ["patient", "student", "specialist"])
def test_every_reader_gets_the_same_claims_in_their_own_words(
    client: TestClient, reader: str
) -> None:
    plain = client.get(f"/q/{SLUG}.json").json()
    read = client.get(f"/q/{SLUG}.json?as={reader}").json()
    assert read["reading"]["reader"] == reader
    assert plain["reading"]["reader"] == "clinician"
    assert (read["claims"], read["evidence"]) == (plain["claims"], plain["evidence"])
    text = client.get(f"/q/{SLUG}?as={reader}").text
    assert f'<a href="/q/{SLUG}?as={reader}" aria-current="true">' in text
    # the forms beside it, and the next question, are for the same reader
    assert f'<a href="/q/{SLUG}.pdf?as={reader}">PDF</a>' in text
    assert f'<input type="hidden" name="as" value="{reader}">' in text
    assert _ask(client, QUESTION, **{"as": reader}) == f"/q/{SLUG}?as={reader}"


def test_a_reader_that_there_is_none_of_is_refused(client: TestClient) -> None:
    assert client.get(f"/q/{SLUG}?as=nobody").status_code == 400
    assert client.get("/ask", params={"q": QUESTION, "as": "<b>"}).status_code == 400
