"""The head view: what each word attends to, head by head, layer by layer, in a model of the student's own."""
