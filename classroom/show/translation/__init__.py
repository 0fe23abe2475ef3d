"""Pictures of lesson 09: padding in batches, the learning rate, translations as training goes on."""
