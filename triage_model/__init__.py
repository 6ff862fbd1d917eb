"""The classifier: a text in, a ranking with its reasons out. Knows nothing of cases.

`training`, `challenge` and `evaluation` import scikit-learn; what a web process uses never does.
"""
