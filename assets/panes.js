// The panes of a stage: each draws one picture of one moment, and can give its numbers as a table.

const el = (tag, className = "", text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
};

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Plotly reads <b> and <a> in its texts.
const escaped = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const finite = value => typeof value === "number" && Number.isFinite(value);

// At most four significant digits, as people of that language write numbers.
const digits = (value, language) =>
  finite(value) ? new Intl.NumberFormat(language, { maximumSignificantDigits: 4 }).format(value).replace("-", "−") : "–";

// Round numbers from 0 up to an end, five at most.
const ticks = end => {
  const unit = 10 ** Math.floor(Math.log10(Math.max(4, end) / 4));
  const step = unit * [1, 2, 5, 10].find(times => 4 * times * unit >= end);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step);
};

// 50k in English, 5万 in Chinese.
const short = (value, language) =>
  new Intl.NumberFormat(language, { notation: "compact" }).format(value).replace("K", "k");

// Colours written "--st-…" are Streamlit's: take the value of the reader's theme, light or dark.
const themed = (value, style) => {
  if (typeof value === "string") return value.startsWith("--st-") ? style.getPropertyValue(value).trim() : value;
  if (Array.isArray(value)) return value.map(inner => themed(inner, style));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, themed(inner, style)]));
  return value;
};

const merge = (base, change) => {
  if (!change || typeof change !== "object" || Array.isArray(change)) return change;
  const merged = { ...base };
  for (const [key, value] of Object.entries(change)) merged[key] = merge(merged[key], value);
  return merged;
};

let loading = null; // Plotly is loaded once for the whole page, from the app's own server
const loadPlotly = address => loading ??= new Promise((resolve, reject) => {
  if (window.Plotly) return resolve(window.Plotly);
  const script = document.createElement("script");
  script.src = new URL(address, document.baseURI).href;
  script.onload = () => resolve(window.Plotly);
  script.onerror = () => { loading = null; reject(new Error("Plotly")); };
  document.head.append(script);
});

const SHAPES = { // small pictures of the marker shapes, for legends
  circle: "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9Z", diamond: "M6 .5L11.5 6L6 11.5L.5 6Z",
  square: "M2 2H10V10H2Z", "triangle-up": "M6 1L11.5 10.5H.5Z", "triangle-down": "M6 11L.5 1.5H11.5Z",
  cross: "M4.2 1H7.8V4.2H11V7.8H7.8V11H4.2V7.8H1V4.2H4.2Z", pentagon: "M6 .7L11.3 4.6L9.3 10.8H2.7L.7 4.6Z",
  star: "M6 .5L7.5 4.2L11.5 4.5L8.4 7L9.4 11L6 8.8L2.6 11L3.6 7L.5 4.5L4.5 4.2Z", x: "M2 2L10 10M10 2L2 10",
};
const DASHES = { solid: "none", dash: "6 4", dot: "2 3", dashdot: "6 3 2 3", longdash: "10 4", longdashdot: "10 3 2 3" };

const svg = (viewBox, attributes) => {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("viewBox", viewBox);
  root.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries(attributes)) path.setAttribute(key, value);
  root.append(path);
  return root;
};

const ICONS = { // of the buttons
  first: "M5 4v12M17 4L8 10l9 6Z", back: "M15 4L6 10l9 6Z", play: "M5 3l12 7-12 7Z", stop: "M5 3h4v14H5ZM11 3h4v14h-4Z",
  forward: "M5 4l9 6-9 6Z", last: "M15 4v12M3 4l9 6-9 6Z",
  closer: "M9 4v10M4 9h10", farther: "M4 9h10", fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  table: "M3 4h14v12H3ZM3 8h14M3 12h14M9 4v12",
};
const OUTLINED = ["closer", "farther", "fit", "table"];
const icon = name => svg("0 0 20 20", { d: ICONS[name], fill: OUTLINED.includes(name) ? "none" : "currentColor",
  stroke: "currentColor", "stroke-width": 1.6, "stroke-linejoin": "round" });

const glyph = (symbol, colour, scale = 1) => {
  const open = symbol.endsWith("-open"), margin = 6 / scale - 6;
  const d = SHAPES[symbol.replace("-open", "")] ?? SHAPES.circle;
  const look = { d, fill: open ? "none" : colour, stroke: colour, "stroke-width": open ? 1.6 : 1 };
  return svg(`${-margin} ${-margin} ${12 / scale} ${12 / scale}`, look);
};

