"""Signing in with an identity provider: OpenID Connect, by authorization code with PKCE.

A person is sent to the provider with three secrets of this one sign-in: `state` (which it hands
back, so that nobody is signed in by another's answer), `nonce` (which its token must repeat) and
the hash of a verifier (without which its code is worth nothing to whoever sees it). Each is used
once, in the browser that began, within ten minutes. Asked are the issuer's own host and those that
were named beside it, and no other.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from curbside import __version__
from curbside.review.conditions import time_of
from curbside.wiring.addresses import is_fit
from curbside.wiring.id_tokens import (
    Expected,
    NotBelievedError,
    UnknownKeyError,
    keys_of,
    subject_of,
)
from curbside.wiring.identity_settings import IdentitySettings, client_secret

if TYPE_CHECKING:
    import httpx2
    from joserfc.jwk import KeySet

_BEGUN: Final = 10_000
"""Sign-ins that are begun and not ended; the oldest is forgotten."""
_BEGUN_S: Final = 600
_KNOWN_S: Final = 3_600
"""How long what the provider published is taken as it was."""
_ANEW_S: Final = 60
"""Keys are asked for again no sooner than this: an invented key may not make this site ask."""
_MOST_BYTES: Final = 256 * 1024
_LONGEST_CODE: Final = 4_096
_OK: Final = 200
_WELL_KNOWN: Final = "/.well-known/openid-configuration"


class Purpose(StrEnum):
    """What somebody is sent to the provider for: to sign in, to set up an account that they were
    invited to, to link one's own account, or to say that it is they who sign an article."""

    SIGN_IN = "sign-in"
    INVITATION = "invitation"
    LINK = "link"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: by which browser (a hash of what its cookie holds), for what, and
    what its answer must fit. `about` is the invitation or the person that it is for."""

    visitor: str
    purpose: Purpose
    about: str
    wanted: str
    nonce: str
    verifier: str
    at: str


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """Why a provider's answer identifies nobody, for the person who signs in."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider publishes of itself."""

    authorization: str
    token: str
    keys: str
    takes_basic: bool
    says_issuer: bool
    at: str


