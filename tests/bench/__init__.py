"""How fast the club is: `python -m tests.bench` prints each figure beside what it is measured against, and its bar.

A and B are measured in turn in one run, and a ratio is the median of the ratios of the rounds: the neighbours on a
machine move figures by half, ratios hardly. Every bench is an async context manager that lays out its variants.
"""
