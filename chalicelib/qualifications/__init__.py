"""Qualifications: agents receive contacts of a skill only while what it requires is passed and valid (PPL-06)."""
