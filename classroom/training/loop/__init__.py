"""What the training loop is made of: batches, one update, the average of the weights, and a state that can be kept."""
