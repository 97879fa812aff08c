"""Simulated authorities: a national single window with everybody behind it."""
