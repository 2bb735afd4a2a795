/* Says in one quiet bar that a request did not arrive. The sentences stand in the page, translated. */

/** Which sentence fits what htmx reports; null when the page itself shows what happened. */
export function sentence(type, words) {
  if (type === "htmx:sendError" || type === "htmx:timeout") return words.unreachable;
  if (type === "htmx:responseError") return words.failed;
  return null;
}

function bar() {
  return document.querySelector("[data-network]");
}

for (const type of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(type, (event) => {
    const element = bar();
    const text = sentence(event.type, element?.dataset ?? {});
    if (!element || !text) return;
    element.textContent = text;
    element.hidden = false;
  });
}

document.addEventListener("htmx:afterOnLoad", () => {
  const element = bar();
  if (element) element.hidden = true;
});
