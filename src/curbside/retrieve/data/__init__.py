"""Words of questions, outcomes, processes and drugs that a clinician may read and change."""
