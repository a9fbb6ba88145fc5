"""What can be run: one frozen dataclass each, with its dials and their limits. Imports no model.

A spec determines its run: the same spec gives the same numbers, in any process. Randomness comes from generators
seeded by it; `corpus_seed` makes the text, `seed` the first weights and the order of things.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self, TypeVar

from engine.mistake import Mistake
from engine.text import chapters, constitution

LANGUAGES = ("en", "zh")
OWN = "own:"  # a corpus named "own:<hash>" is the learner's own text; only its hash is part of the spec


@dataclass(frozen=True)
class Dial:
    """What a field may hold: an int or float from `low` to `high`, or a str: one of `options`, or a line of its own.

    `read` makes one spelling of a line out of all that mean the same, or raises a Mistake; `example` is such a line.
    """

    kind: type
    low: float = -math.inf
    high: float = math.inf
    step: float = 1
    options: tuple[str, ...] = ()
    advanced: bool = False
    read: Callable[[str], str] | None = None
    example: str = ""


def number(default: float, low: float, high: float, step: float = 1, advanced: bool = False) -> Any:
    """A field that holds a number from `low` to `high`; an int if its default is one."""
    return field(default=default, metadata={"dial": Dial(type(default), low, high, step, advanced=advanced)})


def choice(default: str, *options: str, advanced: bool = False) -> Any:
    """A field that holds one of `options`."""
    return field(default=default, metadata={"dial": Dial(str, options=options, advanced=advanced)})


def line(default: str, read: Callable[[str], str], example: str) -> Any:
    """A field that holds a line which `read` understands."""
    return field(default=default, metadata={"dial": Dial(str, read=read, example=example)})


Kind = TypeVar("Kind", bound="Experiment")


@dataclass(frozen=True)
class Experiment:
    """A question, fully determined. Subclasses add fields made by `number`, `choice` and `line`."""

    name: ClassVar[str]  # as the command line and the pages call it
    model: ClassVar[str]  # the module with build and train: named, not imported, so that only workers load it
    presets: ClassVar[dict[str, dict[str, Any]]] = {}  # corpus → fields that differ from the defaults there
    # What a text of the learner's own is to it: a "text", "documents", one a line, or "vectors", a file of bytes.
    reads: ClassVar[str] = "text"
    last: ClassVar[tuple[str, ...]] = ()  # fields that come after all others, although a base class has them
    shipped: ClassVar[dict[str, Any]] = {}  # what is otherwise in the run that a page shows at first: it must be cheap

    @classmethod
    def dials(cls) -> dict[str, Dial]:
        """Every field's dial, in the order they are shown."""
        found = sorted(fields(cls), key=lambda f: f.name in cls.last)  # stable: otherwise in order of definition
        return {f.name: f.metadata["dial"] for f in found}

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """A spec from words or numbers, as they come from a link or a command line.

        Fields not given take the preset of the corpus, or else their default. Raises Mistake("unknown_dial"),
        ("dial_type"), ("dial_range") or ("dial_option").
        """
        dials = cls.dials()
        for key in given:
            if key not in dials:
                raise Mistake("unknown_dial", name=key, allowed=list(dials))
        preset = cls.presets.get(str(given.get("corpus", "")), {})
        return cls(**{**preset, **{k: _value(k, v, dials[k]) for k, v in given.items()}})

    def __post_init__(self) -> None:
        for key, dial in self.dials().items():
            _check(key, getattr(self, key), dial)

    def values(self) -> dict[str, Any]:
        """All fields and what they hold, in the order of the dials."""
        return {name: getattr(self, name) for name in self.dials()}

    @classmethod
    def demo(cls, language: str | None = None) -> Self:
        """The spec of the run that a page shows before anybody trained one."""
        return cls.parse({**({"language": language} if language else {}), **cls.shipped})

    def like(self, kind: type[Kind], **given: Any) -> Kind:
        """An experiment of another kind with the same values of the fields that both have, but for those `given`."""
        same = {name: value for name, value in self.values().items() if name in kind.dials()}
        return kind(**{**same, **given})

    def changed(self) -> dict[str, Any]:
        """The fields one must name to get this spec back from `parse`: a link's or a command's worth."""
        plain = type(self).parse({"corpus": self.values()["corpus"]} if "corpus" in self.values() else {}).values()
        first = type(self)().values()
        return {k: v for k, v in self.values().items() if v != plain[k] or (k == "corpus" and v != first[k])}

    def key(self) -> str:
        """A short name for this very spec."""
        text = json.dumps([self.name, self.values()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _value(key: str, given: Any, dial: Dial) -> Any:
    if dial.kind is str:
        return dial.read(str(given)) if dial.read else str(given)
    try:
        value = dial.kind(str(given))
    except ValueError:
        kind = "whole_number" if dial.kind is int else "number"
        raise Mistake(f"dial_{kind}", name=key, value=given, low=f"{dial.low:g}", high=f"{dial.high:g}") from None
    return value


def _check(key: str, value: Any, dial: Dial) -> None:
    if dial.read:
        dial.read(value)
    elif dial.kind is str:
        own = key == "corpus" and str(value).startswith(OWN)
        if dial.options and value not in dial.options and not own:
            raise Mistake("dial_option", name=key, value=value, allowed=dial.options)
    elif not dial.low <= value <= dial.high:  # also catches nan
        raise Mistake("dial_range", name=key, value=value, low=f"{dial.low:g}", high=f"{dial.high:g}")


@dataclass(frozen=True)
class TextExperiment(Experiment):
    """An experiment on one text: which (engine/text/corpora.py), and how it is cut."""

    corpus: str = choice("kingdom", "kingdom", "kjv", "jobs")
    language: str = choice("en", *LANGUAGES)
    tokens: int = number(50_000, 200, 400_000, 1_000)
    corpus_seed: int = number(0, 0, 9_999, advanced=True)
    mixed: float = number(0.0, 0.0, 1.0, 0.05, advanced=True)
    segment: str = choice("words", "words", "characters")


@dataclass(frozen=True)
class WordByWord(TextExperiment):
    """An experiment on models that foretell the next word (engine/text/tokens.py).

    The same values of these fields give the same tokens, vocabulary and held-out sentences in every era.
    """

    last: ClassVar[tuple[str, ...]] = ("min_count", "held_out", "split_seed", "seed")

    min_count: int = number(1, 1, 100, advanced=True)
    held_out: float = number(0.1, 0.02, 0.5, 0.01, advanced=True)
    split_seed: int = number(0, 0, 9_999, advanced=True)


@dataclass(frozen=True)
class Word2Vec(TextExperiment):
    """Skip-gram or CBOW with negative sampling (Mikolov, Sutskever, Chen, Corrado, Dean 2013)."""

    name: ClassVar[str] = "word2vec"
    model: ClassVar[str] = "engine.models.word2vec"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # Recipes: KJV at d64, w5, k5, four epochs; rare words have no company to learn from.
        "kjv": {"dim": 64, "epochs": 4, "min_count": 5},
    }

    segment: str = choice("words", "words", "characters", advanced=True)
    architecture: str = choice("skip_gram", "skip_gram", "cbow")
    dim: int = number(50, 2, 300)
    window: int = number(5, 1, 15)
    negatives: int = number(5, 0, 30)
    epochs: int = number(20, 1, 100)
    lr: float = number(0.05, 0.0001, 1.0, 0.005, advanced=True)
    sample: float = number(0.001, 0.0, 1.0, 0.001, advanced=True)
    power: float = number(0.75, 0.0, 1.0, 0.05, advanced=True)
    min_count: int = number(1, 1, 100, advanced=True)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class Windowed(TextExperiment):
    """An experiment on how often words stand near each other (engine/models/cooccurrence.py).

    By default 15 sentences in 100 mix what else never meets: GloVe learns from the cells that are not empty.
    """

    last: ClassVar[tuple[str, ...]] = ("window", "distance", "symmetric", "min_count", "seed")

    mixed: float = number(0.15, 0.0, 1.0, 0.05)
    segment: str = choice("words", "words", "characters", advanced=True)
    window: int = number(10, 1, 15)
    distance: str = choice("harmonic", "harmonic", "flat", advanced=True)  # a word d places away counts 1/d, or 1
    symmetric: str = choice("yes", "yes", "no", advanced=True)  # no: only the words before
    min_count: int = number(1, 1, 100, advanced=True)


@dataclass(frozen=True)
class Cooccurrence(Windowed):
    """Which word stands how often near which: the table that GloVe and PPMI start from."""

    name: ClassVar[str] = "cooccurrence"
    model: ClassVar[str] = "engine.models.cooccurrence"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"kjv": {"min_count": 5}}

    tokens: int = number(300_000, 200, 400_000, 1_000)  # as GloVe reads: its page counts what it then trains on


