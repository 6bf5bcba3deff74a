"""Destroys personal data on time: never a day early, never a held record, never without proof.

What is re-exported here is the vocabulary in which policies are written, and nothing that does I/O: `policies/`
imports from here, and the import contracts follow it through this module.
"""
