/* Forest plots: the printed drawing gives way to an interactive one when a reader asks for it.

   HTML asks for it so:

     <figure class="forest-figure" data-forest data-plotly-src="/static/plotly.min.js"
             data-figure-wide="…/wide.json" data-figure-narrow="…/narrow.json">
       <button type="button" data-forest-explore aria-pressed="false">Explore</button>
       <button type="button" data-forest-png="…/mortality.svg">PNG</button>
       …the two static drawings, svg.forest…
     </figure>

   Both figures are worked out on the server; here they are only drawn. Plotly is fetched when first asked for. */

const FAILED = "The interactive plot could not be loaded. The printed plot shows the same numbers; you can try again.";
const PNG_SCALE = 3;
const CLEAR = "rgba(0,0,0,0)";

/** The layout that fits a width: "wide" or "narrow". */
export function choose(wide, width) {
  return width >= wide.layout.meta.least_width ? "wide" : "narrow";
}

/** The figure in the page's colours, on the page's ground: `paint` gives the colour of a token, "" where there is none. */
export function repaint(figure, paint) {
  const { colours } = figure.layout.meta;
  const visit = (value, key) => {
    if (Array.isArray(value)) return value.map((item) => visit(item, key));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]));
    }
    const token = /color$/.test(key) ? colours[value] : undefined;
    return (token && paint(token)) || value;
  };
  const { meta, ...layout } = figure.layout;
  return {
    data: visit(figure.data, "data"),
    layout: { ...visit(layout, "layout"), meta, paper_bgcolor: CLEAR, plot_bgcolor: CLEAR },
  };
}

/** What an event did to the axis that began as `start`: "in", "out", "start" (back to it), or null for none of these. */
export function zoom(event, start) {
  if (event["xaxis.autorange"]) return "out";
  const range = event["xaxis.range"] ?? [event["xaxis.range[0]"], event["xaxis.range[1]"]];
  if (range[0] === undefined || range[1] === undefined) return null;
  if (range.every((end, index) => Math.abs(end - start[index]) < 1e-9)) return "start";
  return range[1] - range[0] < start[1] - start[0] ? "in" : "out";
}

/** The ticks for that zoom, in the words of Plotly's relayout. */
export function ticks(meta, now) {
  return Object.fromEntries(
    Object.entries(now === "in" ? meta.zoomed_in : meta.start).map(([name, value]) => [`xaxis.${name}`, value]),
  );
}

/** A name for a downloaded file, from the figure's title. */
export function fileName(title) {
  const words = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return ["forest-plot", ...words].join("-").slice(0, 80);
}

/** The name of the PNG made from an SVG at this address: the review and the outcome, not the whole path. */
export function pngName(address) {
  const last = new URL(address, "http://x").pathname.split("/").pop();
  return `${last.replace(/\.svg$/, "")}.png`;
}

/** Plotly's settings: a quiet tool bar with zoom, and two downloads of the whole figure in its own colours. */
export function settings(Plotly, wide, layout) {
  const { title, paper } = wide.layout.meta;
  const figure = { data: wide.data, layout: { ...wide.layout, ...paper.layout } };
  const save = (format) => () =>
    Plotly.downloadImage(figure, {
      format,
      filename: fileName(title),
      width: paper.width,
      height: paper.height,
      scale: format === "png" ? PNG_SCALE : 1,
    });
  return {
    responsive: true,
    displaylogo: false,
    displayModeBar: true,
    doubleClick: "reset",
    showTips: false,
    scrollZoom: false,
    modeBarButtons: [
      ["zoomIn2d", "zoomOut2d", ...(layout === "wide" ? ["pan2d", "zoom2d"] : []), "resetScale2d"],
      [
        { name: "svg", title: "Download as SVG", icon: Plotly.Icons.disk, click: save("svg") },
        { name: "png", title: "Download as PNG", icon: Plotly.Icons.camera, click: save("png") },
      ],
    ],
  };
}

const arrivals = new Map();

/** Whatever a source gave once; a failure is forgotten, so that the next click tries again. */
function once(source, fetcher) {
  if (!arrivals.has(source)) {
    const arrival = fetcher(source);
    arrivals.set(source, arrival);
    arrival.catch(() => arrivals.delete(source));
  }
  return arrivals.get(source);
}

function loadPlotly(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error(source)));
    document.head.append(script);
  });
}

async function loadFigure(source) {
  const answer = await fetch(source, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${source}: ${answer.status}`);
  return answer.json();
}

async function draw(frame, live) {
  const { plotlySrc, figureWide, figureNarrow } = frame.dataset;
  const [Plotly, wide] = await Promise.all([once(plotlySrc, loadPlotly), once(figureWide, loadFigure)]);
  const layout = choose(wide, live.clientWidth);
  const plain = layout === "wide" ? wide : await once(figureNarrow, loadFigure);
  const style = getComputedStyle(live);
  const figure = repaint(plain, (token) => style.getPropertyValue(token).trim());
  await Plotly.react(live, figure.data, figure.layout, settings(Plotly, wide, layout));
  live.dataset.layout = layout;
  live.removeAllListeners("plotly_relayout");
  live.on("plotly_relayout", (event) => {
    const now = zoom(event, plain.layout.xaxis.range);
    if (now === null) return;
    const cut = plain.data.findIndex((trace) => trace.meta === "cut");
    Plotly.update(live, { visible: now === "start" }, ticks(plain.layout.meta, now), [cut]);
  });
}

function say(frame, words) {
  let note = frame.querySelector(".forest-figure__note");
  if (!note) {
    note = document.createElement("p");
    note.className = "forest-figure__note";
    note.setAttribute("role", "status");
    frame.append(note);
  }
  note.textContent = words;
}

function room(frame) {
  let live = frame.querySelector(".forest-figure__live");
  if (!live) {
    live = document.createElement("div");
    live.className = "forest-figure__live";
    [...frame.querySelectorAll("svg.forest")].at(-1).after(live);
    resized.observe(live);
  }
  return live;
}

async function explore(button) {
  const frame = button.closest("[data-forest]");
  if (button.getAttribute("aria-pressed") === "true") {
    button.setAttribute("aria-pressed", "false");
    delete frame.dataset.state;
    return;
  }
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  frame.dataset.state = "live";
  try {
    await draw(frame, room(frame));
    button.setAttribute("aria-pressed", "true");
    say(frame, "");
  } catch (error) {
    console.warn(error);
    delete frame.dataset.state;
    say(frame, frame.dataset.failed || FAILED);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function redraw(isNeeded) {
  for (const live of document.querySelectorAll('[data-forest][data-state="live"] .forest-figure__live[data-layout]')) {
    const frame = live.closest("[data-forest]");
    const wide = await once(frame.dataset.figureWide, loadFigure);
    if (isNeeded(live, wide)) await draw(frame, live);
  }
}

const resized = new ResizeObserver(() => redraw((live, wide) => choose(wide, live.clientWidth) !== live.dataset.layout));

async function downloadPng(button) {
  const image = new Image();
  image.src = button.dataset.forestPng;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * PNG_SCALE;
  canvas.height = image.naturalHeight * PNG_SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = pngName(image.src);
  link.click();
  URL.revokeObjectURL(link.href);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-forest-explore], [data-forest-png]");
  if (!button) return;
  if (button.dataset.forestPng) downloadPng(button);
  else explore(button);
});

const recolour = () => redraw(() => true);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
