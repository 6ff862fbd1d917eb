"""Doors: parse, one service call, render. No rule, no query here."""
