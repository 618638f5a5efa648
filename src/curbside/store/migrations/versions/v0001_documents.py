"""Documents with their revisions and standing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    library = op.create_table(
        "library",
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=True),
    )
    op.bulk_insert(library, [{"one": 1, "fingerprint": None}])
    op.create_table(
        "documents",
        sa.Column("doc_id", word, primary_key=True),
        sa.Column("revision", word, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sections", sa.Integer, nullable=False),
        sa.Column("is_digest", sa.Boolean, nullable=False),
        sa.Column("has_body", sa.Boolean, nullable=False),
        sa.Column("retrieved_at", word, nullable=True),
        sa.Column("doi", word, nullable=True),
        sa.Column("pmid", word, nullable=True),
        sa.Column("pmcid", word, nullable=True),
    )
    for name in ("doi", "pmid", "pmcid"):
        op.create_index(f"ix_documents_{name}", "documents", [name])
    op.create_table(
        "revisions",
        sa.Column("doc_id", word, primary_key=True),
        sa.Column("revision", word, primary_key=True),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("put_at", sa.Text, nullable=False),
    )
