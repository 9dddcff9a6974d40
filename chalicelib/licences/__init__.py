"""Licences: which services a tenant may be configured for, and which of its numbers may be activated."""
