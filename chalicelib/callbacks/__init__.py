"""Callbacks that keep the place in line: one number, one callback, open until reached or exhausted (QUE-03)."""
