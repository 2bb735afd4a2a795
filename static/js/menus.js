/* A menu closes when one looks elsewhere. Without this module it closes by its own summary. */

/** The open menus that a click or a focus outside of them should close. */
export function toClose(open, target) {
  return open.filter((menu) => !menu.contains(target));
}

function close(target) {
  const open = [...document.querySelectorAll("details.menu[open]")];
  for (const menu of toClose(open, target)) menu.open = false;
}

document.addEventListener("click", (event) => close(event.target));
document.addEventListener("focusin", (event) => close(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});
