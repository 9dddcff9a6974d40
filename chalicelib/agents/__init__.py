"""Agents: who is signed in, what each of them does, and how many seats are taken."""
