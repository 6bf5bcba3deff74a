"""Telling people what they would not come to look for, by mail and by webhook (docs/notices.md).

What there is to say is worked out from our own memory (`due`), said in two languages (`wording`), and delivered at most
once a day for each kind (`telling`). Nothing of it can fail a night.
"""
