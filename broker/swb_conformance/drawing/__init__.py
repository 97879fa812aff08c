"""What is drawn for one run: questions that nobody can have seen before, each with its answer.

Vectors are fixed, so that everybody can work with them; a recording of the right answers would pass
by them alone. What is drawn here is sealed and signed anew with the vectors' public test keys, of
other documents, ids, moments and parties, or is a vector about rules moved to another day and
another quantity. The same seed draws the same.
"""
