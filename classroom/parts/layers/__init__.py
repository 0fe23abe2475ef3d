"""The parts that lessons 03 to 06 build: attention, heads, feed-forward network, norm, positions."""
