"""Pictures of lesson 02: a recurrence unrolled, accuracy by length, what the last state remembers."""
