"""Approvals: what the contract puts under approval is proposed by one and approved by a superior (PPL-01)."""
