"""Tickets: what the line cannot solve, carried step by step until the customer was asked again (TKT-01, 02)."""
