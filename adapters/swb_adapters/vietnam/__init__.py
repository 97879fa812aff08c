"""Viet Nam: a simulated national format, a SOAP-carried XML envelope with function codes."""
