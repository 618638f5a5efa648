"""What narrows a statement: rules that a clinician may read and change."""
