"""Tenancy: the contract of a client enterprise, and the part of it that functions carry with them."""
