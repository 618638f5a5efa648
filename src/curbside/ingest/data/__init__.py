"""Rules of ingest: publication types, article types and what they say of a source."""
