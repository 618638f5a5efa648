"""Files in PubMed's form, invented: as large as one likes, the same for the same seed.

For measuring and for breaking things, where real files may not be copied or are too few. The
proportions are those of recent real records (about 10 kB: half of it the reference list, then
authors with affiliations, the abstract, MeSH), and the oddities come as often as they do there:
abstracts without labels or none at all, inline markup, entities, letters outside ASCII, versions,
other languages, corrections and retractions, group authors. The words mean nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

_HEAD: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN"'
    ' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
    "<PubmedArticleSet>\n"
)
_SYLLABLES: Final = (
    "ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "cra",
    "dre", "fli", "gro", "pla", "pre", "sti", "tra", "tri", "con", "den", "fer", "gen", "lin",
    "mar", "nor", "pan", "ser", "tin", "ver", "xan",
)  # fmt: skip
_ENDINGS: Final = (
    "itis", "osis", "emia", "oma", "pathy", "azole", "olol", "mab", "statin", "pril", "cillin",
    "genic", "lysis", "plasty", "tomy",
)  # fmt: skip
_COMMON: Final = (
    "the", "of", "and", "in", "to", "a", "with", "was", "were", "for", "patients", "that",
    "group", "by", "is", "on", "after", "at", "from", "treatment", "study", "risk", "between",
    "compared", "years", "we", "this", "associated", "significantly", "clinical", "not", "than",
    "rate", "higher", "lower", "outcome", "disease", "trial", "therapy", "months", "or", "had",
    "no", "increased", "reduced", "mean", "baseline",
)  # fmt: skip
_LABELS: Final = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
_JOURNALS: Final = 400

PER_FILE: Final = 10_000
"""Records of a generated file; PubMed's own have up to 30,000."""
_ELECTRONIC: Final = ' DateType="Electronic"'
_RECEIVED: Final = ' PubStatus="received"'
_IN_PUBMED: Final = ' PubStatus="pubmed"'
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_TYPES: Final = (
    "Journal Article",
    "Randomized Controlled Trial",
    "Review",
    "Case Reports",
    "Practice Guideline",
    "Meta-Analysis",
    "Letter",
)


def write_pubmed_file(
    path: Path, pmids: Iterable[int], *, seed: int, deleted: Sequence[int] = ()
) -> int:
    """Write a gzipped PubmedArticleSet and, beside it, its ".md5" as NLM does.

    Args:
        path: the file, "….xml.gz".
        pmids: the records, in this order. A record depends on its PMID and the seed alone.
        seed: another one gives other words to the same PMIDs: a revision.
        deleted: PMIDs that a DeleteCitation block takes back.

    Returns:
        Bytes of XML written, before compression.
    """
    made = _Invented(seed)
    size = 0
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) as out:
        for part in _parts(made.record, pmids, deleted):
            size += out.write(part.encode())
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    path.with_name(f"{path.name}.md5").write_text(f"MD5({path.name})= {digest}\n")
    return size


