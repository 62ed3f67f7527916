"""Calls of declared public addresses, from outside the sandbox, guarded against being led anywhere else."""
