"""Pictures of lesson 03: the positional encoding, its clock hands, similarity by distance."""
