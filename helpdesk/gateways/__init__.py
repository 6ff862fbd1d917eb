"""The outside world: one Protocol each, a console twin, the real one."""
