"""Regulars: a members' club bot for shops."""

__version__ = "0.1.0"