class Pane {
  constructor(spec, stage) {
    this.spec = spec;
    this.stage = stage;
    this.root = el("section", `pane pane-${spec.kind} place-${spec.place}`);
    this.root.dataset.pane = spec.name;
    this.title = el("h3", "", spec.title);
    this.tools = el("div", "tools");
    this.body = el("div", "body");
    this.note = el("p", "note");
    this.below = el("div", "numbers");
    this.below.hidden = true;
    this.below.tabIndex = 0; // it scrolls
    const head = el("header");
    head.append(this.title, this.tools);
    this.root.append(head, this.body, this.note, this.below);
    this.root.setAttribute("aria-label", spec.title);
    this.opener = this.tool("table", () => this.open(this.below.hidden));
    this.opener.setAttribute("aria-expanded", "false");
    this.tool("csv", () => this.saveTable());
  }

  tool(name, action) {
    const button = el("button", "tool", name === "csv" || name === "png" ? name.toUpperCase() : "");
    if (name in ICONS) button.append(icon(name));
    button.type = "button";
    button.title = this.stage.texts[`stage.${name}`];
    button.setAttribute("aria-label", `${this.spec.title}: ${button.title}`);
    button.addEventListener("click", action);
    this.tools.append(button);
    return button;
  }

  get style() { return getComputedStyle(this.root); }

  // What this pane has of a moment; null before the worker got to it.
  part(frame) { return frame?.panes?.[this.spec.source] ?? null; }

  show(frame) {
    const part = this.part(frame);
    if (!part) return null;
    this.frame = frame;
    this.note.textContent = part.note ?? "";
    return this.draw(part, frame);
  }

  settle() { this.list(); } // the moment stays for a while: time for what is too slow for every frame
  resize() {}
  close() {}
  summary(frame) { return this.part(frame)?.summary ?? ""; }

  open(wide) {
    this.below.hidden = !wide;
    this.opener.setAttribute("aria-expanded", wide);
    this.list();
  }

  // The numbers as a table on the page, made only while it is open.
  list() {
    if (this.below.hidden) return;
    const { columns, rows } = this.table();
    const table = el("table");
    const line = (cells, tag, parent) => {
      const row = el("tr");
      for (const cell of cells) row.append(el(tag, finite(cell) ? "number" : "", this.cell(cell)));
      parent.append(row);
    };
    const head = el("thead"), body = el("tbody");
    line(columns, "th", head);
    rows.forEach(row => line(row, "td", body));
    head.querySelectorAll("th").forEach(th => { th.scope = "col"; });
    table.append(head, body);
    this.below.replaceChildren(table);
  }

  cell(value) { return finite(value) ? digits(value, this.stage.language) : String(value ?? "–"); }

  saveTable() {
    const { columns, rows } = this.table();
    // A text that opens with = + - @ would be a formula in a spreadsheet: learners typed some of these.
    const quoted = value => typeof value === "number" ? String(value)
      : `"${String(value ?? "").replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;
    const text = [columns, ...rows].map(row => row.map(quoted).join(",")).join("\r\n");
    this.save(URL.createObjectURL(new Blob(["\ufeff" + text + "\r\n"], { type: "text/csv" })), "csv");
  }

  save(address, ending) {
    const link = el("a");
    link.href = address;
    link.download = `nextword-${this.spec.name}${this.frame ? `-${this.frame.step}` : ""}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}

// Everything Plotly draws. The base stays, a frame brings what changes; zoom and camera are the learner's.
class Drawn extends Pane {
  constructor(spec, stage) {
    super(spec, stage);
    this.plot = el("div", "plot");
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", spec.title);
    this.waiting = el("p", "waiting", stage.texts["stage.waiting"]);
    this.body.append(this.plot, this.waiting);
    this.tool("png", () => this.savePicture());
  }

  // The parts of a layout that the theme and the type size decide.
  look() {
    const style = this.style, text = style.getPropertyValue("--st-text-color").trim();
    const line = style.getPropertyValue("--st-border-color").trim();
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.78;
    const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, automargin: false, tickcolor: line,
      title: { font: { size }, standoff: 6 } };
    return {
      font: { family: style.fontFamily, color: text, size }, showlegend: false, autosize: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", xaxis: axis, yaxis: axis,
      hoverlabel: { bgcolor: style.getPropertyValue("--st-secondary-background-color").trim(),
        bordercolor: line, font: { color: text, size } },
      separators: ".,", uirevision: "keep",
    };
  }

