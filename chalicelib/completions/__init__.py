"""Completions: what an agent writes down of a contact before it counts as done, and what is still to be written."""
