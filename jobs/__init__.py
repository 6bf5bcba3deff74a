"""When things run: the night, its rehearsal, the proof's check, and the schedule that starts them.

Imports in here are relative: the same files are installed as `retention_jobs` (setup.py).
"""