  // A margin in pixels, for the page's usual type size, grows with the type.
  margin(sides) {
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    return Object.fromEntries(Object.entries(sides).map(([side, pixels]) => [side, pixels * unit]));
  }

  get config() { return { displayModeBar: false, displaylogo: false, doubleClick: false, responsive: false }; }

  async plotly(data, layout) {
    const Plotly = await loadPlotly(this.stage.data.plotly).catch(() => null);
    if (!Plotly) { this.waiting.textContent = this.stage.texts["stage.no_picture"]; this.waiting.hidden = false; return; }
    if (!this.plot.isConnected) return;
    const width = this.plot.clientWidth, height = this.plot.clientHeight;
    if (!width || !height) return;
    await Plotly.react(this.plot, data, { ...layout, width, height }, this.config);
    this.waiting.hidden = true;
    this.listen();
  }

  listen() {}

  async savePicture() {
    const Plotly = await loadPlotly(this.stage.data.plotly);
    const figure = this.printed(), above = 84;
    const width = this.plot.clientWidth, height = this.plot.clientHeight + above;
    const ground = this.style.getPropertyValue("--st-background-color").trim();
    const layout = { ...figure.layout, width, height, paper_bgcolor: ground,
      title: { text: escaped(this.spec.title), x: 0.02, y: 1 - 24 / height, yanchor: "middle" },
      legend: { orientation: "h", y: 1.01, yanchor: "bottom", x: 0, font: figure.layout.font },
      margin: { ...figure.layout.margin, t: above } };
    this.save(await Plotly.toImage({ data: figure.data, layout }, { format: "png", width, height, scale: 2 }), "png");
  }

  close() {
    if (window.Plotly && this.plot._fullLayout) window.Plotly.purge(this.plot);
  }
}

// Any Plotly figure, in two or three dimensions.
class PlotPane extends Drawn {
  constructor(spec, stage) {
    super(spec, stage);
    this.solid = spec.base.data.some(trace => (trace.type ?? "").endsWith("3d"));
    this.view = null; // the learner's own zoom or camera, once there is one
    this.layer = el("div", "labels");
    this.layer.setAttribute("aria-hidden", "true"); // the summary and the table say it
    this.body.append(this.layer);
    this.labels = new Labels(this.layer);
    this.labels.set(spec.base.labels ?? []);
    if (spec.base.least) this.plot.style.minHeight = `${spec.base.least}px`; // many rows with a name each
    if (spec.base.legend?.length) this.body.after(this.legend(spec.base.legend));
    if (spec.base.fit) {
      for (const [name, factor] of [["closer", 0.75], ["farther", 1 / 0.75], ["fit", 0]])
        this.tool(name, () => this.zoom(factor));
    }
  }

  legend(entries) {
    const list = el("ul", "legend");
    for (const entry of entries) {
      const item = el("li");
      const colour = themed(entry.colour, this.style) || "currentColor";
      item.append(glyph(entry.symbol, colour, entry.scale), el("span", "", entry.label));
      list.append(item);
    }
    this.legendList = list;
    return list;
  }

  // The theme's colours are put in once for each look, not for each moment.
  get base() {
    if (!this.ready) {
      const look = this.look();
      const data = themed(this.spec.base.data, this.style).map(trace => trace.textfont?.size
        ? merge(trace, { textfont: this.margin({ size: trace.textfont.size }) }) : trace);
      const margin = this.margin(this.solid ? { l: 0, r: 0, t: 0, b: 0 } : { l: 48, r: 10, t: 8, b: 40 });
      const layout = this.grown(themed(this.spec.base.layout ?? {}, this.style));
      this.ready = { data, layout: merge(merge(look, { margin }), layout) };
      if (this.solid) this.ready.layout = this.spatial(this.ready.layout, look);
      this.labels.measure();
    }
    return this.ready;
  }

  // Sizes of a figure's own are for the page's usual type size too.
  grown({ margin, ...layout }) {
    const ticks = layout.xaxis?.tickfont;
    if (ticks) layout = merge(layout, { xaxis: { tickfont: this.margin(ticks) } });
    return margin ? { ...layout, margin: this.margin(margin) } : layout;
  }

