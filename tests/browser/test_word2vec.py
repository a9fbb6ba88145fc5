"""The Word2Vec page in a real browser: the walk, the stage, the player, the ways in and the ways it can go wrong."""

import re
import time
from functools import partial

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from lessons import content
from tests.browser import lesson
from tests.browser.lesson import (
    PHONE,
    TRAINED,
    answer,
    cancel,
    drawn,
    press,
    stage,
    station,
    stations,
    to_end,
    train,
    unfold,
    walk,
)
from tests.browser.visit import fits, settled, violations

SLUG = "word2vec"
LONG = "tokens=100000&epochs=100&dim=300"  # a run that lasts longer than any test of what happens meanwhile
SHORT = "tokens=5000&epochs=2"  # what is tested is not what it learns

words = partial(lesson.words, SLUG)


def picture(page: Page) -> list[list[float]]:
    """Where the words stand on the map."""
    points: list[list[float]] = page.evaluate(
        """() => document.querySelector(".nw-stage .js-plotly-plot").data
            .filter(t => t.mode?.includes("markers")).flatMap(t => [...t.x].map((x, n) => [x, t.y[n]]))"""
    )
    return points


# ---------------------------------------------------------------- the walk


def test_the_whole_walk_is_for_everybody_and_fits_a_phone(open_page):
    walk(settled(open_page(SLUG)), SLUG, VISITS)


def visit_predict(page: Page, says: dict[str, str]) -> None:
    guess = content.load("word2vec", "en").options["predict.1"]["princess"]
    station(page, "predict").get_by_text(guess, exact=True).first.click()
    settled(page)


def visit_watch(page: Page, says: dict[str, str]) -> None:
    watch, yours = station(drawn(page), "watch"), says["predict.yours"].split("*")[0]
    expect(watch).to_contain_text(says["watch.before"])  # the first screen gives nothing away
    expect(stage(page)).to_have_attribute("data-index", "0")
    expect(page.get_by_role("button", name=says["predict.tell"])).to_have_count(0)
    expect(watch).not_to_contain_text(yours)
    to_end(page)
    expect(watch).to_contain_text(says["train.shared"])
    expect(watch).to_contain_text(yours)
    train(page)
    to_end(page)
    guess = content.load("word2vec", "en").options["predict.1"]["princess"]
    expect(watch).to_contain_text(says["predict.yours"].format(guess=guess).replace("*", ""))


def counted_as_people_write_numbers(page: Page, language: str, marks: list[str]) -> None:
    axis = page.evaluate(
        """() => {
          const { title, ticktext } = document.querySelector(".nw-stage [data-pane='curves'] .plot").layout.xaxis;
          return [title.text, ticktext];
        }"""
    )
    assert axis == [words(language)["axis.sentences"], marks]


def visit_step(page: Page, says: dict[str, str]) -> None:
    player = page.locator(".player[data-ready]").first
    for step in operations():
        expect(player).to_have_attribute("data-step", step)
        player.press("ArrowRight")


def operations() -> list[str]:
    """The operations of a skip-gram update, in order."""
    steps = content.load("word2vec", "en").steps
    return [step for step in steps if step != "fixed" and not step.startswith("cbow")]


def visit_break(page: Page, says: dict[str, str]) -> None:
    press(page, says["break.start"])
    drawn(page)


def visit_check(page: Page, says: dict[str, str]) -> None:
    answer(page, SLUG)


def visit_read(page: Page, says: dict[str, str]) -> None:
    expect(station(page, "read")).to_contain_text("def train(")
    expect(station(page, "read")).to_contain_text("python -m engine run word2vec")
    assert not violations(page, ("color-contrast",))  # of source code: it has the same colours on every page


VISITS = {
    "predict": visit_predict,
    "watch": visit_watch,
    "step": visit_step,
    "break": visit_break,
    "check": visit_check,
    "read": visit_read,
}


