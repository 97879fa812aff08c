"""The plays of the live profiles, one module for each part of a conversation."""
