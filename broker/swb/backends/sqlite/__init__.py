"""SQLite as the message store and as the transport, embedded: nothing to install or run."""
