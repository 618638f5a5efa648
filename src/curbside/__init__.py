"""Curbside: ask a clinical question, get a page on which every sentence opens its passage.

`open_library`, `ask`, `Library` and `Page` are for scripts and notebooks; docs/tutorial.md shows
them. They are loaded when first named, as every module of the package loads this one.
"""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["Library", "Page", "__version__", "ask", "open_library"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # by name, as an import here would make every layer import the highest
    return getattr(import_module("curbside.interfaces.notebook"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
