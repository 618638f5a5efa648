"""Curbside: ask a clinical question, get a page on which every sentence opens its passage."""

__version__ = "0.1.0"
