"""Pictures of the encoder: its stack, its sizes, what its layers make of a sentence, what it guesses."""
