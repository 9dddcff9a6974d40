"""Adapters: other systems that keep the tenant's customers too, asked and kept in step with ours (INT-02)."""
