"""What was promised: the name and the target of every figure in README's table. A test compares the two."""

FIGURES = {
    "queen first, English": "5 of 5 seeds within 2 CPU-s",
    "queen first, Chinese": "5 of 5 seeds within 2 CPU-s",
    "analogy accuracy, English": "≥ 0.97",
    "analogy accuracy, Chinese": "≥ 0.99",
    "speed on KJV against gensim": "≥ 2.4 ×",
    "KJV analogies against gensim": "within its seeds",
    "WordSim against gensim": "within its seeds",
    "KJV order 5 fit": "≤ 3 CPU-s",
    "fit against lmplz": "≥ 1.4 × (order 2) to 2.4 × (order 5)",
    "scoring against kenlm": "≥ 1 × at every order",
    "KJV perplexity against KenLM": "equal to 1e-6",
    "recall at lag 50, LSTM": "≥ 0.95 in 5 of 5 seeds within 8 CPU-s",
    "recall at lag 50, Elman": "near chance in 5 of 5 seeds",
    "KJV by characters, LSTM": "≤ 1.7 bits within 20 CPU-s",
    "LSTM training against torch.nn": "≥ 1 ×",
    "NNLM beats n-grams, English": "5 of 5 seeds within 5 CPU-s",
    "NNLM beats n-grams, Chinese": "5 of 5 seeds within 5 CPU-s",
    "NNLM training against torch.nn": "≥ 1 ×",
    "GPT d64 L2 training against nanoGPT's": "≥ 1.1 ×",
    "GPT d64 L2 forward against nanoGPT's": "≥ 1 ×",
    "GPT d128 L4 training against nanoGPT's": "≥ 1.3 ×",
    "GPT d128 L4 forward against nanoGPT's": "≥ 1 ×",
    "GPT d128 L4 writing with a cache": "≥ 1.5 × nanoGPT's",
    "cold deep link to a usable page": "≤ 2.5 s",
    "click to first movement": "≤ 1 s",
    "click to first movement, nnlm": "≤ 1 s",
    "click to first movement, lstm": "≤ 1 s",
    "click to training over": "≤ 3 s",
    "map redrawn": "≥ 15 frames/s",
    "blank frames": "0",
    "page answers while training, p95": "≤ 150 ms",
    "n-gram page answers while counting, p95": "≤ 150 ms",
    "player step": "≤ 20 ms",
    "server imports torch": "no",
    "server memory": "< 300 MB",
    "server and two training workers": "< 1.5 GB",
    "one more idle session": "< 3 MB",
    "thirty sessions at once, fairness": "≥ 0.9",
    "thirty sessions at once, page answers, p95": "≤ 500 ms",
}


def row(name: str, value: float | str, unit: str, passed: bool) -> dict[str, object]:
    """One line of the table; the target is the promised one."""
    return {"name": name, "target": FIGURES[name], "value": value, "unit": unit, "passed": passed}
