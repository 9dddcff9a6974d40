"""Recordings: when an agent may record, who may listen, and whether a recording still is what was stored."""
