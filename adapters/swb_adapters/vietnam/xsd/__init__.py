"""Schemas of the simulated Vietnamese format; `soap.xsd` is the door."""
