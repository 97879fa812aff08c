"""A whole region on one machine: for the demonstration, for benchmarks and for trying out.

Keys, trust lists, configurations and drop folders are made in one folder; the daemons that run on
them are the real ones.
"""
