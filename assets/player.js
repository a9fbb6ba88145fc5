// The step player. All text, HTML and MathML comes safe from pages/ui/player.py; this file places it and moves on.
// The state lives on the root element, because Streamlit calls the function again whenever the page runs.

const PACE = 4000; // ms a step at speed 1: time to read a sentence and find a number
const PAUSE = 600; // ms without a move before the step is reported to the page
const RAIL = 16; // more steps than this have no names above the controls
const WIDE = 4; // cells in a row that half the width holds
const SCROLLS = 4; // cells in a row that may not fit on a telephone: their box can be scrolled by key
const LONG = 42; // characters of a formula that half the width holds
const AT_ONCE = 16; // columns drawn with the step; those out of sight follow a moment later
const SHEET = 650; // px: what a table may be wide on paper
const ICONS = {
  first: "M6 6h2v12H6zm3.5 6 8.5 6V6z",
  previous: "M15.4 7.4 14 6l-6 6 6 6 1.4-1.4L10.8 12z",
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  next: "M10 6 8.6 7.4 13.2 12l-4.6 4.6L10 18l6-6z",
  last: "M6 18l8.5-6L6 6zM16 6v12h2V6z",
};

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".player");
  const { steps, texts } = data;
  const state = (root.state ??= { at: data.start, playing: false, speed: 1 });
  const last = steps.length - 1;
  let timer = null;
  let report = null;
  let later = null;
  state.at = Math.min(state.at, last);

  const parts = build(root, steps, texts);
  const ready = [null, null]; // the number of the step made ahead, and its parts

  function show(announce) {
    const step = steps[state.at];
    const words = { n: state.at + 1, total: steps.length, title: step.title };
    parts.slider.value = state.at;
    parts.slider.setAttribute("aria-valuetext", fill(texts.announce, words));
    parts.position.textContent = fill(texts.position, words);
    // Not `disabled`: the button that was pressed would lose the keyboard's focus to the page.
    for (const name of ["first", "previous"]) parts[name].ariaDisabled = state.at === 0;
    for (const name of ["next", "last"]) parts[name].ariaDisabled = state.at === last;
    parts.rail.forEach((stop, n) => {
      if (n === state.at) stop.setAttribute("aria-current", "step");
      else stop.removeAttribute("aria-current");
      stop.classList.toggle("passed", n < state.at);
    });
    parts.body.replaceChildren(...(ready[0] === state.at ? ready[1] : drawn(step, texts)));
    centre(parts.body.querySelector(".here")); // the first to ask for the layout: all that changes it stands above
    if (announce) parts.live.textContent = fill(texts.announce, words);
    root.dataset.step = step.id;
    root.dataset.at = state.at;
    root.dataset.steps = steps.length;
    clearTimeout(later);
    later = setTimeout(() => {
      for (const box of parts.body.querySelectorAll(".scroll")) box.rest?.();
      if (state.at < last) ready.splice(0, 2, state.at + 1, drawn(steps[state.at + 1], texts));
    }, 50);
  }

  function go(at) {
    const started = performance.now();
    const to = Math.max(0, Math.min(last, at));
    if (to === state.at) return;
    state.at = to;
    show(true);
    parts.body.getBoundingClientRect(); // layout counts, too
    root.dataset.ms = (performance.now() - started).toFixed(1);
    clearTimeout(report);
    report = setTimeout(() => setStateValue("step", state.at), PAUSE);
  }

  function play(on) {
    clearInterval(timer);
    state.playing = on;
    if (on && state.at === last) go(0);
    if (on) timer = setInterval(() => (state.at < last ? go(state.at + 1) : play(false)), PACE / state.speed);
    face(parts.play, on ? "pause" : "play", texts);
    root.dataset.playing = on;
  }

  parts.first.onclick = () => go(0);
  parts.previous.onclick = () => go(state.at - 1);
  parts.play.onclick = () => play(!state.playing);
  parts.next.onclick = () => go(state.at + 1);
  parts.last.onclick = () => go(last);
  parts.slider.oninput = () => go(Number(parts.slider.value));
  parts.rail.forEach((stop, n) => (stop.onclick = (event) => {
    go(n);
    if (event.detail) root.focus(); // after a mouse's click the keys belong to the player, not to this one stop
  }));
  parts.speed.value = String(state.speed);
  parts.speed.onchange = () => {
    state.speed = Number(parts.speed.value);
    if (state.playing) play(true);
  };
  root.onkeydown = (event) => {
    const move = { ArrowLeft: state.at - 1, ArrowRight: state.at + 1, Home: 0, End: last }[event.key];
    const own = event.target.matches("select, .box, td"); // these have a use for arrows themselves
    if (event.altKey || event.ctrlKey || event.metaKey || own) return;
    if (move !== undefined) go(move);
    else if (event.key === " " && !event.target.matches("button")) play(!state.playing);
    else return;
    event.preventDefault();
  };

  document.removeEventListener("keydown", state.typed);
  state.typed = (event) => { // in front of a class nobody looks for the focus: keys nothing else has a use for come here
    const pressed = event.key !== " " && event.target.matches("button:not([role]), [type=checkbox]");
    if (data.projector && !event.defaultPrevented && (event.target === document.body || pressed)) root.onkeydown(event);
  };
  document.addEventListener("keydown", state.typed);

  show(false);
  if (state.playing) play(true);
  else face(parts.play, "play", texts);
  root.dataset.ready = "true";
  const printed = () => { // paper has no rail, and does not scroll: what is wide gets smaller, what is wider yet an end
    clearTimeout(later); // nothing gets wider once it is measured
    parts.body.replaceChildren(...steps.flatMap((step) => drawn(step, texts)));
    for (const box of parts.body.querySelectorAll(".scroll")) {
      box.classList.toggle("more", Boolean(box.rest));
      box.style.setProperty("--fit", Math.min(1, SHEET / box.firstChild.offsetWidth));
    }
  };
  const back = () => show(false);
  addEventListener("beforeprint", printed);
  addEventListener("afterprint", back);
  return () => {
    removeEventListener("beforeprint", printed);
    removeEventListener("afterprint", back);
    document.removeEventListener("keydown", state.typed);
    clearInterval(timer);
    clearTimeout(report);
    clearTimeout(later);
  };
}

