"""Constructs: one capability of the infrastructure each."""
