"""The pictures of the Word2Vec lesson: a map of words, nearest words, the rank of the answer, a softmax's cost.

Every picture is a pure function of numbers that the engine's views return, and of the labels of the reader's language.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from lessons.figures import (
    DASHES,
    GROUND,
    OKABE_ITO,
    PALETTE,
    SHAPES,
    TEXT,
    Curve,
    Figure,
    columns,
    curves,
    number,
    plain,
    rounded,
)

Attributes = Mapping[str, Mapping[str, str]]  # word → attribute → value, as the text's grammar knows them
Analogy = tuple[str, str, str, str]  # a is to b as c is to d

# Gender is colour and fill, rank or kind is shape, the young are small: never colour alone.
GENDERS = {"m": OKABE_ITO["blue"], "f": OKABE_ITO["orange"]}
OPEN = {"m": "-open", "f": ""}  # orange is too light for a thin line
KINDS = {
    "food": (OKABE_ITO["green"], "triangle-up"),
    "country": (OKABE_ITO["purple"], "square"),
    "capital": (OKABE_ITO["purple"], "star"),
    "job": (OKABE_ITO["sky"], "pentagon"),
    "verb": (OKABE_ITO["sky"], "triangle-down"),
}
UNKNOWN = (TEXT, "cross")  # a word that nothing is known of
SIZES = {"circle": 11, "square": 10, "star": 14, "cross": 12}  # 13 else: alike to the eye
YOUNG = 0.6  # of that size
# Space has fewer shapes.
IN_SPACE = {"triangle-up": "square-open", "triangle-down": "x", "star": "diamond", "pentagon": "square-open"}
LEGEND = ("gender.m", "gender.f", "rank.royal", "age.young", *(f"kind.{kind}" for kind in KINDS), "unknown")

# One colour for each category of analogies; two with the same never stand in one text.
CATEGORIES = {
    **{"gender": OKABE_ITO["blue"], "jobs": OKABE_ITO["blue"]},
    **{"royal": OKABE_ITO["orange"], "pronoun": TEXT},
    **{"age": OKABE_ITO["green"], "person": OKABE_ITO["green"]},
    **{"capital": OKABE_ITO["vermillion"], "ordinal": OKABE_ITO["vermillion"]},
    **{"plural": OKABE_ITO["purple"], "past": OKABE_ITO["sky"]},
}

LABELS = (
    *(f"attribute.{entry}" for entry in LEGEND),
    *(f"metric.analogy_{category}" for category in CATEGORIES),
    *("map.word", "map.direction", "map.without", "map.share", "map.summary"),
    *("between", "nearest.word", "nearest.score", "nearest.summary"),
    *("rank.excluded", "rank.all", "rank.answers", "rank.summary"),
    *("metric.loss", "metric.loss.unit", "metric.analogy_accuracy", "metric.analogy_accuracy.unit", "axis.sentences"),
    *("cost.vocabulary", "cost.time", "cost.full", "cost.sampled", "cost.log", "jobs.share", "jobs.lean"),
    "project.others",
)

EVEN = 0.2  # a job whose share of "she" is this near to a half leans to neither side
GREY = "#7F8A96"  # for words nothing is known of: seen on light and on dark ground
MARGIN = {"margin": {"l": 56, "r": 16, "t": 16, "b": 48}}

AREA, GIVEN, ASKED, WORDS, TARGET, HEADS = range(6)  # the traces of a map; the last one in space only
PATHS, CROWD, MARKED, FOUND = range(4)  # those of a projection
PALE, SMALLER = 0.25, 0.7
CAMERA = {"eye": {"x": 1.5, "y": 1.5, "z": 1.1}, "center": {"x": 0, "y": 0, "z": -0.15}}  # axes have room for names
NARROW = {"l": 8, "r": 8, "t": 8, "b": 8}


def map_base(
    words: Sequence[str],
    attributes: Attributes,
    analogy: Analogy | None,
    texts: Mapping[str, str],
    dims: int = 2,
    axes: Sequence[str] = (),
) -> Figure:
    """The part of a map that stays: its words, their colours and shapes, the arrows, the legend.

    `axes` are titles of axes the learner chose; without them the axes are directions of greatest variance. A second
    one shows what is left of it beside the first, and says so.
    """
    looks = [_look(attributes.get(word, {})) for word in words]
    sizes = [_size(shape, attributes.get(word, {})) for word, (_, shape) in zip(words, looks, strict=True)]
    points: Figure = {
        "mode": "markers",
        "text": [plain(word) for word in words],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": [colour for colour, _ in looks],
            "symbol": [_symbol(shape, dims) for _, shape in looks],
            "size": sizes,
            "opacity": 1,
            "line": {"width": [2.5 if shape.endswith("open") else 1.5 for _, shape in looks], "color": GROUND},
        },
    }
    if dims == 3:
        points["marker"] |= {"size": [size * 0.8 for size in sizes], "line": {"width": 0}}
    traces = [*_parallelogram(dims), points, _target(analogy, dims), *([_heads()] if dims == 3 else [])]
    strong = [i for i, word in enumerate(words) if word in (analogy or ())]
    return {
        "data": [{"type": "scatter" if dims == 2 else "scatter3d", "showlegend": False, **t} for t in traces],
        "layout": _space(texts, axes) if dims == 3 else _plane(texts, axes),
        "labels": [
            {"trace": WORDS, "texts": list(words), "strong": strong},
            {"trace": TARGET, "texts": [target_name(analogy)] if analogy else [], "strong": [], "quiet": True},
        ],
        "arrows": [GIVEN, ASKED],
        "legend": _legend(words, attributes, texts, dims),
        "table": {"traces": [WORDS, TARGET], "columns": [texts["map.word"], *"xyz"[:dims]]},
        "fit": True,
    }


def map_frame(
    numbers: Mapping[str, Any], words: Sequence[str], analogy: Analogy | None, texts: Mapping[str, str]
) -> Figure:
    """One moment of a map: where the words of `map_base` are. A word the model does not know is nowhere.

    `numbers` has "words", "xy" (N, dims) and "share" (dims,), the part of the variance each axis holds.
    """
    place = dict(zip(numbers["words"], np.asarray(numbers["xy"], dtype=float), strict=True))
    dims = np.asarray(numbers["xy"]).shape[1]
    nowhere = np.full(dims, np.nan)
    a, b, c = (place.get(word, nowhere) for word in analogy[:3]) if analogy else (nowhere,) * 3
    target = b - a + c  # the map is linear, so the sum may be taken on it
    traces = ([a, b, target, c, a], [a, b], [c, target], [place.get(word, nowhere) for word in words], [target])
    share = number(100 * float(np.sum(numbers["share"])), 2)
    note = texts["map.share"].format(percent=share)
    data = [dict(zip("xyz", rounded(np.array(points).T), strict=False)) for points in traces]
    if dims == 3:
        ends = rounded(np.array([[*b, *(b - a)], [*target, *(target - c)]]).T)
        data.append(dict(zip("xyzuvw", ends, strict=True)))
    return {
        "data": data,
        "note": note,
        "summary": " ".join([_map_summary(place, target, analogy, texts), note]).strip(),
    }


def target_name(analogy: Analogy) -> str:
    """king − man + woman, for the analogy man : king :: woman : queen."""
    a, b, c, _ = analogy
    return f"{b} − {a} + {c}"


def _map_summary(
    place: Mapping[str, np.ndarray], target: np.ndarray, analogy: Analogy | None, texts: Mapping[str, str]
) -> str:
    others = [word for word in place if word not in (analogy or ())[:3]]
    if analogy is None or not others or not np.isfinite(target).all():
        return ""
    nearest = min(others, key=lambda word: float(np.sum((place[word] - target) ** 2)))
    return texts["map.summary"].format(target=target_name(analogy), word=nearest)


def _look(attributes: Mapping[str, str]) -> tuple[str, str]:
    """Colour and shape of a word."""
    gender = attributes.get("gender", "")
    if gender not in GENDERS:
        return KINDS.get(attributes.get("kind", ""), UNKNOWN)
    shape = "diamond" if attributes.get("rank") == "royal" else "circle"
    return GENDERS[gender], shape + OPEN[gender]


def _size(shape: str, attributes: Mapping[str, str]) -> float:
    return SIZES.get(shape.removesuffix("-open"), 13) * (YOUNG if attributes.get("age") == "young" else 1)


def _symbol(shape: str, dims: int) -> str:
    return shape if dims == 2 else IN_SPACE.get(shape, shape)


def _legend(words: Sequence[str], attributes: Attributes, texts: Mapping[str, str], dims: int) -> list[Figure]:
    """One entry for each attribute that some word on the map has and that shows."""
    there = {f"{name}.{value}" for word in words for name, value in attributes.get(word, {}).items()}
    if any(_look(attributes.get(word, {})) == UNKNOWN for word in words):
        there.add("unknown")
    looks = {
        **{f"gender.{gender}": (colour, "circle" + OPEN[gender]) for gender, colour in GENDERS.items()},
        "rank.royal": (TEXT, "diamond"),
        "age.young": (TEXT, "circle"),
        **{f"kind.{kind}": look for kind, look in KINDS.items()},
        "unknown": UNKNOWN,
    }
    entries = [(entry, *looks[entry]) for entry in LEGEND if entry in there]
    return [
        {"label": texts[f"attribute.{entry}"], "colour": colour, "symbol": _symbol(shape, dims)}
        | ({"scale": YOUNG} if entry == "age.young" else {})
        for entry, colour, shape in entries
    ]


def _parallelogram(dims: int) -> list[Figure]:
    """The area between the four points, the arrow that is given (a → b) and the one that is asked (c → target)."""
    area: Figure = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    if dims == 2:
        area |= {"fill": "toself", "fillcolor": "rgba(213,94,0,0.10)"}
    else:  # in space only its edge
        area["line"] = {"width": 1.5, "color": GREY}
    arrows: list[Figure] = []
    for dash in ("solid", "dash"):
        arrow: Figure = {
            "mode": "lines",
            "line": {"width": 2 * dims - 1.5, "color": OKABE_ITO["vermillion"], "dash": dash},
        }
        if dims == 2:
            head = {"symbol": "arrow", "size": [0, 13], "angleref": "previous", "standoff": [0, 7]}
            arrow |= {
                "mode": "lines+markers",
                "marker": {**head, "color": OKABE_ITO["vermillion"], "line": {"width": 0}, "opacity": 1},
            }
        arrows.append({**arrow, "hoverinfo": "skip"})
    return [area, *arrows]


def _target(analogy: Analogy | None, dims: int) -> Figure:
    """The point the arithmetic leads to: no word's own place, so a hollow cross and no dot."""
    colour = OKABE_ITO["vermillion"]
    shape = {"symbol": "x-thin", "size": 11} if dims == 2 else {"symbol": "circle-open", "size": 9}
    return {
        "mode": "markers",
        "text": [plain(target_name(analogy))] if analogy else [],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {**shape, "color": colour, "line": {"width": 2.5, "color": colour}},
    }


