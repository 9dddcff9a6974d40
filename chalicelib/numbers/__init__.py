"""Entry numbers: which service line of the tenant a caller has dialled."""
