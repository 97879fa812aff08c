"""The cases of each profile that is tried by commands: ``list_cases(description, seed)``."""
