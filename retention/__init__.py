"""Retention enforcement: declared policies, judged records, signed proof of destruction.

Only the vocabulary in which policies are written may be re-exported here: the import contracts follow `policies/`
through this module.
"""

__version__ = "0.1.0"
