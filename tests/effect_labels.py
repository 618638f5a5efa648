"""The hand-labelled sentences of `text/labelled_effects.jsonl` as records.

Each line is one sentence, where it comes from (data set and record), its split, and every effect
estimate in it with measure, point and interval as printed, labelled by reading before the extractor
was run on it. An estimate is a figure of a measure that the sentence names, or a difference (with p
or interval) or change (with interval) in plain words; rates, means, bare percentages, agreement and
test accuracy are none. Documents were drawn at random and split by the parity of sha256(id).
"tuning" is the even half. "opened" is of the odd half and was held out until it was scored, in four
parts (seeds 20261125 to 20261128); after each, its errors were read and mended. "fresh-1" to
"fresh-14" came later, each of about 100 to 150 sentences that hold a figure and any word or print
of a measure, a difference with a figure, or an interval, whatever the extractor makes of them; each
was labelled before it was scored and mended after it. The first ten are of other documents of the
same data sets, the next three of data sets that were not opened before: "fresh-11" and "fresh-12"
of the same documents of Check-COVID and HealthVer, "fresh-13" of the bodies of articles in the
citation integrity data, less two tables; "fresh-14" is of the last documents of the first data sets
that nobody had opened and of further sentences of documents of the same half. What is a ratio that
no measure names ("a 1.5-fold risk", "odds of 3.6") is none. Two labels were changed after a score:
an excess relative risk became a measure of its own ("fresh-1"), and an r of .9 had been passed over
("fresh-10").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from curbside.records import Effect
from evals.effects import LabelledEffects

LABELS = Path(__file__).parent / "text" / "labelled_effects.jsonl"
FRESH = tuple(f"fresh-{n}" for n in range(1, 15))
SPLITS = ("tuning", "opened", *FRESH)


def labelled_effects(splits: Sequence[str] = SPLITS) -> tuple[LabelledEffects, ...]:
    """The sentences of some splits, of all where none is named."""
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    return tuple(
        LabelledEffects(row["sentence"], tuple(Effect(**label) for label in row["effects"]))
        for row in rows
        if row["split"] in splits
    )
