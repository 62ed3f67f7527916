"""Référentiels: what is certified, edition by edition, word for word."""
