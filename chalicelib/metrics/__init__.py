"""Metrics: what is counted about contacts, per quarter of an hour, and the KPIs that the counts give."""
