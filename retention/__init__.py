"""Retention enforcement: declared policies, judged records, signed proof of destruction."""

__version__ = "0.1.0"
