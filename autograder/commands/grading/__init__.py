"""Commands for a class: collected, graded, reported on, handed back."""
