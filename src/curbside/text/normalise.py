"""One spelling for letters, dashes, quotes and spaces, so that rules are written once."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_DASHES = "‐‑‒–—―⁃−﹘﹣－"
_SINGLE_QUOTES = "‘’‚‛′ʼ"
_DOUBLE_QUOTES = "“”„‟″"
# no-break, en/em and their fractions, figure, thin, hair, narrow no-break, mathematical, wide
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_TABLE = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _SINGLE_QUOTES), "'"),
    **dict.fromkeys(map(ord, _DOUBLE_QUOTES), '"'),
    **dict.fromkeys(map(ord, _SPACES), " "),
    # `str.lower` picks the sigma by its neighbours; one letter needs one spelling
    ord("ς"): "σ",
}

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "µ": "mu",
}  # fmt: skip
_SLUG_MAX = 80


def fold(text: str) -> str:
    """Lower case with plain dashes, quotes and spaces; `len(fold(text)) == len(text)`.

    Each code point becomes exactly one, whatever stands beside it, so a span found in the folded
    text is a span of the text. Line breaks, accents and signs (≥, ±, µ, ·) are left alone.

    >>> fold("Non–Small Cell")
    'non-small cell'
    """
    lowered = text.lower()
    if text.isascii():
        # nothing of the table is ASCII but itself, and most clinical text is
        return lowered
    if len(lowered) != len(text):
        # 'İ' alone lowers to two code points; such a letter keeps its case
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_TABLE)


def slugify(title: str) -> str:
    """A title as the name of a page: ASCII letters, digits and single hyphens, at most 80.

    Accents are dropped, Greek letters spelt out, the cut is made between words. A title without
    a letter or digit that ASCII can write gets 12 hex digits of its sha256.

    >>> slugify("Crohn's disease: is TNF-α raised?")
    'crohns-disease-is-tnf-alpha-raised'
    """
    spelt = "".join(_GREEK.get(char, char) for char in fold(title).replace("'", ""))
    ascii_text = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_text.lower()))
    if len(slug) > _SLUG_MAX:
        whole_words = slug[: _SLUG_MAX + 1].rpartition("-")[0]
        slug = whole_words or slug[:_SLUG_MAX]
    return slug or hashlib.sha256(title.encode()).hexdigest()[:12]


def slug_of_two(slug: str, title: str) -> str:
    """The name of a page whose title has the same slug as another's: with 6 hex digits of the
    title's sha256 after it."""
    return f"{slug}-{hashlib.sha256(title.encode()).hexdigest()[:6]}"
