"""The truth of a library: documents with their history and standing, in SQLite or PostgreSQL."""

from curbside.store.asked import Asked, AskedPages, Feedback
from curbside.store.database import open_store
from curbside.store.desk import (
    CONFIRMED_ACCOUNT,
    LET_IN,
    Account,
    DeskReading,
    DeskWriting,
    Token,
)
from curbside.store.put import PutCounts
from curbside.store.rows import Row, row_of
from curbside.store.snapshot import Batch, Counts, Snapshot
from curbside.store.store import Store, WholeFacts

__all__ = [
    "CONFIRMED_ACCOUNT",
    "LET_IN",
    "Account",
    "Asked",
    "AskedPages",
    "Batch",
    "Counts",
    "DeskReading",
    "DeskWriting",
    "Feedback",
    "PutCounts",
    "Row",
    "Snapshot",
    "Store",
    "Token",
    "WholeFacts",
    "open_store",
    "row_of",
]
