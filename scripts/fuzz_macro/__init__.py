"""The parts of `scripts/fuzz-macro.py`: one file a concern."""