// ---- the frame: made once, and again when the language changes

function build(root, steps, texts) {
  const parts = {};
  const button = (name) => {
    parts[name] = make("button", "icon", { type: "button", "data-do": name });
    face(parts[name], name, texts);
    return parts[name];
  };
  const rail = steps.length > RAIL ? [] : steps.map((step, n) => stop(step, n));
  const names = make("ol", "rail", { "aria-label": texts.rail }, rail.map((one) => make("li", "", {}, [one])));
  parts.rail = rail;
  parts.slider = make("input", "slider", { type: "range", min: 0, max: steps.length - 1, "aria-label": texts.slider });
  parts.position = make("output", "position");
  parts.speed = make("select", "speed", { "aria-label": texts.speed, title: texts.speed });
  for (const speed of [0.5, 1, 2, 4]) parts.speed.append(new Option(`${speed}×`, String(speed)));
  const controls = make("div", "bar", {}, [
    make("div", "buttons", {}, ["first", "previous", "play", "next", "last"].map(button)),
    parts.speed,
    parts.slider,
    parts.position,
  ]);
  parts.body = make("div", "body");
  parts.live = make("p", "unseen", { "aria-live": "polite" });
  for (const [name, value] of [["role", "group"], ["tabindex", "0"], ["aria-label", texts.group]]) {
    root.setAttribute(name, value);
  }
  const keys = make("p", "keys", {}, [texts.keys]);
  const focused = root.getRootNode().activeElement?.dataset.do; // a page that runs must not take the focus away
  root.replaceChildren(...(rail.length ? [names] : []), controls, keys, parts.body, parts.live);
  if (focused) parts[focused]?.focus({ preventScroll: true });
  return parts;
}

