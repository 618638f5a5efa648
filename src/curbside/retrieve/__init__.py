"""Question -> hits: understanding, spelling, drug names, fusion of lexical and dense runs."""
