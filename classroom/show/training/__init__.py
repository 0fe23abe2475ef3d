"""The picture of a training that is under way."""
