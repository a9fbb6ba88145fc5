"""What the learner sees and clicks: Streamlit."""

from engine.experiments import LSTM, NNLM, Cooccurrence, Experiment, GloVe, NGram, Representation, Word2Vec

# Group → (file, slug, Material icon). A new era is one line here; a page stands here only once it works. Lessons stand
# in the order of the year they end with, which is the order they are walked in: each hands over to the next.
PAGES = {
    "start": [("home.py", "home", ":material/timeline:")],
    "counting": [
        ("representation.py", "representation", ":material/grid_on:"),
        ("ngram.py", "ngram", ":material/bar_chart:"),
    ],
    "vectors": [
        ("nnlm.py", "nnlm", ":material/hub:"),
        ("word2vec.py", "word2vec", ":material/scatter_plot:"),
        ("glove.py", "glove", ":material/table_chart:"),
        ("vectors.py", "vectors", ":material/explore:"),
    ],
    "recurrence": [("lstm.py", "lstm", ":material/all_inclusive:")],
    "attention": [
        ("attention.py", "attention", ":material/visibility:"),
        ("decoding.py", "decoding", ":material/edit_note:"),
    ],
    "alignment": [("rlhf.py", "rlhf", ":material/thumbs_up_down:")],
    "about": [("about.py", "about", ":material/info:")],
}
FIRST = "home"  # the page without an address of its own
SLUGS = [slug for members in PAGES.values() for _, slug, _ in members]
COURSE = [slug for group, members in PAGES.items() if group not in ("start", "about") for _, slug, _ in members]
# Whose runs the pages show before anybody has trained one: made when the server starts, in both languages. Others are
# made for the first who comes: together they would take more memory than a small server has.
SHOWN_FIRST: tuple[type[Experiment], ...] = (
    Word2Vec,
    NGram,
    Representation,
    NNLM,
    LSTM,
    Cooccurrence,
    GloVe,
)
