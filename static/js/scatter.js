/* Plots of points: the printed drawing gives way to an interactive one when a reader asks for it.

   HTML asks for it so:

     <figure data-scatter="{…Plotly's data and layout, as JSON…}" data-plotly-src="/static/plotly.min.js">
       <button type="button" data-scatter-explore aria-pressed="false">Explore</button>
       …the static drawing, svg.scatter-plot…
     </figure>

   The figure is worked out on the server; here it is only drawn. It stands in an attribute, for htmx takes every script
   element out of a part that it brings. Plotly is fetched when first asked for. */

const FAILED = "The interactive plot could not be loaded. The printed plot shows the same numbers; you can try again.";
const CLEAR = "rgba(0,0,0,0)";
const SETTINGS = {
  responsive: true,
  displaylogo: false,
  modeBarButtons: [["zoomIn2d", "zoomOut2d", "pan2d", "resetScale2d"]],
};

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
    layout: { ...visit(layout, "layout"), paper_bgcolor: CLEAR, plot_bgcolor: CLEAR },
  };
}

let arrival = null;

/** Plotly, fetched once; a failure is forgotten, so that the next click tries again. */
function plotly(source) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  arrival ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => {
      arrival = null;
      reject(new Error(source));
    });
    document.head.append(script);
  });
  return arrival;
}

function part(frame, tag, name) {
  let found = frame.querySelector(`.${name}`);
  if (!found) {
    found = document.createElement(tag);
    found.className = name;
    frame.querySelector("svg.scatter-plot").after(found);
  }
  return found;
}

async function draw(frame) {
  const Plotly = await plotly(frame.dataset.plotlySrc);
  const live = part(frame, "div", "scatter-figure__live");
  const style = getComputedStyle(frame);
  const plain = JSON.parse(frame.dataset.scatter);
  const figure = repaint(plain, (token) => style.getPropertyValue(token).trim());
  await Plotly.react(live, figure.data, figure.layout, SETTINGS);
}

function say(frame, words) {
  const note = part(frame, "p", "scatter-figure__note");
  note.setAttribute("role", "status");
  note.textContent = words;
}

async function explore(button) {
  const frame = button.closest("[data-scatter]");
  if (frame.dataset.state === "live") {
    button.setAttribute("aria-pressed", "false");
    delete frame.dataset.state;
    return;
  }
  frame.dataset.state = "live";
  try {
    await draw(frame);
    button.setAttribute("aria-pressed", "true");
    say(frame, "");
  } catch (error) {
    console.warn(error);
    delete frame.dataset.state;
    say(frame, frame.dataset.failed || FAILED);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-scatter-explore]");
  if (button) explore(button);
});

const recolour = () => document.querySelectorAll('[data-scatter][data-state="live"]').forEach(draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
