"""The parts that lessons 07 and 08 build: layers, encoder, decoder, the whole Transformer and its masks."""
