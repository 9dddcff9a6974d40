"""The product: one package a capability, every one with the same doors (see docs/architecture.md)."""