class Provider:
    """An identity provider as the settings name it. Nothing is asked before somebody signs in.

    Args:
        settings: which, and who this site is to it.
        secret: the client's; None for a public client.
        new_secret: makes what cannot be guessed.
    """

    def __init__(
        self,
        settings: IdentitySettings,
        secret: str | None,
        *,
        new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        self.settings = settings
        self._secret = secret
        self._new_secret = new_secret
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._known: _Known | None = None
        self._keys: tuple[KeySet, str] | None = None
        self._lock = Lock()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.settings.name

    def begin(
        self, visitor: str, purpose: Purpose, *, about: str = "", wanted: str = "", at: str
    ) -> str | NotIdentified:
        """Where a browser is sent to.

        Args:
            visitor: what the cookie of the browser holds; only there the sign-in can be ended.
            purpose: what for; to say that it is they who sign, people sign in there anew.
            about: the invitation, or the person.
            wanted: the page to lead to afterwards.
            at: the time.
        """
        try:
            known = self._published(at)
        except NotBelievedError as error:
            return NotIdentified(str(error))
        state, nonce, verifier = (self._new_secret() for _ in range(3))
        begun = Begun(_hash(visitor), purpose, about, wanted, nonce, verifier, at)
        with self._lock:
            self._begun[state] = begun
            while len(self._begun) > _BEGUN:
                self._begun.popitem(last=False)
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.way_back,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        if purpose is Purpose.CONFIRM:
            asked |= {"prompt": "login", "max_age": "0"}
        joint = "&" if "?" in known.authorization else "?"
        return f"{known.authorization}{joint}{urlencode(asked)}"

    def take(self, state: str, visitor: str, *, at: str) -> Begun | None:
        """The sign-in that an answer belongs to, once; None where this browser began none such, or
        not within ten minutes."""
        with self._lock:
            begun = self._begun.pop(state, None)
        if begun is None or not secrets.compare_digest(begun.visitor, _hash(visitor)):
            return None
        return begun if 0 <= _seconds(at) - _seconds(begun.at) < _BEGUN_S else None

    def identify(
        self, begun: Begun, code: str, issuer: str | None, *, at: str
    ) -> str | NotIdentified:
        """Who the provider says it is: "issuer subject".

        Args:
            begun: the sign-in, as `take` gave it.
            code: what the provider handed over.
            issuer: the `iss` of its answer (RFC 9207); None where there is none.
            at: the time.
        """
        try:
            known = self._published(at)
            if issuer != self.settings.issuer and (issuer is not None or known.says_issuer):
                raise NotBelievedError("the answer is of another issuer")
            if not 0 < len(code) <= _LONGEST_CODE:
                raise NotBelievedError("the answer holds no code")
            token = self._redeemed(known, begun, code)
            return f"{self.settings.issuer} {self._subject(known, begun, token, at)}"
        except NotBelievedError as error:
            return NotIdentified(str(error))

    def _subject(self, known: _Known, begun: Begun, token: str, at: str) -> str:
        now = _seconds(at)
        is_anew = begun.purpose is Purpose.CONFIRM
        expected = Expected(
            self.settings.issuer,
            self.settings.client_id,
            begun.nonce,
            now,
            _seconds(begun.at) if is_anew else None,
        )
        keys, when = self._published_keys(known, at)
        try:
            return subject_of(token, keys, expected)
        except UnknownKeyError:
            if now - _seconds(when) < _ANEW_S:
                raise
            # it may have changed its keys since
            self._keys = None
            keys, _ = self._published_keys(known, at)
            return subject_of(token, keys, expected)

    def _published(self, at: str) -> _Known:
        known = self._known
        if known is not None and 0 <= _seconds(at) - _seconds(known.at) < _KNOWN_S:
            return known
        data = self._asked("GET", f"{self.settings.issuer.rstrip('/')}{_WELL_KNOWN}")
        if data.get("issuer") != self.settings.issuer:
            raise NotBelievedError("it calls itself by another address than it was configured by")
        methods = data.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        self._known = _Known(
            authorization=self._endpoint(data, "authorization_endpoint"),
            token=self._endpoint(data, "token_endpoint"),
            keys=self._endpoint(data, "jwks_uri"),
            takes_basic=not isinstance(methods, list) or "client_secret_basic" in methods,
            says_issuer=data.get("authorization_response_iss_parameter_supported") is True,
            at=at,
        )
        return self._known

    def _endpoint(self, data: Mapping[str, Any], name: str) -> str:  # any JSON
        """An address that the provider published, on a host that a person named."""
        value = data.get(name)
        if not isinstance(value, str) or not is_fit(value.partition("?")[0]):
            raise NotBelievedError(f"it published no {name} that may be asked")
        here, there = urlsplit(self.settings.issuer), urlsplit(value)
        if there.netloc.lower() not in (here.netloc.lower(), *self.settings.hosts):
            raise NotBelievedError(
                f"its {name} is on another host, which [identity] hosts does not name"
            )
        if here.scheme == "https" and there.scheme != "https":
            raise NotBelievedError(f"its {name} is not https")
        return value

    def _published_keys(self, known: _Known, at: str) -> tuple[KeySet, str]:
        held = self._keys
        if held is None or not 0 <= _seconds(at) - _seconds(held[1]) < _KNOWN_S:
            held = self._keys = (keys_of(self._asked("GET", known.keys)), at)
        return held

    def _redeemed(self, known: _Known, begun: Begun, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.settings.way_back,
            "code_verifier": begun.verifier,
        }
        headers = {}
        if self._secret is not None and known.takes_basic:
            # form-encoded first: RFC 6749, section 2.3.1
            pair = f"{quote(self.settings.client_id, safe='')}:{quote(self._secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self.settings.client_id
            form |= {"client_secret": self._secret} if self._secret is not None else {}
        token = self._asked("POST", known.token, form=form, headers=headers).get("id_token")
        if not isinstance(token, str):
            raise NotBelievedError("it gave no ID token for the code")
        return token

    def _asked(
        self,
        method: str,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:  # any JSON
        """What the provider answers: one JSON object, whole, small and in time; no redirect is
        followed, and no proxy of the environment is used."""
        told = {
            "User-Agent": f"curbside/{__version__}",
            "Accept": "application/json",
            # what is not packed cannot unpack to more than was counted
            "Accept-Encoding": "identity",
            **(headers or {}),
        }
        given = self.settings.timeout_s
        status, data = _within(given, lambda: _answer(method, url, form, told, given))
        if status != _OK:
            raise NotBelievedError(f"it answered {status} where {_OK} was expected")
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise NotBelievedError("it answered what is no JSON") from error
        if not isinstance(found, dict):
            raise NotBelievedError("it answered what is no JSON object")
        return found


def provider_of(settings: IdentitySettings | None, environ: Mapping[str, str]) -> Provider | None:
    """The provider of the settings; None where there is none.

    Raises:
        InputError: its secret is not where the settings say.
    """
    return None if settings is None else Provider(settings, client_secret(settings, environ))


def _within(timeout_s: float, work: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
    """What `work` gives, in time; else it is left behind in its thread, which nobody waits for: a
    name that does not resolve or a head that trickles holds nobody up."""
    outcome: Future[tuple[int, bytes]] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:  # noqa: BLE001  (raised again where it is waited for)
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return outcome.result(timeout_s)
    except TimeoutError as error:
        raise NotBelievedError("it did not answer in time") from error


def _answer(
    method: str, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str], given: float
) -> tuple[int, bytes]:
    import httpx2

    end = monotonic() + given
    try:
        with (
            httpx2.Client(timeout=given, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, data=form, headers=headers) as response,
        ):
            return response.status_code, _whole(response, end)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        # not its text, which may hold what was sent
        raise NotBelievedError(f"it cannot be reached ({type(error).__name__})") from error


def _whole(response: httpx2.Response, end: float) -> bytes:
    """A body that is not too long and comes in time, however slowly it trickles."""
    held = bytearray()
    for piece in response.iter_raw():
        held += piece
        if len(held) > _MOST_BYTES:
            raise NotBelievedError("it answered more than it may")
        if monotonic() > end:
            raise NotBelievedError("it did not answer in time")
    return bytes(held)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _seconds(at: str) -> int:
    return int(time_of(at).timestamp())
