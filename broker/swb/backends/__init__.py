"""Implementations of the ports, one folder per technology; siblings never import each other."""
