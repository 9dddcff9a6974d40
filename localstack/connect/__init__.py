"""The Amazon Connect emulator: its resources (directory), its API, and the engine that runs contacts."""