def _heads() -> Figure:
    """The heads of both arrows in space, where a line has none."""
    colour = OKABE_ITO["vermillion"]
    look = {"colorscale": [[0, colour], [1, colour]], "showscale": False, "hoverinfo": "skip"}
    return {"type": "cone", "anchor": "tip", "sizemode": "raw", "sizeref": 0.25, **look}


def _titles(texts: Mapping[str, str], axes: Sequence[str], dims: int) -> list[str]:
    titles = [texts["map.direction"].format(n=n + 1) for n in range(dims)]
    titles[: len(axes)] = [plain(axis) for axis in axes]
    if len(axes) > 1:  # the second is made square to the first (Gram–Schmidt)
        titles[1] = texts["map.without"].format(axis=titles[1], other=titles[0])
    return titles


def _plane(texts: Mapping[str, str], axes: Sequence[str]) -> Figure:
    x, y = ({"title": {"text": title}, "nticks": 7, "zeroline": False} for title in _titles(texts, axes, 2))
    return {"xaxis": x, "yaxis": y, "hovermode": "closest", "dragmode": "pan"}


def _space(texts: Mapping[str, str], axes: Sequence[str]) -> Figure:
    named = zip(("xaxis", "yaxis", "zaxis"), _titles(texts, axes, 3), strict=False)
    scene = {name: {"title": {"text": title}, "nticks": 5} for name, title in named}
    return {"scene": {**scene, "aspectmode": "cube", "camera": CAMERA}}


