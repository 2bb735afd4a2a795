/* Explains a cell of a trial's table while one types, moves between cells as a spreadsheet does, and spreads a pasted
   block over them. The server reads and checks again: what stands here is a courtesy. */

const WHOLE = String.raw`(\d{1,3}(?:[ ,\u202f\u00a0]\d{3}){1,4}|\d{1,15})`;
const NUMBER = String.raw`[-−–]?\d+(?:[.,·]\d+)?`;
const COUNT = new RegExp(String.raw`^\s*${WHOLE}\s*(?:\/|of|von)\s*${WHOLE}\s*$`, "i");
const SUMMARY = new RegExp(
  String.raw`^\s*(${NUMBER})\s*(?:[(\[]\s*(${NUMBER})(?:\s*(?:to|[-–—,;/]|\.\.)\s*(${NUMBER}))?\s*[)\]]|(?:±|\+/-|\+-)\s*(${NUMBER}))(?:\s*[,;/]?\s*(?:n\s*=?\s*)?${WHOLE})?\s*$`,
  "i",
);
const STATES = ["missing", "not reported", "nr", "not applicable", "n/a"];
/* What stands behind the first number of each form: one number or two. */
const BEHIND = { mean_sd: 1, mean_se: 1, mean_ci: 2, median_iqr: 2, median_iqr_table: 2, median_range: 2 };

const whole = (text) => Number(text.replace(/\D/g, ""));
const decimal = (text) => Number(text.replace(/[−–]/g, "-").replace(/[,·]/g, "."));

/** `10/20` or `10 of 20` as {events, total}; null when it is something else. */
export function parse(text) {
  const found = COUNT.exec(text);
  return found ? { events: whole(found[1]), total: whole(found[2]) } : null;
}

/** `11.2 (3.4)` or `11 (8–14) n=29` as {first, behind, total (null: not said)}; null when it is something else. */
export function summary(text) {
  const found = SUMMARY.exec(text);
  if (!found) return null;
  const [, first, second, third, plusMinus, size] = found;
  const behind = [second ?? plusMinus, third].filter((part) => part !== undefined);
  return { first, behind, total: size === undefined ? null : whole(size), isComma: !!second && !third && second.includes(",") && !first.includes(",") };
}

function judgeCount(text, randomised) {
  const count = parse(text);
  if (!count) return { kind: "shape" };
  if (count.total === 0) return { kind: "none", ...count };
  if (count.events > count.total) return { kind: "more", ...count };
  if (randomised !== null && count.total > randomised) return { kind: "randomised", ...count, randomised };
  return { kind: "says", ...count, percent: Math.round((1000 * count.events) / count.total) / 10 };
}

function judgeSummary(text, randomised, printed) {
  const read = summary(text);
  if (!read) return { kind: "summary" };
  if (read.isComma) return { kind: "comma", pair: read.behind[0] };
  if (printed && BEHIND[printed] !== read.behind.length) return { kind: "numbers" };
  const total = read.total ?? randomised;
  if (total === null) return { kind: "people" };
  if (total === 0) return { kind: "none", total };
  if (randomised !== null && total > randomised) return { kind: "randomised", total, randomised };
  if (read.behind.length === 1 && decimal(read.behind[0]) < 0) return { kind: "negative" };
  if (read.behind.length === 2) {
    const [low, high] = read.behind;
    if (!(decimal(low) <= decimal(read.first) && decimal(read.first) <= decimal(high))) return { kind: "between", middle: read.first, low, high };
  }
  return { kind: "measured", total, form: printed || (read.behind.length === 1 ? "mean_sd" : "median_iqr") };
}

/** What to say about a typed cell: {kind, ...numbers}; `empty`, `says`, `measured` and `state` are no mistakes. */
export function judge(text, randomised = null, { isCount = true, printed = "" } = {}) {
  const words = text.trim().replace(/\s+/g, " ").toLowerCase();
  if (!words) return { kind: "empty" };
  if (STATES.includes(words)) return { kind: "state" };
  return isCount ? judgeCount(text, randomised) : judgeSummary(text, randomised, printed);
}

/** Outcomes of which a person has only one: {kind: "together", parts, sum, people} when they are more than everybody. */
export function together(counts, and = "and") {
  if (counts.length < 2) return null;
  const people = Math.max(...counts.map((count) => count.total));
  const sum = counts.reduce((before, count) => before + count.events, 0);
  if (sum <= people) return null;
  const parts = counts.map((count) => `${count.events} ${count.words}`);
  return { kind: "together", parts: `${parts.slice(0, -1).join(", ")} ${and} ${parts.at(-1)}`, sum, people };
}

