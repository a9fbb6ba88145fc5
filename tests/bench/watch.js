// Runs before the page's own scripts and notes when things happen, in ms of the page's clock.
// Two stages are known: the app's and the yardstick's. Both say `data-drawn` (frames drawn so far) and `data-state`;
// the app's also says `data-token` (which run) and `data-index` (which moment of it).
const nothing = { clicked: null, token: null, moments: [], done: null, refreshes: 0, blank: 0 };
window.seen = structuredClone(nothing);

document.addEventListener("click", (event) => {
  if (!event.target.closest("button")) return;
  const token = document.querySelector("[data-drawn]")?.dataset.token ?? null;
  window.seen = { ...structuredClone(nothing), clicked: performance.now(), token };
}, true);

new MutationObserver((changes) => {
  for (const { target, attributeName } of changes) {
    const { drawn, index, state, token } = target.dataset;
    if ((token ?? "new") === seen.token) continue; // still the run that was there before the click
    if (attributeName === "data-drawn") seen.moments.push([performance.now(), Number(index ?? drawn - 1)]);
    if (state === "done") seen.done ??= performance.now();
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-drawn", "data-state"] });

// From the first moment on, every refresh of the screen must show points.
const look = () => {
  if (seen.moments.length) {
    seen.refreshes += 1;
    if (!document.querySelector(".js-plotly-plot .scatterlayer .point")) seen.blank += 1;
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
