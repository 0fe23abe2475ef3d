"""A full Jupyter kernel in the place of the bare shell, for lessons that need one (`full_kernel` in their limits)."""
