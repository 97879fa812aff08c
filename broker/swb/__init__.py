"""The single-window broker: everything that runs."""
