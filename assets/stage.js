// The stage: fetches a run's moments, keeps them all, and plays them in several panes with one slider through time.
//
// Training is faster than the eye, so playback has a pace of its own: the whole run in about ten seconds. A stage
// outlives reruns of the page: the same run goes on without a gap, a new view of it keeps the moment, and a new run
// takes over when its first moment is there, so that nothing is ever blank.

const WHOLE_RUN = 10_000; // milliseconds of playback at speed 1
const POLL = { training: 60, ahead: 250, calm: 500, idle: 1_000, done: 5_000 };
const REST = 600; // a learner who does not move the slider for so long rests on that moment
const CURVES_EVERY = 500;
const CALM = 1_000; // who asked for little motion sees newer moments of a training at most so often
const PATIENCE = 1_500; // a new look at a run may take so long to draw before it is shown unfinished
const FINAL = ["done", "failed", "cancelled", "dropped"];
const SPEEDS = [0.5, 1, 2];

// Every moment received of one view of one run.
class Film {
  constructor(data) {
    this.token = data.token;
    this.screen = data.screen;
    this.frames = [];
    this.stands = { state: "preparing", place: 0, progress: 0, restarts: 0, mistake: null, trouble: null, total: 0 };
    this.mark = "";
    this.boxes = {};
    this.reached = 0; // the furthest step shown
    this.born = performance.now();
  }

  get address() { return `live/${this.token}/${this.screen}`; }
  get since() { return this.frames.at(-1)?.i ?? -1; }
  get over() { return FINAL.includes(this.stands.state); }

  // A run counts as paused or done once all its moments are here.
  get state() {
    const { state, total } = this.stands;
    return ["paused", "done"].includes(state) && this.since < total - 1 ? "running" : state;
  }

  get complete() { return FINAL.includes(this.state); }

  take(reply) {
    const { frames, mark, ...stands } = reply;
    Object.assign(this, { stands, mark });
    this.frames.push(...frames);
    return frames.length;
  }

  at(index) { // the position of the moment nearest to an index of the run's history
    let best = 0;
    this.frames.forEach((frame, n) => {
      if (Math.abs(frame.i - index) < Math.abs(this.frames[best].i - index)) best = n;
    });
    return best;
  }

  share(n) { const f = this.frames[n]; return f ? f.step / Math.max(1, f.total) : 0; }

  before(share) { // the last moment not after that share of the training
    let low = 0, high = this.frames.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.share(middle) <= share + 1e-9) low = middle; else high = middle - 1;
    }
    return low;
  }

  // The box around everything drawn in a pane up to a moment, widened to round numbers so that axes seldom change.
  reach(source, frame) {
    const boxes = this.boxes[source] ??= [];
    while (boxes.length < this.frames.length) {
      const part = this.frames[boxes.length].panes[source];
      const widened = { ...(boxes.at(-1) ?? {}) };
      for (const axis of ["x", "y", "z"]) {
        const values = (part?.data ?? []).flatMap(trace => trace[axis] ?? []).filter(finite);
        const [low, high] = widened[axis] ?? [Infinity, -Infinity];
        widened[axis] = [Math.min(low, ...values), Math.max(high, ...values)];
      }
      boxes.push(widened);
    }
    const found = boxes[Math.max(0, this.frames.indexOf(frame))];
    const widths = Object.values(found).map(([low, high]) => high - low).filter(width => width > 0 && finite(width));
    const half = widths.length ? Math.max(...widths) / 2 : 1; // of an axis along which all words are alike
    return Object.fromEntries(Object.entries(found).map(([axis, range]) => [axis, this.round(range, half)]));
  }

  round([low, high], half) {
    if (!(high > low)) return finite(low) ? [low - half, low + half] : [-1, 1];
    const unit = 2 ** (Math.ceil(Math.log2(high - low)) - 4);
    return [Math.floor(low / unit - 0.4) * unit, Math.ceil(high / unit + 0.4) * unit];
  }
}

