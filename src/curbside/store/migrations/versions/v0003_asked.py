"""The questions that have a page, and what readers say of pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of asked questions and of feedback."""
    word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "asked",
        sa.Column("slug", word, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("follows", word, nullable=True),
        sa.Column("forgotten", sa.Text, nullable=False),
        sa.Column("last_at", word, nullable=False),
    )
    op.create_index("ix_asked_last_at", "asked", ["last_at"])
    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("slug", word, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("at", word, nullable=False),
    )
    op.create_index("ix_feedback_slug", "feedback", ["slug"])
