"""The Amazon Connect flow language as a library: documents, action catalogue, references, lint, drawings.

Pure, standard library only; imports nothing of the project, so that synth, command line and emulator share it.
"""
