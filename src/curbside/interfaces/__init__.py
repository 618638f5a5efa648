"""The doors: they translate between a person or program and the pipeline, and decide nothing."""