@dataclass(frozen=True)
class GloVe(Windowed):
    """Global vectors: the logarithm of each count as a product of two vectors (Pennington, Socher, Manning 2014)."""

    name: ClassVar[str] = "glove"
    model: ClassVar[str] = "engine.models.glove"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "kjv": {"dim": 50, "epochs": 15, "x_max": 100.0, "min_count": 5},  # the paper's x_max
    }

    tokens: int = number(300_000, 200, 400_000, 1_000)
    dim: int = number(30, 1, 300)
    x_max: float = number(10.0, 0.5, 1_000.0, 1.0)
    alpha: float = number(0.75, 0.0, 2.0, 0.05, advanced=True)
    zeros: str = choice("skip", "skip", "half", advanced=True)  # half: X + ½ in every cell, which is not the paper's
    epochs: int = number(50, 1, 200)
    lr: float = number(0.05, 0.0001, 10.0, 0.005, advanced=True)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class PPMI(Windowed):
    """Positive pointwise mutual information and a truncated SVD of it (Levy, Goldberg, Dagan 2015)."""

    name: ClassVar[str] = "ppmi_svd"
    model: ClassVar[str] = "engine.models.ppmi_svd"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"kjv": {"min_count": 5}}

    window: int = number(5, 1, 15)
    dim: int = number(50, 1, 300)
    shift: int = number(1, 1, 30)  # k of log k
    power: float = number(0.75, 0.0, 1.0, 0.05, advanced=True)  # of the contexts' counts
    eigen: float = number(0.5, 0.0, 1.0, 0.1, advanced=True)  # the exponent of the singular values
    seed: int = number(0, 0, 9_999, advanced=True)


