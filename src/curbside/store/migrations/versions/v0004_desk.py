"""The review desk: people, articles with their versions, what was done to them, the trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables of the desk."""
    word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "people",
        sa.Column("person_id", word, primary_key=True),
        sa.Column("email", word, nullable=False, unique=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=True),
        sa.Column("subject", word, nullable=True, unique=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", sa.Text, nullable=True),
    )
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("person_id", word, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
    )
    op.create_index("ix_tokens_person_id", "tokens", ["person_id"])
    op.create_table(
        "articles",
        sa.Column("article_id", word, primary_key=True),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("article_id", word, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("move", sa.Text, nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("person", word, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "version_sources",
        sa.Column("article_id", word, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", word, primary_key=True),
    )
    op.create_index("ix_version_sources_name", "version_sources", ["name"])
    for name in ("decisions", "signatures", "comments"):
        op.create_table(
            name,
            sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("article_id", word, nullable=False),
            sa.Column("record", sa.Text, nullable=False),
        )
        op.create_index(f"ix_{name}_article_id", name, ["article_id"])
    op.create_table(
        "trail",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("about", word, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("ix_trail_about", "trail", ["about"])
