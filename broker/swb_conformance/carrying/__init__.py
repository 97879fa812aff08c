"""Whether documents are carried: what is put to an adapter, and how its answers are judged."""