  spatial(layout, look) {
    const axis = { ...look.xaxis, backgroundcolor: "rgba(0,0,0,0)", showspikes: false };
    const axes = Object.fromEntries(["xaxis", "yaxis", "zaxis"].map(a => [a, merge(axis, layout.scene?.[a] ?? {})]));
    const { xaxis, yaxis, ...rest } = layout;
    return { ...rest, scene: { ...layout.scene, ...axes, dragmode: "turntable", uirevision: "keep" } };
  }

  merged(part) {
    const { data, layout } = this.base;
    return { data: data.map((trace, n) => merge(trace, part.data?.[n] ?? {})), layout: merge(layout, part.layout ?? {}) };
  }

  async draw(part, frame) {
    const figure = this.merged(part);
    if (this.spec.base.fit) this.fitted(figure, frame);
    await this.plotly(figure.data, figure.layout);
    this.drawn = figure;
    this.label();
  }

  // The scale grows with the words: everything up to this moment is in the picture, and it never shrinks.
  fitted(figure, frame) {
    const reach = this.stage.reach(this.spec.source, frame);
    if (this.solid) {
      for (const axis of ["x", "y", "z"]) figure.layout.scene[`${axis}axis`].range = reach[axis];
      if (this.view) figure.layout.scene.camera = this.view;
      return;
    }
    const { width, height } = this.size(figure.layout.margin);
    const spread = { x: reach.x[1] - reach.x[0], y: reach.y[1] - reach.y[0] };
    const unit = Math.max(spread.x / width, spread.y / height); // equal units: a parallelogram must look like one
    for (const [axis, pixels] of [["x", width], ["y", height]]) {
      const middle = (reach[axis][0] + reach[axis][1]) / 2;
      const range = [middle - unit * pixels / 2, middle + unit * pixels / 2];
      figure.layout[`${axis}axis`] = { ...figure.layout[`${axis}axis`], autorange: false, range: this.view?.[axis] ?? range };
    }
  }

  size(margin) {
    return { width: Math.max(50, this.plot.clientWidth - margin.l - margin.r),
      height: Math.max(50, this.plot.clientHeight - margin.t - margin.b) };
  }

  label() {
    const full = this.plot._fullLayout;
    if (!this.drawn || !(this.solid ? full?.scene?._scene?.glplot : full?.xaxis)) return;
    const pixels = this.solid ? this.inSpace(full) : this.inPlane(full);
    const where = (trace, n) => {
      const point = ["x", "y", "z"].slice(0, this.solid ? 3 : 2).map(axis => this.drawn.data[trace][axis]?.[n]);
      return point.every(finite) ? pixels(point) : null;
    };
    this.labels.place(where, this.area(full), 8, this.arrows(where));
  }

