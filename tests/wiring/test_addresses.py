"""Which addresses may be asked, in every setting that names one."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.errors import InputError
from curbside.wiring.addresses import is_fit
from curbside.wiring.config import settings_at

NOWHERE = (
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://224.0.0.1/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://169.254.43518/",
    "http://10.0.0.1/",
    "http://localhost.example.org/",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//id.example.org",
    "https:///path",
    "https://id.example.org:port/",
    "https://id.example.org/a b",
    "https://id.example.org\\@evil.example/",
    "https://id.example.org/\n",
)
WITHIN = (
    "https://id.example.org",
    "https://id.example.org:8443/realms/a",
    # a provider inside a clinic's own network is the usual one
    "https://10.0.0.1/",
    "https://192.168.1.5/",
    "https://[fd00::1]/",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "http://localhost:8080",
)
SETTINGS = {
    "feed of a search": '[feeds.x]\nkind = "pubmed-search"\nquery = "gout"\n'
    'email = "a@example.org"\nbase_url = "{}"\n',
    "feed of Europe PMC": '[feeds.x]\nkind = "europepmc"\nquery = "gout"\nbase_url = "{}"\n',
    "feed of files": '[feeds.x]\nkind = "pubmed-updates"\nbase_url = "{}"\n',
    "feed of a list": '[feeds.x]\nkind = "list"\npath = "p"\nemail = "a@example.org"\n'
    'base_url = "{}"\n',
    "language model": '[generator]\nurl = "{}"\nmodel = "m"\nallow_http = false\n',
    "identity provider": '[identity]\nissuer = "{}"\nclient_id = "c"\n'
    'address = "https://curbside.example.org"\n',
    "this site": '[identity]\nissuer = "https://id.example.org"\nclient_id = "c"\naddress = "{}"\n',
}


@pytest.mark.parametrize("url", NOWHERE)
def test_an_address_that_leads_where_nobody_is_to_be_asked_fits_nowhere(url: str) -> None:
    assert not is_fit(url)


@pytest.mark.parametrize("url", WITHIN)
def test_an_address_inside_ones_own_network_may_be_configured(url: str) -> None:
    assert is_fit(url)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_that_names_an_address_refuses_those(tmp_path: Path, name: str) -> None:
    file = tmp_path / "curbside.toml"
    # space around it is no part of a setting
    for url in (each for each in NOWHERE if each == each.strip()):
        written = url.replace("\\", "\\\\").replace("\n", "\\n")
        file.write_text(SETTINGS[name].format(written))
        with pytest.raises(InputError, match=r"curbside\.toml"):
            settings_at(tmp_path)
    file.write_text(SETTINGS[name].format("http://127.0.0.1:9"))
    settings_at(tmp_path)


def test_a_model_on_a_named_host_may_not_be_the_metadata_service_either(tmp_path: Path) -> None:
    url = "http://169.254.169.254/v1"
    agreed = 'allow_host = "169.254.169.254"\nallow_http = true\n'
    text = SETTINGS["language model"].format(url).replace("allow_http = false\n", agreed)
    (tmp_path / "curbside.toml").write_text(text)
    with pytest.raises(InputError, match="a host that a model can be at"):
        settings_at(tmp_path)
