"""Chaos: faults of every kind at random moments of a region's work, and what is left in the end.

`plan` draws what happens when, from a seed and nothing else. `faults` does it to real processes,
`run` files, waits and counts.
"""