def nearest_base(texts: Mapping[str, str]) -> Figure:
    """The columns of the table of nearest words."""
    return columns((texts["nearest.word"], "text"), (texts["nearest.score"], "bar"))


def nearest_frame(numbers: Mapping[str, Any], word: str, texts: Mapping[str, str]) -> Figure:
    """One moment of the nearest words of `word`: "words" and their cosines, "scores"."""
    words, scores = list(numbers["words"]), rounded(numbers["scores"], 3)
    return {
        "rows": [list(row) for row in zip(words, scores, strict=True)],
        "summary": texts["nearest.summary"].format(word=word, words=texts["between"].join(words[:3])),
    }


def rank_frame(numbers: Mapping[str, Any], analogy: Analogy, texts: Mapping[str, str]) -> Figure:
    """One moment of the rank of the answer: without the three question words, and among all words. 1 is first."""
    answers = texts["between"].join(numbers["answers"])
    ranks = {"excluded": numbers["excluded"], "all": numbers["all"]}
    return {
        "numbers": [
            {"value": rank, "label": texts[f"rank.{name}"].format(word=analogy[3])} for name, rank in ranks.items()
        ],
        "note": texts["rank.answers"].format(target=target_name(analogy), words=answers),
        "summary": texts["rank.summary"].format(word=analogy[3], **ranks),
    }


