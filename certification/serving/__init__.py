"""The web server: slow clients are held by an event loop, and cost no thread of the application."""
