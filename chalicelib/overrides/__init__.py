"""Overrides: what a supervisor has changed of the routing while calls run, laid over the tenant's contract (ACD-02)."""
