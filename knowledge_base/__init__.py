"""What the desk knows, as data with sources: measures, organisations, rules of routing, promises, texts.

Nothing here decides anything about a case. `records` gives the shapes, `loader` reads and checks
`data/`, `lookup` answers questions about what was read.
"""
