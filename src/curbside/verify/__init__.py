"""Claim x evidence -> verdicts: quote, standing, quantities, polarity, scope."""
