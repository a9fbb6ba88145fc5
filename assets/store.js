// Remembers in the learner's own browser, and tells the browser which language the page is in.
// Private windows may forbid storage or throw away what they took: then nothing is remembered, and nothing breaks.

const NAME = "nextword";
const PATIENCE = 3000; // milliseconds
const MOST = 5;

let again; // the timer of the next try
let went = () => {}; // tells that the learner went back or forward in the browser
let times = 0;
let visit, blank; // whether nothing was remembered when the visit began: then there is nothing to tell, and no second run
let led = {}; // how often the learner was led to another station of this page

// Before Streamlit's own listener, which asks for the page anew: by then the server shall know why.
window.addEventListener("popstate", () => went(), { capture: true });

export default function ({ data, parentElement, setStateValue }) {
  document.documentElement.lang = data.language === "zh" ? "zh-CN" : data.language;
  const wrapper = (parentElement.host ?? parentElement).closest?.('[data-testid="stElementContainer"]');
  if (wrapper) wrapper.style.position = "absolute"; // no empty line in the page
  went = () => {
    const page = location.pathname.replace(/\/+$/, "").split("/").pop();
    if (page !== data.page) return; // Streamlit opens the other page; a word from this one would bring it back
    setStateValue("went", JSON.stringify([page, location.search, ++times]));
  };
  if (led.page === data.page && data.led > led.times) begin();
  led = { page: data.page, times: data.led };
  clearTimeout(again);
  if (visit !== data.visit) [visit, blank] = [data.visit, !Object.keys(read()).length];
  if (data.came_back || blank) {
    write(data.keep);
    document.documentElement.dataset.remembered = ""; // no run of the page is to come on this account
  } else tell(setStateValue, JSON.stringify({ ...read(), ...JSON.parse(data.keep) }), 0);
}

// A station that somebody was led to begins at its top. The button that led there goes, and the keyboard's focus with it,
// at once or when Streamlit clears away what is no longer drawn: it goes on at the heading.
function begin(times = 0) {
  const heading = document.querySelector("[class*='st-key-alone-'] h2");
  if (!times) document.querySelector("[data-testid='stMain']")?.scrollTo({ top: 0, behavior: "instant" });
  if (heading && [document.body, null].includes(document.activeElement)) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  } else if (times < MOST) setTimeout(() => begin(times + 1), 200);
}

// What is told while the server is busy with the page may get lost. It is told again, a space longer, or it would be no news.
function tell(setStateValue, found, times) {
  setStateValue("found", found + " ".repeat(times));
  if (times < MOST) again = setTimeout(() => tell(setStateValue, found, times + 1), PATIENCE);
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? {};
  } catch {
    return {};
  }
}

function write(kept) {
  try {
    if (localStorage.getItem(NAME) !== kept) localStorage.setItem(NAME, kept);
  } catch {
    // Storage is off or full: the visit goes on without it.
  }
}
