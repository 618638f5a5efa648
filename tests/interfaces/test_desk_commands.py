"""The review desk from a terminal: people, articles, the watch and the trail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from curbside.articles import Move, State
from curbside.codec.answer import answer_to_json
from curbside.interfaces.cli import app
from curbside.records import Standing, Status
from curbside.review.conditions import Act
from curbside.wiring.config import settings_at
from curbside.wiring.desk import Desk, open_desk
from curbside.wiring.people import People, SignedIn
from desk_library import AT, TEXTS, Staff, a_document, a_page_of, approved, done, fill

SECRET = "correct horse battery"


def run(home: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home)], input=typed)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose desk approved one article before its source was retracted."""
    home = tmp_path_factory.mktemp("home")
    desk = open_desk(settings_at(home))
    fill(desk.store, *TEXTS)
    staff = Staff(desk)
    approved(desk, staff, a_page_of(desk.store, "pmid:1", "pmid:2"))
    People(desk.store).set_password(staff.author.person_id, SECRET, by="terminal", at=AT)
    (home / "page.json").write_text(
        json.dumps(answer_to_json(a_page_of(desk.store, "pmid:1", "pmid:3")))
    )
    (home / "signed.json").write_text(json.dumps(desk.page("flares-after-stopping")))
    desk.close()
    return home


def desk_of(home: Path) -> Desk:
    return open_desk(settings_at(home))


def test_the_first_administrator_is_made_with_a_password_that_is_asked_for(tmp_path: Path) -> None:
    words = ("people", "add", "eve@example.org", "--name", "Eve", "--role", "administrator")
    short = run(tmp_path, *words, typed="short\nshort\n")
    assert (short.exit_code, "12 to" in str(short.exception)) == (1, True)
    desk = desk_of(tmp_path)
    # nothing is half made: the password is looked at before the account is kept
    assert People(desk.store).all() == []
    done_ = run(tmp_path, *words, typed=f"{SECRET}\n{SECRET}\n")
    assert done_.exit_code == 0
    assert isinstance(People(desk.store).sign_in("eve@example.org", SECRET, at=AT), SignedIn)
    desk.close()


def test_an_invitation_is_printed_once_and_no_password_is_asked(made: Path) -> None:
    found = run(
        made, "people", "add", "kim@example.org", "--name", "Kim", "--role", "reader", "--invite"
    )
    assert found.exit_code == 0
    token = found.stdout.partition("token: ")[2].strip()
    desk = desk_of(made)
    assert People(desk.store).redeem(token, SECRET, at=AT[:4] + "-06-01T12:00:00Z").name == "Kim"
    desk.close()


def test_roles_credentials_and_interests_are_listed(made: Path) -> None:
    assert run(made, "people", "role", "bea@example.org", "reviewer", "editor").exit_code == 0
    stated = run(
        made, "people", "disclose", "bea@example.org", "--interest", "lectures: Zyloprim, gout"
    )
    assert stated.stdout == "Bea: lectures (Zyloprim, gout)\n"
    listed = run(made, "people", "list").stdout
    assert "Bea, MD <bea@example.org>\n" in listed
    assert "reviewer, editor; " in listed
    assert "lectures (Zyloprim, gout)" in listed
    (bea,) = [p for p in json.loads(run(made, "people", "list", "--json").stdout)
              if p["name"] == "Bea"]  # fmt: skip
    assert bea["roles"] == ["reviewer", "editor"]
    wrong = run(made, "people", "role", "bea@example.org", "desk")
    assert "expected one or more of the roles reader, author" in str(wrong.exception)
    neither = run(made, "people", "disclose", "bea@example.org")
    assert "expected --none" in str(neither.exception)


def test_articles_are_listed_shown_and_told(made: Path) -> None:
    listed = run(made, "articles", "list", "--state", "approved").stdout
    assert listed.startswith("Approved           flares-after-stopping  What predicts")
    assert "version 1, until 2027-06-01; Ann approved version 1 at" in listed
    shown = run(made, "articles", "show", "flares-after-stopping").stdout
    assert "Status: Approved, version 1" in shown
    signed = "Signed by Ann, MD, 1 June 2026: as it is (interests stated 1 June 2026: none; text "
    assert signed in " ".join(shown.split())
    assert "Exercise caution" not in shown
    told = run(made, "articles", "history", "flares-after-stopping").stdout.splitlines()
    assert [line.split(": ", 1)[1] for line in told] == [
        "submit, version 1 (Submitted): as it is",
        "take up, version 1 (Under Review): as it is",
        "accept, version 1 (Under Review): as it is",
        "accept, version 1 (Under Review): as it is",
        "approve, version 1 (Approved): as it is",
    ]
    unknown = run(made, "articles", "list", "--state", "Perfect")
    assert "expected one of Submitted" in str(unknown.exception)


