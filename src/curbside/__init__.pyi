"""The types of what the package offers by name; see `__init__.py`."""

from curbside.interfaces.notebook import Library as Library
from curbside.interfaces.notebook import Page as Page
from curbside.interfaces.notebook import ask as ask
from curbside.interfaces.notebook import open_library as open_library

__version__: str
