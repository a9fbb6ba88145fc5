"""Chapters as people name them, and what is none."""

import pytest

from engine.mistake import Mistake
from engine.text import chapters


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("1-3, 7", "1-3,7"),
        ("7,3,2,1,1", "1-3,7"),
        (" 1 – 3、7 ", "1-3,7"),
        ("1至3，9 7", "1-3,7,9"),
        ("1-5, 3-8, 9", "1-9"),
        ("150,149", "149-150"),
        ("１-２", "1-2"),
    ],
)
def test_one_spelling_for_all_that_mean_the_same(given: str, told: str) -> None:
    assert chapters.canonical(given) == told
    assert chapters.canonical(told) == told


@pytest.mark.parametrize("given", ["", " , ", "all", "0-3", "3-1", "1-151", "1-2-3", "-3", "1.5", "12345", "1," * 101])
def test_what_names_no_chapters(given: str) -> None:
    with pytest.raises(Mistake) as caught:
        chapters.canonical(given)
    assert caught.value.code == "chapters_unreadable"


@pytest.mark.parametrize("given", ["7", "3-3"])
def test_one_chapter_has_nothing_to_be_compared_with(given: str) -> None:
    with pytest.raises(Mistake) as caught:
        chapters.canonical(given)
    assert caught.value.code == "chapters_few"


def test_a_range_ends_with_the_book() -> None:
    assert chapters.chosen("1-50", 28) == list(range(1, 29))
    assert chapters.chosen("1-2, 27-50", 28) == [1, 2, 27, 28]


@pytest.mark.parametrize(("given", "code"), [("1-3,40", "chapter_missing"), ("28-50", "chapters_few")])
def test_a_book_without_them(given: str, code: str) -> None:
    with pytest.raises(Mistake) as caught:
        chapters.chosen(given, 28)
    assert caught.value.code == code
