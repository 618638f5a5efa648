"""Bytes -> documents: digests, topics, PubMed, JATS. Nothing here reads the network."""
