"""Audit: who did what to what, when and from where. Entries are written once, chained by digest, and stay (SEC-03)."""
