"""Makers of the sample projects; never imported by the platform."""
