"""How fast and how lean a sweep is, beside what a person could type: ratios of one run, never a timed test."""
