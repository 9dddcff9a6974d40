"""The people of a tenant: who leads whom, in which unit, from when on (PPL-01)."""