class Stage {
  constructor(parent) {
    this.root = el("div", "nw-stage");
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "group");
    parent.append(this.root);
    this.panes = [];
    this.at = 0;
    this.drawn = 0;
    this.wanted = null; // a moment that is still to come: where to go when it is there
    this.lastCurves = new Map();
    this.quiet = matchMedia("(prefers-reduced-motion: reduce)");
    this.root.addEventListener("keydown", event => { if (this.own(event)) this.key_(event); });
    this.sized = new ResizeObserver(() => this.later("size", 120, () => this.resize()));
    this.timers = {};
    this.woken = () => { if (!document.hidden && this.film) this.poll(); }; // browsers let hidden pages sleep
    document.addEventListener("visibilitychange", this.woken);
    this.left = () => { if (this.film) navigator.sendBeacon(this.address("leave")); }; // a reload may adopt the run
    addEventListener("pagehide", this.left);
    this.typed = event => { if (this.hears(event)) this.key_(event); };
    document.addEventListener("keydown", this.typed);
  }

  // ---- what Python sends -------------------------------------------------------------------------------------

  update({ data, key, setStateValue, setTriggerValue }) {
    Object.assign(this, { setState: setStateValue, trigger: setTriggerValue });
    const before = this.data;
    this.data = data;
    this.texts = data.texts;
    this.language = data.language;
    this.root.dataset.projector = data.projector;
    this.root.setAttribute("aria-label", this.texts.stage);
    const words = JSON.stringify(data.texts);
    if (this.words !== words) { this.words = words; this.controls(); }
    const same = before && before.token === data.token && before.screen === data.screen && this.layout === this.shape();
    if (!same) this.load(before);
    else if (this.gone) this.poll(); // the page knows this run again
    if (same && this.film.frames.length) this.resize(); // the theme or the type size may have changed
    if (this.hints) this.hints.hidden = !data.projector;
    this.status();
  }

  shape() { return JSON.stringify(this.data.panes); }

  load(before) {
    this.next = new Film(this.data);
    this.fresh = before?.token !== this.data.token; // another run, not only another look at this one
    this.replaces = Boolean(before);
    if (!this.film) { this.film = this.next; this.build(); }
    this.poll();
  }

  // A new run takes over with its first moment, a new look at the same run once it has come to the moment on screen.
  ready(film) {
    const kept = this.fresh ? -1 : this.frames[this.at]?.i ?? -1;
    return film.frames.length > 0 && (film.since >= kept || film.complete || performance.now() - film.born > PATIENCE);
  }

  commit() {
    const kept = this.film.frames[this.at]?.i;
    if (!this.fresh) this.next.reached = this.film.reached;
    this.film = this.next;
    this.next = null;
    this.build();
    this.lastCurves.clear();
    if (this.fresh) this.reveal();
    if (this.fresh || kept === undefined) this.open();
    else if (!this.playing) this.wanted ??= kept; // a moment that is still to come stays wanted
    this.goTo(this.fresh ? this.at : this.film.at(kept ?? 0));
  }

  // Where a run begins on screen: at the moment asked for, at its beginning if it plays, else at its end.
  open() {
    const { start, autoplay } = this.data;
    const plays = autoplay && !this.quiet.matches && start === null;
    this.clock = 0;
    this.at = 0;
    this.wanted = start ?? (plays ? null : Infinity);
    this.hurried = false;
    this.follow = !plays && start === null;
    this.playing = false;
    if (plays) this.play();
  }

  // A run the learner has just started is brought on screen with its buttons, as far as it is not there; the focus
  // stays where it is. A page that has only been opened does not move.
  reveal() {
    const { autoplay, start } = this.data;
    if (!autoplay || start !== null || !navigator.userActivation?.hasBeenActive) return;
    if (this.replaces || !this.film.over)
      this.bar.parentElement.scrollIntoView({ block: "nearest", behavior: this.quiet.matches ? "instant" : "smooth" });
  }

  build() {
    const shape = this.shape();
    if (this.layout === shape) return;
    this.layout = shape;
    const old = new Map(this.panes.map(pane => [JSON.stringify(pane.spec), pane]));
    this.panes = this.data.panes.map(spec => {
      const known = JSON.stringify(spec), pane = old.get(known);
      old.delete(known);
      return pane ?? new (KINDS[spec.kind])(spec, this);
    });
    const areas = { main: el("div", "main"), side: el("div", "side"), below: el("div", "below") };
    for (const pane of this.panes) areas[pane.spec.place].append(pane.root);
    areas.main.append(this.bar); // the buttons stay beside the main pane, however long the others are
    const top = el("div", "top");
    top.append(...[areas.main, areas.side].filter(area => area.childElementCount));
    this.root.replaceChildren(top, ...(areas.below.childElementCount ? [areas.below] : []), this.said);
    for (const pane of old.values()) pane.close();
    this.sized.disconnect();
    for (const pane of this.panes) this.sized.observe(pane.body);
  }

  // ---- fetching ----------------------------------------------------------------------------------------------

  async poll() {
    clearTimeout(this.polling);
    const film = this.next ?? this.film, turn = this.turn = {};
    let wait = POLL.idle;
    try {
      const address = `${film.address}?since=${film.since}&mark=${film.mark}`;
      const reply = await fetch(new URL(address, document.baseURI), { cache: "no-store" });
      const sent = reply.status === 200 ? await reply.json() : null;
      if (turn !== this.turn || this.closed) return; // a later question is under way: it will get the same and more
      this.lost = false;
      this.gone = reply.status === 404;
      if (this.gone) film.stands = { ...film.stands, state: "dropped" };
      const news = sent && this.received(film, sent);
      wait = this.gone ? 0 : news ? this.soon : this.patience(film);
    } catch {
      this.lost = true;
    }
    if (turn !== this.turn || this.closed) return;
    this.status();
    if (wait) this.polling = setTimeout(() => this.poll(), wait);
  }

  patience(film) {
    if (film.complete) return POLL.done;
    if (film.state === "paused") return POLL.idle;
    return film.state === "running" && film.frames.length - this.at <= 20 ? this.soon : Math.max(this.soon, POLL.ahead);
  }

  // Where moments are shown but once a second they need not be asked for more often than twice.
  get soon() { return this.quiet.matches && !this.held ? POLL.calm : POLL.training; }

  received(film, reply) {
    const news = film.take(reply);
    if (film === this.next && this.ready(film)) this.commit();
    if (film !== this.film || !news) return news;
    if (this.wanted !== null) {
      if (this.wanted === Infinity) this.toNewest(); else this.goTo(film.at(this.wanted));
      if (film.complete && this.wanted === Infinity && (this.quiet.matches || this.hurried)) this.rest(); // no playback
      if (film.since >= this.wanted || film.complete) this.wanted = null;
    } else if (this.follow) this.toNewest();
    this.slider.style.setProperty("--loaded", film.share(film.frames.length - 1));
    this.root.dataset.frames = film.frames.length;
    if (film.complete) this.panes.filter(pane => pane instanceof CurvesPane && pane.frame).forEach(pane => pane.whole());
    return news;
  }

  // As moments come in.
  toNewest() {
    const go = () => this.goTo(this.frames.length - 1);
    if (!this.quiet.matches || this.film.complete || this.held) return go();
    this.calm ??= setTimeout(() => {
      this.calm = null;
      if (!this.closed && (this.follow || this.wanted === Infinity)) go();
    }, CALM);
  }

  address(action, n) {
    return new URL(`live/${this.film.token}/control?do=${action}${n ? `&n=${n}` : ""}`, document.baseURI);
  }

  async control(action, n) {
    if (action === "step") { this.halt(); this.follow = true; }
    await fetch(this.address(action, n), { method: "POST" }).catch(() => { this.lost = true; });
    this.poll();
  }

  // ---- the moment on screen ----------------------------------------------------------------------------------

  get frames() { return this.film.frames; }

  reach(source, frame) { return this.film.reach(source, frame); }

  // Whether curves may be drawn whole now: at most twice a second while moments come in.
  due(pane) {
    const last = this.lastCurves.get(pane), now = performance.now();
    if (last && (last.frames === this.frames.length || now - last.time < CURVES_EVERY)) return false;
    this.lastCurves.set(pane, { time: now, frames: this.frames.length });
    return true;
  }

  // Draws a moment in all panes. While one is being drawn only the newest wish is kept.
  async show(n) {
    this.at = Math.min(Math.max(0, n), Math.max(0, this.frames.length - 1));
    if (this.drawing) { this.again = true; return; }
    const frame = this.frames[this.at];
    if (!frame) return;
    this.drawing = true;
    this.move(frame);
    await Promise.all(this.panes.map(pane => pane.show(frame)));
    this.drawing = false;
    this.drawn += 1;
    this.root.dataset.drawn = this.drawn;
    this.root.dataset.blank = Number(this.root.dataset.blank ?? 0) +
      this.panes.filter(pane => pane.empty?.() && pane.part(frame)).length;
    if (this.again && !this.closed) { this.again = false; this.show(this.at); }
    this.later("settle", this.playing ? 500 : 200, () => this.settle());
  }

  move(frame) {
    const share = this.film.share(this.at);
    this.slider.value = Math.round(share * 1000);
    this.slider.style.setProperty("--shown", share);
    this.root.dataset.index = frame.i;
    this.root.dataset.step = frame.step;
    this.status();
  }

  settle() {
    const frame = this.frames[this.at];
    if (!frame || this.closed) return;
    for (const pane of this.panes) pane.settle();
    const parts = [this.stepText(frame), ...this.panes.map(pane => pane.summary(frame))];
    if (!this.playing) this.said.textContent = parts.filter(Boolean).join(". ").replaceAll("..", ".");
  }

  // A learner's own move: playback stops, and Python hears of it after a pause.
  goTo(n, learner = false) {
    if (learner) { this.halt(); this.follow = false; this.wanted = null; }
    this.show(n);
    this.clock = this.film.share(this.at);
    if (learner) this.rest();
  }

  // To the last moment; while moments still come in, on to each newer one.
  toEnd() {
    this.goTo(this.frames.length - 1, true);
    this.hurried = !this.film.complete;
    if (this.hurried) this.wanted = Infinity;
  }

  rest() {
    this.later("rest", REST, () => {
      const index = this.frames[this.at]?.i;
      const known = `${this.film.token} ${index}`;
      if (index === undefined || this.playing || this.told === known) return;
      this.told = known;
      this.setState("moment", { token: this.film.token, index });
    });
  }

  play() {
    if (this.playing) return;
    if (this.film.complete && this.at >= this.frames.length - 1) { this.clock = 0; this.at = 0; }
    else this.clock = this.film.share(this.at);
    this.playing = true;
    this.follow = false;
    this.wanted = null;
    this.buttons();
    let last = performance.now();
    const tick = now => {
      if (!this.playing || this.closed) return;
      if (this.speed === "live") this.clock = 1;
      else this.clock += (now - last) / WHOLE_RUN * this.speed;
      last = now;
      const end = this.frames.length - 1;
      this.clock = Math.min(this.clock, this.film.share(end));
      const n = this.film.before(this.clock);
      if (n !== this.at && !this.drawing) this.show(n);
      if (n >= end && this.film.complete) {
        this.halt();
        this.rest(); // from now on the page may tell how it ended
        return;
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  halt() {
    this.playing = false;
    this.buttons();
    this.later("settle", 200, () => this.settle());
  }

  // ---- buttons and words -------------------------------------------------------------------------------------

  controls() {
    const t = this.texts;
    const group = name => {
      const node = el("div", "buttons");
      node.setAttribute("role", "group");
      node.setAttribute("aria-label", t[name]);
      return node;
    };
    const button = (parent, name, action, picture) => {
      const node = el("button", picture ? "icon" : "", picture ? "" : t[`stage.${name}`]);
      node.type = "button";
      if (picture) {
        node.append(icon(picture));
        node.title = t[`stage.${name}`];
        node.setAttribute("aria-label", node.title);
      }
      node.dataset.do = name;
      node.addEventListener("click", action);
      parent.append(node);
      return node;
    };
    const playback = group("stage.playback"), training = this.training = group("stage.training");
    button(playback, "first", () => this.goTo(0, true), "first");
    button(playback, "back", () => this.goTo(this.at - 1, true), "back");
    this.playButton = button(playback, "play", () => this.toggle(), "play");
    button(playback, "forward", () => this.goTo(this.at + 1, true), "forward");
    button(playback, "last", () => this.toEnd(), "last");
    this.pauseButton = button(training, "pause", () => this.control(this.held ? "resume" : "pause"));
    this.ownButtons = [this.pauseButton, button(training, "one", () => this.control("step", 1)),
      button(training, "ten", () => this.control("step", 10)), button(training, "cancel", () => this.control("cancel"))];
    this.restartButton = button(training, "restart", () => this.trigger("restart", this.film.token));
    this.bar = el("div", "controls");
    const line = this.playback = el("div", "line");
    line.append(playback, this.makeSlider(), this.makeSpeed());
    this.words_ = el("p", "status");
    this.hints = el("p", "hints", t["stage.keys"]);
    const second = el("div", "line");
    second.append(this.words_, training);
    this.trouble = el("p", "trouble");
    this.bar.append(line, second, this.trouble, this.hints);
    this.said = el("p", "said");
    this.said.setAttribute("aria-live", "polite");
    if (this.layout) { this.layout = null; this.build(); }
  }

  makeSlider() {
    this.slider = el("input");
    Object.assign(this.slider, { type: "range", min: 0, max: 1000, step: 1, value: 0 });
    this.slider.setAttribute("aria-label", this.texts["stage.slider"]);
    this.slider.addEventListener("input", () => this.goTo(this.film.before(this.slider.value / 1000), true));
    return this.slider;
  }

  makeSpeed() {
    const select = el("select");
    select.setAttribute("aria-label", this.texts["stage.speed"]);
    for (const speed of [...SPEEDS, "live"]) {
      const option = el("option", "", speed === "live" ? this.texts["stage.live"] : `${speed}×`);
      option.value = speed;
      select.append(option);
    }
    select.value = this.speed ?? 1;
    this.speed ??= 1;
    select.addEventListener("change", () => {
      this.speed = select.value === "live" ? "live" : Number(select.value);
      if (this.speed === "live") this.play();
    });
    return select;
  }

  toggle() {
    if (this.playing) { this.halt(); this.rest(); } else this.play();
  }

  // In front of a class nobody looks for the focus: keys that nothing else has a use for are the stage's, too.
  hears(event) {
    if (!this.data.projector || event.defaultPrevented) return false;
    const { top, bottom } = this.root.getBoundingClientRect();
    const pressed = event.key !== " " && event.target.matches("button:not([role]), [type=checkbox]");
    return (event.target === document.body || pressed) && bottom > 0 && top < innerHeight;
  }

  own(event) { return event.target === this.slider || event.target === this.root; }

  key_(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity };
    if (event.key === " ") this.toggle();
    else if (event.key === "End") this.toEnd();
    else if (event.key in moves) this.goTo(this.at + moves[event.key], true);
    else return;
    event.preventDefault();
  }

  buttons() {
    if (!this.playButton) return;
    const name = this.playing ? "stop" : "play";
    if (this.playButton.dataset.do === name) return;
    this.playButton.dataset.do = name;
    this.playButton.replaceChildren(icon(name));
    this.playButton.title = this.texts[`stage.${name}`];
    this.playButton.setAttribute("aria-label", this.playButton.title);
  }

  stepText(frame) {
    return fill(this.texts["stage.step"], { step: this.count(frame.step), total: this.count(frame.total) });
  }

  count(n) { return new Intl.NumberFormat(this.language).format(n); }

  get held() { return (this.next ?? this.film).state === "paused"; }

  status() {
    if (!this.film) return;
    const film = this.next ?? this.film, t = this.texts;
    const { state, place, progress, restarts, mistake, trouble } = film.stands;
    const frame = this.frames[this.at], newest = film.frames.at(-1);
    const values = { place, percent: Math.round(progress * 100), reason: mistake ?? "", step: this.count(newest?.step ?? 0) };
    const parts = [];
    if (frame) {
      parts.push(this.stepText(frame));
      parts.push(fill(t["stage.seconds"], { seconds: digits(frame.seconds, this.language) }));
    }
    if (this.data.beforehand) parts.push(t["stage.beforehand"]);
    else if (this.data.shared && state === "done") parts.push(t["stage.shared"]);
    else if (!(state === "running" && frame === newest && frame)) parts.push(fill(t[`stage.${state}`], values));
    const shipped = this.data.beforehand || (this.data.shared && state === "done"); // nobody waits for its training
    if (restarts && !shipped) parts.push(t["stage.replaced"]);
    if (this.lost) parts.push(t["stage.lost"]);
    const said = parts.join(" · ");
    if (this.words_.textContent !== said) this.words_.textContent = said; // the same anew would be painted anew
    if (this.trouble.textContent !== (trouble ?? "")) this.trouble.textContent = trouble ?? "";
    this.root.dataset.state = film.state;
    this.root.dataset.token = film.token;
    for (const button of this.ownButtons) button.hidden = film.over || this.data.shared;
    this.playback.hidden = Boolean(this.data.beforehand) && film.frames.length === 1; // one moment: nothing to play
    this.restartButton.hidden = this.data.shared && state !== "dropped";
    const press = this.held ? "resume" : "pause";
    if (this.pauseButton.dataset.do !== press) {
      this.pauseButton.dataset.do = press;
      this.pauseButton.textContent = t[`stage.${press}`];
    }
  }

  // ---- housekeeping ------------------------------------------------------------------------------------------

  later(name, wait, action) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => { if (!this.closed) action(); }, wait);
  }

  resize() {
    for (const pane of this.panes) pane.resize();
  }

  close() {
    this.closed = true;
    document.removeEventListener("visibilitychange", this.woken);
    removeEventListener("pagehide", this.left);
    document.removeEventListener("keydown", this.typed);
    clearTimeout(this.polling);
    Object.values(this.timers).forEach(clearTimeout);
    this.sized.disconnect();
    for (const pane of this.panes) pane.close();
    this.root.remove();
  }
}

const stages = new WeakMap();

export default function (component) {
  const parent = component.parentElement;
  let stage = stages.get(parent);
  if (!stage) stages.set(parent, stage = new Stage(parent));
  loadPlotly(component.data.plotly).catch(() => {});
  stage.update(component);
  return () => { stage.close(); stages.delete(parent); };
}
