"""The engine: runs contacts through flow-language documents, queues and simulated agents on a clock of its own.

Standard library only; everything outside (functions, streams, objects) is reached through `ports`.
"""
