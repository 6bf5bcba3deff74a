"""The state of an installation in one look: is it red, why, what to do, and what waits for whom (design.md P9).

`gather` collects facts at the edge: our own memory, the published log, the disk, the keys; never a swept store.
`judge.status_of` makes the status of them, purely. Its codes are the same for people, monitors, notices and metrics.
"""
