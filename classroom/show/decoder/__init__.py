"""Pictures of the decoder: who may attend to whom, and a translation written word by word."""
