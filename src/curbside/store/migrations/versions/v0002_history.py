"""Batches and what each changed, notices about works, and which of two records counts."""

from __future__ import annotations

import json
from hashlib import sha256

import sqlalchemy as sa
import zstandard
from alembic import op

revision = "0002"
down_revision = "0001"

_RECORD_KEYS = (
    "doc_id", "title", "text", "kind", "sections", "source", "revision", "study", "digest",
    "language", "published", "revised", "version", "jurisdiction", "retrieved_at",
)  # fmt: skip


def upgrade() -> None:
    """Add the tables of history; the documents of an older library become its first batch."""
    word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "records",
        sa.Column("doc_id", word, primary_key=True),
        sa.Column("content", word, primary_key=True),
        sa.Column("revision", word, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("is_digest", sa.Boolean, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("retrieved_at", word, nullable=True),
        sa.Column("batch", sa.Integer, nullable=False),
    )
    op.create_table(
        "batches",
        sa.Column("batch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", word, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("revised", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
        sa.Column("chain", sa.Text, nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("doc_id", word, primary_key=True),
        sa.Column("batch", sa.Integer, primary_key=True),
        sa.Column("content", sa.Text, nullable=True),
        sa.Column("standing", sa.Text, nullable=True),
        sa.Column("preferred", sa.Text, nullable=True),
    )
    op.create_index("ix_changes_batch", "changes", ["batch"])
    op.create_table(
        "gone",
        sa.Column("doc_id", word, primary_key=True),
        sa.Column("version", sa.Integer, nullable=True),
        sa.Column("place", sa.BigInteger, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("target", word, primary_key=True),
        sa.Column("register", word, primary_key=True),
        sa.Column("status", word, primary_key=True),
        sa.Column("notice", sa.Text, nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    for column in (
        sa.Column("stated", sa.Text, nullable=False, server_default=""),
        sa.Column("length", sa.Integer, nullable=False, server_default="0"),
        sa.Column("revised", word, nullable=True),
        sa.Column("version", sa.Integer, nullable=True),
        sa.Column("place", sa.BigInteger, nullable=True),
        sa.Column("updated_in", word, nullable=True),
        sa.Column("preferred", word, nullable=True),
    ):
        op.add_column("documents", column)
    for name in ("updated_in", "preferred"):
        op.create_index(f"ix_documents_{name}", "documents", [name])
    _carry_over(op.get_bind())
    op.drop_table("revisions")


def _carry_over(connection: sa.Connection) -> None:
    """Write every record in the new form, and the documents as one batch."""
    old = connection.execute(
        sa.text("SELECT doc_id, revision, record, put_at FROM revisions ORDER BY put_at")
    )
    latest = ""
    for doc_id, revised, blob, put_at in old:
        envelope = json.loads(zstandard.ZstdDecompressor().decompress(blob))
        data = envelope["data"]
        for section in data["sections"]:
            section["recommendation"] = None
        retrieved_at = data["retrieved_at"]
        data |= {"revised": None, "version": None, "jurisdiction": None, "retrieved_at": None}
        envelope["data"] = {key: data[key] for key in _RECORD_KEYS}
        text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
        content = sha256(text).hexdigest()
        latest = max(latest, put_at)
        connection.execute(
            sa.text(
                "INSERT INTO records VALUES"
                " (:doc_id, :content, :revision, :kind, :is_digest, :record, :seen, 1)"
            ),
            {
                "doc_id": doc_id,
                "content": content,
                "revision": revised,
                "kind": data["kind"],
                "is_digest": data["digest"] is not None,
                "record": zstandard.ZstdCompressor().compress(text),
                "seen": retrieved_at,
            },
        )
        connection.execute(
            sa.text(
                "UPDATE documents SET content = :content, stated = standing, length = :length"
                " WHERE doc_id = :doc_id AND revision = :revision"
            ),
            {
                "content": content,
                "length": len(data["text"]),
                "doc_id": doc_id,
                "revision": revised,
            },
        )
    rows = connection.execute(
        sa.text("SELECT doc_id, content, standing FROM documents ORDER BY doc_id")
    ).all()
    if not rows:
        return
    connection.execute(
        sa.text(
            "INSERT INTO changes (doc_id, batch, content, standing)"
            " SELECT doc_id, 1, content, standing FROM documents"
        )
    )
    chain = sha256()
    for doc_id, content, standing in rows:
        chain.update(f"{doc_id} {content} {standing}\n".encode())
    origin = "what an older version of Curbside had put in"
    chain.update(f"1 {latest} {origin}\n".encode())
    connection.execute(
        sa.text("INSERT INTO batches VALUES (1, :at, :origin, :added, 0, 0, :chain)"),
        {"at": latest, "origin": origin, "added": len(rows), "chain": chain.hexdigest()},
    )
    connection.execute(sa.text("UPDATE library SET fingerprint = NULL"))
