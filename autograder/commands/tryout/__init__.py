"""Commands to try it all out: a demo class, a class of any size."""
