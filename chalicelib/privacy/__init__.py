"""Privacy: what personal data is kept for, how long, and who answers for it; a person's data given out or erased."""
