"""The work: use cases as functions of a Session. No commit, no clock, no network."""
