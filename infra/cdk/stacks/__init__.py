"""Stacks compose constructs and hold no resource of their own."""
