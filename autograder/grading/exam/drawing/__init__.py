"""Pictures of the solved lesson, shown again in a submission where the same is drawn."""