def write_pubmed_files(folder: Path, records: int, *, seed: int) -> list[tuple[Path, int]]:
    """Write records as numbered files of `PER_FILE`; files that are there already are kept.

    Returns:
        Each file with its bytes of XML before packing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, first in enumerate(range(1, records + 1, PER_FILE), start=1):
        path = folder / f"pubmed26n{number:04}.xml.gz"
        pmids = range(first, min(first + PER_FILE, records + 1))
        is_there = path.with_name(f"{path.name}.md5").exists()
        if not is_there:
            write_pubmed_file(path, pmids, seed=seed)
        # gzip notes at its end how long the content is
        (size,) = struct.unpack("<I", path.read_bytes()[-4:])
        made.append((path, size))
    return made


def _parts(
    record: Callable[[int], str], pmids: Iterable[int], deleted: Sequence[int]
) -> Iterator[str]:
    yield _HEAD
    for pmid in pmids:
        yield record(pmid)
    if deleted:
        rows = "".join(f'    <PMID Version="1">{pmid}</PMID>\n' for pmid in deleted)
        yield f"  <DeleteCitation>\n{rows}  </DeleteCitation>\n"
    yield "</PubmedArticleSet>\n"


class _Invented:
    """Records out of a few thousand invented words, drawn as often as words of a language are."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        random = Random(20_260_101)  # noqa: S311  (the language is the same whatever the seed)
        words = dict.fromkeys(
            "".join(random.choices(_SYLLABLES, k=random.randint(1, 3))) + random.choice(_ENDINGS)
            for _ in range(6_000)
        )
        self._terms = list(words)
        weights = [1 / rank for rank in range(1, len(self._terms) + 1)]
        total = sum(weights)
        self._sums = list(_cumulated(weight / total for weight in weights))
        self._sentences = [self._sentence(random) for _ in range(3_000)]
        self._affiliations = [
            f"Department of {self._term(random).title()}, University of"
            f" {self._term(random).title()}, {random.randint(1, 99)} Main Street,"
            f" {self._term(random).title()} {random.randint(10_000, 99_999)}, Sample Country."
            for _ in range(500)
        ]
        self._references = [
            f"{self._name(random)} {random.choice('ABCDEFG')}, {self._name(random)}"
            f" {random.choice('HJKLM')}, et al. {self._term(random).title()} and"
            f" {' '.join(self._term(random) for _ in range(6))}. J"
            f" {self._term(random).title()}. {random.randint(1980, 2025)};"
            f"{random.randint(1, 90)}({random.randint(1, 12)}):{random.randint(1, 999)}-9."
            for _ in range(2_000)
        ]

    def record(self, pmid: int) -> str:
        """One <PubmedArticle>."""
        random = Random(f"{self._seed} {pmid}")  # noqa: S311  (nothing secret)
        year = 1975 + pmid % 50
        doi = f"10.{1000 + pmid % 9000}/invented.{year}.{pmid}"
        title = self._title(random)
        journal = self._terms[pmid % _JOURNALS].title()
        return (
            "<PubmedArticle>\n"
            '  <MedlineCitation Status="MEDLINE" IndexingMethod="Automated" Owner="NLM">\n'
            f'    <PMID Version="1">{pmid}</PMID>\n'
            f"{_date('DateCompleted', year + 1, random, 4)}"
            f"{_date('DateRevised', year + 2, random, 4)}"
            '    <Article PubModel="Print-Electronic">\n'
            "      <Journal>\n"
            f'        <ISSN IssnType="Electronic">{1000 + pmid % 9000}-{pmid % 10_000:04d}</ISSN>\n'
            '        <JournalIssue CitedMedium="Internet">\n'
            f"          <Volume>{pmid % 90 + 1}</Volume>\n"
            f"          <Issue>{pmid % 12 + 1}</Issue>\n"
            f"{self._pub_date(random, year)}"
            "        </JournalIssue>\n"
            f"        <Title>Journal of {journal} &amp; Therapy</Title>\n"
            f"        <ISOAbbreviation>J {journal[:6]} Ther</ISOAbbreviation>\n"
            "      </Journal>\n"
            f"      <ArticleTitle>{title}</ArticleTitle>\n"
            "      <Pagination>\n"
            f"        <StartPage>{pmid % 900}</StartPage>\n"
            f"        <EndPage>{pmid % 900 + 9}</EndPage>\n"
            f"        <MedlinePgn>{pmid % 900}-{pmid % 900 + 9}</MedlinePgn>\n"
            "      </Pagination>\n"
            f'      <ELocationID EIdType="doi" ValidYN="Y">{doi}</ELocationID>\n'
            f"{self._abstract(random)}{self._authors(random)}"
            f"      <Language>{'ger' if random.random() < 0.04 else 'eng'}</Language>\n"
            f"{self._grants(random)}"
            "      <PublicationTypeList>\n"
            f"{self._types(random)}"
            "      </PublicationTypeList>\n"
            f"{_date('ArticleDate', year, random, 6, _ELECTRONIC)}"
            "    </Article>\n"
            "    <MedlineJournalInfo>\n"
            f"      <Country>England</Country>\n      <MedlineTA>J {journal[:6]} Ther</MedlineTA>\n"
            f"      <NlmUniqueID>{100_000 + pmid % 9000}</NlmUniqueID>\n"
            f"      <ISSNLinking>{1000 + pmid % 9000}-0001</ISSNLinking>\n"
            "    </MedlineJournalInfo>\n"
            f"{self._chemicals(random)}"
            "    <CitationSubset>IM</CitationSubset>\n"
            f"{self._comments(random, pmid)}{self._mesh(random)}{self._keywords(random)}"
            "  </MedlineCitation>\n"
            "  <PubmedData>\n    <History>\n"
            f"{_date('PubMedPubDate', year, random, 6, _RECEIVED)}"
            f"{_date('PubMedPubDate', year, random, 6, _IN_PUBMED)}"
            "    </History>\n"
            "    <PublicationStatus>ppublish</PublicationStatus>\n"
            "    <ArticleIdList>\n"
            f'      <ArticleId IdType="pubmed">{pmid}</ArticleId>\n'
            f'      <ArticleId IdType="doi">{doi}</ArticleId>\n'
            f"{self._pmc(random, pmid)}"
            "    </ArticleIdList>\n"
            f"{self._cited(random)}"
            "  </PubmedData>\n</PubmedArticle>\n"
        )

    def _term(self, random: Random) -> str:
        return random.choices(self._terms, cum_weights=self._sums)[0]

    def _name(self, random: Random) -> str:
        name = "".join(random.choices(_SYLLABLES, k=2)).title()
        return f"{name}é" if random.random() < 0.05 else name

    def _sentence(self, random: Random) -> str:
        words = [
            random.choice(_COMMON) if random.random() < 0.55 else self._term(random)
            for _ in range(random.randint(10, 26))
        ]
        if random.random() < 0.4:
            words.insert(
                5,
                f"{random.randint(50, 950) / 10}% (p &lt; 0.0{random.randint(1, 5)})",
            )
        if random.random() < 0.06:
            words.insert(3, f"≥{random.randint(2, 9)} µmol/l")
        if random.random() < 0.012:
            words.insert(4, f"10<sup>{random.randint(3, 9)}</sup> cells")
        sentence = " ".join(words)
        return sentence[0].upper() + sentence[1:]

    def _title(self, random: Random) -> str:
        condition, drug, outcome = (self._term(random) for _ in range(3))
        title = (
            f"{drug.capitalize()} for {condition} and the risk of {outcome}: {self._term(random)}"
        )
        return f"{title} in <i>{self._term(random)}</i>." if random.random() < 0.05 else f"{title}."

    def _abstract(self, random: Random) -> str:
        chance = random.random()
        if chance < 0.12:
            return ""
        if chance < 0.6:
            text = ". ".join(random.choices(self._sentences, k=random.randint(6, 12)))
            rows = f"        <AbstractText>{text}.</AbstractText>\n"
        else:
            rows = "".join(
                f'        <AbstractText Label="{label}" NlmCategory="{label}">'
                f"{'. '.join(random.choices(self._sentences, k=random.randint(1, 4)))}."
                "</AbstractText>\n"
                for label in _LABELS
            )
        return f"      <Abstract>\n{rows}      </Abstract>\n"

    def _authors(self, random: Random) -> str:
        authors = "".join(self._author(random) for _ in range(random.randint(1, 7)))
        if random.random() < 0.02:
            group = f"{self._term(random).title()} Study Group"
            authors += (
                '        <Author ValidYN="Y">\n'
                f"          <CollectiveName>{group}</CollectiveName>\n        </Author>\n"
            )
        return f'      <AuthorList CompleteYN="Y">\n{authors}      </AuthorList>\n'

    def _author(self, random: Random) -> str:
        initials = random.choice("ABCDEFGHJKLM")
        return (
            '        <Author ValidYN="Y">\n'
            f"          <LastName>{self._name(random)}</LastName>\n"
            f"          <ForeName>{initials}nna</ForeName>\n"
            f"          <Initials>{initials}</Initials>\n"
            "          <AffiliationInfo>\n"
            f"            <Affiliation>{random.choice(self._affiliations)}</Affiliation>\n"
            "          </AffiliationInfo>\n        </Author>\n"
        )

    def _pub_date(self, random: Random, year: int) -> str:
        inner = (
            f"            <MedlineDate>{year} Nov-Dec</MedlineDate>\n"
            if random.random() < 0.05
            else f"            <Year>{year}</Year>\n"
            f"            <Month>{random.choice(_MONTHS)}</Month>\n"
        )
        return f"          <PubDate>\n{inner}          </PubDate>\n"

    def _types(self, random: Random) -> str:
        types = ["Journal Article"]
        if random.random() < 0.3:
            types.append(random.choice(_TYPES[1:]))
        return "".join(
            f'        <PublicationType UI="D0164{number}">{name}</PublicationType>\n'
            for number, name in enumerate(types)
        )

    def _grants(self, random: Random) -> str:
        if random.random() < 0.7:
            return ""
        return (
            '      <GrantList CompleteYN="Y">\n        <Grant>\n'
            f"          <GrantID>R01 {random.randint(1000, 9999)}</GrantID>\n"
            "          <Agency>Sample Agency</Agency>\n          <Country>Sample</Country>\n"
            "        </Grant>\n      </GrantList>\n"
        )

    def _chemicals(self, random: Random) -> str:
        rows = "".join(
            "      <Chemical>\n        <RegistryNumber>0</RegistryNumber>\n"
            f'        <NameOfSubstance UI="D00{number}">{self._term(random)}</NameOfSubstance>\n'
            "      </Chemical>\n"
            for number in range(random.randint(0, 4))
        )
        return f"    <ChemicalList>\n{rows}    </ChemicalList>\n" if rows else ""

    def _comments(self, random: Random, pmid: int) -> str:
        chance = random.random()
        kind = "RetractionIn" if chance < 0.002 else "ErratumIn" if chance < 0.01 else ""
        if not kind:
            return ""
        return (
            "    <CommentsCorrectionsList>\n"
            f'      <CommentsCorrections RefType="{kind}">\n'
            "        <RefSource>J Sample. 2020;1(1):1.</RefSource>\n"
            f'        <PMID Version="1">{90_000_000 + pmid}</PMID>\n'
            "      </CommentsCorrections>\n    </CommentsCorrectionsList>\n"
        )

    def _mesh(self, random: Random) -> str:
        rows = "".join(
            "      <MeshHeading>\n"
            f'        <DescriptorName UI="D{number:06d}" MajorTopicYN="N">'
            f"{self._term(random).title()}</DescriptorName>\n"
            f'        <QualifierName UI="Q{number:06d}" MajorTopicYN="Y">drug therapy'
            "</QualifierName>\n      </MeshHeading>\n"
            for number in range(random.randint(5, 16))
        )
        return f"    <MeshHeadingList>\n{rows}    </MeshHeadingList>\n"

    def _keywords(self, random: Random) -> str:
        rows = "".join(
            f'      <Keyword MajorTopicYN="N">{self._term(random)}</Keyword>\n'
            for _ in range(random.randint(0, 5))
        )
        return f'    <KeywordList Owner="NOTNLM">\n{rows}    </KeywordList>\n' if rows else ""

    def _pmc(self, random: Random, pmid: int) -> str:
        if random.random() < 0.6:
            return ""
        return f'      <ArticleId IdType="pmc">PMC{pmid + 1_000_000}</ArticleId>\n'

    def _cited(self, random: Random) -> str:
        rows = "".join(
            "      <Reference>\n"
            f"        <Citation>{random.choice(self._references)}</Citation>\n"
            "        <ArticleIdList>\n"
            f'          <ArticleId IdType="pubmed">{random.randint(1, 39_999_999)}</ArticleId>\n'
            "        </ArticleIdList>\n      </Reference>\n"
            for _ in range(random.randint(2, 16))
        )
        return f"    <ReferenceList>\n{rows}    </ReferenceList>\n"


def _date(tag: str, year: int, random: Random, indent: int, attributes: str = "") -> str:
    gap = " " * indent
    return (
        f"{gap}<{tag}{attributes}>\n{gap}  <Year>{year}</Year>\n"
        f"{gap}  <Month>{random.randint(1, 12):02d}</Month>\n"
        f"{gap}  <Day>{random.randint(1, 28):02d}</Day>\n{gap}</{tag}>\n"
    )


def _cumulated(weights: Iterable[float]) -> Iterator[float]:
    total = 0.0
    for weight in weights:
        total += weight
        yield total
