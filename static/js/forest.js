/* Forest plots: the printed drawing gives way to an interactive one when a reader asks for it.

   HTML asks for it so (everything stands inside one [data-forest]):

     <figure class="forest-figure" data-forest>
       <div data-forest-printed>… static SVG …</div>
       <div class="forest-figure__live" data-forest-live hidden></div>
       <p data-forest-note role="status"></p>
       <button type="button" data-forest-explore data-forest-back="Printed plot"
               data-plotly-src="/static/plotly/plotly.min.js" data-figure="id-of-json">Explore</button>
       <button type="button" data-forest-png="/r/…/mortality.svg">PNG</button>
     </figure>

   `data-figure` names a <script type="application/json"> with {"wide": …, "narrow": …}; `data-figure-src` fetches the same.
   Everything in it is worked out on the server; here it is only drawn. */

const FAILED = "The interactive plot could not be loaded. The printed plot shows the same numbers; you can try again.";
const PNG_SCALE = 3;

/** The layout that fits: "wide" or "narrow". */
export function choose(figures, width) {
  return width >= figures.wide.layout.meta.least_width ? "wide" : "narrow";
}

/** The figure in the page's colours: `paint` gives the colour of a token, or "" where the page has none. */
export function repaint(figure, paint) {
  const colours = figure.layout.meta.colours;
  const visit = (value, key) => {
    if (Array.isArray(value)) return value.map((item) => visit(item, key));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]));
    }
    const token = /color$/.test(key) ? colours[value] : undefined;
    return (token && paint(token)) || value;
  };
  return { data: visit(figure.data, "data"), layout: { ...visit(figure.layout, "layout"), meta: figure.layout.meta } };
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
  const words = title.normalize("NFKD").toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return ["forest-plot", ...words].join("-").slice(0, 80);
}

/** Plotly's settings: a quiet tool bar with zoom and the two downloads. */
export function settings(Plotly, figures, layout) {
  const { width, title } = figures.wide.layout.meta;
  const save = (format) => () =>
    Plotly.downloadImage(figures.wide, {
      format,
      filename: fileName(title),
      width,
      height: figures.wide.layout.height,
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

const loading = new Map();

function loadPlotly(source) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!loading.has(source)) {
    const arrival = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.addEventListener("load", () => resolve(window.Plotly));
      script.addEventListener("error", () => reject(new Error(source)));
      document.head.append(script);
    });
    loading.set(
      source,
      arrival.catch((error) => {
        loading.delete(source);
        throw error;
      }),
    );
  }
  return loading.get(source);
}

async function readFigures(button) {
  const { figure, figureSrc } = button.dataset;
  if (figure) return JSON.parse(document.getElementById(figure).textContent);
  const answer = await fetch(figureSrc, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${figureSrc}: ${answer.status}`);
  return answer.json();
}

const drawn = new Map();

async function draw(live) {
  const { Plotly, figures } = drawn.get(live);
  const layout = choose(figures, live.clientWidth);
  const style = getComputedStyle(live);
  const figure = repaint(figures[layout], (token) => style.getPropertyValue(token).trim());
  await Plotly.react(live, figure.data, figure.layout, settings(Plotly, figures, layout));
  drawn.get(live).layout = layout;
  live.removeAllListeners("plotly_relayout");
  live.on("plotly_relayout", (event) => {
    const now = zoom(event, figures[layout].layout.xaxis.range);
    if (now === null) return;
    const cut = figure.data.findIndex((trace) => trace.meta === "cut");
    Plotly.update(live, { visible: now === "start" }, ticks(figure.layout.meta, now), [cut]);
  });
}

function redrawAll(needed) {
  for (const [live, state] of drawn) {
    if (!live.isConnected) drawn.delete(live);
    else if (!live.hidden && needed(live, state)) draw(live);
  }
}

const resized = new ResizeObserver(() =>
  redrawAll((live, { figures, layout }) => layout && choose(figures, live.clientWidth) !== layout),
);

async function explore(button) {
  const frame = button.closest("[data-forest]");
  const live = frame.querySelector("[data-forest-live]");
  const printed = frame.querySelector("[data-forest-printed]");
  const note = frame.querySelector("[data-forest-note]");
  const opening = live.hidden;
  if (note) note.textContent = "";
  if (opening && !drawn.has(live)) {
    button.setAttribute("aria-busy", "true");
    try {
      const [Plotly, figures] = await Promise.all([loadPlotly(button.dataset.plotlySrc), readFigures(button)]);
      drawn.set(live, { Plotly, figures });
    } catch {
      if (note) note.textContent = FAILED;
      return;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
  live.hidden = !opening;
  printed.hidden = opening;
  swapLabel(button);
  if (opening) {
    await draw(live);
    resized.observe(live);
    live.dataset.drawn = "";
  }
}

function swapLabel(button) {
  const { forestBack } = button.dataset;
  if (!forestBack) return;
  button.dataset.forestBack = button.textContent.trim();
  button.textContent = forestBack;
}

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
  link.download = `${image.src.split("/").pop().replace(/\.svg.*$/, "")}.png`;
  link.click();
  URL.revokeObjectURL(link.href);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-forest-explore], [data-forest-png]");
  if (!button) return;
  if (button.dataset.forestPng) downloadPng(button);
  else explore(button);
});

const repaintAll = () => redrawAll(() => true);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaintAll);
new MutationObserver(repaintAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
