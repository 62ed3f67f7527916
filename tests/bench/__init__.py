"""Measures of what the platform must reach: ``make bench``, or ``python -m tests.bench --help``."""
