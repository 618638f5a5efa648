"""A page says how it was made, and what was found and left off it."""

from __future__ import annotations

import html
import re

from starlette.testclient import TestClient

from curbside.ingest.topics import bundled_topics
from curbside.interfaces.web import Site
from curbside.wiring.method import unused_sources
from founding import QUESTION

SLUG = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"


def test_every_source_that_was_found_is_cited_or_listed_with_the_reason(
    client: TestClient, site: Site
) -> None:
    pages = site.pages
    answer = pages.answer(SLUG)
    assert answer is not None
    unused = unused_sources(answer, pages.engine)
    cited = {reference.doc_id for reference in answer.references}
    left_off = [each.document.doc_id for each in unused]
    assert len(left_off) == len(set(left_off))
    assert not cited & set(left_off)
    known = {d.doc_id for topic in bundled_topics() for d in topic.documents}
    # 400 passages are found of 262, so what is neither names none of the question's words
    assert cited | set(left_off) <= known
    for each in unused:
        named = re.fullmatch(r"it does not speak of (.+)", each.why)
        if named:
            assert named[1].split(" or ")[0].lower() not in each.document.text.lower()

    text = client.get(f"/q/{SLUG}/method").text
    addresses = re.findall(r'<li><p><a href="/library/document/([^"]+)">', text)
    assert addresses == left_off


def test_the_page_can_be_made_again_by_what_it_says(client: TestClient) -> None:
    text = html.unescape(client.get(f"/q/{SLUG}/method").text)
    assert f"curbside ask '{QUESTION}' --at 2026-01-31T12:00:00Z" in text
    fingerprint = client.get("/readyz").json()["fingerprint"]
    assert f"<dt>Library</dt><dd>{fingerprint}</dd>" in text


def test_a_page_that_is_not_there_was_made_in_no_way(client: TestClient) -> None:
    assert client.get("/q/no-such-page/method").status_code == 404
    assert client.get("/q/A/method").status_code == 404