@dataclass(frozen=True)
class WordVectors(TextExperiment):
    """Skip-gram, CBOW, GloVe and PPMI with SVD on one text, with the same dimensions, window and seed."""

    name: ClassVar[str] = "word_vectors"
    model: ClassVar[str] = "engine.models.word_vectors"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"kjv": {"min_count": 5}}

    tokens: int = number(100_000, 200, 400_000, 1_000)
    mixed: float = number(0.15, 0.0, 1.0, 0.05)
    segment: str = choice("words", "words", "characters", advanced=True)
    dim: int = number(50, 2, 300)
    window: int = number(10, 1, 15)
    min_count: int = number(1, 1, 100, advanced=True)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class FewLabels(Experiment):
    """Few labels, and a choice of what a word is to a classifier: a place of its own, or a vector learnt before."""

    name: ClassVar[str] = "few_labels"
    model: ClassVar[str] = "engine.models.few_labels"

    task: str = choice("entities", "entities", "reviews")
    language: str = choice("en", *LANGUAGES)
    labels: int = number(200, 10, 200, 10)
    tokens: int = number(40_000, 1_000, 200_000, 1_000)  # of the text without labels, from which the vectors are learnt
    dim: int = number(30, 2, 100)
    epochs: int = number(10, 1, 50, advanced=True)
    strength: float = number(100.0, 0.01, 10_000.0, 1.0, advanced=True)  # scikit-learn's C
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class LoadedVectors(Experiment):
    """Word vectors from a file of the learner's own, or four features by hand. Nothing is trained."""

    name: ClassVar[str] = "vectors"
    model: ClassVar[str] = "engine.models.loaded_vectors"
    reads: ClassVar[str] = "vectors"

    corpus: str = choice("sample", "sample")
    most: int = number(10_000, 100, 50_000, 100)  # words


@dataclass(frozen=True)
class SoftmaxCost(Experiment):
    """What one update costs with the full softmax and with negative sampling, by size of the vocabulary."""

    name: ClassVar[str] = "softmax_cost"
    model: ClassVar[str] = "engine.models.softmax_cost"

    dim: int = number(50, 2, 300)
    negatives: int = number(5, 1, 30)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class Representation(Experiment):
    """One-hot, bag of words and TF-IDF: a matrix of documents and words (Harris 1954, Spärck Jones 1972)."""

    name: ClassVar[str] = "representation"
    model: ClassVar[str] = "engine.models.representation"
    reads: ClassVar[str] = "documents"

    corpus: str = choice("notes", "notes", "kingdom", "kjv")
    language: str = choice("en", *LANGUAGES)
    book: str = choice("genesis", "genesis", "exodus", "psalms", "proverbs", "matthew", "acts", "revelation")
    chapters: str = line("1-50", chapters.canonical, "1-3, 7")
    documents: int = number(24, 3, 150)
    corpus_seed: int = number(0, 0, 9_999, advanced=True)
    segment: str = choice("words", "words", "characters")
    weighting: str = choice("tfidf", "one_hot", "counts", "tfidf")
    norm: str = choice("l2", "l2", "l1", "none", advanced=True)
    sublinear: str = choice("no", "no", "yes", advanced=True)
    min_df: int = number(1, 1, 20, advanced=True)
    seed: int = number(0, 0, 9_999, advanced=True)


