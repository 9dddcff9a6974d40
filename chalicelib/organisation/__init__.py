"""The organisation: which part of the tenant a contact and a figure belong to, and who sees which part."""
