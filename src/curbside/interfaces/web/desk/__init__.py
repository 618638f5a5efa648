"""The review desk in the browser: accounts, articles, decisions, signatures. Decides nothing."""
