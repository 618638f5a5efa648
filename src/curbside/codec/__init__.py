"""Records to JSON and back: `records` for any record, `answer` for the published answer."""
