"""Offers: a call that several agents are offered at their desks at once; the first who accepts gets it (ACD-04)."""
