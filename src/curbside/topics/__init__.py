"""Evidence that ships with the package: data only, one folder a topic. `ingest.topics` reads it."""
