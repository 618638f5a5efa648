"""Rules of the review desk that a clinician may read and change."""
