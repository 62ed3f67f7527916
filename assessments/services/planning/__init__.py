"""Plans that are proposed: what they are made of, how they are found, adjusted, published."""
