"""The bank against its checks: what is caught, what is named, and what a student is told."""
