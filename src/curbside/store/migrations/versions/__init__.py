"""One step a file; each is written once and never changed after a release."""
