"""The tables as the newest migration leaves them; `migrations/versions` says how they came."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, String, Table, Text

HEAD: Final = "0001"
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
    Column("standing", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sections", Integer, nullable=False),
    Column("is_digest", Boolean, nullable=False),
    Column("has_body", Boolean, nullable=False),
    Column("retrieved_at", _WORD, nullable=True),
    Column("doi", _WORD, nullable=True, index=True),
    Column("pmid", _WORD, nullable=True, index=True),
    Column("pmcid", _WORD, nullable=True, index=True),
)
"""One row a document: its current revision. `content` is a hash of the record, `standing` JSON."""

REVISIONS: Final = Table(
    "revisions",
    METADATA,
    Column("doc_id", _WORD, primary_key=True),
    Column("revision", _WORD, primary_key=True),
    Column("record", LargeBinary, nullable=False),
    Column("put_at", Text, nullable=False),
)
"""Every revision that was ever current, as compressed JSON: quotes of old answers point there."""
