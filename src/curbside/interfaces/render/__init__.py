"""The published answer object as a page: plain text, Markdown, HTML. Drawn from it alone."""
