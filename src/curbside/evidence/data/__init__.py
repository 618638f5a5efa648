"""Sentence shapes and zones that a clinician may read and change."""
