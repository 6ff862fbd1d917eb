"""Doors for administrators."""
