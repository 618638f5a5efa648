"""The published answer as files that other programs open: documents and lists of references."""

from curbside.interfaces.export.forms import BINARY, BY_SUFFIX, ExportForm, Style
from curbside.interfaces.export.page import export_page

__all__ = ["BINARY", "BY_SUFFIX", "ExportForm", "Style", "export_page"]
