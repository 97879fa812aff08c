"""Simulated authorities: the trader, the issuing authority and the customs office behind an NSW.

They speak to a gateway exactly as a national single window does: national payloads through a drop
folder. Everything that they say is drawn from a seed and is invented.
"""
