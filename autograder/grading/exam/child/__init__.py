"""The process that runs a student's code, and whoever keeps it."""
