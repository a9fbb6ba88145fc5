// A picture that stands still: one plot pane as on the stage, with its tools, and no run behind it.

class Picture {
  constructor(parent) {
    this.root = el("div", "nw-stage nw-picture");
    parent.append(this.root);
    this.sized = new ResizeObserver(() => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.draw(), 120);
    });
    this.sized.observe(this.root);
  }

  update({ data }) {
    Object.assign(this, { data, texts: data.texts, language: data.language });
    if (this.shown !== data.id) this.build(data);
    this.pane.spec = this.spec(data);
    this.pane.labels.set(data.figure.labels);
    this.pane.plot.setAttribute("aria-label", data.summary);
    this.draw();
  }

  // Another picture is another pane; the same one with other words in view keeps its zoom.
  build(data) {
    this.pane?.close();
    this.pane = new PlotPane(this.spec(data), this);
    this.root.replaceChildren(this.pane.root);
    this.shown = data.id;
  }

  spec({ name, title, figure }) { return { name, title, kind: "plot", place: "main", source: name, base: figure }; }

  async draw() {
    this.pane.ready = null; // the theme or the type size may have changed
    await this.pane.show({ step: this.data.count, panes: { [this.data.name]: {} } });
    this.pane.list();
    this.root.dataset.drawn = this.shown;
  }

  // The box around all points, a little wider.
  reach() {
    const range = axis => {
      const values = this.data.figure.data.flatMap(trace => trace[axis] ?? []).filter(finite);
      const low = Math.min(...values), high = Math.max(...values), edge = 0.04 * (high - low) || 1;
      return [low - edge, high + edge];
    };
    return { x: range("x"), y: range("y"), z: range("z") };
  }

  close() {
    clearTimeout(this.timer);
    this.sized.disconnect();
    this.pane?.close();
    this.root.remove();
  }
}

const pictures = new WeakMap();

export default function (component) {
  const parent = component.parentElement;
  let picture = pictures.get(parent);
  if (!picture) pictures.set(parent, picture = new Picture(parent));
  picture.update(component);
  return () => { picture.close(); pictures.delete(parent); };
}
