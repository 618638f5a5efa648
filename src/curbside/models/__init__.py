"""The only home of heavy libraries and models. Nothing here is loaded on import."""