SMOOTHINGS = (
    "maximum_likelihood", "add_k", "jelinek_mercer", "katz", "absolute_discounting", "kneser_ney",
    "modified_kneser_ney", "stupid_backoff",
)  # fmt: skip


@dataclass(frozen=True)
class NGram(WordByWord):
    """An n-gram model: counts of runs of words (Markov 1913, Shannon 1948), smoothed in one of eight ways."""

    name: ClassVar[str] = "ngram"
    model: ClassVar[str] = "engine.models.ngram"

    order: int = number(3, 1, 7)
    smoothing: str = choice("modified_kneser_ney", *SMOOTHINGS)
    k: float = number(1.0, 0.0001, 10.0, 0.1, advanced=True)
    discount: float = number(0.0, 0.0, 1.0, 0.05, advanced=True)  # 0: as the counts of counts say
    backoff: float = number(0.4, 0.01, 1.0, 0.05, advanced=True)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class NGramGrid(WordByWord):
    """The perplexity of n-gram models on held-out text, for every order and every smoothing."""

    name: ClassVar[str] = "ngram_grid"
    model: ClassVar[str] = "engine.models.ngram_grid"

    order: int = number(5, 1, 7)  # the longest
    k: float = number(1.0, 0.0001, 10.0, 0.1, advanced=True)
    discount: float = number(0.0, 0.0, 1.0, 0.05, advanced=True)
    backoff: float = number(0.4, 0.01, 1.0, 0.05, advanced=True)


LONGEST_PHRASE = 80  # characters


def phrase(given: str) -> str:
    """Words with one space between two of them. Raises Mistake("line_too_long")."""
    if len(given) > LONGEST_PHRASE:
        raise Mistake("line_too_long", count=len(given), most=LONGEST_PHRASE)
    return " ".join(given.split())


@dataclass(frozen=True)
class NNLM(WordByWord):
    """A neural probabilistic language model (Bengio, Ducharme, Vincent, Jauvin 2003)."""

    name: ClassVar[str] = "nnlm"
    model: ClassVar[str] = "engine.models.nnlm"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # Measured: 12 CPU-seconds. The softmax over all words of the Bible, twelve times as many, would take minutes.
        "kjv": {"context": 3, "hidden": 60, "epochs": 1, "min_count": 50},
    }

    context: int = number(5, 1, 6)  # words looked back at: n - 1 in the paper
    dim: int = number(30, 1, 100)  # m
    hidden: int = number(100, 0, 300)  # h; 0: no hidden layer
    direct: str = choice("no", "no", "yes")  # W
    epochs: int = number(4, 1, 50)
    batch: int = number(256, 16, 1_024, 16, advanced=True)
    optimizer: str = choice("adam", "adam", "sgd", advanced=True)
    lr: float = number(0.02, 0.0001, 10.0, 0.005, advanced=True)
    decay: float = number(0.0, 0.0, 0.01, 0.0001, advanced=True)
    without: str = line("", phrase, "the queen smiled")  # a phrase whose sentences are not read
    seed: int = number(0, 0, 9_999)


CELLS = ("elman", "lstm", "lstm_1997", "gru")


