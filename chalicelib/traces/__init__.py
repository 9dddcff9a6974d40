"""Traces: the course of a contact from its arrival to its end, every leg of its chain as one (RTM-02)."""
