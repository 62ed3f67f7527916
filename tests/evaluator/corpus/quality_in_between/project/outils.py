def a(x):
    """Dit ce qu'elle fait."""
    return x


def b(x):
    return x