@dataclass(frozen=True)
class LSTM(WordByWord):
    """A recurrent language model: Elman's network (1990), the LSTM (1997, 2000) or the GRU (2014)."""

    name: ClassVar[str] = "lstm"
    model: ClassVar[str] = "engine.models.recurrent"
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        # Measured: 1.65 bits per character within 20 CPU-seconds; rarer words would make the softmax most of the work.
        "kjv": {"hidden": 128, "updates": 1_600, "min_count": 5},
    }
    shipped: ClassVar[dict[str, Any]] = {"updates": 60}  # 2 CPU-seconds or so

    segment: str = choice("characters", "words", "characters")
    cell: str = choice("lstm", *CELLS)
    dim: int = number(32, 1, 128, advanced=True)
    hidden: int = number(64, 1, 256)
    bptt: int = number(32, 2, 128)
    clip: float = number(1.0, 0.0, 100.0, 0.5)  # 0: gradients of any length
    # Of a GRU its update gate's; Elman's and the cell of 1997 have none. Measured: 0 learns these texts sooner than 1.
    forget_bias: float = number(0.0, -5.0, 5.0, 0.5)
    batch: int = number(32, 1, 64, advanced=True)
    updates: int = number(800, 20, 10_000, 100)
    optimizer: str = choice("adam", "adam", "sgd", advanced=True)
    lr: float = number(0.02, 0.0001, 100.0, 0.005, advanced=True)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class Recall(Experiment):
    """Name the first symbol after many others: Hochreiter and Schmidhuber's long time lags (1997)."""

    name: ClassVar[str] = "recall"
    model: ClassVar[str] = "engine.models.recall"

    cell: str = choice("lstm", *CELLS)
    lag: int = number(50, 1, 100)
    symbols: int = number(8, 2, 26)
    items: int = number(1, 1, 8)
    hidden: int = number(64, 1, 128)
    forget_bias: float = number(3.0, -5.0, 5.0, 0.5)
    clip: float = number(1.0, 0.0, 100.0, 0.5)
    batch: int = number(64, 1, 128, advanced=True)
    updates: int = number(300, 20, 2_000, 100)
    lr: float = number(0.003, 0.0001, 10.0, 0.001, advanced=True)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class SequenceCost(Experiment):
    """What a sequence costs one step after another, and all steps at once, by its length."""

    name: ClassVar[str] = "sequence_cost"
    model: ClassVar[str] = "engine.models.sequence_cost"

    cell: str = choice("lstm", *CELLS)
    hidden: int = number(64, 1, 256)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class Translation(Experiment):
    """Chinese into English: LSTMs without and with attention (both 2014), or the Transformer (2017)."""

    name: ClassVar[str] = "translation"
    model: ClassVar[str] = "engine.models.translation"

    architecture: str = choice("transformer", "lstm", "lstm_attention", "transformer")
    pairs: int = number(3_000, 50, 6_000, 50)
    corpus_seed: int = number(0, 0, 9_999, advanced=True)
    # Measured: two layers learn the task as well, but their attention is spread wider.
    layers: int = number(1, 1, 3)
    heads: int = number(4, 1, 8)
    head_dim: int = number(16, 2, 32, advanced=True)  # d_k: a word has heads × head_dim dimensions
    norm: str = choice("pre", "pre", "post", advanced=True)
    positions: str = choice("learned", "learned", "sinusoidal", advanced=True)
    mask: str = choice("yes", "yes", "no")
    hidden: int = number(64, 2, 128)  # of the LSTMs
    batch: int = number(64, 1, 128, advanced=True)
    updates: int = number(400, 20, 3_000, 50)
    lr: float = number(0.003, 0.0001, 10.0, 0.001, advanced=True)
    seed: int = number(0, 0, 9_999)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """As every experiment's; `model` is understood as `architecture`."""
        return super().parse({"architecture" if key == "model" else key: value for key, value in given.items()})


VOTES = 60  # pairs that a learner can vote on


def ballot(given: str) -> str:
    """What a learner said of one pair after another: l the left answer, r the right one, t a tie, - nothing.

    Raises Mistake("votes_unreadable") or ("votes_many").
    """
    said = given.strip().lower().rstrip("-")
    if said.strip("lrt-"):
        raise Mistake("votes_unreadable", value=given)
    if len(said) > VOTES:
        raise Mistake("votes_many", count=len(said), most=VOTES)
    return said


