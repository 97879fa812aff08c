"""The conformance suite: judges an implementation from outside; knows the schemas only."""
