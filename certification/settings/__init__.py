"""Settings by environment: dev (default of manage.py), test, prod (default of the servers)."""
