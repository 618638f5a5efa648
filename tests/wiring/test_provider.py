"""A provider is believed where everything about its answer is right, and in nothing else."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_socket
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from curbside.wiring.provider import NotIdentified, Provider, Purpose
from identity_provider import CLIENT, NOW_S, SECRET, IdentityProvider, a_key, identity_provider
from web_client import NOW

pytestmark = pytest.mark.enable_socket
LATER = "2026-01-31T12:09:59Z"
TOO_LATE = "2026-01-31T12:10:00Z"


@pytest.fixture
def there() -> Iterator[IdentityProvider]:
    pytest_socket.enable_socket()
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def provider(there: IdentityProvider) -> Provider:
    return Provider(there.settings(), SECRET)


def gone_and_back(
    provider: Provider, there: IdentityProvider, purpose: Purpose = Purpose.SIGN_IN
) -> str | NotIdentified:
    """Who is identified by going there and coming back; or why nobody is."""
    url = provider.begin("browser", purpose, at=NOW)
    if isinstance(url, NotIdentified):
        return url
    answer = {k: v[0] for k, v in parse_qs(urlsplit(there.visited(url)).query).items()}
    begun = provider.take(answer["state"], "browser", at=NOW)
    assert begun is not None
    return provider.identify(begun, answer["code"], answer.get("iss"), at=NOW)


def test_a_provider_that_keeps_the_protocol_says_who_it_is(
    provider: Provider, there: IdentityProvider
) -> None:
    assert gone_and_back(provider, there) == f"{there.issuer} ann-at-the-clinic"
    # asked once, as it is known for an hour
    gone_and_back(provider, there)
    discovery = "/.well-known/openid-configuration"
    assert there.asked == [discovery, "/token", "/keys", "/token"]
    assert there.faults == []


def test_what_is_sent_along_holds_no_secret_and_nothing_twice(
    provider: Provider, there: IdentityProvider
) -> None:
    first, second = (
        parse_qs(urlsplit(str(provider.begin("browser", Purpose.SIGN_IN, at=NOW))).query)
        for _ in range(2)
    )
    assert first.keys() == {
        *("response_type", "client_id", "redirect_uri", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method"),
    }
    assert first["redirect_uri"] == ["http://127.0.0.1:8765/desk/identity/back"]
    for key in ("state", "nonce", "code_challenge"):
        assert len(first[key][0]) >= 43
        assert first[key] != second[key]
    anew = parse_qs(urlsplit(str(provider.begin("browser", Purpose.CONFIRM, at=NOW))).query)
    assert (anew["prompt"], anew["max_age"]) == (["login"], ["0"])


CLAIMS = {
    "another issuer": ({"iss": "https://evil.example"}, "of another issuer (iss)"),
    "an issuer that begins like it": ({"iss": "http://127.0.0.1"}, "of another issuer (iss)"),
    "no issuer": ({"iss": None}, "of another issuer (iss)"),
    "another audience": ({"aud": "another"}, "made for another site (aud)"),
    "no audience": ({"aud": []}, "made for another site (aud)"),
    "an audience that is no text": ({"aud": {CLIENT: 1}}, "made for another site (aud)"),
    "several audiences": ({"aud": [CLIENT, "another"]}, "does not say for which (azp)"),
    "another party": ({"aud": [CLIENT, "b"], "azp": "b"}, "made for another site (azp)"),
    "another party alone": ({"azp": "b"}, "made for another site (azp)"),
    "another nonce": ({"nonce": "0" * 43}, "of another sign-in (nonce)"),
    "no nonce": ({"nonce": None}, "of another sign-in (nonce)"),
    "expired": ({"exp": NOW_S - 60}, "has expired (exp)"),
    "never expires": ({"exp": None}, "has expired (exp)"),
    "an end that is no time": ({"exp": "tomorrow"}, "has expired (exp)"),
    "made too long ago": ({"iat": NOW_S - 601}, "made too long ago (iat)"),
    "made in the future": ({"iat": NOW_S + 61}, "of a time to come (iat)"),
    "not yet": ({"nbf": NOW_S + 61}, "does not hold yet (nbf)"),
    "nobody": ({"sub": None}, "names nobody (sub)"),
    "an empty name": ({"sub": ""}, "names nobody (sub)"),
    "a name that is no text": ({"sub": 7}, "names nobody (sub)"),
    "a name with a space": ({"sub": "a b"}, "names nobody in printable ASCII"),
    "a name too long": ({"sub": "a" * 256}, "names nobody"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_token_that_says_something_else_is_not_believed(
    provider: Provider, there: IdentityProvider, name: str
) -> None:
    there.claims, told = CLAIMS[name]
    found = gone_and_back(provider, there)
    assert isinstance(found, NotIdentified)
    assert found.reason.endswith(told)


def test_a_token_within_the_leeway_of_two_clocks_and_for_this_site_among_others_is_believed(
    provider: Provider, there: IdentityProvider
) -> None:
    there.claims = {
        "iat": NOW_S + 60, "nbf": NOW_S + 60, "exp": NOW_S - 59, "aud": [CLIENT, "b"],
        "azp": CLIENT,
    }  # fmt: skip
    assert gone_and_back(provider, there) == f"{there.issuer} ann-at-the-clinic"


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unsigned(claims: Mapping[str, object]) -> str:
    head, body = ({"alg": "none", "kid": "one"}, claims)
    return f"{_packed(json.dumps(head).encode())}.{_packed(json.dumps(body).encode())}."


def _with_the_public_key_as_secret(claims: Mapping[str, object]) -> str:
    head = _packed(json.dumps({"alg": "HS256", "kid": "one"}).encode())
    text = f"{head}.{_packed(json.dumps(claims).encode())}"
    signature = hmac.digest(a_key().as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{_packed(signature)}"


def _of_another_key(claims: Mapping[str, object]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, dict(claims), a_key("other"))


def _with_its_own_key_inside(claims: Mapping[str, object]) -> str:
    own = a_key("other")
    head = {"alg": "RS256", "kid": "one", "jwk": own.as_dict(private=False)}
    return jwt.encode(head, dict(claims), own)


def _of_an_unknown_key(claims: Mapping[str, object]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "three"}, dict(claims), a_key("other"))


def _changed(claims: Mapping[str, object]) -> str:
    right = jwt.encode({"alg": "RS256", "kid": "one"}, dict(claims), a_key())
    head, body, signature = right.split(".")
    return f"{head}.{body[:-2]}{'A' if body[-2] != 'A' else 'B'}{body[-1]}.{signature}"


SIGNED = {
    "alg none": (_unsigned, "not signed by it"),
    "HS256 with the public key": (_with_the_public_key_as_secret, "not signed by it"),
    "another key of the same name": (_of_another_key, "not signed by it"),
    "its own key inside": (_with_its_own_key_inside, "not signed by it"),
    "a key that nobody published": (_of_an_unknown_key, "a key that it did not publish"),
    "changed after signing": (_changed, "not signed by it"),
    "no token": (lambda _: "", "not signed by it"),
    "not three parts": (lambda _: "a.b", "not signed by it"),
    "five parts": (lambda _: "a.b.c.d.e", "not signed by it"),
    "too long": (lambda _: "a" * 70_000, "too long"),
}


@pytest.mark.parametrize("name", SIGNED)
def test_a_token_that_its_key_did_not_sign_is_not_believed(
    provider: Provider, there: IdentityProvider, name: str
) -> None:
    there.sign, told = SIGNED[name]
    found = gone_and_back(provider, there)
    assert isinstance(found, NotIdentified)
    assert told in found.reason


def test_keys_are_asked_for_again_when_they_changed_and_not_for_an_invented_one(
    provider: Provider, there: IdentityProvider
) -> None:
    gone_and_back(provider, there)
    there.keys = {"keys": [a_key("other").as_dict(private=False)]}
    there.sign = lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "other"}, dict(claims), a_key("other")
    )
    # no sooner than after a minute
    assert isinstance(gone_and_back(provider, there), NotIdentified)
    url = provider.begin("browser", Purpose.SIGN_IN, at=LATER)
    answer = parse_qs(urlsplit(there.visited(str(url))).query)
    begun = provider.take(answer["state"][0], "browser", at=LATER)
    assert begun is not None
    there.claims = {"iat": NOW_S + 599, "exp": NOW_S + 900}
    found = provider.identify(begun, answer["code"][0], None, at=LATER)
    assert found == f"{there.issuer} ann-at-the-clinic"
    assert there.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "keys",
    [
        {"keys": []},
        {"keys": [OctKey.import_key(b"0" * 32, {"kid": "one"}).as_dict()]},
        {"keys": [{"kty": "RSA", "kid": "one", "n": "AQAB", "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "kid": "one", "n": 7, "e": None}, "x", None]},
        {"keys": [a_key().as_dict(private=True)]},
        {"keys": [a_key().as_dict(private=False) | {"use": "enc"}]},
        {"keys": "none"},
        {},
    ],
    ids=["none", "shared", "short", "no numbers", "private", "for encryption", "text", "empty"],
)
def test_keys_that_cannot_check_a_signature_are_no_keys(
    provider: Provider, there: IdentityProvider, keys: object
) -> None:
    there.keys = keys
    found = gone_and_back(provider, there)
    assert found == NotIdentified("it published no key that a signature can be checked with")


def test_an_elliptic_key_and_one_that_nobody_knows_beside_it_are_taken(
    provider: Provider, there: IdentityProvider
) -> None:
    key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
    there.keys = {"keys": [{"kty": "AKP", "kid": "pq"}, key.as_dict(private=False)]}
    there.sign = lambda claims: jwt.encode({"alg": "ES256", "kid": "one"}, dict(claims), key)
    assert gone_and_back(provider, there) == f"{there.issuer} ann-at-the-clinic"


PUBLISHED = {
    "another issuer": ({"issuer": "https://evil.example"}, "calls itself by another address"),
    "one with a slash": ({"issuer": "/"}, "calls itself by another address"),
    "keys elsewhere": ({"jwks_uri": "https://evil.example/keys"}, "its jwks_uri is on another"),
    "tokens elsewhere": ({"token_endpoint": "https://127.0.0.1/"}, "its token_endpoint is on"),
    "another port": ({"token_endpoint": "http://127.0.0.1:1/"}, "its token_endpoint is on"),
    "a metadata service": (
        {"jwks_uri": "http://169.254.169.254/latest/meta-data"},
        "no jwks_uri that may be asked",
    ),
    "a file": ({"jwks_uri": "file:///etc/passwd"}, "no jwks_uri that may be asked"),
    "a script": (
        {"authorization_endpoint": "javascript:alert(1)"},
        "no authorization_endpoint that may be asked",
    ),
    "a password in it": ({"jwks_uri": "http://a:b@127.0.0.1/"}, "no jwks_uri that may be asked"),
    "none": ({"jwks_uri": None}, "no jwks_uri that may be asked"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_it_says_of_itself_leads_to_no_other_host(
    provider: Provider, there: IdentityProvider, name: str
) -> None:
    there.published, told = PUBLISHED[name]
    found = provider.begin("browser", Purpose.SIGN_IN, at=NOW)
    assert isinstance(found, NotIdentified)
    assert told in found.reason


def test_a_host_beside_the_issuers_is_asked_where_it_is_named(there: IdentityProvider) -> None:
    port = urlsplit(there.issuer).port
    there.published = {"jwks_uri": f"http://localhost:{port}/keys"}
    found = gone_and_back(Provider(there.settings(), SECRET), there)
    assert isinstance(found, NotIdentified)
    named = Provider(there.settings(hosts=(f"localhost:{port}",)), SECRET)
    assert gone_and_back(named, there) == f"{there.issuer} ann-at-the-clinic"


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ANSWERS = {
    "an error": (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "answered 500"),
    "a redirect": (
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        "answered 302",
    ),
    "no JSON": (_HEAD + b"Content-Length: 2\r\n\r\n{]", "no JSON"),
    "no object": (_HEAD + b"Content-Length: 2\r\n\r\n[]", "no JSON object"),
    "deep": (_HEAD + b"\r\n" + b"[" * 200_000, "no JSON"),
    "cut off": (_HEAD + b"Content-Length: 99\r\n\r\n{", "cannot be reached"),
    "too much": (_HEAD + b"\r\n" + b" " * 300_000, "more than it may"),
    "no HTTP": (b"hello", "cannot be reached"),
    "a head that never ends": (_HEAD + b"X: ...", "in time"),
    "a body that never ends": (_HEAD + b"\r\n{...", "in time"),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_provider_that_is_ill_signs_nobody_in_and_is_given_up_in_time(
    there: IdentityProvider, path: str, name: str
) -> None:
    answer, told = ANSWERS[name]
    there.answers[path] = answer
    given_s = 0.2 if "never" in name else 5.0
    found = gone_and_back(Provider(there.settings(timeout_s=given_s), SECRET), there)
    assert isinstance(found, NotIdentified)
    if "never" not in name:
        assert told in found.reason
    else:
        # whichever of the two waits notices first
        assert "in time" in found.reason or "ReadTimeout" in found.reason


def test_a_provider_that_is_not_there_is_told(there: IdentityProvider) -> None:
    gone = Provider(there.settings(issuer="http://127.0.0.1:1"), SECRET)
    found = gone.begin("browser", Purpose.SIGN_IN, at=NOW)
    assert found == NotIdentified("it cannot be reached (ConnectError)")


def test_a_state_is_worth_something_once_in_its_browser_and_for_ten_minutes(
    provider: Provider, there: IdentityProvider
) -> None:
    def state() -> str:
        url = provider.begin("browser", Purpose.LINK, about="p7", wanted="/desk/x", at=NOW)
        return parse_qs(urlsplit(str(url)).query)["state"][0]

    kept = state()
    begun = provider.take(kept, "browser", at=LATER)
    assert begun is not None
    assert (begun.purpose, begun.about, begun.wanted) == (Purpose.LINK, "p7", "/desk/x")
    assert provider.take(kept, "browser", at=NOW) is None
    # of another browser, and then worth nothing to the right one either
    stolen = state()
    assert provider.take(stolen, "another browser", at=NOW) is None
    assert provider.take(stolen, "browser", at=NOW) is None
    assert provider.take(state(), "browser", at=TOO_LATE) is None
    assert provider.take("", "browser", at=NOW) is None


def test_a_code_that_is_played_again_is_worth_nothing(
    provider: Provider, there: IdentityProvider
) -> None:
    assert isinstance(gone_and_back(provider, there), str)
    url = provider.begin("browser", Purpose.SIGN_IN, at=NOW)
    state = parse_qs(urlsplit(str(url)).query)["state"][0]
    begun = provider.take(state, "browser", at=NOW)
    assert begun is not None
    # the code of the sign-in before, in the answer to this one
    found = provider.identify(begun, str(there.code), None, at=NOW)
    assert found == NotIdentified("it answered 400 where 200 was expected")
    assert there.faults == ["no such code"]
    # a code of another sign-in is refused by its verifier, and its token by the nonce
    other = provider.begin("browser", Purpose.SIGN_IN, at=NOW)
    there.visited(str(other))
    assert isinstance(provider.identify(begun, str(there.code), None, at=NOW), NotIdentified)
    assert "code_challenge" not in there.faults[-1]
    assert len(there.faults) == 2
    assert provider.identify(begun, "", None, at=NOW) == NotIdentified("the answer holds no code")


def test_an_answer_that_names_another_issuer_is_mixed_up(
    provider: Provider, there: IdentityProvider
) -> None:
    url = str(provider.begin("browser", Purpose.SIGN_IN, at=NOW))
    there.visited(url)
    begun = provider.take(parse_qs(urlsplit(url).query)["state"][0], "browser", at=NOW)
    assert begun is not None
    told = NotIdentified("the answer is of another issuer")
    code = str(there.code)
    assert provider.identify(begun, code, "https://evil.example", at=NOW) == told
    assert provider.identify(begun, code, there.issuer, at=NOW) == f"{there.issuer} {there.sub}"
    there.published = {"authorization_response_iss_parameter_supported": True}
    assert gone_and_back(Provider(there.settings(), SECRET), there) == told


def test_who_signs_an_article_signs_in_there_anew(
    provider: Provider, there: IdentityProvider
) -> None:
    assert isinstance(gone_and_back(provider, there, Purpose.CONFIRM), str)
    for when, told in (
        (None, "it does not say when you signed in there (auth_time)"),
        (True, "it does not say when you signed in there (auth_time)"),
        (NOW_S - 61, "you did not sign in there anew (auth_time)"),
        (NOW_S + 61, "you did not sign in there anew (auth_time)"),
    ):
        there.claims = {"auth_time": when}
        assert gone_and_back(provider, there, Purpose.CONFIRM) == NotIdentified(told)


def test_a_public_client_sends_no_secret_and_one_that_posts_it_does(
    there: IdentityProvider,
) -> None:
    seen: list[dict[str, str]] = []
    there.token = lambda form, authorization: seen.append(dict(form) | {"head": authorization})  # type: ignore[method-assign, func-returns-value, assignment, return-value]
    gone_and_back(Provider(there.settings(client_secret_env=None), None), there)
    there.published = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    gone_and_back(Provider(there.settings(), SECRET), there)
    assert [each.get("client_secret") for each in seen] == [None, SECRET]
    assert [(each["client_id"], each["head"]) for each in seen] == [(CLIENT, "")] * 2


def test_sign_ins_that_are_never_ended_are_forgotten(there: IdentityProvider) -> None:
    numbers = iter(range(10**6))
    provider = Provider(there.settings(), SECRET, new_secret=lambda: f"s{next(numbers)}")
    for _ in range(10_001):
        provider.begin("browser", Purpose.SIGN_IN, at=NOW)
    assert provider.take("s0", "browser", at=NOW) is None
    assert provider.take("s3", "browser", at=NOW) is not None
