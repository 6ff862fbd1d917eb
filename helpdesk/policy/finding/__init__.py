"""Finding what the desk knows by the words of a telephone call; `index` is what others use."""
