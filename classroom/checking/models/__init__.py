"""Objects that a check hands to a student's function: layers, sublayers, small models."""
