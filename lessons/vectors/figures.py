"""The pictures of the lesson on the geometry of word vectors.

Every picture is a pure function of numbers that the engine answers, and of the labels of the reader's language.
"""

LABELS: tuple[str, ...] = ("stage.read",)

# ---------------------------------------------------------------- what vectors are good for, and bias (below here)
