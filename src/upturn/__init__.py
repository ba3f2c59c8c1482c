"""Upturn runs formal improvement plans, from a raised concern to a closed record."""

__version__ = "0.1.0"
