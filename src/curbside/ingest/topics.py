"""Topics that ship with the package: evidence, vocabulary and the questions that have a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from curbside.errors import DataError
from curbside.ingest.digest import read_digests, standing_of_digest
from curbside.records import Document, Role, Standing, Vocabulary, VocabularyEntry
from curbside.text.plain import plain_terms
from curbside.text.rules import Columns, Row, load_rules, strings

_TOPICS = "curbside.topics"


@dataclass(frozen=True, slots=True)
class Topic:
    """`compiled_at` is the ISO date up to which its evidence was brought in."""

    name: str
    title: str
    documents: tuple[Document, ...]
    standings: tuple[Standing, ...]
    vocabulary: Vocabulary
    compiled_at: str


@cache
def bundled_topics() -> tuple[Topic, ...]:
    """Every topic of the package, by name.

    Raises:
        DataError: a topic's rule file breaks its own rules.
        SourceError: a record of its evidence is not a digest.
    """
    names = sorted(
        item.name
        for item in files(_TOPICS).iterdir()
        if item.is_dir() and item.joinpath("evidence.jsonl").is_file()
    )
    return tuple(_read_topic(name) for name in names)


def merge_vocabularies(topics: tuple[Topic, ...]) -> Vocabulary:
    """The words and pages of several topics as one, in the order of the topics."""
    return Vocabulary(
        tuple(entry for topic in topics for entry in topic.vocabulary.entries),
        tuple(page for topic in topics for page in topic.vocabulary.pages),
        tuple(term for topic in topics for term in topic.vocabulary.plain),
    )


def _read_topic(name: str) -> Topic:
    package = f"{_TOPICS}.{name}"
    rules = load_rules(
        package,
        "topic.toml",
        tables={
            "topic": Columns(("title", "compiled_at")),
            "page": Columns(("question",)),
            "organisation": Columns(("id", "name")),
        },
    )
    if len(rules["topic"]) != 1:
        raise DataError(f"{name}/topic.toml: expected one [[topic]], found {len(rules['topic'])}")
    (about,) = rules["topic"]
    compiled_at = str(about["compiled_at"])
    organisations: Mapping[str, str] = {
        str(row["id"]): str(row["name"]) for row in rules["organisation"]
    }
    lines = files(package).joinpath("evidence.jsonl").read_text(encoding="utf-8").splitlines()
    documents = tuple(
        read_digests(
            lines,
            path=f"{name}/evidence.jsonl",
            retrieved_at=compiled_at,
            organisations=organisations,
        )
    )
    unknown = sorted(organisations.keys() - {d.doc_id.removeprefix("digest:") for d in documents})
    if unknown:
        raise DataError(f"{name}/topic.toml: [[organisation]] names {unknown}, not in the evidence")
    return Topic(
        name=name,
        title=str(about["title"]),
        documents=documents,
        standings=tuple(standing_of_digest(document) for document in documents),
        vocabulary=Vocabulary(
            _entries(package),
            tuple(str(row["question"]) for row in rules["page"]),
            plain_terms(package, "plain.toml"),
        ),
        compiled_at=compiled_at,
    )


def _entries(package: str) -> tuple[VocabularyEntry, ...]:
    rules = load_rules(
        package,
        "vocabulary.toml",
        tables={"entry": Columns(("name", "role", "terms"), ("opposite", "asked_as"))},
    )
    entries = tuple(_entry(row, package) for row in rules["entry"])
    names = {entry.name for entry in entries}
    for entry in entries:
        if entry.opposite and entry.opposite not in names:
            raise DataError(
                f"{package}/vocabulary.toml: {entry.name!r} has the opposite {entry.opposite!r}, "
                f"which is no entry; the entries are {', '.join(sorted(names))}"
            )
    return entries


def _entry(row: Row, package: str) -> VocabularyEntry:
    try:
        role = Role(str(row["role"]))
    except ValueError as error:
        raise DataError(
            f"{package}/vocabulary.toml: {row['name']!r} has the role {row['role']!r}; "
            f"the roles are {', '.join(Role)}"
        ) from error
    return VocabularyEntry(
        name=str(row["name"]),
        role=role,
        terms=strings(row, "terms"),
        opposite=str(row["opposite"]) if "opposite" in row else None,
        asked_as=strings(row, "asked_as") if "asked_as" in row else (),
    )
