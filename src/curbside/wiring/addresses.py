"""Which addresses may be configured to be asked at all. Nothing but a setting names one."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

_DIGITS: Final = re.compile(r"[0-9.]+|0x[0-9a-f.x]+", re.IGNORECASE)
"""Other ways to write an IP address ("2852039166", "0xa9fea9fe"), which no check would know."""


def is_fit(url: str) -> bool:
    """Whether an address may be asked: https, or plain http on this machine; no name, password,
    query or fragment in it; and not where `leads_nowhere`. One's own network is no bar: that is
    where a mirror or a provider of a house stands.

    >>> is_fit("https://id.example.org/realms/a"), is_fit("http://id.example.org")
    (True, False)
    >>> is_fit("http://127.0.0.1:8080"), is_fit("https://169.254.169.254")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    is_plain = parts.username is None and not parts.query and not parts.fragment
    if not host or not is_plain or not url.isprintable() or " " in url or "\\" in url:
        return False
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host)):
        return False
    return not leads_nowhere(host)


def is_this_machine(host: str) -> bool:
    """Whether a host of an address is this machine's own."""
    found = _ip(host)
    return host == "localhost" if found is None else found.is_loopback


def leads_nowhere(host: str) -> bool:
    """Whether a host is one that no service to be asked is at: link-local (where a machine's own
    metadata are, and its credentials), unspecified, multicast, reserved; or written in a way that
    hides which it is.

    >>> leads_nowhere("169.254.169.254"), leads_nowhere("::ffff:169.254.169.254")
    (True, True)
    >>> leads_nowhere("10.0.0.1"), leads_nowhere("id.example.org")
    (False, False)
    """
    found = _ip(host)
    if found is None:
        return _DIGITS.fullmatch(host) is not None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return (
        found.is_link_local or found.is_unspecified or found.is_multicast
        or (found.is_reserved and not found.is_loopback)
    )  # fmt: skip


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
