"""How good Curbside is: question sets, peers, measures, one table. `python -m evals --help`.

It stands beside the package, outside its wheel, and asks as a user does: a library is opened, a
question goes through `pipeline.answer`, and what the page says is judged. docs/evaluation.md says
what each figure means.
"""
