"""Reliability: promises about the system itself, measured; what it depends on; how near limits are."""
