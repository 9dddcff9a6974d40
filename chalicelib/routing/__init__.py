"""Routing: where a contact goes, in which order, for how long, and why."""
