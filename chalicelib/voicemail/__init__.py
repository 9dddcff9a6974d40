"""Messages that callers leave: whose they are, why they were left, and that they are closed with a result (VML-01)."""
