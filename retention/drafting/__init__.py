"""A first draft of an organisation's policies from what a schema shows: to be confirmed line by line, by a person."""