def training_curves(texts: Mapping[str, str]) -> Figure:
    """Loss on the left axis, accuracy of all analogies on the right."""
    lines = [
        Curve("loss", texts["metric.loss"], OKABE_ITO["blue"]),
        Curve("analogy_accuracy", texts["metric.analogy_accuracy"], OKABE_ITO["vermillion"], "dash", "right"),
    ]
    right = texts["metric.analogy_accuracy.unit"]
    return curves(lines, texts["metric.loss.unit"], right, texts["axis.sentences"], shares=("right",))


def accuracy_curves(categories: Sequence[str], texts: Mapping[str, str]) -> Figure:
    """Accuracy of the analogies of each category: of `CATEGORIES`, those the text has questions for."""
    lines = [
        Curve(f"analogy_{category}", texts[f"metric.analogy_{category}"], CATEGORIES[category], dash)
        for category, dash in zip(categories, DASHES, strict=False)
    ]
    return curves(lines, texts["metric.analogy_accuracy.unit"], steps=texts["axis.sentences"], shares=("left",))


def projection(
    words: Sequence[str],
    xy: np.ndarray,
    attributes: Attributes,
    texts: Mapping[str, str],
    chosen: Sequence[str] = (),
    near: Sequence[str] = (),
    by: str = "",
) -> Figure:
    """Many words in one picture, which does not change: xy (N, 2) or (N, 3), the most frequent words first.

    Names go to the `chosen` words, then to those with a colour or shape of their own, then to frequent ones, as far as
    there is room. `near` is a word looked for and its neighbours: lines lead from it to them, only they get names, and
    all others are pale. `by` names an attribute each of whose values has a colour and a shape; without it they are as
    on the map.
    """
    dims = xy.shape[1]
    place = dict(zip(words, rounded(xy), strict=True))
    found = values_of(by, words, attributes)
    looks = {word: _valued(attributes.get(word, {}), by, found) for word in words}
    marked = [word for word in words if looks[word] != UNKNOWN]
    crowd = [word for word in words if looks[word] == UNKNOWN]
    others = near[1:] if near else chosen
    labels = [
        {"trace": trace, "texts": of, "strong": [n for n, word in enumerate(of) if word in strong], "apart": True}
        for trace, of, strong in ((FOUND, near[:1], near[:1]), (MARKED, marked, others), (CROWD, crowd, others))
    ]
    legend = _legend_by(by, found, texts, dims) if by else _legend(marked, attributes, texts, dims)
    if marked and crowd:
        legend.append({"label": texts["project.others"], "colour": GREY, "symbol": "circle"})
    young = {word for word in words if not by and attributes.get(word, {}).get("age") == "young"}
    return {
        "data": [
            _paths(place, near, dims),
            *(_points(of, place, looks, young, near, dims) for of in (crowd, marked)),
            _ring(place, near, dims),
        ],
        "layout": _bare(dims),
        "labels": [{**group, "only": bool(near)} for group in labels],
        "legend": legend,
        "table": {"traces": [MARKED, CROWD], "columns": [texts["map.word"], *"xyz"[:dims]]},
        "fit": True,
    }


