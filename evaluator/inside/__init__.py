"""What runs inside the sandbox, around and beside the code of a bundle."""
