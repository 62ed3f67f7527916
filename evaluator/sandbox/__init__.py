"""Where candidates' material is read and run: bubblewrap, a system call filter, limits, and a JSON border."""
