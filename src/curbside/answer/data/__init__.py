"""Cues, zones and learned weights of the answer path."""