function stop(step, n) {
  return make("button", "stop", { type: "button", "data-do": `stop-${n}` }, [
    make("span", "number", {}, [String(n + 1)]),
    make("span", "name", {}, [step.title]),
  ]);
}

function face(button, name, texts) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  icon.append(path);
  button.replaceChildren(icon);
  button.setAttribute("aria-label", texts[name]);
  button.title = texts[name];
}

// A line of code in view within its own box, without moving the page.
function centre(line) {
  const frame = line?.closest("pre");
  frame?.scrollTo({ top: line.offsetTop - frame.clientHeight / 2, behavior: "instant" });
}

// ---- one step

function drawn(step, texts) {
  const say = make("div", "say");
  say.innerHTML = step.say;
  const text = make("div", "text", {}, [make("h3", "title", {}, [step.title]), say]);
  const body = [text, code(step.code, texts)];
  if (step.formula) {
    const formula = make("div", "formula box", { tabindex: 0, role: "group", "aria-label": texts.formula });
    formula.innerHTML = step.formula;
    place(formula, Math.max(...[...formula.children].map((line) => line.textContent.length)), LONG);
  }
  const sides = [["inputs", step.inputs], ["outputs", step.outputs]].filter(([, tables]) => tables.length);
  const numbers = make("div", "numbers", {}, sides.map(([name, tables]) => side(name, tables, texts)));
  place(numbers, Math.max(0, ...[...step.inputs, ...step.outputs].map((one) => one.cells[0].length)), WIDE);
  return body;

  // Beside the code where there is room, so that a small step fits on one screen; else below, as wide as the page.
  function place(element, size, most) {
    if (size <= most && body.length === 2) text.append(element);
    else body.splice(-1, 0, element);
  }
}

function side(name, tables, texts) {
  const grids = make("div", "tables", {}, tables.map((one, n) => table(one, texts, `${texts[name]} ${n + 1}`)));
  const long = tables.some((one) => one.wraps) ? " long" : "";
  return make("section", `side ${name}${long}`, {}, [make("h4", "", {}, [texts[name]]), grids]);
}

function table(one, texts, part) {
  const head = make("tr");
  const body = make("tbody");
  if (one.rows.length) head.append(make("td"));
  one.cells.forEach((cells, n) => {
    const row = make("tr");
    if (one.rows.length) row.append(make("th", "", { scope: "row" }, [one.rows[n]]));
    body.append(row);
  });
  const columns = (from, to) => {
    head.append(...one.heads.slice(from, to).map((text) => make("th", "", { scope: "col" }, [text])));
    one.cells.forEach((cells, n) => body.rows[n].append(...cells.slice(from, to).map((value) => cell(value, texts))));
  };
  columns(0, one.wraps ? undefined : AT_ONCE);
  const name = one.title ? [make("span", "name", {}, [one.title])] : [];
  const caption = make("caption", "", {}, [...name, ...notes(one, texts)]);
  const grid = make("table", one.wraps ? (one.compared ? "wraps compared" : "wraps") : "");
  if (caption.hasChildNodes()) grid.append(caption);
  if (one.heads.length) grid.append(make("thead", "", {}, [head]));
  grid.append(body);
  const how = one.made && arithmetic(one, body, texts);
  if (one.wraps || one.cells[0].length < SCROLLS) return how ? make("div", "telling", {}, [grid, how]) : grid;
  // What goes in and what comes out may have the same name, or none.
  const label = `${part}${one.title ? ` (${one.title})` : ""}: ${texts.scroll}`;
  const box = make("div", "box scroll", { tabindex: 0, role: "group", "aria-label": label }, [grid]);
  if (one.cells[0].length > AT_ONCE)
    box.rest = () => {
      columns(AT_ONCE);
      box.rest = null;
    };
  return how ? make("div", "telling", {}, [box, how]) : box;
}

