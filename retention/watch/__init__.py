"""How somebody else notices: metrics for Prometheus, a health check, and a dead man's switch (docs/monitoring.md).

All of it is made of the status, so that people, notices and monitors are told the same. None of it may fail a night.
"""
