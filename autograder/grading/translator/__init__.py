"""The trained model that is handed in beside a notebook: found, carried to the examiner, and judged there."""
