"""A token of which anything was changed is another token, and is not believed."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from curbside.wiring.id_tokens import (
    ALGORITHMS,
    Expected,
    NotBelievedError,
    UnknownKeyError,
    keys_of,
    subject_of,
)
from identity_provider import CLIENT, NOW_S, a_key

ISSUER = "https://id.example.org"
EXPECTED = Expected(ISSUER, CLIENT, "the nonce", NOW_S)
CLAIMS = {
    "iss": ISSUER, "aud": CLIENT, "sub": "ann", "nonce": "the nonce", "iat": NOW_S,
    "exp": NOW_S + 300,
}  # fmt: skip


@pytest.fixture(scope="module")
def keys() -> KeySet:
    return keys_of({"keys": [a_key().as_dict(private=False)]})


def test_a_token_that_is_right_names_its_subject(keys: KeySet) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "one"}, CLAIMS, a_key())
    assert subject_of(token, keys, EXPECTED) == "ann"


def test_no_character_of_a_token_can_be_another(keys: KeySet) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "one"}, CLAIMS, a_key())
    # the last letter of a signature of 256 bytes has four bits that say nothing
    for place in range(len(token) - 1):
        other = "B" if token[place] == "A" else "A"
        with pytest.raises(NotBelievedError):
            subject_of(f"{token[:place]}{other}{token[place + 1 :]}", keys, EXPECTED)


def test_no_character_of_a_token_can_be_left_out_or_put_in(keys: KeySet) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "one"}, CLAIMS, a_key())
    for place in range(0, len(token), 7):
        for changed in (token[:place] + token[place + 1 :], f"{token[:place]}A{token[place:]}"):
            with pytest.raises(NotBelievedError):
                subject_of(changed, keys, EXPECTED)


VALUES = [None, "", 0, -1, True, [], {}, "x", 1e400, float("nan"), ["x"], {"a": 1}]
# "x" is another subject, who may well be one
OTHERS = [(claim, each) for claim in CLAIMS for each in VALUES if (claim, each) != ("sub", "x")]


@pytest.mark.parametrize(("claim", "value"), OTHERS)
def test_a_claim_that_is_something_else_is_not_believed(
    keys: KeySet, claim: str, value: object
) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "one"}, CLAIMS | {claim: value}, a_key())
    with pytest.raises(NotBelievedError):
        subject_of(token, keys, EXPECTED)


@pytest.mark.parametrize("claim", [*CLAIMS])
def test_a_claim_that_is_missing_is_not_believed(keys: KeySet, claim: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != claim}
    with pytest.raises(NotBelievedError):
        subject_of(jwt.encode({"alg": "RS256", "kid": "one"}, claims, a_key()), keys, EXPECTED)


def test_a_key_is_found_by_its_name_and_by_nothing_else(keys: KeySet) -> None:
    both = keys_of({"keys": [a_key(name).as_dict(private=False) for name in ("one", "other")]})
    nameless = jwt.encode({"alg": "RS256"}, CLAIMS, a_key())
    # where there is one key, a token need not say which
    assert subject_of(nameless, keys, EXPECTED) == "ann"
    with pytest.raises(UnknownKeyError):
        subject_of(nameless, both, EXPECTED)
    wrong = jwt.encode({"alg": "RS256", "kid": "other"}, CLAIMS, a_key())
    with pytest.raises(NotBelievedError):
        subject_of(wrong, both, EXPECTED)


def test_no_algorithm_takes_a_secret_or_none() -> None:
    assert not [each for each in ALGORITHMS if each.startswith("HS") or each == "none"]


@pytest.mark.parametrize("algorithm", ["PS256", "RS512"])
def test_every_algorithm_with_a_public_key_of_its_kind_is_taken(
    keys: KeySet, algorithm: str
) -> None:
    # a key that names no algorithm
    plain = a_key().as_dict(private=False)
    plain.pop("alg")
    private = type(a_key()).import_key(
        {k: v for k, v in a_key().as_dict(private=True).items() if k != "alg"}
    )
    token = jwt.encode({"alg": algorithm, "kid": "one"}, CLAIMS, private, algorithms=[algorithm])
    assert subject_of(token, keys_of({"keys": [plain]}), EXPECTED) == "ann"