/** A pasted row as a list of cells: tabs part them; bare whole numbers in pairs are events and total. */
export function spread(text) {
  const parts = text.replace(/[\r\n]+$/, "").split("\t").map((part) => part.trim());
  if (parts.length < 2) return parts;
  if (parts.every((part) => /^\d+$/.test(part)) && parts.length % 2 === 0) {
    return parts.flatMap((part, place) => (place % 2 ? [] : [`${part}/${parts[place + 1]}`]));
  }
  return parts;
}

/** Pasted text as rows of cells. */
export function block(text) {
  return text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n").map(spread);
}

/** Where a key leads from a cell: {row, column}, or null to leave the key to the browser.
    `cell` is {row, column, start} (the column where this row was begun), `size` {rows, columns}, `caret` says whether the
    text cursor stands at the "start" and "end" of the text. Beyond the last row Enter leads out: {row: rows}. */
export function move(key, cell, size, caret) {
  const { row, column } = cell;
  switch (key) {
    case "Enter":
      return { row: row + 1, column: cell.start ?? column };
    case "ArrowDown":
      return row + 1 < size.rows ? { row: row + 1, column } : null;
    case "ArrowUp":
      return row > 0 ? { row: row - 1, column } : null;
    case "ArrowRight":
      return caret.end && column + 1 < size.columns ? { row, column: column + 1 } : null;
    case "ArrowLeft":
      return caret.start && column > 0 ? { row, column: column - 1 } : null;
    default:
      return null;
  }
}

/** The next of the fields that Enter leads through, from the one at `place`; an empty name of an arm (`isEmpty`) ends
    the arms. Past the last one: null, and the cells begin. */
export function after(place, fields) {
  if (fields[place].isEmpty) return null;
  return place + 1 < fields.length ? place + 1 : null;
}

/** A sentence with its {numbers} filled in. */
export function fill(sentence, numbers) {
  return sentence.replace(/\{(\w+)\}/g, (all, name) => numbers[name] ?? all);
}

const FINE = ["empty", "says", "measured", "state"];

function words(form, kind) {
  return form.dataset[`words${kind[0].toUpperCase()}${kind.slice(1)}`] ?? "";
}

const inputOf = (cell) => cell?.querySelector('input:not([type="hidden"])') ?? null;

function randomisedOf(form, cell) {
  if (cell.dataset.randomised) return Number(cell.dataset.randomised);
  const arm = form.querySelector(`.trial__arm[data-arm="${cell.dataset.arm}"]`);
  const text = arm?.dataset.randomised || arm?.querySelector('input[name$="-randomised"]')?.value.trim();
  return text ? Number(text) : null;
}

/** The field that says what the numbers of a continuous outcome are. */
function printedOf(form, cell) {
  return (cell.closest("[data-row]") ?? form).querySelector('select[name^="printed"]');
}

function verdictOf(form, cell) {
  const choice = printedOf(form, cell);
  const isCount = cell.dataset.cell !== "summary";
  const verdict = judge(inputOf(cell).value, randomisedOf(form, cell), { isCount, printed: isCount ? "" : (choice?.value ?? "") });
  if (verdict.kind === "says") {
    const counts = countsBeside(form, cell, verdict);
    for (const other of counts.slice(1)) {
      const found = together([counts[0], other], words(form, "and"));
      if (found) return found;
    }
  }
  if (verdict.kind === "measured") {
    const named = [...(choice?.options ?? [])].find((option) => option.value === verdict.form);
    verdict.form = named?.textContent ?? verdict.form;
  }
  return verdict;
}

/** The cell's count, and those of the same arm in the rows that exclude its outcome. */
function countsBeside(form, cell, own) {
  const row = cell.closest("[data-row]");
  if (!row?.dataset.excludes) return [own];
  const found = [{ ...own, words: row.dataset.happened }];
  for (const key of row.dataset.excludes.split(" ")) {
    const other = form.querySelector(`[data-row="${key}"]`);
    const count = parse(inputOf(other?.querySelector(`[data-cell][data-arm="${cell.dataset.arm}"]`))?.value ?? "");
    if (count) found.push({ ...count, words: other.dataset.happened });
  }
  return found;
}

