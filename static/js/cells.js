/* Explains a cell of a trial's table while one types, and spreads a row pasted from a spreadsheet over its cells.
   The server reads and checks again: what stands here is a courtesy. */

const SHAPE = /^\s*(\d[\d ,\u202f\u00a0]*?)\s*(?:\/|of)\s*(\d[\d ,\u202f\u00a0]*?)\s*$/i;

const number = (text) => Number(text.replace(/\D/g, ""));

/** `10/20` or `10 of 20` as {events, total}; null when it is something else. */
export function parse(text) {
  const found = SHAPE.exec(text);
  return found ? { events: number(found[1]), total: number(found[2]) } : null;
}

/** What to say about a typed cell: {kind: "empty" | "shape" | "more" | "none" | "randomised" | "says", ...numbers}. */
export function judge(text, randomised = null) {
  if (!text.trim()) return { kind: "empty" };
  const count = parse(text);
  if (!count) return { kind: "shape" };
  if (count.total === 0) return { kind: "none", ...count };
  if (count.events > count.total) return { kind: "more", ...count };
  if (randomised !== null && count.total > randomised) return { kind: "randomised", ...count, randomised };
  return { kind: "says", ...count, percent: Math.round((1000 * count.events) / count.total) / 10 };
}

/** Pasted text as a list of cells: tabs part them; two bare numbers side by side are events and total. */
export function spread(text) {
  const parts = text.trim().split("\n")[0].split("\t").map((part) => part.trim());
  if (parts.length < 2) return parts;
  if (parts.every((part) => /^\d+$/.test(part)) && parts.length % 2 === 0) {
    return parts.flatMap((part, place) => (place % 2 ? [] : [`${part}/${parts[place + 1]}`]));
  }
  return parts;
}

/** A sentence with its {numbers} filled in. */
export function fill(sentence, numbers) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => numbers[name] ?? whole);
}

function words(form, kind) {
  return form.dataset[`words${kind[0].toUpperCase()}${kind.slice(1)}`] ?? "";
}

function randomisedOf(form, cell) {
  if (cell.dataset.randomised) return Number(cell.dataset.randomised);
  const field = form.querySelector(`.trial__arm[data-arm="${cell.dataset.arm}"] input[name$="-randomised"]`);
  return field?.value.trim() ? Number(field.value) : null;
}

function show(form, cell, { gentle }) {
  const input = cell.querySelector("input");
  const says = cell.querySelector("[data-cell-says]");
  if (!input || !says) return;
  const verdict = judge(input.value, randomisedOf(form, cell));
  const wrong = !["empty", "says"].includes(verdict.kind);
  /* Half a count is not a mistake yet. */
  const quiet = gentle && verdict.kind === "shape" && /^\s*\d*\s*(\/|of?)?\s*$/i.test(input.value);
  says.textContent = verdict.kind === "empty" || quiet ? "" : fill(words(form, verdict.kind), verdict);
  says.dataset.tone = wrong && !quiet ? "bad" : "good";
  if (wrong && !quiet) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Arms that were named show their names over the cells below. */
function nameArms(form) {
  for (const arm of form.querySelectorAll(".trial__arm[data-arm]")) {
    const name = arm.querySelector('input[name$="-label"]')?.value.trim();
    if (!name) continue;
    for (const cell of form.querySelectorAll(`[data-cell][data-arm="${arm.dataset.arm}"] .cell__arm`)) cell.textContent = name;
  }
}

const formOf = (target) => target.closest?.("[data-cells]");

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  const cell = event.target.closest("[data-cell]");
  if (cell) show(form, cell, { gentle: true });
  if (/-label$/.test(event.target.name ?? "")) nameArms(form);
  if (/-randomised$/.test(event.target.name ?? "")) {
    for (const other of form.querySelectorAll("[data-cell]")) show(form, other, { gentle: true });
  }
});

document.addEventListener("focusout", (event) => {
  const cell = event.target.closest?.("[data-cell]");
  if (cell && formOf(cell)) show(formOf(cell), cell, { gentle: false });
});

document.addEventListener("paste", (event) => {
  const cell = event.target.closest?.("[data-cell]");
  const form = cell && formOf(cell);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!form || !text.includes("\t")) return;
  event.preventDefault();
  const row = [...(cell.closest("[role=group]") ?? cell.parentElement).querySelectorAll("[data-cell]")];
  const start = row.indexOf(cell);
  spread(text).forEach((part, place) => {
    const target = row[start + place];
    const input = target?.querySelector("input");
    if (!input) return;
    input.value = part;
    show(form, target, { gentle: false });
  });
});

for (const form of document.querySelectorAll("[data-cells]")) {
  nameArms(form);
  for (const cell of form.querySelectorAll("[data-cell]")) show(form, cell, { gentle: false });
}
