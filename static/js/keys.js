/* Presses the button that names a key: <button data-key="d">. */

/** The button for a key, or null while somebody types or a combination is pressed. */
export function pick(buttons, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target?.tagName ?? "")) return null;
  return buttons.find((button) => button.dataset.key === event.key.toLowerCase()) ?? null;
}

document.addEventListener("keydown", (event) => {
  const button = pick([...document.querySelectorAll("button[data-key]")], event);
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const relation = form?.elements.namedItem("relation");
  // "Related" needs its relation; the key leads there where none is chosen yet.
  if (button.value === "related" && relation && !relation.value) relation.focus();
  else button.click();
});