def test_all_stations_in_a_row_for_printing(open_page):
    page = settled(open_page("word2vec?at=all"))
    for name in stations("word2vec"):
        expect(station(page, name)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    terms = content.load("common", "en").terms
    for term in ("skip_gram", "three_cos_add", "bias"):  # of a station in the middle, of one, of the last
        expect(page.locator("strong").get_by_text(terms[term].title, exact=True).last).to_be_visible()
    expect(page.locator("strong").get_by_text(terms["left_recursion"].title, exact=True)).to_have_count(0)  # another's
    drawn(page)
    paper_shows_every_step_of_the_player(page)
    paper_shows_the_reading_help_and_nothing_to_press(page)


def paper_shows_the_reading_help_and_nothing_to_press(page: Page) -> None:
    says, watch = words("en"), station(page, "watch")
    reading = watch.get_by_text(re.compile("Each vector has many numbers"))
    expect(reading).not_to_be_visible()
    page.emulate_media(media="print")
    expect(reading).to_be_visible()
    expect(watch.locator("h2").first).to_be_visible()
    expect(stage(page).locator(".controls")).not_to_be_visible()
    for label in (says["train"], says["dials.undo"], says["ask.go"]):
        expect(page.get_by_role("button", name=label, exact=True)).to_have_count(0)
    expect(page.locator(".st-key-stations")).not_to_be_visible()


def paper_shows_every_step_of_the_player(page: Page) -> None:
    player, lesson = page.locator(".player[data-ready]").first, content.load("word2vec", "en")
    titles = [lesson.titled(f"step.{step}").title for step in operations()]
    expect(player.locator(".title")).to_have_text(titles[:1])
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(player.locator(".title")).to_have_text(titles)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(player.locator(".title")).to_have_text(titles[:1])


def test_the_baselines_are_written_with_the_learners_words(open_page):
    language = "zh"
    page = drawn(settled(open_page(f"word2vec?at=watch&lang={language}")))
    counted_as_people_write_numbers(page, language, ["0", "5万"])
    says, asked = words(language), ("叔叔", "姑姑")
    unfold(page, says["ask.title"])
    for name, word in zip("ba", asked, strict=True):
        page.get_by_label(says[f"ask.{name}"], exact=True).fill(word)
    press(page, says["ask.go"])
    formula = says["ask.formula"].format(b=asked[0], a=asked[1], c="女人")
    expect(page.get_by_text(formula).first).to_be_visible()  # the next click would cut the answer short
    unfold(page, says["baseline.title"])
    expect(page.get_by_role("cell", name=says["baseline.b"].format(b=asked[0]), exact=True)).to_be_visible()


# ---------------------------------------------------------------- the stage

# Notes every refresh of the screen on which the map shows no point.
WATCH_FOR_BLANKS = """() => {
  window.blank = 0; window.refreshes = 0;
  const look = () => {
    window.refreshes += 1;
    if (!document.querySelector(".nw-stage .scatterlayer .point")) window.blank += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_the_stage_is_never_blank_and_keeps_its_zoom_from_run_to_run(open_page):
    page = drawn(settled(open_page("word2vec?at=watch", motion=True)))
    page.evaluate(WATCH_FOR_BLANKS)
    zoomed = page.evaluate(
        """async () => {
          const plot = document.querySelector(".nw-stage .js-plotly-plot");
          await Plotly.relayout(plot, {"xaxis.range": [-2.25, 2.5], "yaxis.range": [-2.5, 2.25]});
          return [...plot.layout.xaxis.range, ...plot.layout.yaxis.range];
        }"""
    )
    plot = page.locator(".nw-stage .js-plotly-plot").first.element_handle()
    train(page)
    page.wait_for_selector(".nw-stage [data-do='play']", timeout=TRAINED)  # played to its end
    kept = page.evaluate("plot => [...plot.layout.xaxis.range, ...plot.layout.yaxis.range]", plot)
    assert kept == pytest.approx(zoomed)
    assert page.evaluate("window.blank") == 0
    assert page.evaluate("window.refreshes") > 20
    assert stage(page).get_attribute("data-blank") == "0"
    assert page.evaluate("plot => document.contains(plot)", plot), "the map was made anew"


def test_three_dimensions_keep_their_camera_through_time(open_page):
    page = drawn(settled(open_page("word2vec?at=watch")))
    says = words("en")
    unfold(page, says["view.title"])
    page.get_by_text(says["view.dims.3"], exact=True).click()
    press(page, says["view.apply"])
    page.wait_for_function("document.querySelector('.nw-stage .js-plotly-plot')?.data[0].type === 'scatter3d'")
    to_end(page)
    eye = {"x": 0.5, "y": 1.5, "z": 0.75}
    page.evaluate(
        "eye => Plotly.relayout(document.querySelector('.nw-stage .js-plotly-plot'), {'scene.camera.eye': eye})", eye
    )
    stage(page).press("Home")
    expect(stage(page)).to_have_attribute("data-index", "0")
    camera = page.evaluate(
        "document.querySelector('.nw-stage .js-plotly-plot')._fullLayout.scene._scene.getCamera().eye"
    )
    assert camera == pytest.approx(eye, abs=1e-3)


def test_the_time_machine_takes_all_panes_back_and_forth_and_they_can_be_taken_away(open_page):
    page = drawn(settled(open_page("word2vec?at=watch")))
    without_the_projector_keys_are_the_page_s(page, stage(page), "data-index")
    to_end(page)
    last, end = stage(page).get_attribute("data-index"), picture(page)
    stage(page).press("Home")
    expect(stage(page)).to_have_attribute("data-index", "0")
    beginning = picture(page)
    assert beginning != end
    stage(page).press("ArrowRight")
    expect(stage(page)).not_to_have_attribute("data-index", "0")
    stage(page).press("End")
    expect(stage(page)).to_have_attribute("data-index", last or "")
    assert picture(page) == end
    downloads(page)


def downloads(page: Page) -> None:
    """A pane's numbers, and its picture."""
    pane = page.locator(".nw-stage [data-pane='map']")
    for kind, magic in (("CSV", None), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            pane.get_by_text(kind, exact=True).click()
        content_ = download.value.path().read_bytes()
        assert len(content_) > 200
        assert magic is None or content_.startswith(magic)


def test_pause_step_resume_and_cancel(open_page):
    page = settled(open_page(f"word2vec?at=watch&{LONG}"))
    page.wait_for_selector(".nw-stage[data-state='running'][data-drawn]", timeout=TRAINED)
    stage(page).locator("[data-do='pause']").click()
    page.wait_for_selector(".nw-stage[data-state='paused']")
    reached = int(stage(page).get_attribute("data-frames") or 0)
    stage(page).locator("[data-do='one']").click()
    page.wait_for_function("n => Number(document.querySelector('.nw-stage').dataset.frames) === n + 1", arg=reached)
    stage(page).locator("[data-do='ten']").click()
    page.wait_for_function("n => Number(document.querySelector('.nw-stage').dataset.frames) === n + 11", arg=reached)
    stage(page).locator("[data-do='resume']").click()
    page.wait_for_selector(".nw-stage[data-state='running']")
    cancel(page)


# ---------------------------------------------------------------- guesses before results


def test_what_came_of_it_waits_for_the_playback_or_for_the_learner(open_page):
    page, says = settled(open_page("word2vec?at=break", motion=True)), words("en")
    lesson = content.load("word2vec", "en")
    tell = page.get_by_role("button", name=says["predict.tell"])

    def breaks(name: str, verdict: str) -> Locator:
        title = lesson.titled(f"break.{name}").title
        station(page, "break").get_by_text(title, exact=True).first.click()
        expect(station(page, "break").get_by_role("heading", name=title)).to_be_visible()
        settled(page)
        before = stage(page).get_attribute("data-token") if stage(page).count() else ""
        press(page, says["break.start"])
        page.wait_for_selector(f".nw-stage[data-index]:not([data-token='{before}'])", timeout=TRAINED)
        stage(page).press("Home")  # playback stops
        drawn(page)
        expect(tell).to_be_visible(timeout=TRAINED)
        assert verdict in lesson[f"break.{name}.after"]
        expect(station(page, "break")).not_to_contain_text(verdict)
        return station(page, "break").get_by_text(verdict)

    told = breaks("tokens_5000", "Try other lengths too.")
    to_end(page)
    expect(told).to_be_visible()
    expect(tell).to_have_count(0)
    stage(page).press("Home")
    expect(told).to_be_visible()
    told = breaks("dim_10", "With ten numbers")
    tell.click()
    expect(told).to_be_visible()
    expect(stage(page)).to_have_attribute("data-index", "0")
    broken = stage(page).get_attribute("data-token")
    stage(page).locator("[data-do='restart']").click()
    page.wait_for_selector(f".nw-stage[data-index]:not([data-token='{broken}'])", timeout=TRAINED)
    expect(told).to_have_count(0)  # another run: its end is still to be seen


def test_words_open_and_a_guess_is_the_same_wherever_it_is_asked(open_page):
    page, says = settled(open_page("word2vec?at=break")), words("en")
    term = content.load("common", "en").terms["bias"]
    press(page, term.title)
    expect(page.get_by_text(term.text.splitlines()[0])).to_be_visible()
    page.keyboard.press("Escape")
    guess = content.load("word2vec", "en").options["predict.2"]["fail"]
    station(page, "break").get_by_text(guess, exact=True).click()
    settled(page)
    page.get_by_text(f"2 {says['station.predict']}", exact=True).click()
    expect(station(page, "predict").get_by_role("radio", name=guess)).to_be_checked()


def test_five_seeds_differ_in_their_numbers(open_page):
    page, says = settled(open_page("word2vec?at=compare")), words("en")
    press(page, says["compare.start"])
    expect(station(page, "compare")).to_contain_text("Compare the numbers in the last column", timeout=TRAINED)
    expect(station(page, "compare")).to_contain_text("The text has 10,0")
    cells = station(page, "compare").locator("table").first.locator("tbody tr")
    rows = [cells.nth(n).locator("td").all_inner_texts() for n in range(cells.count())]
    assert len(rows) == len({row[-1] for row in rows}) == 5
    assert all(len(row[-1].split(", ")) == 3 and len(row[-2].split(", ")) == 5 for row in rows)


def test_agreeing_with_a_prejudice_is_not_called_right(open_page):
    page, says = settled(open_page("word2vec?at=watch&corpus=jobs")), words("en")
    drawn(page)
    expect(stage(page)).to_contain_text(says["metric.analogy_accuracy.jobs"])
    expect(stage(page)).not_to_contain_text(says["metric.analogy_accuracy"])


OUTSIDE = """selector => {
  const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
  return Math.max(0, -top, bottom - innerHeight);
}"""  # pixels


def starts_on_the_screen(page: Page, language: str) -> None:
    train(page, language)
    for part in ("[data-pane='map'] .plot", ".controls .line"):
        page.wait_for_function(f"selector => ({OUTSIDE})(selector) === 0", arg=f".nw-stage {part}")
    assert page.evaluate("document.activeElement.closest('.st-key-word2vec-train') !== null"), "the focus went away"


def test_a_run_that_starts_is_on_the_screen_of_a_phone(open_page):
    page = drawn(settled(open_page("word2vec?at=watch&lang=zh", width=390)))
    page.set_viewport_size(PHONE)
    starts_on_the_screen(page, "zh")


def test_a_page_that_nobody_has_touched_does_not_scroll(open_page):
    page = settled(open_page(f"word2vec?at=watch&{LONG}", width=390))
    untouched = "Object.defineProperty(navigator, 'userActivation', { value: { hasBeenActive: false } })"
    page.add_init_script(untouched)  # what Playwright does in a page counts as a touch
    page.reload()
    page.wait_for_selector(".nw-stage[data-state='running'][data-drawn]", timeout=TRAINED)
    assert page.evaluate("document.querySelector(\"[data-testid='stMain']\").scrollTop") == 0


def test_on_a_phone_the_dials_wait_until_they_are_wanted(open_page):
    page = drawn(settled(open_page("word2vec?at=watch", width=390)))
    fits(page)
    says = words("en")
    size = page.get_by_role("slider", name=says["dial.dim"])
    expect(size).not_to_be_visible()
    page.get_by_text(says["dials.show"], exact=True).click()
    expect(size).to_be_visible()


# ---------------------------------------------------------------- for everybody


def test_in_front_of_a_class_keys_need_no_click_first(open_page):
    page = drawn(settled(open_page("word2vec?at=watch&projector=1")))
    page.keyboard.press("End")
    last = int(stage(page).get_attribute("data-index") or 0)
    page.keyboard.press("ArrowLeft")
    expect(stage(page)).to_have_attribute("data-index", str(last - 1))
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    expect(stage(page).locator("[data-do='stop']")).to_be_visible()
    page.keyboard.press(" ")
    page.set_viewport_size({"width": 1366, "height": 768})
    starts_on_the_screen(page, "en")
    page.keyboard.press("Home")  # the button just pressed has no use for it
    expect(stage(page)).to_have_attribute("data-index", "0")


def test_in_front_of_a_class_the_player_needs_no_click_first(open_page):
    page = settled(open_page("word2vec?at=step&projector=1"))
    player = page.locator(".player[data-ready]").first
    expect(player).to_have_attribute("data-at", "0")
    page.keyboard.press("ArrowRight")
    expect(player).to_have_attribute("data-at", "1")
    page.keyboard.press(" ")
    expect(player).to_have_attribute("data-playing", "true")


def without_the_projector_keys_are_the_page_s(page: Page, mine: Locator, at: str) -> None:
    """`mine` is a stage or a player at a moment that is not its second."""
    before = mine.get_attribute(at) or ""
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(mine).to_have_attribute(at, before)


def test_keyboard_alone_trains_and_steps_and_without_motion_nothing_plays(open_page):
    page = drawn(settled(open_page("word2vec?at=watch")))
    before = stage(page).get_attribute("data-token") or ""
    tab_to(page, f"e => e.closest('button')?.innerText.trim().endsWith({words('en')['train']!r})")
    page.keyboard.press("Enter")
    page.wait_for_selector(f".nw-stage[data-state='done']:not([data-token='{before}'])", timeout=TRAINED)
    expect(stage(page).locator("[data-do='play']")).to_be_visible()  # the button says play: nothing is playing
    page.wait_for_function(
        "() => { const { index, frames } = document.querySelector('.nw-stage').dataset;"
        " return Number(index) === Number(frames) - 1; }"
    )
    tab_to(page, "e => e.classList.contains('nw-stage')")
    page.keyboard.press("Home")
    expect(stage(page)).to_have_attribute("data-index", "0")


def test_keyboard_alone_walks_the_player(open_page):
    page = settled(open_page("word2vec?at=step"))
    player = page.locator(".player[data-ready]").first
    player.wait_for()
    without_the_projector_keys_are_the_page_s(page, player, "data-at")
    tab_to(page, "e => e.shadowRoot?.activeElement?.classList.contains('player') || e.classList.contains('player')")
    last = int(player.get_attribute("data-steps") or 0) - 1
    page.keyboard.press("End")
    expect(player).to_have_attribute("data-at", str(last))
    page.keyboard.press("ArrowLeft")
    expect(player).to_have_attribute("data-at", str(last - 1))
    page.keyboard.press("Home")
    expect(player).to_have_attribute("data-at", "0")


def tab_to(page: Page, reached: str, most: int = 150) -> None:
    """Presses Tab until the focused element is the one meant. Fails if the keyboard never gets there."""
    page.locator("body").press("Tab")
    for _ in range(most):
        if page.evaluate(f"() => Boolean(({reached})(document.activeElement))"):
            return
        page.keyboard.press("Tab")
    pytest.fail("the keyboard never gets there")


def test_only_matrices_and_code_scroll_sideways_on_a_phone(open_page):
    page = settled(open_page("word2vec?at=step", width=390))
    fits(page)
    player = page.locator(".player[data-ready]").first
    for at in range(int(player.get_attribute("data-steps") or 0)):
        expect(player).to_have_attribute("data-at", str(at))
        wide = player.evaluate(
            """root => [...root.querySelectorAll("*")]
                .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "auto")
                .map(e => e.ariaLabel && (e.matches("pre") ? "code" : e.querySelector("table") ? "matrix" : ""))"""
        )
        assert set(wide) <= {"matrix", "code"}
        player.press("ArrowRight")


def test_the_step_station_has_the_learning_rate_of_its_moment(open_page):
    page = settled(open_page("word2vec?at=step"))
    slider = station(page, "step").get_by_role("slider", name=words("en")["step.moment"])
    told = words("en")["step.rate"].format(rate="0.05", percent="0", first="0.05")
    expect(station(page, "step").get_by_text(words("en")["step.rate"].partition(" {")[0])).to_be_visible()
    expect(station(page, "step").get_by_text(told)).to_have_count(0)  # halfway at first
    slider.press("Home")
    expect(station(page, "step").get_by_text(told)).to_be_visible()


# ---------------------------------------------------------------- links, reloads, other pages, other tabs


def test_a_link_restores_language_station_dials_and_step(open_page):
    page = settled(open_page("word2vec?at=step&n=4&lang=zh&dim=20&seed=7"))
    expect(page.locator(".player[data-ready]").first).to_have_attribute("data-at", "3")
    expect(station(page, "step").locator("h2").first).to_contain_text(words("zh")["station.step"])
    for part in ("at=step", "n=4", "lang=zh", "dim=20", "seed=7"):
        expect(page).to_have_url(re.compile(part))


def test_a_run_stays_through_a_reload_and_when_the_page_changes_its_language(open_page):
    page = drawn(settled(open_page(f"word2vec?at=watch&seed=31&{SHORT}&lang=en")))
    token = train(page)
    page.reload()
    drawn(settled(page))
    page.wait_for_selector(f".nw-stage[data-token='{token}']")
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_text(words("zh")["train.language"])).to_be_visible()
    expect(stage(page)).to_have_attribute("data-token", token)
    expect(page).to_have_url(re.compile("lang=zh"))
    assert train(page, "zh") != token
    expect(page.locator(".nw-stage [data-pane='nearest']")).to_contain_text("国王")


def test_a_guess_survives_a_reload(open_page):
    page = settled(open_page("word2vec?at=predict"))
    guess = content.load("word2vec", "en").options["predict.1"]["princess"]
    choice = station(page, "predict").get_by_role("radio", name=guess).first
    station(page, "predict").get_by_text(guess, exact=True).first.click()
    expect(choice).to_be_checked()
    settled(page)
    page.wait_for_function("guess => JSON.stringify({...localStorage}).includes(guess)", arg="princess")
    page.reload()
    settled(page)
    expect(station(page, "predict").get_by_role("radio", name=guess).first).to_be_checked()


def test_two_tabs_train_runs_of_their_own(open_page):
    first = drawn(settled(open_page(f"word2vec?at=watch&seed=21&{SHORT}")))
    token = stage(first).get_attribute("data-token") or ""
    second = first.context.new_page()
    second.goto(first.url)
    drawn(settled(second))
    assert train(second) != token
    expect(stage(drawn(first))).to_have_attribute("data-token", token)


# ---------------------------------------------------------------- when things go wrong


SCRIPT = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"


@pytest.mark.parametrize(
    ("query", "named", "language"),
    [
        (
            f"at=watch&architecture=lstm&corpus=library&seed={SCRIPT}",
            ["lstm", "library", "<img src=x onerror=alert(1)>"],
            "en",
        ),
        ("at=nowhere", ["nowhere"], "zh"),
    ],
)
def test_a_bad_link_gets_a_sentence_and_a_page_that_works(open_page, query, named, language):
    page = settled(open_page(f"word2vec?{query}&lang={language}"))
    for bad in named:
        expect(page.get_by_role("alert").filter(has_text=bad).first).to_be_visible()
    expect(page.locator("img[src='x']")).to_have_count(0)
    expect(page.locator("h1")).to_have_text(content.load("word2vec", language).title)
    if "at=watch" in query:
        drawn(page)


def test_fields_left_empty_get_sentences_of_their_own(open_page):
    page, says = drawn(settled(open_page("word2vec?at=watch&lang=en"))), words("en")
    unfold(page, says["ask.title"])
    page.get_by_label(says["ask.c"], exact=True).fill(" ")
    press(page, says["ask.go"])
    expect(page.get_by_role("alert").filter(has_text="fill in all three")).to_be_visible()
    unfold(page, says["view.title"])
    page.get_by_text(says["view.axes.own"], exact=True).click()
    page.get_by_label(says["view.axis.minus"], exact=True).first.fill("")
    press(page, says["view.apply"])
    expect(page.get_by_role("alert").filter(has_text="An axis takes two words")).to_be_visible()


def test_a_killed_worker_is_replaced_and_the_run_goes_on(open_page, server):
    page = settled(open_page(f"word2vec?at=watch&{LONG}"))
    page.wait_for_selector(".nw-stage[data-state='running'][data-drawn]", timeout=TRAINED)
    working = alone_at_work(psutil.Process(server.pid))
    reached = int(stage(page).get_attribute("data-index") or 0)
    working.kill()
    expect(stage(page).locator(".status")).to_contain_text(words("en")["stage.replaced"], timeout=TRAINED)
    page.wait_for_function(
        "reached => document.querySelector('.nw-stage').dataset.index > reached", arg=reached + 1, timeout=TRAINED
    )
    expect(stage(page)).to_have_attribute("data-state", "running")


def alone_at_work(server: psutil.Process) -> psutil.Process:
    """The one worker that is working, once the shipped runs of a server just started are made."""
    workers = server.children(recursive=True)
    for worker in workers:
        worker.cpu_percent()  # from now on
    while True:
        time.sleep(0.5)
        busy = {worker: worker.cpu_percent() for worker in workers}
        first, second, *_ = sorted(workers, key=lambda worker: busy[worker], reverse=True)
        if busy[first] > 20 and busy[second] < busy[first] / 10:
            return first
