"""What the administrator's screens read."""
