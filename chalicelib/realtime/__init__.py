"""Real time: who does what at this moment, what waits, and which lines and menus are in use (RTM-01)."""