def values_of(by: str, words: Sequence[str], attributes: Attributes) -> list[str]:
    """The values of an attribute that `words` have, in the order in which the text's grammar first names them."""
    here = {attributes[word][by] for word in words if by in attributes.get(word, {})}
    return [value for value in dict.fromkeys(is_[by] for is_ in attributes.values() if by in is_) if value in here]


def _valued(is_: Mapping[str, str], by: str, found: Sequence[str]) -> tuple[str, str]:
    """Colour and shape of a word, by the value of one attribute or, without one, as on the map."""
    if not by:
        return _look(is_)
    return _nth(found.index(is_[by])) if is_.get(by) in found else UNKNOWN


def _nth(n: int) -> tuple[str, str]:
    return PALETTE[n % len(PALETTE)], SHAPES[n % len(SHAPES)]


def _legend_by(by: str, found: Sequence[str], texts: Mapping[str, str], dims: int) -> list[Figure]:
    looks = [(value, *_nth(n)) for n, value in enumerate(found)]
    return [
        {"label": texts[f"attribute.{by}.{value}"], "colour": colour, "symbol": _symbol(shape, dims)}
        for value, colour, shape in looks
    ]


def _bare(dims: int) -> Figure:
    """A layout whose axes have no numbers: they mean nothing here."""
    axis = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False, "showline": True}
    if dims == 3:
        faces = {name: {**axis, "showgrid": True, "title": {"text": ""}} for name in ("xaxis", "yaxis", "zaxis")}
        return {"scene": {**faces, "aspectmode": "cube", "camera": CAMERA}}
    axis |= {"mirror": True}
    return {"xaxis": axis, "yaxis": axis, "hovermode": "closest", "dragmode": "pan", "margin": NARROW}


def _at(points: Sequence[Sequence[Any]], dims: int) -> Figure:
    """Points as Plotly takes them, and the kind of trace that draws them."""
    axes = {axis: [point[n] for point in points] for n, axis in enumerate("xyz"[:dims])}
    return {"type": "scatter" if dims == 2 else "scatter3d", **axes}


def _points(
    words: Sequence[str],
    place: Mapping[str, Sequence[float]],
    looks: Mapping[str, tuple[str, str]],
    young: Collection[str],
    near: Sequence[str],
    dims: int,
) -> Figure:
    """Words of a projection: small grey dots without a look of their own, pale if others are `near`."""
    known = [looks[word] != UNKNOWN for word in words]
    sizes = [
        SMALLER * _size(looks[word][1], {"age": "young"} if word in young else {})
        if known[n] or word in near
        else (5 if dims == 2 else 3)
        for n, word in enumerate(words)
    ]
    pale = [PALE if near and word not in near else 1 for word in words]
    colours = [looks[word][0] if known[n] else GREY for n, word in enumerate(words)]
    marker: Figure = {"opacity": pale, "line": {"width": 1, "color": GROUND}}
    if dims == 3:  # in space one opacity serves all: pale ones are pale by their colour
        marker = {"line": {"width": 0}}
        colours = [_faded(colour) if pale[n] < 1 else colour for n, colour in enumerate(colours)]
    return {
        **_at([place[word] for word in words], dims),
        "mode": "markers",
        "text": [plain(word) for word in words],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": colours,
            "symbol": [_symbol(looks[word][1], dims) if known[n] else "circle" for n, word in enumerate(words)],
            "size": sizes,
            **marker,
        },
    }


def _faded(colour: str) -> str:
    """A colour that lets three quarters of the ground through."""
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5)) if colour.startswith("#") else (127, 138, 150)
    return f"rgba({red},{green},{blue},{PALE})"


def _ring(place: Mapping[str, Sequence[float]], near: Sequence[str], dims: int) -> Figure:
    """Around the word looked for."""
    ring = {"symbol": "circle-open", "size": 18, "color": OKABE_ITO["vermillion"], "line": {"width": 2.5}}
    return {**_at([place[word] for word in near[:1]], dims), "mode": "markers", "hoverinfo": "skip", "marker": ring}


