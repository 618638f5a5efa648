"""Evidence -> claims: aspects, factors, conflicts, the draft and the assembled page."""
