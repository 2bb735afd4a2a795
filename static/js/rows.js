/* Adds a row to a formset by cloning its blank one. Without this module the form's spare rows do. */

/** The blank row's HTML with Django's __prefix__ replaced by the row's place. */
export function numbered(html, place) {
  return html.replaceAll("__prefix__", String(place));
}

function add(rows) {
  const total = rows.querySelector('input[name$="-TOTAL_FORMS"]');
  const blank = rows.querySelector("[data-rows-blank]");
  const list = rows.querySelector("[data-rows-list]");
  const place = Number(total.value);
  const made = document.createElement("template");
  made.innerHTML = numbered(blank.innerHTML, place);
  list.append(made.content);
  total.value = String(place + 1);
  const row = list.lastElementChild;
  const order = row.querySelector('input[name$="-ORDER"]');
  if (order && !order.value) order.value = String(place + 1);
  row.querySelector('input[type="text"], textarea, select')?.focus();
}

function dim(box) {
  const row = box.closest("[data-row]");
  if (row) row.toggleAttribute("data-gone", box.checked);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-rows-add]");
  if (button) add(button.closest("[data-rows]"));
});

document.addEventListener("change", (event) => {
  if (/-DELETE$/.test(event.target.name ?? "")) dim(event.target);
});

for (const button of document.querySelectorAll("[data-rows-add]")) button.hidden = false;
for (const box of document.querySelectorAll('[data-row] input[name$="-DELETE"]')) dim(box);
