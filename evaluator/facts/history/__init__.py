"""A git repository read as files: no git program, so no hook, no configuration and no filter runs."""