  // Points along the arrows: labels keep off them.
  arrows(where) {
    return (this.spec.base.arrows ?? []).flatMap(trace => {
      const from = where(trace, 0), to = where(trace, 1);
      const steps = from && to ? Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 10) : 0;
      return Array.from({ length: steps }, (_, n) => {
        const t = (n + 0.5) / steps;
        return box(from.x + t * (to.x - from.x) - 3, from.y + t * (to.y - from.y) - 3, 6, 6);
      });
    });
  }

  inPlane({ xaxis, yaxis }) {
    return ([x, y]) => ({ x: xaxis._offset + xaxis.l2p(x), y: yaxis._offset + yaxis.l2p(y) });
  }

  // Where the camera sees a point: model, view and projection, one 4 × 4 matrix after the other, column by column.
  inSpace(full) {
    const { glplot, dataScale: scale } = full.scene._scene, camera = glplot.cameraParams;
    const times = (m, v) => [0, 1, 2, 3].map(r => v.reduce((sum, value, c) => sum + m[4 * c + r] * value, 0));
    const { right, bottom } = this.area(full);
    return point => {
      const start = [...point.map((value, n) => value * scale[n]), 1];
      const [x, y, , w] = [camera.model, camera.view, camera.projection].reduce((v, m) => times(m, v), start);
      return { x: (1 + x / w) / 2 * right, y: (1 - y / w) / 2 * bottom };
    };
  }

  area({ xaxis, yaxis }) {
    if (this.solid) return box(0, 0, this.plot.clientWidth, this.plot.clientHeight);
    return box(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
  }

  // Once, after the first drawing: what the learner does to the picture is kept.
  listen() {
    if (this.listening) return;
    this.listening = true;
    const follow = () => {
      const full = this.plot._fullLayout;
      if (this.solid) this.view = full.scene._scene?.getCamera?.() ?? this.view;
      else if (this.spec.base.fit) this.view = { x: [...full.xaxis.range], y: [...full.yaxis.range] };
      this.label();
    };
    this.plot.on("plotly_relayouting", follow);
    if (this.solid) this.plot.addEventListener("pointermove", event => event.buttons && requestAnimationFrame(() => this.label()));
    this.plot.on("plotly_relayout", follow);
    this.plot.on("plotly_doubleclick", () => this.zoom(0));
  }

  // factor 0 shows everything again.
  async zoom(factor) {
    const full = this.plot._fullLayout;
    if (!full) return;
    if (!factor) this.view = null;
    else if (this.solid) {
      const camera = full.scene._scene.getCamera();
      for (const axis of "xyz") camera.eye[axis] *= factor;
      this.view = camera;
    } else {
      const around = ([low, high]) => [0.5 - factor / 2, 0.5 + factor / 2].map(t => low + t * (high - low));
      this.view = { x: around(full.xaxis.range), y: around(full.yaxis.range) };
    }
    if (this.solid) {
      const camera = this.view ?? this.spec.base.layout.scene.camera;
      await window.Plotly.relayout(this.plot, { "scene.camera": camera });
    }
    await this.show(this.frame);
  }

  empty() { return !this.plot.querySelector(this.solid ? "canvas" : ".trace, .hm, .imagelayer image"); }

  resize() {
    this.ready = null;
    return this.frame && this.show(this.frame);
  }

  table() {
    const { table, labels = [] } = this.spec.base;
    const drawn = this.drawn?.data ?? [];
    if (drawn[0]?.type === "heatmap") { // a row of the picture is a row of the table
      const { x, y, z, customdata } = drawn[0];
      return { columns: [table?.columns?.[0] ?? "", ...x], rows: (customdata ?? z ?? []).map((row, n) => [y[n], ...row]) };
    }
    const traces = table?.traces ?? drawn.map((_, n) => n);
    const axes = ["x", "y", "z"].filter(axis => drawn.some(trace => trace[axis]));
    const rows = traces.flatMap(t => Array.from({ length: drawn[t]?.x?.length ?? 0 }, (_, n) => [
      labels.find(group => group.trace === t)?.texts[n] ?? drawn[t].name ?? n + 1,
      ...axes.map(axis => drawn[t][axis]?.[n] ?? null),
    ]));
    return { columns: table?.columns ?? [this.stage.texts["stage.name"], ...axes], rows };
  }

  // On paper, labels and legend must be part of the picture.
  printed() {
    const { size } = this.drawn.layout.font, full = this.plot._fullLayout, layer = this.layer.getBoundingClientRect();
    const legend = (this.spec.base.legend ?? []).map(entry => ({ type: this.solid ? "scatter3d" : "scatter", mode: "markers",
      x: [null], y: [null], z: [null], name: entry.label, showlegend: true,
      marker: { ...themed({ color: entry.colour }, this.style), symbol: entry.symbol, size: 10 * (entry.scale ?? 1) } }));
    const annotations = this.labels.items.filter(item => !item.hidden).map(item => {
      const at = item.node.getBoundingClientRect(), text = escaped(item.node.textContent);
      const x = (at.left + at.right) / 2 - layer.left, y = (at.top + at.bottom) / 2 - layer.top;
      const place = this.solid ? { xref: "paper", yref: "paper", x: x / layer.width, y: 1 - y / layer.height }
        : { xref: "x", yref: "y", x: full.xaxis.p2l(x - full.xaxis._offset), y: full.yaxis.p2l(y - full.yaxis._offset) };
      return { ...place, text: item.first ? `<b>${text}</b>` : text, showarrow: false, font: { size } };
    });
    const layout = { ...this.drawn.layout, annotations, showlegend: legend.length > 0 };
    return { data: [...this.drawn.data, ...legend], layout };
  }
}

