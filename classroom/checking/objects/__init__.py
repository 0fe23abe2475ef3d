"""Arguments that are no data, lesson by lesson: losses with their graphs, models that write word by word."""