function show(form, cell, { gentle }) {
  const input = inputOf(cell);
  const says = cell.querySelector("[data-cell-says]");
  if (!input || !says) return;
  const verdict = verdictOf(form, cell);
  const wrong = !FINE.includes(verdict.kind);
  /* Half a count is not a mistake yet. */
  const half = ["shape", "summary", "people", "numbers", "comma"].includes(verdict.kind);
  const quiet = gentle && half && document.activeElement === input;
  says.textContent = verdict.kind === "empty" || quiet ? "" : fill(words(form, verdict.kind), verdict);
  says.dataset.tone = wrong && !quiet ? "bad" : "good";
  if (wrong && !quiet) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** The cells whose sentences may depend on this one: those of the same arm. */
function showArm(form, cell, { gentle }) {
  show(form, cell, { gentle });
  for (const other of form.querySelectorAll(`[data-cell][data-arm="${cell.dataset.arm}"]`)) {
    if (other !== cell && inputOf(other)?.value) show(form, other, { gentle: true });
  }
}

/** Arms that were named show their names over the cells below. */
function nameArms(form) {
  for (const arm of form.querySelectorAll(".trial__arm[data-arm]")) {
    const name = arm.querySelector('input[name$="-label"]')?.value.trim();
    if (!name) continue;
    for (const cell of form.querySelectorAll(`[data-cell][data-arm="${arm.dataset.arm}"] .cell__arm`)) cell.textContent = name;
  }
}

const formOf = (target) => target?.closest?.("[data-cells]");

/** The cells of a form as rows of columns. */
function grid(form) {
  return [...form.querySelectorAll("[data-row]")].map((row) => [...row.querySelectorAll("[data-cell]")]);
}

function placeOf(rows, cell) {
  const row = rows.findIndex((cells) => cells.includes(cell));
  return row < 0 ? null : { row, column: rows[row].indexOf(cell) };
}

/* Where the run of cells in this row began, so that Enter returns there one row down. */
let begun = { row: null, column: 0 };

function go(rows, place, form) {
  const input = inputOf(rows[place.row]?.[Math.min(place.column, rows[place.row].length - 1)]);
  if (input) {
    input.focus();
    input.select();
  } else form.querySelector('button[type="submit"]')?.focus();
}

document.addEventListener("keydown", (event) => {
  const form = formOf(event.target);
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const path = [...form.querySelectorAll("[data-enter]")];
  if (event.key === "Enter" && path.includes(event.target)) {
    event.preventDefault();
    const fields = path.map((field) => ({ isEmpty: field.dataset.enter === "arm" && !field.value.trim() }));
    const next = after(path.indexOf(event.target), fields);
    if (next === null) go(grid(form), { row: 0, column: 0 }, form);
    else path[next].focus();
    return;
  }
  const cell = event.target.closest("[data-cell]");
  const rows = cell ? grid(form) : [];
  const place = cell && placeOf(rows, cell);
  if (!place || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const input = event.target;
  const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const isFlat = input.selectionStart === input.selectionEnd;
  const caret = { start: all || (isFlat && input.selectionStart === 0), end: all || (isFlat && input.selectionEnd === input.value.length) };
  const start = begun.row === place.row ? begun.column : place.column;
  const next = move(event.key, { ...place, start }, { rows: rows.length, columns: rows[place.row].length }, caret);
  if (!next) return;
  event.preventDefault();
  begun = { row: next.row, column: event.key === "Enter" ? next.column : (begun.row === next.row ? begun.column : next.column) };
  go(rows, next, form);
});

document.addEventListener("focusin", (event) => {
  const form = formOf(event.target);
  const cell = event.target.closest?.("[data-cell]");
  const place = form && cell && placeOf(grid(form), cell);
  if (place && begun.row !== place.row) begun = place;
});

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  const cell = event.target.closest("[data-cell]");
  if (cell) showArm(form, cell, { gentle: true });
  const name = event.target.name ?? "";
  if (/-label$/.test(name)) nameArms(form);
  if (/-randomised$|^printed/.test(name)) {
    for (const other of form.querySelectorAll("[data-cell]")) show(form, other, { gentle: true });
  }
});

document.addEventListener("focusout", (event) => {
  const cell = event.target.closest?.("[data-cell]");
  if (cell && formOf(cell)) showArm(formOf(cell), cell, { gentle: false });
});

document.addEventListener("paste", (event) => {
  const cell = event.target.closest?.("[data-cell]");
  const form = formOf(cell);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!form || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
  const rows = grid(form);
  const from = placeOf(rows, cell);
  if (!from) return;
  event.preventDefault();
  block(text).forEach((parts, down) =>
    parts.forEach((part, right) => {
      const target = rows[from.row + down]?.[from.column + right];
      const input = inputOf(target);
      if (!input) return;
      input.value = part;
      show(form, target, { gentle: false });
    }),
  );
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

for (const form of document.querySelectorAll("[data-cells]")) {
  nameArms(form);
  for (const cell of form.querySelectorAll("[data-cell]")) show(form, cell, { gentle: false });
}