def test_the_trail_is_verified_shown_and_signed(made: Path) -> None:
    assert run(made, "audit-log", "verify").stdout.startswith("whole: ")
    entries = json.loads(run(made, "audit-log", "show", "--most", "99", "--json").stdout)
    assert [entry["sequence"] for entry in entries] == list(range(len(entries), 0, -1))
    assert "approve" in run(made, "audit-log", "show", "flares-after-stopping").stdout
    mark = json.loads(run(made, "audit-log", "checkpoint").stdout)
    assert (mark["sequence"], mark["digest"]) == (entries[0]["sequence"], entries[0]["digest"])


def test_a_signed_page_checks_at_its_desk_and_nowhere_else(made: Path, tmp_path: Path) -> None:
    assert run(made, "check", str(made / "signed.json")).exit_code == 0
    elsewhere = run(tmp_path, "check", str(made / "signed.json"))
    assert elsewhere.exit_code == 1
    assert 'answer.status.state: expected "Submitted", found "Approved"' in elsewhere.stdout


def test_an_export_says_who_signed_where_the_desk_knows_of_it(made: Path, tmp_path: Path) -> None:
    words = ("export", str(made / "signed.json"), "--to", "markdown")
    assert "Signed by Ann, MD, 1 June 2026: as it is" in run(made, *words).stdout
    assert "**Status: Approved**, version 1" in run(made, *words).stdout
    elsewhere = run(tmp_path, *words).stdout
    assert "Signed by" not in elsewhere
    assert "This page has not been reviewed by a person yet." in elsewhere


def test_a_watch_ends_the_approval_and_a_new_answer_is_the_next_version(made: Path) -> None:
    assert run(made, "watch").stdout.endswith("1 articles looked at, 0 touched\n")
    desk = desk_of(made)
    retracted = Standing(Status.RETRACTED, by=("pmid:99",))
    desk.store.put([(a_document(2, TEXTS[1]), retracted)], at=AT)
    found = run(made, "watch").stdout
    assert "Due                flares-after-stopping" in found
    assert "retracted: pmid:2 (Study 2): current before, retracted by pmid:99 now (C2)" in found
    assert json.loads(run(made, "watch", "--json").stdout) == {"looked_at": 1, "touched": []}
    diff = run(made, "articles", "diff", "flares-after-stopping", "1", "2").stdout
    assert diff == "standing: pmid:2\n  - current\n  + retracted by pmid:99\n"
    words = ("articles", "submit", str(made / "page.json"), "--by", "otto@example.org")
    assert run(made, *words, typed="wrong\n").exit_code == 1
    unexplained = run(made, *words, typed=f"{SECRET}\n")
    assert (unexplained.exit_code, "say why" in unexplained.output) == (1, True)
    submitted = run(made, *words, "--why", "without the retracted study", typed=f"{SECRET}\n")
    assert "flares-after-stopping: Submitted, version 3\n" in submitted.stdout
    article = desk.article("flares-after-stopping")
    assert article is not None
    assert (article.state, article.version) == (State.SUBMITTED, 3)
    person = People(desk.store).of_email("ann@example.org")
    taken = desk.move(
        "flares-after-stopping", Move.TAKE_UP, Act(person, AT, step=article.step, reason="mine")
    )
    assert done(taken).state is State.UNDER_REVIEW
    desk.close()


def test_a_pause_that_is_none_is_refused(made: Path) -> None:
    found = run(made, "watch", "--every", "soon")
    assert (found.exit_code, "expected a number and s, m, h or d" in found.output) == (2, True)


def test_a_watch_goes_on_until_it_is_stopped(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from curbside.interfaces import watch

    passes: list[float] = []

    class Stopped:
        def wait(self, seconds: float) -> bool:
            passes.append(seconds)
            if len(passes) == 2:
                raise KeyboardInterrupt
            return False

    monkeypatch.setattr(watch, "Event", Stopped)
    found = run(made, "watch", "--every", "6h")
    assert (found.exit_code, passes) == (130, [21_600.0, 21_600.0])
    assert found.stdout.count("articles looked at") == 2
