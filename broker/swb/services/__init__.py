"""The asynchronous use cases, one module per step of a document's road."""
