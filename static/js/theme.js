/* Light, dark or as the system says. The choice lives in this browser only and needs no cookie. */

const KEY = "perennial-theme";
export const CHOICES = ["light", "dark", "system"];

/** The choice to keep: one of CHOICES, "system" for anything else. */
export function choose(value) {
  return CHOICES.includes(value) ? value : "system";
}

function stored() {
  try {
    return choose(localStorage.getItem(KEY));
  } catch {
    return "system";
  }
}

function store(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    /* A browser that keeps nothing still shows the choice until the page is left. */
  }
}

function show(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

function press(choice) {
  for (const control of document.querySelectorAll("[data-theme-switch]")) {
    control.hidden = false;
    for (const button of control.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  }
}

function mount() {
  show(stored());
  const ready = () => press(stored());
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    const choice = choose(button.dataset.themeChoice);
    store(choice);
    show(choice);
    press(choice);
  });
}

mount();
