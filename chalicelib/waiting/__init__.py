"""The waiting line: how long it will take, for callers to whom Amazon Connect itself cannot tell."""
