"""The demonstration: a small organisation from its first plan to a verified destruction, and what cheating it shows.

It types the commands that people type, in processes of their own, and prints what they said; nothing is simulated.
"""
