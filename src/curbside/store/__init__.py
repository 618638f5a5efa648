"""The truth of a library: documents with their revisions and standing, in SQLite or PostgreSQL."""

from curbside.store.database import open_store
from curbside.store.store import Counts, PutCounts, Store

__all__ = ["Counts", "PutCounts", "Store", "open_store"]
