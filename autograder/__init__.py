import os

# Lessons have small tensors: threads would only wait for each other (five times the processor time, measured).
os.environ.setdefault("OMP_NUM_THREADS", "1")
