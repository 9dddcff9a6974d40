"""Customers: who is calling, and what an agent should see of them."""
