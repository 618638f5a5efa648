"""The policies are there, dated, and what they say of the software is so."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from curbside.interfaces.web.drawing import _POLICY_LINKS
from curbside.interfaces.web.policies import policies


def test_every_page_links_every_policy() -> None:
    assert [url for _, url in _POLICY_LINKS] == [policy.url for policy in policies()]


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: policy.name)
def test_a_policy_stands_with_its_version_and_date(client: TestClient, policy: object) -> None:
    text = client.get(policy.url).text  # type: ignore[attr-defined]
    assert f"<h1>{policy.title}</h1>" in text  # type: ignore[attr-defined]
    assert re.search(r'Version \d+, <time datetime="20\d\d-\d\d-\d\d">', text)


def test_a_policy_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/policies/nothing").status_code == 404
    assert client.get("/policies/..%2fprivacy").status_code == 404


def test_all_policies_are_listed(client: TestClient) -> None:
    text = client.get("/policies").text
    assert [policy.title for policy in policies() if policy.url not in text] == []
