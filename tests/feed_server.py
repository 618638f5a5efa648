"""A server on this machine that says what a test tells it to, and misbehaves on purpose."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from curbside.ingest.feeds.fetch import Clock

NOW = 1_750_000_000.0
"""2025-06-15T15:06:40Z, the time of every test."""
XML = "text/xml; charset=UTF-8"


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; `query` are the parameters of address and body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What the server says. `length` is promised in place of the true one; with `is_silent`
    nothing is said at all until the test is over."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    is_silent: bool = False


class Server:
    """`url` leads to it, `asked` is what it was asked, in order."""

    def __init__(self, respond: Callable[[Asked], Reply]) -> None:
        self.respond = respond
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.url = ""


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """One reply after the other."""
    left = iter(replies)
    return lambda _: next(left)


@contextmanager
def serving(respond: Callable[[Asked], Reply]) -> Iterator[Server]:
    """A server that answers as `respond` says."""
    server = Server(respond)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query) + parse_qsl(body.decode()))
            asked = Asked(self.command, self.path.partition("?")[0], query, dict(self.headers))
            server.asked.append(asked)
            reply = server.respond(asked)
            if reply.is_silent:
                server.over.wait()
                return
            self.send_response(reply.status)
            for name, value in {"Content-Type": XML, **reply.headers}.items():
                self.send_header(name, value)
            length = len(reply.body) if reply.length is None else reply.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = False
        server.url = f"http://127.0.0.1:{http.server_address[1]}/"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            http.shutdown()
            thread.join()


class Patience:
    """A clock that stands still but for the sleeps, which are kept in `slept`."""

    def __init__(self, *, chance: float = 0.0) -> None:
        self.slept: list[float] = []
        self.time = 0.0
        self.clock = Clock(
            now=lambda: NOW,
            monotonic=lambda: self.time,
            sleep=self._sleep,
            chance=lambda: chance,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class PubMed:
    """The E-utilities over some PMIDs: searches by date of entering, fetches, and counts both."""

    def __init__(self, *pmids: int, entered: Mapping[int, str] | None = None) -> None:
        self.pmids = list(pmids)
        self.entered = dict(entered or {})
        self.searched: list[Mapping[str, str]] = []
        self.fetched: list[list[int]] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path.endswith("esearch.fcgi"):
            self.searched.append(asked.query)
            found = [p for p in self.pmids if self._is_within(p, asked.query["term"])]
            return Reply(search_answer(found, most=int(asked.query["retmax"])))
        ids = [int(each) for each in asked.query["id"].split(",")]
        self.fetched.append(ids)
        return Reply(articles(*(pmid for pmid in ids if pmid in self.pmids)))

    def _is_within(self, pmid: int, term: str) -> bool:
        if "[edat]" not in term:
            return True
        _, first, _, last, _ = term.split('"')
        return first <= self.entered[pmid] <= last


def search_answer(pmids: list[int], *, most: int = 9_999, more: str = "") -> bytes:
    """What esearch says."""
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in pmids[:most])
    return (
        f"<eSearchResult><Count>{len(pmids)}</Count><IdList>{ids}</IdList>{more}</eSearchResult>"
    ).encode()


def articles(*pmids: int) -> bytes:
    """What efetch says."""
    rows = "".join(
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal>'
        "<JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue></Journal>"
        f"<ArticleTitle>Trial {pmid} of gout.</ArticleTitle><Abstract><AbstractText>Allopurinol"
        f" lowered urate in trial {pmid}.</AbstractText></Abstract></Article></MedlineCitation>"
        "</PubmedArticle>\n"
        for pmid in pmids
    )
    return f'<?xml version="1.0"?>\n<PubmedArticleSet>\n{rows}</PubmedArticleSet>'.encode()
