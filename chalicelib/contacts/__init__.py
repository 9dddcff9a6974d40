"""Contacts: the record of every finished contact, exactly one each, its recordings, and how to find them again."""
