"""The one error a person is meant to read."""


class Stop(Exception):
    """One sentence for a person; the command prints it and exits with 2."""
