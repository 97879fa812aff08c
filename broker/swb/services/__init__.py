"""The use cases, one module per step of the road of a document."""
