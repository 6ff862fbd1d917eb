"""Doors for hotline agents and supervisors."""
