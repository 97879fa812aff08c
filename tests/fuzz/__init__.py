"""Payloads that nobody wrote, by the hundred thousand, into every adapter."""
