let loading = null;
const plotly = () => loading ??= new Promise((ok, no) => {
  if (window.Plotly) return ok(window.Plotly);
  const script = document.createElement("script");
  script.src = new URL("vendor/plotly.min.js", document.baseURI).href;
  script.onload = () => ok(window.Plotly);
  script.onerror = no;
  document.head.append(script);
});

export default function ({ parentElement, data }) {
  let div = parentElement.querySelector(".stage");
  if (!div) {
    div = document.createElement("div");
    div.className = "stage";
    parentElement.append(div);
  }
  const frames = [];
  let on = true, done = false, at = 0;
  const fetchMore = async () => {
    if (!on) return;
    const reply = await fetch(new URL(`live/${data.token}?since=${frames.length - 1}`, document.baseURI));
    if (reply.status === 200) {
      const news = await reply.json();
      frames.push(...news.frames);
      done = news.state === "done" && news.all === frames.length;
    }
    div.dataset.state = done ? "done" : "running";
    if (!done) setTimeout(fetchMore, 60);
  };
  const play = async () => {
    if (!on) return;
    if (at < frames.length) {
      const { data: traces, layout } = frames[at++].figure;
      await (await plotly()).react(div, traces, layout, { responsive: true, displaylogo: false });
      div.dataset.drawn = at;
    }
    if (!(done && at === frames.length)) setTimeout(play, data.pause);
  };
  plotly().then(() => { fetchMore(); play(); });
  return () => { on = false; };
}
