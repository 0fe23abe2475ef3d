"""Pictures of lesson 06: gradients and activations by layer, one word normalized, losses of several trainings."""
