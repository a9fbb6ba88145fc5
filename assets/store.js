// Remembers in the learner's own browser, and tells the browser which language the page is in.
// Private windows may forbid storage or throw away what they took: then nothing is remembered, and nothing breaks.

const NAME = "nextword";
const PATIENCE = 3000; // milliseconds
const MOST = 5;

let again; // the timer of the next try

export default function ({ data, parentElement, setStateValue }) {
  document.documentElement.lang = data.language === "zh" ? "zh-CN" : data.language;
  const wrapper = (parentElement.host ?? parentElement).closest?.('[data-testid="stElementContainer"]');
  if (wrapper) wrapper.style.position = "absolute"; // no empty line in the page
  clearTimeout(again);
  if (!data.came_back) tell(setStateValue, JSON.stringify({ ...read(), ...JSON.parse(data.keep) }), 0);
  else {
    write(data.keep);
    document.documentElement.dataset.remembered = ""; // no run of the page is to come on this account
  }
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
