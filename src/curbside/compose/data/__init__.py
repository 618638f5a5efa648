"""Rules of composing that a clinician may read and change."""
