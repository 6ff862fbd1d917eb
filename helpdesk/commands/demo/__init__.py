"""Demonstration data: invented enterprises with varied, plausible cases, made through the real services."""
