"""The tables as the newest migration leaves them; `migrations/versions` says how they came."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

HEAD: Final = "0004"
"""The newest migration. Known here so that an up-to-date store opens without loading Alembic."""

METADATA: Final = MetaData()

# PostgreSQL would sort by the language of its host; the order of a library is that of code points
_WORD: Final = Text().with_variant(Text(collation="C"), "postgresql")

ALEMBIC_VERSION: Final = Table(
    "alembic_version", METADATA, Column("version_num", String(32), primary_key=True)
)

LIBRARY: Final = Table(
    "library",
    METADATA,
    Column("one", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=True),
)
"""One row. Writers lock it; `fingerprint` is None from a change until it is next asked for."""

DOCUMENTS: Final = Table(
    "documents",
    METADATA,
    Column("doc_id", _WORD, primary_key=True),
    Column("revision", _WORD, nullable=False),
    Column("content", Text, nullable=False),
    Column("stated", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sections", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("is_digest", Boolean, nullable=False),
    Column("has_body", Boolean, nullable=False),
    Column("retrieved_at", _WORD, nullable=True),
    Column("revised", _WORD, nullable=True),
    Column("version", Integer, nullable=True),
    Column("place", BigInteger, nullable=True),
    Column("doi", _WORD, nullable=True, index=True),
    Column("pmid", _WORD, nullable=True, index=True),
    Column("pmcid", _WORD, nullable=True, index=True),
    Column("updated_in", _WORD, nullable=True, index=True),
    Column("preferred", _WORD, nullable=True, index=True),
)
"""One row a document: its current revision.

`content` is a hash of the record. `stated` is the standing that the record itself states,
`standing` the gravest that anything says of the work, both JSON. `place` orders the files of a
source that numbers them; `updated_in` names what a preprint became. `preferred` is the document
of the same work that is searched instead of this one; None where it is this one.
"""

RECORDS: Final = Table(
    "records",
    METADATA,
    Column("doc_id", _WORD, primary_key=True),
    Column("content", _WORD, primary_key=True),
    Column("revision", _WORD, nullable=False),
    Column("kind", Text, nullable=False),
    Column("is_digest", Boolean, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("retrieved_at", _WORD, nullable=True),
    Column("batch", Integer, nullable=False),
)
"""Every record that was ever current, as compressed JSON without `retrieved_at`: old answers quote
it, and a library as it was is read from it. `batch` is the first that it came with."""

BATCHES: Final = Table(
    "batches",
    METADATA,
    Column("batch", Integer, primary_key=True, autoincrement=False),
    Column("at", _WORD, nullable=False),
    Column("origin", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("revised", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("chain", Text, nullable=False),
)
"""One row for every batch that changed something, numbered from 1. `chain` is a hash over the
chain before it and all that changed, so that no batch can be altered or left out unseen."""

CHANGES: Final = Table(
    "changes",
    METADATA,
    Column("doc_id", _WORD, primary_key=True),
    Column("batch", Integer, primary_key=True, index=True),
    Column("content", Text, nullable=True),
    Column("standing", Text, nullable=True),
    Column("preferred", Text, nullable=True),
)
"""What a batch made of a document, as in DOCUMENTS; None in `content` where it took it out."""

GONE: Final = Table(
    "gone",
    METADATA,
    Column("doc_id", _WORD, primary_key=True),
    Column("version", Integer, nullable=True),
    Column("place", BigInteger, nullable=True),
    Column("reason", Text, nullable=False),
)
"""What a source took back or a person removed, the last time; it may have come again since. A
numbered file up to `place` cannot bring it back, in `version` or an older one (None: in any)."""

NOTICES: Final = Table(
    "notices",
    METADATA,
    Column("target", _WORD, primary_key=True),
    Column("register", _WORD, primary_key=True),
    Column("status", _WORD, primary_key=True),
    Column("notice", Text, nullable=False),
)
"""What registers, and documents that supersede others, say of works: one row for each name of a
work. `notice` is JSON."""

FILES: Final = Table(
    "files",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""Files of a source that numbers them, read to their end; `digest` is the sha256 of the bytes."""

ASKED: Final = Table(
    "asked",
    METADATA,
    Column("slug", _WORD, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("follows", _WORD, nullable=True),
    Column("forgotten", Text, nullable=False),
    Column("last_at", _WORD, nullable=False, index=True),
)
"""Questions that have a page: the name of the page leads back to the question. `follows` names the
page that the question follows, `forgotten` is JSON: the words that are not kept of that page."""

FEEDBACK: Final = Table(
    "feedback",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("slug", _WORD, nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", _WORD, nullable=False),
)
"""What readers say of a page or of one statement of it (`about`), for the review desk."""

PEOPLE: Final = Table(
    "people",
    METADATA,
    Column("person_id", _WORD, primary_key=True),
    Column("email", _WORD, nullable=False, unique=True),
    Column("record", Text, nullable=False),
    Column("password", Text, nullable=True),
    Column("subject", _WORD, nullable=True, unique=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Text, nullable=True),
)
"""Accounts. `email` is in lower case; `record` is a Person as JSON; `password` is an argon2id hash,
`subject` who an identity provider says it is ("issuer subject"); None where there is none.
`failures` counts failed sign-ins since the last that did not fail."""

TOKENS: Final = Table(
    "tokens",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("person_id", _WORD, nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)
"""Sessions and one-time tokens, by the sha256 of what the person holds."""

ARTICLES: Final = Table(
    "articles",
    METADATA,
    Column("article_id", _WORD, primary_key=True),
    Column("step", Integer, nullable=False),
    Column("record", Text, nullable=False),
)
"""An Article as JSON, as it stands."""

VERSIONS: Final = Table(
    "versions",
    METADATA,
    Column("article_id", _WORD, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("move", Text, nullable=False),
    Column("content", String(64), nullable=False),
    Column("person", _WORD, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
)
"""Every version of every article; `answer` is the published JSON, compressed."""

VERSION_SOURCES: Final = Table(
    "version_sources",
    METADATA,
    Column("article_id", _WORD, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", _WORD, primary_key=True, index=True),
)
"""Every name of every work that a version rests on."""

DECISIONS: Final = Table(
    "decisions",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("article_id", _WORD, nullable=False, index=True),
    Column("record", Text, nullable=False),
)
SIGNATURES: Final = Table(
    "signatures",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("article_id", _WORD, nullable=False, index=True),
    Column("record", Text, nullable=False),
)
COMMENTS: Final = Table(
    "comments",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("article_id", _WORD, nullable=False, index=True),
    Column("record", Text, nullable=False),
)
"""What was decided, signed and said, as JSON; `sequence` is that of the entry in the trail."""

TRAIL: Final = Table(
    "trail",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("about", _WORD, nullable=False, index=True),
    Column("payload", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)
"""The trail. Rows are added and never changed; `curbside audit-log verify` finds
where they were."""
