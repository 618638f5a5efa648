"""One process that serves the pages: what stands before every request, and the command."""
