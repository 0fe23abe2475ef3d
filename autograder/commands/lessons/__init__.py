"""Commands for the lessons: built, proved, looked through, published."""
