"""Hours: whether a service line is open at an instant, why, and until when."""
