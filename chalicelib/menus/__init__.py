"""Menus: what callers are offered before a person. Trees as data, drafted, checked, published, walked and counted."""
