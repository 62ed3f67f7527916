"""Model files read without ever being loaded."""
