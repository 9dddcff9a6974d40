"""The users of a tenant: who may log in, with which roles, and which part of the organisation they see (SEC-01)."""
