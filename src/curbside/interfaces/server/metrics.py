"""Counts of what was served, in the text form that Prometheus reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

_BOUNDS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Requests by pattern of address, method and status, with how long they took."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._within: dict[str, list[int]] = defaultdict(lambda: [0] * len(_BOUNDS_S))
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._count: Counter[str] = Counter()

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request more."""
        self._requests[route, method, status] += 1
        self._seconds[route] += seconds
        self._count[route] += 1
        buckets = self._within[route]
        for place, bound in enumerate(_BOUNDS_S):
            buckets[place] += seconds <= bound

    def text(self, gauges: dict[str, float]) -> str:
        """All counts, with `gauges` that hold now, by name."""
        lines = [
            "# HELP curbside_requests_total Requests that were answered.",
            "# TYPE curbside_requests_total counter",
        ]
        for (route, method, status), number in sorted(self._requests.items()):
            labels = f'route="{route}",method="{method}",status="{status}"'
            lines.append(f"curbside_requests_total{{{labels}}} {number}")
        name = "curbside_request_seconds"
        lines += [f"# HELP {name} How long requests took.", f"# TYPE {name} histogram"]
        for route in sorted(self._within):
            for bound, number in zip(_BOUNDS_S, self._within[route], strict=True):
                lines.append(f'{name}_bucket{{route="{route}",le="{bound}"}} {number}')
            lines.append(f'{name}_bucket{{route="{route}",le="+Inf"}} {self._count[route]}')
            lines.append(f'{name}_sum{{route="{route}"}} {self._seconds[route]:.6f}')
            lines.append(f'{name}_count{{route="{route}"}} {self._count[route]}')
        for gauge, value in sorted(gauges.items()):
            lines += [f"# TYPE curbside_{gauge} gauge", f"curbside_{gauge} {value:g}"]
        return "\n".join(lines) + "\n"
