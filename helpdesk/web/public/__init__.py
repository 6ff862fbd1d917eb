"""Doors for enterprises."""
