"""An OpenID Connect provider on this machine, with a key of its own, that keeps the protocol or
breaks it wherever a test says."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from curbside.review.conditions import time_of
from curbside.wiring.identity_settings import IdentitySettings
from web_client import ADDRESS, NOW

CLIENT = "curbside"
SECRET = "a secret: of two / words"
NOW_S = int(time_of(NOW).timestamp())


@cache
def a_key(kid: str = "one") -> RSAKey:
    """A key of this name; making one takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}, private=True)


class IdentityProvider:
    """`sub` is who is signed in there, None for nobody. What a test changes is what it breaks:
    `claims` are put over those of the token (None takes one out), `sign` makes the token of its
    claims, `published` is put over what it says of itself, `keys` is its JWKS."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.sub: str | None = "ann-at-the-clinic"
        self.claims: dict[str, object] = {}
        self.published: dict[str, object] = {}
        self.keys: object = {"keys": [a_key().as_dict(private=False)]}
        self.sign: Callable[[Mapping[str, object]], str] = lambda claims: jwt.encode(
            {"alg": "RS256", "kid": "one"}, dict(claims), a_key()
        )
        self.answers: dict[str, bytes] = {}
        """By path what is sent instead, byte for byte, head and all."""
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.code: str | None = None
        self._codes: dict[str, dict[str, str]] = {}
        self._numbers = count(1)
        self.over = threading.Event()

    def settings(self, **changes: Any) -> IdentitySettings:
        known = {
            "issuer": self.issuer, "client_id": CLIENT, "address": ADDRESS, "name": "Clinic ID",
            "client_secret_env": "OIDC_SECRET", "timeout_s": 5.0,
        }  # fmt: skip
        return IdentitySettings(**(known | changes))

    def visited(self, url: str) -> str:
        """Where a browser is sent to that comes with this address: back, with a code or why not."""
        asked = dict(parse_qsl(urlsplit(url).query))
        wanted = {
            "response_type": "code", "client_id": CLIENT, "scope": "openid",
            "code_challenge_method": "S256",
        }  # fmt: skip
        assert asked.items() >= wanted.items(), asked
        back = {"state": asked["state"]}
        if self.sub is None:
            back["error"] = "access_denied"
        else:
            self.code = f"code-{next(self._numbers)}"
            self._codes[self.code] = asked | {"sub": self.sub}
            back["code"] = self.code
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def discovery(self) -> dict[str, object]:
        known: dict[str, object] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return known | self.published

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, object] | None:
        """What the code is worth; None where the request is wrong."""
        # a code is worth something once
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None:
            self.faults.append("no such code")
            return None
        challenge = sha256(form["code_verifier"].encode()).digest()
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        expected = [
            (form["grant_type"], "authorization_code"),
            (form["redirect_uri"], asked["redirect_uri"]),
            (base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(), asked["code_challenge"]),
            ([unquote(each) for each in pair], [CLIENT, SECRET]),
        ]
        wrong = [each for each in expected if each[0] != each[1]]
        if wrong:
            self.faults.append(str(wrong))
            return None
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": asked["sub"], "nonce": asked["nonce"],
            "iat": NOW_S, "exp": NOW_S + 300,
        }  # fmt: skip
        if "max_age" in asked:
            claims["auth_time"] = NOW_S
        claims = {k: v for k, v in (claims | self.claims).items() if v is not None}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A provider that runs until the test ends."""
    provider = IdentityProvider("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/authorize":
                self.send_response(303)
                query = f"{provider.issuer}{self.path}"
                self.send_header("Location", provider.visited(query))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if path == "/keys":
                self._say(provider.keys)
            else:
                self._say(provider.discovery())

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            form = {key: values[0] for key, values in parse_qs(sent).items()}
            found = provider.token(form, self.headers.get("Authorization", ""))
            self._say({"error": "invalid_grant"} if found is None else found, found is not None)

        def _say(self, data: object, is_right: bool = True) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path in provider.answers:
                self.wfile.write(provider.answers[path])
                self.wfile.flush()
                if provider.answers[path].endswith(b"..."):
                    # it says no more, and does not hang up
                    provider.over.wait(30)
                self.close_connection = True
                return
            body = json.dumps(data).encode()
            self.send_response(200 if is_right else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
