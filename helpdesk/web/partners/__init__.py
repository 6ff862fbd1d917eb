"""Doors for partner organisations."""
