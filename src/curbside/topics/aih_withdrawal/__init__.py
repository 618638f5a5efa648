"""Stopping treatment in autoimmune hepatitis: digests of 60 sources, and their vocabulary."""
