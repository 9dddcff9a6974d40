"""Access: who may do what in this tenant, and how far it reaches: the roles and scopes of section 5 as data."""
