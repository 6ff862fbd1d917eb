"""Doors for the telephony provider."""
