"""Measurements of this machine, each beside the floor that it stands on.

A module here measures one part and gives plain figures; `swb.cli.bench*` shows them. Figures of two
machines, or of two hours, say little; ratios of one run do.
"""
