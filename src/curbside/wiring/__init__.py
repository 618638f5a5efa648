"""Puts the parts together: settings, the library of a person, the engine that answers."""
