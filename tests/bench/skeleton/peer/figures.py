"""The whole figure of one moment: the yardstick sends it anew each time."""

from peer.word2vec import WORDS

ROUND = [WORDS.index(word) for word in ("man", "king", "queen", "woman", "man")]


def map_figure(xy):
    x, y = xy[:, 0].tolist(), xy[:, 1].tolist()
    words = {"type": "scatter", "mode": "markers+text", "x": x, "y": y, "text": WORDS, "textposition": "top center"}
    lines = {"type": "scatter", "mode": "lines", "x": [x[i] for i in ROUND], "y": [y[i] for i in ROUND]}
    axis = {"range": [-4, 4]}
    layout = {"height": 460, "showlegend": False, "uirevision": "keep", "xaxis": axis, "yaxis": axis}
    return {"data": [words, lines], "layout": layout}
