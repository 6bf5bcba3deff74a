"""The demo organisation's decisions: one module per purpose, over one data map.

Imports in here are relative: the same files are installed as `retention_demo` (setup.py).
"""
