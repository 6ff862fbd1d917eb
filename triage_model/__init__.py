"""The classifier: a text in, a ranking with its reasons out. Knows nothing of cases.

`scorer`, `store` and `normalise` never import scikit-learn; `training` and `evaluation` do.
"""
