"""The inside of `check`: questions and answers as data, the runner that asks, the properties that judge, the words."""
