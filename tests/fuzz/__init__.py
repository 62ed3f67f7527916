"""Fuzzing of everything that reads what a candidate sends: ``python -m tests.fuzz TARGET --seconds N``."""
