"""The published answer object as a page: plain text, Markdown, HTML. Drawn from it alone."""

from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.markdown import render_markdown
from curbside.interfaces.render.text import draw_text, render_text

__all__ = ["draw_text", "render_html", "render_markdown", "render_text"]
