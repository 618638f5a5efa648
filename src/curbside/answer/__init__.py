"""The answer path: sentences made once, vetoed exactly, scored by what was learned."""
