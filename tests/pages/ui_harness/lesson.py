"""The lesson of the throw-away experiment, in one language: what the widgets need of one."""

from lessons.content import Lesson

LABELS = {
    **{f"dial.{name}": f"The {name}" for name in ("corpus", "gate", "lr", "inputs", "epochs", "shuffle", "seed")},
    **{f"dial.{name}.help": name for name in ("corpus", "gate", "lr", "inputs", "epochs", "shuffle", "seed")},
    "dial.gate.and": "AND",
    "array.w": "weights w",
}
SECTIONS = {
    "step.sum": "### Add up\n\nEach input times its **weight** $w_i$, all added up.",
    "step.answer": "### Answer\n\nAbove zero is 1. Nobody is {name} here: <b>not bold</b> ![x](http://example.invalid/x.png)",
    "step.update": "### Learn\n\nThe answer should have been 0, so every weight falls.",
    "guess.word": "Which word?",
    "guess.again": "Once more: which one?",
    "guess.choice": "Which gate can a perceptron not learn?",
    "myth.1": '### "A perceptron can learn any gate"\n\nNot XOR: no single line parts its answers.',
    "quiz.1": "What is 1 + 1?\n\n- [ ] 1\n  Too few.\n- [x] 2\n  Indeed.",
    "quiz.2": "Which are even?\n\n- [x] 2\n  Yes.\n- [ ] 3\n  No.\n- [x] 4\n  Yes, too.",
}
VERDICTS = {"myth.1": "false"}
OPTIONS = {"guess.choice": {"and": "AND", "xor": "XOR", "other": "another"}}
META = {"title": "Harness", "labels": LABELS, "options": OPTIONS, "many": ["quiz.2"], "verdicts": VERDICTS}
LESSON = Lesson("harness", "en", META, SECTIONS)