def _paths(place: Mapping[str, Sequence[float]], near: Sequence[str], dims: int) -> Figure:
    """Lines from the first word to each of the others."""
    broken = [point for word in near[1:] for point in (place[near[0]], place[word], (None,) * dims)]
    line = {"width": 1.5 if dims == 2 else 3, "color": OKABE_ITO["vermillion"]}
    return {**_at(broken, dims), "mode": "lines", "line": line, "hoverinfo": "skip"}


def leaning(found: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """How jobs lean: a row each, from most "he" to most "she" in the text ("text", a share), at the lean of its vector.

    `found` has "words", "text" and "vectors" (cosines). Rows keep their names apart, however alike the jobs are.
    """
    order = np.argsort(found["text"], kind="stable")
    words = [f"{plain(found['words'][n])}  {found['text'][n]:.0%}" for n in order]
    sides = [np.sign(round(2 * found["text"][n] - 1, 1)) if abs(found["text"][n] - 0.5) > EVEN else 0 for n in order]
    looks = {-1: (GENDERS["m"], "triangle-left"), 0: (GREY, "circle"), 1: (GENDERS["f"], "triangle-right")}
    points: Figure = {
        "type": "scatter",
        "mode": "markers",
        "x": rounded([found["vectors"][n] for n in order], 3),
        "y": words,
        "hovertemplate": "%{y}: %{x}<extra></extra>",
        "marker": {"color": [looks[s][0] for s in sides], "symbol": [looks[s][1] for s in sides], "size": 12},
    }
    x = {"title": {"text": texts["jobs.lean"]}, "zeroline": True, "zerolinewidth": 2}
    y = {"title": {"text": texts["jobs.share"]}, "automargin": True, "tickmode": "linear", "type": "category"}
    layout = {"xaxis": x, "yaxis": y, "showlegend": False, "height": 120 + 22 * len(words), "margin": MARGIN["margin"]}
    return {"data": [points], "layout": layout}


def cost_base(negatives: int, texts: Mapping[str, str]) -> Figure:
    """Time of one update against the size of the vocabulary, both logarithmic: full softmax, and K + 1 words."""
    full, drawn = texts["cost.full"], texts["cost.sampled"].format(k=negatives)
    looks = [(full, OKABE_ITO["vermillion"], "square", "solid"), (drawn, OKABE_ITO["blue"], "circle", "dash")]
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": plain(name),
            "line": {"color": colour, "dash": dash, "width": 2.5},
            "marker": {"color": colour, "symbol": symbol, "size": 9},
            "hovertemplate": "%{x:,}: %{y:.3~g}<extra></extra>",
        }
        for name, colour, symbol, dash in looks
    ]
    x_title, y_title = (texts["cost.log"].format(axis=texts[axis]) for axis in ("cost.vocabulary", "cost.time"))
    x = {"title": {"text": x_title}, "type": "log", "tickvals": [100, 1_000, 10_000, 50_000]}
    y = {"title": {"text": y_title}, "type": "log", "dtick": 1, "tickformat": "~g"}
    return {
        "data": lines,
        "layout": {"xaxis": {**x, "range": [1.8, 4.9]}, "yaxis": y, "hovermode": "closest", "dragmode": False},
        "legend": [{"label": name, "colour": colour, "symbol": symbol} for name, colour, symbol, _ in looks],
        "table": {"traces": [0, 1], "columns": ["", texts["cost.vocabulary"], texts["cost.time"]]},
    }


def cost_frame(numbers: Mapping[str, Any], texts: Mapping[str, str]) -> Figure:
    """What has been measured so far: "vocabulary", "full_us" and "sampled_us", microseconds, (n,) each."""
    sizes = [int(size) for size in numbers["vocabulary"]]
    times = [rounded(numbers[name], 3) for name in ("full_us", "sampled_us")]
    last = [f"{number(t[-1], 3)} ({name})" for t, name in zip(times, _measured(texts), strict=True) if t]
    summary = f"{sizes[-1]:,} {texts['cost.vocabulary']}; {texts['cost.time']}: {', '.join(last)}" if sizes else ""
    return {"data": [{"x": sizes, "y": t} for t in times], "summary": summary}


def _measured(texts: Mapping[str, str]) -> tuple[str, str]:
    return texts["cost.full"], texts["cost.sampled"].format(k="K")
