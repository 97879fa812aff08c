"""The shared language: documents, catalogue, XML, wire and rules; imports nothing of ours."""
