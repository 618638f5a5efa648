"""Rules of the text stage as TOML: stop words, sentence abbreviations, cues and their scopes.

Each file has one `source` line and is read with `curbside.text.rules.load_rules`, strictly.
"""