// A cell that is chosen, by a click or by the arrows, is written out below its table. One cell is in the tab order.
function arithmetic(one, body, texts) {
  const line = make("p", "how", { "aria-live": "polite" }, [texts.cell]);
  const { pattern, rows, columns, cells } = one.made;
  const own = (event) => event.target.closest("td");
  const before = one.rows.length ? 1 : 0; // the row's name
  body.rows[0].cells[before].tabIndex = 0;
  body.classList.add("chosen-from");
  const choose = (td) => {
    const [i, j] = [td.parentNode.sectionRowIndex, td.cellIndex - before];
    const words = {};
    for (const [letter, texts] of [["r", rows[i]], ["c", columns[j]], ["x", cells[i]?.[j]]])
      texts?.forEach((text, n) => (words[letter + n] = text));
    const names = [one.rows[i], one.heads[j]].filter(Boolean).join(" · ");
    line.textContent = `${names ? names + ": " : ""}${fill(pattern, words)} = ${one.cells[i][j][0]}`;
    body.querySelectorAll('td[tabindex="0"], td.chosen').forEach((other) => {
      other.tabIndex = -1;
      other.classList.remove("chosen");
    });
    td.tabIndex = 0;
    td.classList.add("chosen");
    td.focus();
  };
  body.addEventListener("click", (event) => own(event) && choose(own(event)));
  body.addEventListener("focusin", (event) => own(event) && !own(event).matches(".chosen") && choose(own(event)));
  body.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step || !own(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const row = body.rows[own(event).parentNode.sectionRowIndex + step[0]];
    const next = row?.cells[own(event).cellIndex + step[1]];
    if (next?.matches("td")) choose(next);
  });
  return line;
}

function notes(one, texts) {
  const count = { n: one.changed, rows: one.left_out };
  const made = [];
  if (one.compared) made.push(make("span", "note", {}, [fill(one.changed ? texts.changed : texts.unchanged, count)]));
  if (one.left_out) made.push(make("span", "note", {}, [fill(texts.left_out, count)]));
  if (one.largest) {
    const ends = [one.signed ? `−${one.largest}` : "0", one.largest];
    const scale = make("span", one.signed ? "scale signed" : "scale", { "aria-hidden": "true" });
    made.push(make("span", "legend", { title: texts.legend }, [ends[0], scale, ends[1]]));
  }
  return made;
}

// The one place that is called hundreds of times a step.
function cell([text, tint, was, up], texts) {
  const made = document.createElement("td");
  if (tint) {
    made.className = tint < 0 ? "below" : "above";
    made.style.setProperty("--tint", `${Math.round(Math.abs(tint) * 0.65)}%`);
  }
  if (!up) made.textContent = text;
  else {
    made.className += " changed";
    made.dataset.was = fill(texts.was, { value: was });
    const mark = document.createElement("span");
    mark.textContent = up > 0 ? "▲" : "▼";
    mark.role = "img";
    mark.ariaLabel = up > 0 ? texts.up : texts.down;
    made.append(mark, text);
  }
  return made;
}

function code({ path, first, lines, marked }, texts) {
  const where = fill(texts.code, { file: path, line: marked[0] });
  const rows = lines.map((line, n) => {
    const here = marked.includes(first + n);
    return make("span", here ? "line here" : "line", {}, [
      make("span", "at", { "aria-hidden": "true" }, [String(first + n)]),
      ...(here ? [make("span", "unseen", {}, [texts.line])] : []),
      line.replace(/ *# step: \w+$/, "") + "\n",
    ]);
  });
  return make("figure", "code", {}, [
    make("figcaption", "", {}, [where]),
    make("pre", "box scroll", { tabindex: 0, role: "group", "aria-label": where }, [make("code", "", {}, rows)]),
  ]);
}

// ---- small tools

function make(tag, name = "", attributes = {}, children = []) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function fill(text, words) {
  return text.replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
}