@dataclass(frozen=True)
class RLHF(Experiment):
    """From imitation to preference: fine-tuning, a reward model, then PPO, DPO or best of n (Ouyang et al. 2022)."""

    name: ClassVar[str] = "rlhf"
    model: ClassVar[str] = "engine.models.rlhf"

    language: str = choice("en", *LANGUAGES)
    algorithm: str = choice("ppo", "ppo", "dpo", "best_of_n")
    beta: float = number(0.2, 0.0, 2.0, 0.05)
    start: str = choice("nothing", "nothing", "shipped")  # shipped: what was trained beforehand is not trained again
    labeller: str = choice("hidden", "hidden", "length", "constitution", "votes")
    principles: str = line("right, polite, glad, short", constitution.principles, "right, polite")
    votes: str = line("", ballot, "lrt-l")
    pairs: int = number(1_500, 0, 3_000, 50)
    wrong: float = number(0.0, 0.0, 0.5, 0.05)  # the share of labels that are turned round
    value: str = choice("yes", "yes", "no")
    updates: int = number(60, 5, 300, 5)
    # Measured over 5 seeds: with 0.001 one policy of five finds, at β = 0, a sentence to say to everything.
    lr: float = number(0.002, 0.00001, 1.0, 0.0005)
    n: int = number(16, 1, 64)
    revise: str = choice("no", "no", "yes", advanced=True)  # with a constitution: imitate revised answers first
    sft_updates: int = number(700, 20, 2_000, 50, advanced=True)
    reward_updates: int = number(200, 20, 1_000, 50, advanced=True)
    dpo_updates: int = number(100, 20, 500, 10, advanced=True)
    dpo_lr: float = number(0.0002, 0.00001, 0.1, 0.0001, advanced=True)
    corpus_seed: int = number(0, 0, 9_999, advanced=True)
    seed: int = number(0, 0, 9_999)

    def __post_init__(self) -> None:
        super().__post_init__()
        voted = len(self.votes.replace("-", ""))
        if self.labeller == "votes" and not voted:
            raise Mistake("votes_none")
        if not voted and not self.pairs:
            raise Mistake("preferences_none")


@dataclass(frozen=True)
class Coreference(Experiment):
    """What "it" stands for: a Transformer's encoder (2017), trained on masked words, on labels, or on the noun."""

    name: ClassVar[str] = "coreference"
    model: ClassVar[str] = "engine.models.coreference"

    language: str = choice("en", *LANGUAGES)
    objective: str = choice("labelled_head", "masked_words", "labelled_head", "predict_noun")
    sentences: int = number(3_000, 100, 5_000, 100)
    corpus_seed: int = number(0, 0, 9_999, advanced=True)
    layers: int = number(2, 1, 3)
    heads: int = number(4, 1, 8)
    head_dim: int = number(8, 2, 16, advanced=True)  # d_k: a word has heads × head_dim dimensions
    # Measured: with the norm after each part, as in 2017, one head learns its labels as well; nouns are learnt later.
    norm: str = choice("pre", "pre", "post", advanced=True)
    positions: str = choice("learned", "learned", "sinusoidal", "none")
    batch: int = number(64, 1, 128, advanced=True)
    updates: int = number(400, 20, 3_000, 50)
    lr: float = number(0.003, 0.0001, 10.0, 0.001, advanced=True)
    seed: int = number(0, 0, 9_999)


@dataclass(frozen=True)
class GPT(WordByWord):
    """A Transformer's decoder alone that foretells the next word of a text: GPT (Radford et al. 2018, 2019)."""

    name: ClassVar[str] = "gpt"
    model: ClassVar[str] = "engine.models.gpt"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"kjv": {"min_count": 5}}

    layers: int = number(2, 1, 4)
    heads: int = number(4, 1, 8)
    head_dim: int = number(16, 2, 32, advanced=True)  # d_k: a word has heads × head_dim dimensions
    context: int = number(32, 4, 128)  # words it looks back on, at most
    norm: str = choice("pre", "pre", "post", advanced=True)
    positions: str = choice("learned", "learned", "sinusoidal", "none", advanced=True)
    batch: int = number(16, 1, 64, advanced=True)
    updates: int = number(600, 20, 5_000, 50)
    lr: float = number(0.003, 0.0001, 10.0, 0.001, advanced=True)
    seed: int = number(0, 0, 9_999)


EXPERIMENTS: dict[str, type[Experiment]] = {
    e.name: e
    for e in (
        Word2Vec,
        Cooccurrence,
        GloVe,
        PPMI,
        WordVectors,
        FewLabels,
        LoadedVectors,
        SoftmaxCost,
        Representation,
        NGram,
        NGramGrid,
        NNLM,
        LSTM,
        Recall,
        SequenceCost,
        Translation,
        RLHF,
        Coreference,
        GPT,
    )
}


def named(name: str) -> type[Experiment]:
    """The experiment of that name. Raises Mistake("unknown_experiment")."""
    if name not in EXPERIMENTS:
        raise Mistake("unknown_experiment", name=name, allowed=list(EXPERIMENTS))
    return EXPERIMENTS[name]
