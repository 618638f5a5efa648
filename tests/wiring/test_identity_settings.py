"""The table `[identity]`: read strictly, with no secret in it, and no address nobody should ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.errors import InputError
from curbside.wiring.config import settings_at
from curbside.wiring.identity_settings import IdentitySettings, client_secret
from curbside.wiring.origins import settings_told

LEAST = """
[identity]
issuer = "https://id.example.org/realms/clinic"
client_id = "curbside"
address = "https://curbside.example.org/"
"""


def read(home: Path, text: str) -> IdentitySettings:
    (home / "curbside.toml").write_text(text)
    found = settings_at(home).identity
    assert found is not None
    return found


def test_without_the_table_there_is_no_provider(tmp_path: Path) -> None:
    assert settings_at(tmp_path).identity is None


def test_three_keys_are_enough_and_the_others_have_a_default(tmp_path: Path) -> None:
    found = read(tmp_path, LEAST)
    assert found == IdentitySettings(
        "https://id.example.org/realms/clinic",
        "curbside",
        "https://curbside.example.org",
        "id.example.org",
    )
    assert found.way_back == "https://curbside.example.org/desk/identity/back"
    assert client_secret(found, {}) is None
    more = 'name = "Clinic ID"\nhosts = ["Keys.example.org"]\ntimeout_s = 3\n'
    full = read(tmp_path, f'{LEAST}{more}client_secret_file = "secret"\n')
    assert (full.name, full.hosts, full.timeout_s) == ("Clinic ID", ("keys.example.org",), 3.0)
    assert full.client_secret_file == tmp_path / "secret"


WRONG = {
    'issuer = "http://id.example.org"': "issuer: expected https",
    'issuer = "https://user:sesame@id.example.org"': "issuer: expected https",
    'issuer = "https://id.example.org?x=1"': "issuer: expected https",
    'issuer = "ldap://id.example.org"': "issuer: expected https",
    'issuer = "file:///etc/passwd"': "issuer: expected https",
    'issuer = "https://169.254.169.254/"': "issuer: expected https",
    'issuer = ""': "issuer: expected an address",
    "issuer = 7": "issuer: expected an address",
    'address = "https://curbside.example.org/desk"': "address: expected no path",
    'address = "http://curbside.example.org"': "address: expected https",
    'client_id = "a\\nb"': "client_id: expected what the provider calls",
    'hosts = "keys.example.org"': "hosts: expected a list",
    'hosts = ["https://keys.example.org"]': "hosts: expected a list",
    "hosts = [7]": "hosts: expected a list",
    "timeout_s = 0": "timeout_s: expected seconds",
    "timeout_s = true": "timeout_s: expected seconds",
    "timeout_s = 31": "timeout_s: expected seconds",
    'client_secret_env = "sesame open"': "client_secret_env: expected the name of a variable",
    'client_secret = "sesame"': "unknown key client_secret",
    'secrt = "sesame"': "unknown key secrt",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_not_right_is_refused_and_no_secret_repeated(tmp_path: Path, line: str) -> None:
    key = line.partition(" ")[0]
    kept = [each for each in LEAST.splitlines() if not each.startswith(f"{key} ")]
    with pytest.raises(InputError) as caught:
        read(tmp_path, "\n".join([*kept, line, ""]))
    assert WRONG[line] in str(caught.value)
    assert "sesame" not in str(caught.value)


def test_a_key_that_is_missing_is_named_and_two_places_of_a_secret_are_one_too_many(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match="address: expected it beside the other keys"):
        read(tmp_path, LEAST.replace("address", "#"))
    two = 'client_secret_env = "A"\nclient_secret_file = "b"\n'
    with pytest.raises(InputError, match="client_secret_env or client_secret_file, found both"):
        read(tmp_path, LEAST + two)
    with pytest.raises(InputError, match=r"expected a table"):
        read(tmp_path, "identity = 7\n")


def test_the_secret_is_in_a_variable_or_a_file_and_told_to_nobody(tmp_path: Path) -> None:
    in_variable = read(tmp_path, f'{LEAST}client_secret_env = "OIDC_SECRET"\n')
    assert client_secret(in_variable, {"OIDC_SECRET": " sesame "}) == "sesame"
    with pytest.raises(InputError, match="variable OIDC_SECRET of the environment, found none"):
        client_secret(in_variable, {"OIDC_SECRET": " "})
    told = settings_told(settings_at(tmp_path), {"OIDC_SECRET": "sesame"}, is_home_named=True)
    shown = {each.name: (each.value, each.origin) for each in told}
    assert shown["identity.client_secret_env"] == (
        "OIDC_SECRET (set, not shown)",
        "curbside.toml, line 6",
    )
    assert shown["identity.issuer"][0] == "https://id.example.org/realms/clinic"
    assert shown["identity.timeout_s"] == ("5.0", "default")
    in_file = read(tmp_path, f'{LEAST}client_secret_file = "secret"\n')
    with pytest.raises(InputError, match="cannot be read"):
        client_secret(in_file, {})
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(InputError, match="found nothing"):
        client_secret(in_file, {})
    (tmp_path / "secret").write_text("sesame\n")
    assert client_secret(in_file, {}) == "sesame"
    told = settings_told(settings_at(tmp_path), {}, is_home_named=True)
    shown = {each.name: (each.value, each.origin) for each in told}
    assert shown["identity.client_secret_file"][0] == str(tmp_path / "secret")
