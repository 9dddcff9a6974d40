"""Lifecycle: the states of a tenant from draft to closed, and what must be proved before it goes live (TEN-09)."""
