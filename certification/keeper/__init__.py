"""Keeps one PostgreSQL and one Redis running for as long as somebody uses them.

The keeper is a process of its own, limited to the standard library so that it costs little: it starts both servers,
starts them again should they crash, and stops them when the last user's shared lock on `users.lock` is gone,
however that user ended. `certification.embedded` is the users' side.
"""
