"""Documents that others published, and what becomes of each."""
