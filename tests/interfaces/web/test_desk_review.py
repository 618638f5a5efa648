"""An article at the desk in the browser: from submission to approval, and all that is refused."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from curbside.articles import Article, DeskRole, Disclosure, Interest, Move, State
from curbside.interfaces.render.view import clean
from curbside.interfaces.web import Site
from curbside.records import Abstention, Standing, Status
from curbside.review.conditions import Act
from curbside.wiring.opened import opened
from desk_client import MEANING, NUMBERS, PASSWORD, Browser, Table, at_desk, engaged
from desk_library import CURRENT, RISKY, TEXTS, a_document
from web_client import NOW, served

SLUG = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"


@pytest.fixture
def table(desk_site: tuple[TestClient, Site]) -> Table:
    return Table(*desk_site)


def test_the_desk_shows_what_comes_closest_and_nothing_of_a_source_that_was_retracted(
    table: Table,
) -> None:
    first, second = table.article_page.evidence[:2]
    page = replace(
        table.article_page,
        question=replace(table.article_page.question, slug=f"{table.slug}-closest"),
        bottom_line=(),
        lanes=(),
        claims=(),
        evidence=(first, second),
        references=table.article_page.references[:2],
        abstained=Abstention.NOTHING_RELEVANT,
        closest=(second.evidence_id, first.evidence_id),
    )
    assert isinstance(table.site.desk.submit(page, Act(table.people["Otto"], NOW)), Article)
    url = f"/desk/articles/{page.question.slug}"

    def shown() -> list[str]:
        part = table.browser("Ann").get(url).text.partition('<h2 id="closest">')[2]
        return re.findall("<mark>(.*?)</mark>", part)

    assert shown() == [second.quote, first.quote]
    document, _ = table.site.desk.store.document(first.doc_id) or (None, None)
    assert document
    gone = Standing(Status.RETRACTED)
    table.site.desk.store.put([(document, gone)], at=NOW, origin="tests")
    assert shown() == [second.quote]


def test_two_reviewers_approve_a_page_with_a_high_risk_claim_and_readers_see_who(
    desk_site: tuple[TestClient, Site],
) -> None:
    table = Table(*desk_site, (*TEXTS, RISKY))
    ann, bea = table.taken_up()
    page = ann.get(table.url).text
    # the high-risk claim comes first, with its risk and its passage beside it
    first = page.partition('<ol class="review">')[2].partition('<li id="C1"')[0]
    assert f"“{RISKY}”" in first
    assert '<span class="mark mark-risk">dose</span>' in first
    assert f"<mark>{RISKY}</mark>" in first
    assert "<dd>4 of 4 claims</dd>" in page
    shown = ann.get(f"{table.url}/sign").text
    assert f"<code>{table.article.content}</code>" in shown
    assert "two persons sign" in shown
    assert all(text in shown for text in (*TEXTS, RISKY))
    assert table.sign(ann).headers["location"] == table.url
    assert table.article.state is State.UNDER_REVIEW
    again = table.sign(ann)
    assert (again.status_code, "you signed this text already" in again.text) == (409, True)
    assert table.sign(bea).status_code == 303
    assert table.article.state is State.APPROVED
    public = table.client.get(f"/q/{table.slug}").text
    assert "<dd>Approved, version 1</dd>" in public
    assert "Caution" not in public
    for name in ("Ann", "Bea"):
        who = table.people[name].name
        signed = f"Signed by {who}, MD, 31 January 2026: {MEANING}"
        assert f"{signed} (interests stated 31 January 2026: none; text " in public
    history = ann.get(f"{table.url}/history").text
    rows = re.findall(r'<th scope="row">(\w+)</th><td>([a-z ]+)</td>', history)
    names = {key: person.name for key, person in table.people.items()}
    assert rows == [
        (names["Bea"], "approve"),
        (names["Ann"], "sign"),
        *[(names["Ann"], "accept")] * 4,
        (names["Ann"], "take up"),
        (names["Otto"], "submit"),
    ]


def test_a_retraction_takes_the_approval_back_and_readers_are_told_why(table: Table) -> None:
    ann, _ = table.taken_up()
    assert table.sign(ann).status_code == 303
    assert table.article.state is State.APPROVED
    pmid = table.pmids[1]
    retracted = Standing(Status.RETRACTED, by=("pmid:99",), checked_at=NOW[:10])
    table.site.desk.store.put([(a_document(pmid, TEXTS[1]), retracted)], at=NOW)
    # whoever opens it next finds it so, without waiting for a watch
    page = ann.get(table.url).text
    assert table.article.state is State.DUE
    about = f"pmid:{pmid} (Study {pmid})"
    notice = f"Retracted: {about}: current before, retracted by pmid:99 now."
    assert f"<strong>Notice.</strong> {notice}" in page
    public = table.client.get(f"/q/{table.slug}").text
    assert "<dd>Due, version 2</dd>" in public
    assert notice in public
    changed = ann.get(f"{table.url}/diff").text
    assert f'<span class="mark">standing</span> pmid:{pmid}' in changed


def test_an_edit_that_the_passage_does_not_bear_out_is_refused_by_name_and_nothing_is_lost(
    table: Table,
) -> None:
    ann, _ = table.taken_up()
    url = f"{table.url}/claims/C1"
    refused = ann.send(
        url, f"{url}/edit", text="Of 120 adults who stopped, 71 percent had a flare.", reason="typo"
    )
    assert refused.status_code == 422
    alert = refused.text.partition('role="alert">')[2].partition("</p>")[0]
    assert "it does not hold: quantities:" in alert
    assert "Of 120 adults who stopped, 71 percent had a flare.</textarea>" in refused.text
    assert 'name="reason" type="text" value="typo"' in refused.text
    assert table.article.version == 1
    words = "Of 120 adults who stopped, 61% had a flare."
    held = ann.send(url, f"{url}/edit", text=words, reason="shorter")
    assert (held.status_code, table.article.version) == (303, 2)
    claim = ann.get(url).text
    assert "not accepted yet" in claim
    own = ann.send(url, f"{url}/accept")
    assert (own.status_code, "these are your words" in own.text) == (403, True)
    signed = table.sign(ann)
    assert (signed.status_code, "you changed words or sources" in signed.text) == (403, True)


def test_a_source_is_changed_a_claim_rejected_and_a_remark_made(table: Table) -> None:
    ann, bea = table.taken_up()
    url = f"{table.url}/claims/C2"
    change, document = (url, f"{url}/source"), f"pmid:{table.pmids[1]}"
    none = ann.send(*change, reason="no passage")
    assert (none.status_code, "expected a passage at least" in none.text) == (400, True)
    invented = ann.send(*change, document=document, quote="It cures all.", reason="x")
    assert (invented.status_code, "does not say that, word for word" in invented.text) == (
        400,
        True,
    )
    quote = "Flares were more frequent in men"
    partial = ann.send(*change, document=document, quote=quote, reason="x")
    assert partial.status_code == 422
    both = ann.send(*change, cite="E2", document=document, quote=quote, reason="nearer")
    assert both.status_code == 303
    assert f"<mark>{quote}</mark>" in ann.get(url).text
    assert bea.send(url, f"{url}/reject", reason="weak").status_code == 303
    assert TEXTS[1] not in bea.get(table.url).text.partition('id="claims"')[2]
    gone = bea.get(url)
    assert gone.status_code == 404
    other = f"{table.url}/claims/C3"
    assert bea.send(other, f"{other}/comment", reason="Look at <b>this</b>").status_code == 303
    assert "Look at &lt;b&gt;this&lt;/b&gt;" in ann.get(table.url).text
    assert bea.send(table.url, f"{table.url}/comment", reason="Of the whole").status_code == 303
    assert "Of the whole" in ann.get(table.url).text.partition('id="remarks"')[2]
    diff = ann.get(f"{table.url}/diff?old=1&new=3").text
    assert f"<del>{TEXTS[1]}</del>" in diff


def test_plain_claims_are_accepted_together_from_a_list_that_was_shown(
    desk_site: tuple[TestClient, Site],
) -> None:
    table = Table(*desk_site, (*TEXTS, RISKY))
    ann = table.browser("Ann")
    assert ann.send(table.url, f"{table.url}/move", reason="").status_code == 303
    url = f"{table.url}/together"
    assert f'<a class="button" href="{url}">Accept together: 3 that are' in ann.get(table.url).text
    page = ann.get(url).text
    offered = re.findall(r'name="claim" value="(C\d) ([0-9a-f]{64})" checked', page)
    assert [claim for claim, _ in offered] == ["C1", "C2", "C3"]
    assert all(f"<mark>{text}</mark>" in page for text in TEXTS)
    assert "C4</a>: it is high-risk (dose)" in page
    values = [" ".join(pair) for pair in offered]
    unsaid = ann.send(url, claim=values)
    assert (unsaid.status_code, "say that you held each" in unsaid.text) == (400, True)
    nothing = ann.send(url, held="yes")
    assert (nothing.status_code, "expected 1 to 25 claims" in nothing.text) == (400, True)
    forged = ann.send(url, held="yes", claim=[*values, f"C4 {'0' * 64}"])
    told = "C4: what you were shown is not what stands now"
    assert (forged.status_code, told in forged.text) == (409, True)
    shown = {c.claim.claim_id: c.shown for c in table.site.desk.view(table.slug).claims}
    risky = ann.send(url, held="yes", claim=[*values, f"C4 {shown['C4']}"])
    assert (risky.status_code, "C4: it is looked at by itself" in risky.text) == (422, True)
    assert "<dd>0 of 4 claims</dd>" in ann.get(table.url).text
    done = ann.send(url, held="yes", claim=values[:2])
    assert done.headers["location"] == url
    assert 'value="C3 ' in ann.get(url).text
    assert "<dd>2 of 4 claims</dd>" in ann.get(table.url).text
    history = ann.get(f"{table.url}/history").text
    assert history.count("<td>accept with others</td>") == 2
    # nobody else can: the list is there, the form is not
    assert f'action="{url}"' not in table.browser("Eve").get(url).text


def test_another_source_is_looked_for_by_words_and_chosen_from_what_is_found(
    table: Table,
) -> None:
    ann, _ = table.taken_up()
    # words of its own, so that what other tests put into the library is not found
    word = f"zolimumab{table.pmids[0]}"
    text = f"In 80 adults, {TEXTS[1][0].lower()}{TEXTS[1][1:-1]} under {word}."
    number = table.pmids[0] + 500
    table.site.desk.store.put([(a_document(number, text), CURRENT)], at=NOW, origin="tests")
    index_of(table.site)
    url = f"{table.url}/claims/C2"
    assert "Passages that were found" not in ann.get(url).text
    none = ann.get(f"{url}?find=xyzzyx{number}").text
    assert "No sentence of the library holds these words." in none
    too_long = ann.get(f"{url}?find={'a' * 2_001}")
    assert (too_long.status_code, 'role="alert"' in too_long.text) == (400, True)
    found = ann.get(f"{url}?find=flares+{word}").text
    # the sentence that holds both words before those that hold one
    place, *_ = re.findall(r'name="place" value="([^"]*)"', found)
    assert place == f"pmid:{number}@r{number}#0-{len(text)}"
    assert f"“{text}”" in found
    page = f"{url}?find=flares+{word}"
    gone = ann.send(page, f"{url}/source", place=place.replace("@r", "@x"), reason="nearer")
    assert (gone.status_code, "look for the passage again" in gone.text) == (400, True)
    # what was looked for is still there
    assert f'value="{place}"' in gone.text
    changed = ann.send(page, f"{url}/source", cite="E2", place=place, reason="nearer")
    assert changed.status_code == 303, changed.text
    assert f"<mark>{text}</mark>" in ann.get(url).text


def index_of(site: Site) -> None:
    """Bring the index in step with what was put."""
    opened(site.pages.home, site.desk.store)
    site.pages.refresh()


def test_who_comes_second_is_told_who_was_first_and_keeps_what_they_wrote(table: Table) -> None:
    ann, bea = table.taken_up()
    url = f"{table.url}/claims/C1"
    fields = bea.fields(bea.get(url).text, f"{url}/edit")
    assert ann.send(f"{table.url}/claims/C3", f"{table.url}/claims/C3/reject", reason="weak")
    late = bea.client.post(
        f"{url}/edit", data=fields | {"text": "My long <i>sentence</i>.", "reason": "clearer"}
    )
    assert late.status_code == 409
    assert "<h1>Somebody was first</h1>" in late.text
    row = late.text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert f'<th scope="row">{table.people["Ann"].name}</th><td>reject</td>' in row
    assert row.count("<tr>") == 1
    assert "<dd>My long &lt;i&gt;sentence&lt;/i&gt;.</dd>" in late.text


def test_nobody_signs_a_text_that_they_were_not_shown(table: Table) -> None:
    _, bea = table.taken_up()
    fields = bea.fields(bea.get(f"{table.url}/sign").text, f"{table.url}/sign")
    entered = {"reason": MEANING, "password": PASSWORD}
    doubted = Standing(Status.CONCERN, checked_at=NOW[:10])
    table.site.desk.store.put([(a_document(table.pmids[1], TEXTS[1]), doubted)], at=NOW)
    late = bea.client.post(f"{table.url}/sign", data=fields | entered)
    assert (late.status_code, table.article.state) == (409, State.UNDER_REVIEW)
    # or the server noted it first, as it looks by itself
    told = ("what you were shown is not what stands now", "<h1>Somebody was first</h1>")
    assert any(each in late.text for each in told)
    other = bea.client.post(f"{table.url}/sign", data=fields | entered | {"shown": "0" * 64})
    assert other.status_code == 409


def test_of_two_who_approve_at_once_one_does_and_the_other_is_told(table: Table) -> None:
    ann, bea = table.taken_up()
    forms = [
        (each, each.fields(each.get(f"{table.url}/sign").text, f"{table.url}/sign"))
        for each in (ann, bea)
    ]

    def sign(form: tuple[Browser, dict[str, str]]):
        browser, fields = form
        entered = fields | {"reason": MEANING, "password": PASSWORD}
        return browser.client.post(f"{table.url}/sign", data=entered)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(sign, forms))
    assert sorted(response.status_code for response in answers) == [303, 409]
    (refused,) = (response for response in answers if response.status_code == 409)
    assert "<td>approve</td>" in refused.text
    assert len(table.site.desk.view(table.slug).review.signatures) == 1


def test_a_signature_takes_the_password_and_a_meaning(table: Table) -> None:
    ann, _ = table.taken_up()
    for meaning, password, status in ((MEANING, "wrong", 403), ("  ", PASSWORD, 400)):
        assert table.sign(ann, meaning, password).status_code == status
    assert table.article.state is State.UNDER_REVIEW


def test_nobody_approves_their_own_page_whatever_roles_they_have(
    desk_site: tuple[TestClient, Site],
) -> None:
    client, site = desk_site
    table = Table(client, site)
    roles = tuple(role for role in DeskRole if role is not DeskRole.DESK)
    otto = table.people["Otto"]
    site.people.change(otto.person_id, roles=roles, by="terminal", at=NOW)
    own = table.browser("Otto")
    refused = own.send(table.url, f"{table.url}/move", move="take up", reason="")
    assert (refused.status_code, "you wrote it; another must" in refused.text) == (403, True)
    table.taken_up()
    claim = f"{table.url}/claims/C1"
    for refused in (
        table.sign(own),
        own.send(claim, f"{claim}/edit", text=TEXTS[0], reason="x"),
    ):
        assert refused.status_code in (403, 422), refused.text
    assert table.article.state is State.UNDER_REVIEW
    assert table.site.desk.view(table.slug).review.signatures == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"credentials": ""}, "give your credentials"),
        ({"disclosure": Disclosure("2020-01-01T00:00:00Z")}, "state them anew"),
        (
            {"disclosure": Disclosure(NOW, (Interest("shares", ()),))},
            "you declared an interest in what this page is about: shares (everything)",
        ),
    ],
)
def test_nobody_reviews_without_credentials_and_a_recent_statement_or_with_an_interest(
    table: Table, change: dict, told: str
) -> None:
    ann = table.people["Ann"]
    if "disclosure" in change:
        table.site.people.disclose(ann.person_id, change["disclosure"], by=ann.person_id)
    else:
        table.site.people.change(ann.person_id, by="terminal", at=NOW, **change)
    refused = table.browser("Ann").send(
        table.url, f"{table.url}/move", move=Move.TAKE_UP.value, reason=""
    )
    assert (refused.status_code, told in refused.text) == (403, True)


def test_only_what_changed_since_my_last_review_is_listed_when_i_ask_for_it(table: Table) -> None:
    ann, bea = table.taken_up()
    assert "New to me (0)" in ann.get(table.url).text
    assert "New to me (3)" in bea.get(table.url).text
    url = f"{table.url}/claims/C1"
    words = "Of 120 adults who stopped, 61% had a flare."
    assert bea.send(url, f"{url}/edit", text=words, reason="shorter").status_code == 303
    page = ann.get(f"{table.url}?only=new").text
    listed = re.findall(r'<li id="(C\d)"', page)
    assert (listed, "New to me (1)" in page) == (["C1"], True)


def test_accepting_from_a_list_leads_on_in_that_list(table: Table) -> None:
    ann = table.browser("Ann")
    assert ann.send(table.url, f"{table.url}/move", reason="").status_code == 303
    listed = f"{table.url}?only=open"
    done = ann.send(listed, f"{table.url}/claims/C1/accept")
    assert done.headers["location"] == f"{table.url}?only=open#claims"
    assert re.findall(r'<li id="(C\d)"', ann.get(listed).text) == ["C2", "C3"]
    row = ann.get("/desk").text.partition(table.slug)[2].partition("</tr>")[0]
    assert "<td>2 of 3</td>" in row
    odd = ann.send(listed, f"{table.url}/claims/C2/accept", only="//evil.example")
    assert odd.headers["location"] == f"{table.url}#C2"


def test_what_a_reader_says_reaches_the_desk_with_its_version(
    desk_site: tuple[TestClient, Site],
) -> None:
    client, site = desk_site
    table = Table(client, site)
    said = {"kind": "wrong", "about": "C1", "words": "<script>alert(1)</script> 61 is 16"}
    assert client.post(f"/q/{table.slug}/feedback", data=said).status_code == 303
    eve = table.browser("Eve")
    for url in (table.url, "/desk/feedback"):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; 61 is 16" in eve.get(url).text
    assert "of this version" in eve.get(table.url).text
    row = eve.get("/desk?state=Submitted").text.partition(table.slug)[2].partition("</tr>")[0]
    assert row.count("<td>1</td>") == 1


def test_a_page_of_the_site_is_submitted_and_revised_by_its_author(tmp_path: Path) -> None:
    # a library of its own, as the page would be another once the library changed
    with served(tmp_path) as (client, site):
        people = (engaged(site, "Otto", DeskRole.AUTHOR), engaged(site, "Ann", DeskRole.REVIEWER))
        otto, ann = (at_desk(client, person.email) for person in people)
        url = f"/desk/articles/{SLUG}"
        assert url in otto.get("/desk").text
        assert "An author or an editor submits it." in ann.get(url).text
        assert otto.send(url, f"{url}/submit").headers["location"] == url
        assert "<dd>Submitted, version 1</dd>" in client.get(f"/q/{SLUG}").text
        same = otto.send(url, f"{url}/submit", reason="again")
        assert (same.status_code, "nothing would change" in same.text) == (422, True)
        for wrong in ("no-such-page", "A%20B"):
            assert ann.get(f"/desk/articles/{wrong}").status_code == 404
        for number in ("0", "9", "x", "1e3"):
            assert ann.get(f"{url}?version={number}").status_code == 404
        assert ann.get(f"{url}?version=1").status_code == 200


HOSTILE = (
    "<script>parent.hit()</script>",
    '"><img src=x onerror=hit()>',
    "'\"></textarea><svg/onload=hit()>",
    "</title><script>hit()</script>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "javascript:hit()//",
    "<a href=javascript:hit()>x</a>",
    "--><script>hit()</script>",
    "]]><script>hit()</script>",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "<iframe srcdoc='<script>parent.hit()</script>'>",
    "\u202e<b onmouseover=hit()>txet",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_person_enters_is_read_as_markup(
    desk_site: tuple[TestClient, Site], hostile: str
) -> None:
    client, site = desk_site
    table = Table(client, site)
    plain = hostile.replace("\u202e", "")
    ann = table.people["Ann"]
    admin = engaged(site, f"Admin{next(NUMBERS)}", DeskRole.ADMINISTRATOR)
    site.people.change(ann.person_id, credentials=plain, by="terminal", at=NOW)
    site.people.disclose(
        ann.person_id, Disclosure(NOW, (Interest(plain, (plain,)),)), by=ann.person_id
    )
    named = site.people.add(
        plain, f"x{next(NUMBERS)}@example.org", (DeskRole.READER,), password=PASSWORD,
        by="terminal", at=NOW,
    )  # fmt: skip
    reader, eve, kim = (
        at_desk(client, named.email),
        table.browser("Eve"),
        at_desk(client, admin.email),
    )
    claim = f"{table.url}/claims/C1"
    said = {"kind": "unclear", "about": hostile, "words": hostile}
    client.post(f"/q/{table.slug}/feedback", data=said)
    sent = [
        reader.send(table.url, f"{table.url}/comment", reason=hostile),
        reader.send(claim, f"{claim}/comment", reason=hostile),
        eve.send(claim, f"{claim}/edit", text=hostile, reason=hostile),
        eve.send(claim, f"{claim}/source", document=hostile, quote=hostile, reason=hostile),
        eve.send(f"{table.url}/claims/C2", f"{table.url}/claims/C2/reject", reason=hostile),
        eve.send(table.url, f"{table.url}/move", move="withdraw", reason=hostile),
    ]
    assert [response.status_code for response in sent] == [303, 303, 422, 400, 303, 303]
    urls = (
        table.url, claim, f"{table.url}/history", f"{table.url}/diff", f"{table.url}?version=1",
        "/desk", "/desk/feedback", "/desk/account",
    )  # fmt: skip
    pages = [*sent, *map(eve.get, urls), *map(reader.get, urls[:1])]
    pages += [kim.get("/desk/people"), kim.get(f"/desk/people/{ann.person_id}")]
    pages += [client.get(f"/q/{table.slug}"), client.get(f"/q/{table.slug}/versions")]
    for response in pages:
        read = Read(response.text)
        assert read.tags.isdisjoint({"img", "svg", "iframe", "b", "i", "base", "object"})
        assert [name for name in read.attributes if name.startswith("on")] == []
        assert all(src.startswith("/static/") for src in read.scripts), response.url
        assert all(url.startswith(("/", "#", "https://")) for url in read.urls), read.urls
    assert clean(hostile) in Read(pages[len(sent)].text).words


class Read(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.urls: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "script":
            self.scripts.append(dict(attrs).get("src") or "")
        self.urls += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.words += data
