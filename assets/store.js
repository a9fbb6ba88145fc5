// Remembers in the learner's own browser, and tells the browser which language the page is in.
// Private windows may forbid storage or throw away what they took: then nothing is remembered, and nothing breaks.

const NAME = "nextword";

export default function ({ data, parentElement, setStateValue }) {
  document.documentElement.lang = data.language === "zh" ? "zh-CN" : data.language;
  const wrapper = (parentElement.host ?? parentElement).closest?.('[data-testid="stElementContainer"]');
  if (wrapper) wrapper.style.position = "absolute"; // no empty line in the page
  if (!data.came_back) setStateValue("found", JSON.stringify({ ...read(), ...JSON.parse(data.keep) }));
  else {
    write(data.keep);
    document.documentElement.dataset.remembered = ""; // no run of the page is to come on this account
  }
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
