"""How often an address may do what nobody need be signed in for: try a password, leave a remark."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from starlette.requests import Request

from curbside.review.conditions import time_of

_ADDRESSES: Final = 10_000
"""Addresses that are remembered; the one that did not try for longest is forgotten."""


@dataclass(slots=True)
class Tries:
    """How often each address tried of late: so many in so long, then it waits.

    An account that is tried from everywhere waits by itself (`People.sign_in`).
    """

    most: int = 20
    within: timedelta = timedelta(minutes=5)
    _held: OrderedDict[str, list[str]] = field(default_factory=OrderedDict)

    def wait_s(self, address: str, at: str) -> int:
        """Count a try; how many seconds this address must wait first, 0 where it need not."""
        now = time_of(at)
        times = [t for t in self._held.pop(address, []) if now - time_of(t) < self.within]
        wait = 0
        if len(times) >= self.most:
            wait = max(1, round((self.within - (now - time_of(times[0]))).total_seconds()))
        else:
            times.append(at)
        self._held[address] = times
        while len(self._held) > _ADDRESSES:
            self._held.popitem(last=False)
        return wait


def address_of(request: Request) -> str:
    """Where a request came from, as far as the server knows. Of IPv6 the network: whoever has one
    address of it has them all."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(address), 64), strict=False))
    return host
