"""Tests of the tests: which branches they take, and which changed programs they notice."""
