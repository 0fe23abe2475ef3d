"""A lesson in another language: its text as messages, the catalogue that translates them, the notebook made of both."""
