"""What holds for every test: properties are drawn the same way each time, and no clock judges."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("house")
