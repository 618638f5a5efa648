"""Hits -> evidence: sentences, zones, findings."""
