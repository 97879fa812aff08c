"""Schemas of the simulated Thai format; `envelope.xsd` is the door."""