// Metrics of the whole run against the step. Drawn rarely; only a line moves along them with the moment. Levels are
// what does not change: what other models came to.
class CurvesPane extends Drawn {
  constructor(spec, stage) {
    super(spec, stage);
    this.cursor = el("div", "cursor");
    this.cursor.hidden = true;
    this.veil = el("div", "veil"); // over what the learner has not come to yet
    this.body.append(this.veil, this.cursor);
    this.values = [];
    this.legendList = el("ul", "legend values");
    for (const curve of [...spec.base.curves, ...this.levels]) {
      const item = el("li"), value = el("span", "value", finite(curve.value) ? this.written(curve.value) : "");
      const colour = themed(curve.colour, this.style) || "currentColor";
      item.append(svg("0 0 24 6", { d: "M0 3H24", stroke: colour, "stroke-width": 2.5,
        "stroke-dasharray": DASHES[curve.dash] ?? curve.dash.replace(/px/g, "") }), el("span", "", curve.label), value);
      this.legendList.append(item);
      if (curve.metric) this.values.push(value);
    }
    this.body.after(this.legendList);
  }

  get levels() { return this.spec.base.levels ?? []; }

  part(frame) { return frame ? { metrics: frame.metrics } : null; }

  shown(curve, frame) { return this.written(frame.metrics[curve.metric], curve.axis); }

  // A value as its axis shows it: shares in per cent.
  written(value, side = "left") {
    const language = this.stage.language, axis = this.spec.base.layout[side === "right" ? "yaxis2" : "yaxis"];
    if (!axis?.tickformat || !finite(value)) return digits(value, language);
    return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(value);
  }

  summary(frame) {
    const levels = this.levels.map(l => `${l.label}: ${this.written(l.value)}`);
    return [...this.spec.base.curves.map(c => `${c.label}: ${this.shown(c, frame)}`), ...levels].join("; ");
  }

  draw(part, frame) {
    this.spec.base.curves.forEach((curve, n) => {
      this.values[n].textContent = this.shown(curve, part);
    });
    this.point(frame);
    return this.stage.due(this) ? this.whole() : null;
  }

  point(frame) {
    const axis = this.plot._fullLayout?.xaxis, y = this.plot._fullLayout?.yaxis;
    if (!axis || !this.drawn) return;
    this.cursor.hidden = false;
    this.cursor.style.height = `${y._length}px`;
    this.cursor.style.transform = `translate(${axis._offset + axis.l2p(frame.step)}px, ${y._offset}px)`;
    const film = this.stage.film, from = axis.l2p(film.reached = Math.max(film.reached, frame.step));
    Object.assign(this.veil.style, { left: `${axis._offset + from + 1}px`, top: `${y._offset}px`,
      width: `${Math.max(0, axis._length - from)}px`, height: `${y._length}px` });
  }

  async whole() {
    const { curves, unit, right, steps, layout = {} } = this.spec.base;
    const frames = this.stage.frames, look = this.look();
    const x = frames.map(f => f.step), total = frames.at(-1)?.total ?? 1, marks = ticks(total);
    const data = curves.map(curve => ({
      type: "scatter", mode: "lines", x, y: frames.map(f => f.metrics[curve.metric] ?? null), name: escaped(curve.label),
      line: { color: themed(curve.colour, this.style), dash: curve.dash, width: 2 }, hoverinfo: "skip",
      yaxis: curve.axis === "right" ? "y2" : "y",
    }));
    data.unshift(...this.levels.map(level => ({
      type: "scatter", mode: "lines", x: [0, total], y: [level.value, level.value], name: escaped(level.label),
      line: { color: themed(level.colour, this.style), dash: level.dash, width: 1.5 }, hoverinfo: "skip",
    })));
    const full = merge(look, {
      margin: this.margin({ l: 58, r: right ? 66 : 12, t: 8, b: 40 }), dragmode: false, hovermode: false,
      xaxis: { title: { text: steps }, range: [0, total], zeroline: false, tickvals: marks,
        ticktext: marks.map(mark => short(mark, this.stage.language)) },
      yaxis: { title: { text: unit }, nticks: 4, zeroline: false },
      ...(right ? { yaxis2: { ...look.yaxis, title: { text: right, ...look.yaxis.title }, overlaying: "y", side: "right",
        showgrid: false, nticks: 4, zeroline: false, tickformat: ".3~r" } } : {}),
    });
    await this.plotly(data, merge(full, themed(layout, this.style)));
    this.drawn = { data, layout: full };
    this.ahead();
    this.alone();
    if (this.frame) this.point(this.frame);
  }

