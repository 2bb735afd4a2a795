/* Files dropped on a field for files. Without this module the field works as every such field does. */

/** The names of some files in one line: the first three, then how many more. */
export function named(names) {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} + ${names.length - 3}` : shown;
}

function tell(area) {
  const input = area.querySelector('input[type="file"]');
  area.querySelector("[data-drop-names]").textContent =
    input.files.length > 1 ? named([...input.files].map((file) => file.name)) : "";
}

document.addEventListener("dragover", (event) => {
  const area = event.target.closest?.("[data-drop]");
  if (!area) return;
  event.preventDefault();
  area.toggleAttribute("data-over", true);
});

document.addEventListener("dragleave", (event) => {
  event.target.closest?.("[data-drop]")?.removeAttribute("data-over");
});

document.addEventListener("drop", (event) => {
  const area = event.target.closest?.("[data-drop]");
  if (!area) return;
  event.preventDefault();
  area.removeAttribute("data-over");
  area.querySelector('input[type="file"]').files = event.dataTransfer.files;
  tell(area);
});

document.addEventListener("change", (event) => {
  const area = event.target.closest?.("[data-drop]");
  if (area) tell(area);
});
