"""Whatever a server does, the page is whole, in time, and says what became of the model."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import monotonic

import pytest

from builders import a_question
from curbside import __version__
from curbside.codec.answer import answer_to_json
from curbside.models.chat import ChatModel
from curbside.models.task import SYSTEM, Request
from curbside.pipeline import Engine, answer
from curbside.records import Answer, Claim, Drafted, Lane, Offered
from curbside.verify.recheck import recheck
from curbside.wiring.config import Settings
from curbside.wiring.engine import open_engine
from curbside.wiring.generator_settings import EndpointSettings
from lying_model import INJECTIONS, honest
from model_server import (
    STREAM,
    Connection,
    Script,
    drafts_as_text,
    plainly,
    serving_model,
    streaming,
    writing,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = "How should patients be monitored after stopping azathioprine?"
AT = "2026-02-03T04:05:06Z"
KEY = "sk-not-for-any-page"
OFFERED = (
    Offered("E1", Lane.RESEARCH, "Outcome", "Relapse occurred in 61% of patients."),
    Offered("E2", Lane.GUIDELINE, "Advice", "“Stop” – with care."),
)
DEFAULT_S = EndpointSettings("http://127.0.0.1/v1", "m").timeout_s


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_engine(Settings(None))


@pytest.fixture(scope="module")
def plain(engine: Engine) -> Answer:
    return answer(QUESTION, engine=engine, at=AT)


@pytest.fixture(scope="module")
def offered(engine: Engine, plain: Answer) -> tuple[Offered, ...]:
    """The passages of the page, as a model is given them."""
    seen: list[Offered] = []

    class Looking:
        name = "looking"

        def generate(self, _: object, items: tuple[Offered, ...]) -> Iterator[Drafted]:
            seen.extend(items)
            yield from ()

    answer(QUESTION, engine=replace(engine, generator=Looking()), at=AT)
    return tuple(seen)


def model_at(url: str, *, timeout_s: float = 5.0, **changes: object) -> ChatModel:
    return ChatModel(url=url, model="m", api_key=KEY, timeout_s=timeout_s, **changes)


def drafts(url: str, *, timeout_s: float = 5.0) -> list[Drafted]:
    return list(model_at(url, timeout_s=timeout_s).generate(a_question(), OFFERED))


# -- what is sent ---------------------------------------------------------------------------------


def test_the_question_and_the_passages_are_sent_and_nothing_else() -> None:
    told: list[Request] = []
    with serving_model(writing(drafts_as_text())) as server:
        assert list(model_at(server.url, sending=told.append).generate(a_question(), OFFERED)) == []
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers == {
        "host": server.url.split("/")[2],
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "keep-alive",
        "user-agent": f"curbside/{__version__}",
        "content-type": "application/json",
        "authorization": f"Bearer {KEY}",
        "content-length": asked.headers["content-length"],
    }
    (request,) = told
    assert json.loads(request.data) == asked.body
    assert asked.body.keys() == {"model", "stream", "temperature", "messages", "response_format"}
    assert (asked.body["model"], asked.body["stream"], asked.body["temperature"]) == ("m", True, 0)
    system, user = asked.body["messages"]
    assert system == {"role": "system", "content": SYSTEM}
    assert json.loads(user["content"]) == {
        "question": a_question().title,
        "passages": [
            {
                "id": "E1",
                "heading": "research: Outcome",
                "text": "Relapse occurred in 61% of patients.",
            },
            {"id": "E2", "heading": "guideline: Advice", "text": "“Stop” – with care."},
        ],
    }
    schema = asked.body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["claims"]["maxItems"] == 2
    assert schema["properties"]["claims"]["items"]["properties"] == {
        "text": {"type": "string", "maxLength": 1000},
        "cites": {
            "type": "array",
            "items": {"type": "string", "enum": ["E1", "E2"]},
            "minItems": 1,
            "maxItems": 2,
        },
    }


def test_a_request_is_shown_without_the_key() -> None:
    model = model_at("http://127.0.0.1:8000/v1/")
    request = model.request(a_question(), OFFERED)
    head, _, body = request.shown().partition("\n\n")
    assert head == (
        "POST http://127.0.0.1:8000/v1/chat/completions\nContent-Type: application/json\n"
        "Authorization: Bearer ***"
    )
    assert json.loads(body) == request.body
    assert (model.name, request.to, request.passages) == (
        "m at 127.0.0.1:8000",
        "127.0.0.1:8000",
        2,
    )


@pytest.mark.parametrize("status", ["400 Bad Request", "422 Unprocessable Content", "500 Oh"])
def test_a_server_that_knows_no_forms_is_asked_without_and_that_is_told_too(status: str) -> None:
    told: list[Request] = []
    text = drafts_as_text(("A.", ["E1"]))
    refusal = plainly(b"{}", status=status)
    with serving_model(refusal, refusal, writing(text)) as server:
        model = model_at(server.url, sending=told.append)
        assert list(model.generate(a_question(), OFFERED)) == [Drafted("A.", ("E1",))]
    assert [sorted(asked.body) for asked in server.asked] == [
        ["messages", "model", "response_format", "stream", "temperature"],
        ["messages", "model", "response_format", "stream", "temperature"],
        ["messages", "model", "stream"],
    ]
    one, other, _ = (asked.body.get("response_format") for asked in server.asked)
    assert other == {"type": "json_object", "schema": one["json_schema"]["schema"]}
    assert [json.loads(request.data) for request in told] == [a.body for a in server.asked]


# -- what comes back ------------------------------------------------------------------------------

TWO = drafts_as_text(("Relapse: 61 percent.", ["E1"]), ("“Stop” – with care.", ["E2"]))


def in_one_object(text: str) -> Script:
    return plainly(json.dumps({"choices": [{"message": {"content": text}}]}).encode())


@pytest.mark.parametrize(
    "script",
    [
        writing(TWO, size=1),
        writing(TWO, size=10_000),
        writing(f"```json\n{TWO}\n```"),
        in_one_object(TWO),
        in_one_object(json.dumps(json.loads(TWO), indent=4)),
        streaming(
            b'{"choices": []}',
            json.dumps({"choices": [{"delta": {"role": "assistant"}}], "error": None}).encode(),
            json.dumps(
                {"choices": [{"delta": {"content": TWO}, "finish_reason": "stop"}]}
            ).encode(),
            head=STREAM + b": a comment\n\nevent: x\n\n",
        ),
    ],
)
def test_drafts_are_read_in_every_form_that_servers_give_them(script: Script) -> None:
    with serving_model(script) as server:
        assert drafts(server.url) == [
            Drafted("Relapse: 61 percent.", ("E1",)),
            Drafted("“Stop” – with care.", ("E2",)),
        ]


def trickle(connection: Connection) -> None:
    connection.send(STREAM)
    while not connection.over.wait(0.01):
        connection.say(" ")


def trickle_of_headers(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\n")
    while not connection.over.wait(0.01):
        connection.send(b"X-More: 1\r\n")


def silent(connection: Connection) -> None:
    connection.over.wait()


def silent_after_the_head(connection: Connection) -> None:
    connection.send(STREAM)
    connection.over.wait()


def endless(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not connection.over.is_set():
        connection.send(b"[" * 65_536)


def chunked_and_cut(connection: Connection) -> None:
    connection.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"ff\r\ndata: {"
    )


FAILED = "the connection failed (RemoteProtocolError)"
PROTOCOL = "it does not keep to the protocol: expected "
FORM = "its answer is not of the form that was asked for: expected "
BROKEN: dict[str, tuple[Script, str]] = {
    "a page": (
        plainly(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}),
        f"{PROTOCOL}JSON",
    ),
    "no JSON": (streaming(b"{oops"), f"{PROTOCOL}JSON"),
    "deep JSON": (streaming(b"[" * 50_000), f"{PROTOCOL}JSON"),
    "no object": (streaming(b"[1]"), f"{PROTOCOL}an object"),
    "no UTF-8": (streaming(b'{"choices": [{"delta": {"content": "\xff"}}]}'), f"{PROTOCOL}JSON"),
    "no message": (plainly(b'{"choices": [{"message": 1}]}'), "its answer holds no message"),
    "an error": (streaming(f'{{"error": "{KEY}"}}'.encode()), "it reported an error"),
    "no drafts": (writing("As an AI model I cannot. " * 9), f'{FORM}{{"claims": [ at its start'),
    "drafts cut off": (writing(TWO[:40]), f"{FORM}the answer to end with ]}}, found it cut off"),
    "other drafts": (
        writing('{"claims": [1, 2]}'), f"{FORM}the drafts as objects with commas between them"
    ),
    "500": (plainly(b"", status="500 Oops"), "it answered 500 Internal Server Error"),
    "429": (plainly(b"", status=f"429 {KEY}"), "it answered 429 Too Many Requests"),
    "401": (plainly(KEY.encode(), status=f"401 {KEY}"), "it answered 401 Unauthorized"),
    "299": (plainly(b"{}", status="299 Odd"), "it answered 299"),
    "cut": (streaming(b'{"choices": []}'), "the connection ended before the answer did"),
    "cut chunks": (chunked_and_cut, FAILED),
    "too short": (plainly(b"{}", headers={"Content-Length": "9"}), FAILED),
    "not HTTP": (lambda c: c.send(b"SSH-2.0-x\r\n\r\n"), FAILED),
    "hung up": (lambda _: None, FAILED),
    "a bomb": (
        plainly(gzip.compress(b" " * 10_000_000), headers={"Content-Encoding": "gzip"}),
        "its answer is packed, which was not asked for",
    ),
    "a long line": (streaming(b" " * 70_000), "a line of its answer is longer than 65,536 bytes"),
    "endless": (endless, "its answer is longer than 2,097,152 bytes"),
}  # fmt: skip
SLOW: dict[str, Script] = {
    "silent": silent,
    "silent after the head": silent_after_the_head,
    "trickle": trickle,
    "trickle of headers": trickle_of_headers,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_server_that_breaks_the_protocol_costs_the_page_nothing(
    name: str, engine: Engine, plain: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    script, told = BROKEN[name]
    with serving_model(script) as server:
        page, seconds = page_with(engine, model_at(server.url))
    assert_whole(page, plain, told, seconds)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("name", SLOW)
def test_a_server_that_does_not_end_is_left_in_time(
    name: str, engine: Engine, plain: Answer
) -> None:
    with serving_model(SLOW[name]) as server:
        page, seconds = page_with(engine, model_at(server.url, timeout_s=0.2))
        assert_whole(page, plain, "no whole answer within 0.2 s", seconds)


@pytest.mark.parametrize("name", ["silent", "trickle"])
def test_with_the_default_limit_the_page_is_there_within_three_seconds(
    name: str, engine: Engine, plain: Answer
) -> None:
    with serving_model(SLOW[name]) as server:
        page, seconds = page_with(engine, model_at(server.url, timeout_s=DEFAULT_S))
        assert_whole(page, plain, "no whole answer within 2 s", seconds)


def test_a_dead_endpoint_costs_the_page_nothing(engine: Engine, plain: Answer) -> None:
    with serving_model(silent) as server:
        url = server.url
    page, seconds = page_with(engine, model_at(url, timeout_s=600))
    assert_whole(page, plain, "it cannot be reached: [Errno 111] Connection refused", seconds)


def test_a_redirect_is_not_followed(engine: Engine, plain: Answer) -> None:
    with serving_model(writing(TWO)) as other:
        elsewhere = plainly(b"", status="307 Go", headers={"Location": f"{other.url}/x"})
        with serving_model(elsewhere) as server:
            page, seconds = page_with(engine, model_at(server.url))
        assert_whole(page, plain, "it redirected elsewhere (307), which is not followed", seconds)
        assert other.asked == []


def page_with(
    engine: Engine, model: ChatModel, told: Callable[[Claim], None] = lambda _: None
) -> tuple[Answer, float]:
    start = monotonic()
    page = answer(QUESTION, engine=replace(engine, generator=model), at=AT, told=told)
    return page, monotonic() - start


def assert_whole(page: Answer, plain: Answer, told: str, seconds: float) -> None:
    """The page without a model, which says what became of the model and holds no key."""
    name = page.provenance.models[-1].removesuffix(" (wording)")
    assert page == replace(
        plain,
        provenance=replace(
            plain.provenance,
            models=(*plain.provenance.models, f"{name} (wording)"),
            options=(
                *plain.provenance.options,
                (
                    "wording",
                    f"The language model {name} took no part: {told}. All other sentences are"
                    " those of the page without it",
                ),
            ),
        ),
    )
    assert KEY not in json.dumps(answer_to_json(page))
    assert seconds < 3


# -- the page, sentence by sentence ---------------------------------------------------------------


def a_good_draft(offered: tuple[Offered, ...]) -> Drafted:
    return next(lie.drafted for lie in honest(offered) if lie.kind != "joined")


def test_a_server_that_is_killed_while_it_writes_leaves_what_it_wrote_well(
    engine: Engine, plain: Answer, offered: tuple[Offered, ...]
) -> None:
    good = a_good_draft(offered)
    text = drafts_as_text((good.text, good.cites), ("It is safe.", good.cites))[:-20]
    with serving_model(writing(text, is_ended=False)) as server:
        page, seconds = page_with(engine, model_at(server.url))
    assert seconds < 3
    changed = [claim.text for claim in page.claims if claim not in plain.claims]
    assert changed == [good.text]
    assert [claim.claim_id for claim in page.claims] == [c.claim_id for c in plain.claims]
    assert page.withheld == plain.withheld
    assert recheck(page, library=engine.library) == ()
    assert dict(page.provenance.options)["wording"] == (
        f"The language model {server_name(server.url)} broke off: the connection ended before the"
        f" answer did. 1 sentence worded by {server_name(server.url)} before that, checked against"
        " the passages. All other sentences are those of the page without it"
    )


def server_name(url: str) -> str:
    return f"m at {url.split('/')[2]}"


def test_each_sentence_is_told_once_it_is_checked_and_before_the_next_is_written(
    engine: Engine, offered: tuple[Offered, ...]
) -> None:
    good = a_good_draft(offered)
    wrong = (good.text.replace("a", "e"), good.cites)
    was_told = threading.Event()

    def script(connection: Connection) -> None:
        first, second = drafts_as_text(wrong, (good.text, good.cites)), drafts_as_text(wrong)
        connection.send(STREAM)
        connection.say(first.removesuffix("]}"))
        # without it the answer would not go on
        assert was_told.wait(5)
        connection.say(", " + second.removeprefix('{"claims": ['))
        connection.send(b"data: [DONE]\n\n")

    told: list[str] = []

    def tell(claim: Claim) -> None:
        told.append(claim.text)
        was_told.set()

    with serving_model(script) as server:
        page, _ = page_with(engine, model_at(server.url), told=tell)
    assert told == [good.text]
    assert [each.claim_id for each in page.withheld if each.claim_id.startswith("G")] != []
    assert "broke off" not in dict(page.provenance.options)["wording"]


def test_a_model_that_obeys_what_a_passage_says_or_invents_ids_changes_no_sentence(
    engine: Engine, plain: Answer, offered: tuple[Offered, ...]
) -> None:
    obeyed = [(said, [offered[n].evidence_id]) for n, said in enumerate(INJECTIONS)]
    invented = [(offered[0].quote, ["E9999"]), (SYSTEM[:300], ["E1 or E2"]), ("Safe.", [])]
    with serving_model(writing(drafts_as_text(*obeyed, *invented), size=400)) as server:
        page, seconds = page_with(engine, model_at(server.url))
    assert seconds < 3
    assert (page.claims, page.lanes, page.bottom_line) == (
        plain.claims,
        plain.lanes,
        plain.bottom_line,
    )
    drawn = json.dumps(answer_to_json(page), ensure_ascii=False)
    assert [said for said in INJECTIONS if said in drawn] == []
    assert SYSTEM[:60] not in drawn
    account = dict(page.provenance.options)["wording"]
    assert f"{len(obeyed) + len(invented)} drafts refused, listed with the reasons" in account