  // Lines that do not change are there from the beginning: they go on over the veil.
  ahead() {
    const axis = this.plot._fullLayout?.yaxis;
    if (axis) this.veil.replaceChildren(...this.levels.map(level => {
      const line = el("div", "level");
      Object.assign(line.style, { top: `${axis.d2p(level.value)}px`, borderTopColor: themed(level.colour, this.style),
        borderTopStyle: level.dash === "solid" ? "solid" : "dotted" });
      return line;
    }));
  }

  // A model that was trained beforehand has kept its end only: one moment is no curve, and the pane says why.
  alone() {
    const one = Boolean(this.stage.data.beforehand) && this.stage.frames.length === 1;
    this.body.classList.toggle("alone", one);
    this.waiting.textContent = this.stage.texts[one ? "stage.no_curve" : "stage.waiting"];
    if (one) this.waiting.hidden = false;
  }

  resize() { return this.frame && this.whole(); }

  table() {
    const curves = this.spec.base.curves, levels = this.levels;
    return { columns: [this.spec.base.steps || this.stage.texts["stage.number"], ...[...curves, ...levels].map(c => c.label)],
      rows: this.stage.frames.map(f =>
        [f.step, ...curves.map(c => f.metrics[c.metric] ?? null), ...levels.map(l => l.value)]) };
  }

  printed() {
    return { data: this.drawn.data, layout: { ...this.drawn.layout, showlegend: true } };
  }
}

// Rows of words and numbers. A score is digits and a bar.
class TablePane extends Pane {
  constructor(spec, stage) {
    super(spec, stage);
    this.opener.hidden = true; // it is a table already
    const table = el("table"), head = el("tr");
    for (const column of spec.base.columns) {
      const th = el("th", column.kind, column.label);
      th.scope = "col";
      head.append(th);
    }
    const top = el("thead");
    top.append(head);
    this.rows = el("tbody");
    table.append(top, this.rows);
    this.body.append(table);
  }

  draw(part) {
    const columns = this.spec.base.columns;
    while (this.rows.rows.length > part.rows.length) this.rows.lastChild.remove();
    part.rows.forEach((row, r) => {
      const line = this.rows.rows[r] ?? this.line(columns);
      row.forEach((value, c) => this.put(line.cells[c], value, columns[c].kind));
    });
  }

  line(columns) {
    const row = el("tr");
    for (const column of columns) {
      const cell = el("td", column.kind);
      cell.append(el("span"));
      if (column.kind === "bar") cell.append(el("i"));
      row.append(cell);
    }
    this.rows.append(row);
    return row;
  }

  put(cell, value, kind) {
    const text = kind === "bar" && finite(value) ? value.toFixed(3).replace("-", "−") : this.cell(value);
    if (cell.firstChild.textContent !== text) cell.firstChild.textContent = text;
    if (kind === "bar") cell.lastChild.style.setProperty("--share", finite(value) ? Math.min(1, Math.max(0, value)) : 0);
  }

  table() {
    return { columns: this.spec.base.columns.map(c => c.label), rows: this.part(this.frame)?.rows ?? [] };
  }
}

// A few large numbers, each with what it counts.
class NumbersPane extends Pane {
  constructor(spec, stage) {
    super(spec, stage);
    this.opener.hidden = true;
    this.list_ = el("dl");
    this.body.append(this.list_);
  }

  draw(part) {
    part.numbers.forEach((entry, n) => {
      const group = this.list_.children[n] ?? this.group();
      group.querySelector("dd").textContent = this.cell(entry.value);
      group.querySelector("dt").textContent = entry.label;
    });
    while (this.list_.children.length > part.numbers.length) this.list_.lastChild.remove();
  }

  group() {
    const group = el("div");
    group.append(el("dt"), el("dd"));
    this.list_.append(group);
    return group;
  }

  table() {
    const rows = (this.part(this.frame)?.numbers ?? []).map(entry => [entry.label, entry.value]);
    return { columns: [this.spec.title, ""], rows };
  }
}

// Words the model wrote at that moment.
class TextPane extends Pane {
  draw(part) { this.body.textContent = part.text; }
  table() { return { columns: [this.spec.title], rows: [[this.part(this.frame)?.text ?? ""]] }; }
}

const KINDS = { plot: PlotPane, curves: CurvesPane, table: TablePane, numbers: NumbersPane, text: TextPane };
