// Labels of points that keep apart: each takes the best of a few places around its point, and stays there while it can.

const PLACES = [ // right, above, below, left, and what lies between them; the first ones are liked best
  [1, 0], [0, -1], [0, 1], [-1, 0], [1, -0.5], [1, 0.5], [-1, -0.5], [-1, 0.5],
  [1, -1], [1, 1], [-1, -1], [-1, 1], [0.5, -1], [0.5, 1], [-0.5, -1], [-0.5, 1],
];
const COST = { label: 12, point: 8, outside: 20, later: 0.08, moved: 0.6 };
const CROWDED = 0.12; // share of a label that others may cover before it waits for more room

const overlap = (a, b) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

const box = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });

class Labels {
  // `layer` lies over the picture and takes no clicks. Text goes in as text, never as HTML: learners typed some of it.
  constructor(layer) {
    this.layer = layer;
    this.items = [];
  }

  set(groups) {
    this.layer.replaceChildren();
    this.items = groups.flatMap(group => group.texts.flatMap((text, n) => {
      if (group.only && !group.strong.includes(n)) return [];
      const node = document.createElement("span");
      node.textContent = text;
      const strong = group.strong.includes(n);
      node.classList.toggle("strong", strong);
      node.classList.toggle("quiet", Boolean(group.quiet));
      node.style.opacity = 0; // until it has a place
      this.layer.append(node);
      return { node, trace: group.trace, n, first: strong || Boolean(group.quiet), apart: Boolean(group.apart), place: 0,
        hidden: false };
    }));
    this.order = [...this.items].sort((a, b) => b.first - a.first); // strong ones choose first
    this.measure();
  }

  // Widths change with the type size: once for each, not once for each moment.
  measure() {
    for (const item of this.items) Object.assign(item, { width: item.node.offsetWidth, height: item.node.offsetHeight });
  }

  // `where(trace, n)` is the point in pixels, or null when it is nowhere; `area` is the plot's box.
  // `others` are boxes a label had better not cover.
  place(where, area, gap, others) {
    const points = this.items.map(item => where(item.trace, item.n));
    const dots = [...others, ...points.filter(Boolean).map(p => box(p.x - gap, p.y - gap, 2 * gap, 2 * gap))];
    const taken = [];
    for (const item of this.order) {
      const p = points[this.items.indexOf(item)];
      const seen = p && p.x >= area.left && p.x <= area.right && p.y >= area.top && p.y <= area.bottom;
      const best = seen ? this.best(item, p, gap, taken, dots, area) : {};
      // Words that lie on one another cannot all be read: the later ones wait until there is room.
      item.hidden = !(best.covered <= (item.hidden || item.apart ? 0 : CROWDED) && best.outside < 0.3);
      if (!item.hidden) {
        taken.push(best.box);
        item.place = best.place;
        item.node.style.transform = `translate(${best.box.left.toFixed(1)}px, ${best.box.top.toFixed(1)}px)`;
      }
      item.node.style.opacity = item.hidden ? 0 : 1;
    }
  }

  best(item, p, gap, taken, dots, area) {
    let best = { cost: Infinity };
    const size = item.width * item.height || 1;
    const reach = box(p.x - item.width - gap, p.y - item.height - gap, 2 * (item.width + gap), 2 * (item.height + gap));
    [taken, dots] = [taken, dots].map(boxes => boxes.filter(other => overlap(reach, other))); // most are far away
    PLACES.forEach(([dx, dy], place) => {
      const left = p.x - item.width / 2 + dx * (item.width / 2 + gap);
      const top = p.y - item.height / 2 + dy * (item.height / 2 + gap);
      const b = box(left, top, item.width, item.height);
      const share = boxes => boxes.reduce((sum, other) => sum + overlap(b, other), 0) / size;
      const outside = 1 - overlap(b, area) / size, covered = share(taken);
      const cost = COST.label * covered + COST.point * share(dots) + COST.outside * outside +
        COST.later * place + (item.hidden || place === item.place ? 0 : COST.moved);
      if (cost < best.cost) best = { cost, place, box: b, covered, outside };
    });
    return best;
  }
}
