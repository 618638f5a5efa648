"""What an identity provider says of a person, believed only where everything about it is right.

The signature is checked by joserfc, under algorithms with a public key alone: "none", and a
signature made with the public key as if it were a shared secret, are no algorithms here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
LEEWAY_S: Final = 60
"""How far two clocks may be apart."""
OLDEST_S: Final = 600
"""A token that was made longer ago is not of this sign-in."""
_LEAST_BITS: Final = 2048
"""NIST SP 800-131A rev. 2, section 3: shorter RSA keys are disallowed."""
_LONGEST_SUBJECT: Final = 255
"""OpenID Connect Core 1.0, section 2: "must not exceed 255 ASCII characters"."""
_LONGEST_TOKEN: Final = 64 * 1024


class NotBelievedError(Exception):
    """Why a token is not believed, for the person who signs in. Nothing of the token is in it."""


class UnknownKeyError(NotBelievedError):
    """It is signed with a key that the provider did not publish, or not when it was last asked."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: `nonce` is that of this sign-in, `now` the time in seconds since 1970.
    `signed_in_since` is when the person must have signed in at the provider; None where any time
    will do."""

    issuer: str
    client_id: str
    nonce: str
    now: int
    signed_in_since: int | None = None


def keys_of(data: object) -> KeySet:
    """The keys of a JWKS (parsed JSON) that can check a signature; others are left out.

    Raises:
        NotBelievedError: it has none, or is no JWKS.
    """
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, KeySet, RSAKey

    listed = data.get("keys") if isinstance(data, dict) else None
    found: list[RSAKey | ECKey] = []
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict) or each.get("use", "sig") != "sig":
            continue
        # a "d" would be the private key: whoever publishes that is no provider
        if each.get("kty") not in ("RSA", "EC") or "d" in each:
            continue
        try:
            key = (RSAKey if each["kty"] == "RSA" else ECKey).import_key(each)
            bits = key.public_key.key_size
        except (JoseError, ValueError, TypeError, KeyError):
            # of a form or a curve that nobody here knows
            continue
        if isinstance(key, ECKey) or bits >= _LEAST_BITS:
            found.append(key)
    if not found:
        raise NotBelievedError("it published no key that a signature can be checked with")
    return KeySet(list(found))


def subject_of(token: str, keys: KeySet, expected: Expected) -> str:
    """Who the provider says it is: the `sub` of an ID token that is right in every part.

    Source:
        OpenID Connect Core 1.0, section 3.1.3.7, points 2 to 13; RFC 8725, sections 3.1 and 3.8.

    Raises:
        UnknownKeyError: its key is not among these.
        NotBelievedError: anything else is not right.
    """
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError, JoseError

    if len(token) > _LONGEST_TOKEN:
        raise NotBelievedError("its token is too long")
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError as error:
        raise UnknownKeyError("its token is signed with a key that it did not publish") from error
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        # of another form, by another algorithm, or the signature is not its key's
        raise NotBelievedError(f"its token is not signed by it ({type(error).__name__})") from error
    _check(claims, expected)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise NotBelievedError("its token names nobody")
    # one word, as "issuer subject" is kept as one text
    if not subject.isascii() or not subject.isprintable() or " " in subject:
        raise NotBelievedError("its token names nobody in printable ASCII")
    return subject


def _check(claims: Mapping[str, Any], expected: Expected) -> None:  # any JSON
    from joserfc.errors import ClaimError
    from joserfc.jwt import JWTClaimsRegistry

    registry = JWTClaimsRegistry(
        now=expected.now,
        leeway=LEEWAY_S,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        nonce={"essential": True, "value": expected.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except ClaimError as error:
        raise NotBelievedError(_said(error.claim)) from error
    if not isinstance(claims["nonce"], str):
        raise NotBelievedError("its token is of another sign-in (nonce)")
    others = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if len(others) > 1 and "azp" not in claims:
        raise NotBelievedError("its token is for several sites and does not say for which (azp)")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise NotBelievedError("its token was made for another site (azp)")
    if claims["iat"] < expected.now - OLDEST_S:
        raise NotBelievedError("its token was made too long ago (iat)")
    if expected.signed_in_since is not None:
        when = claims.get("auth_time")
        if isinstance(when, bool) or not isinstance(when, int | float):
            raise NotBelievedError("it does not say when you signed in there (auth_time)")
        if not expected.signed_in_since - LEEWAY_S <= when <= expected.now + LEEWAY_S:
            raise NotBelievedError("you did not sign in there anew (auth_time)")


_SAID: Final = {
    "iss": "its token is of another issuer",
    "aud": "its token was made for another site",
    "nonce": "its token is of another sign-in",
    "exp": "its token has expired",
    "iat": "its token is of a time to come",
    "nbf": "its token does not hold yet",
    "sub": "its token names nobody",
}


def _said(claim: str) -> str:
    # several may be missing at once, in order of their names
    name = next((each for each in _SAID if each in claim.split(",")), "")
    return f"{_SAID[name]} ({name})" if name else "its token lacks what it must say"
