"""Effect estimates as papers print them: measure, point, interval, p value, and where each stands.

One pass goes over the numbers of a text. A number is an estimate where a measure governs it: named
right before it, or named once for several; or where words of difference or change lead to it and
an interval follows. Everything is matched at a fixed place with bounded patterns, so that the time
is linear in the length of the text, whatever the text.
"""

from curbside.text.effects.find import find_effects
from curbside.text.effects.records import FoundEffect
from curbside.text.effects.sound import is_lopsided

__all__ = ["FoundEffect", "find_effects", "is_lopsided"]
