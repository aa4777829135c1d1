// Enter in the quantity of a row adds that row: of itself it would press the first button of the form.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
  const row = event.target.closest("[data-buying] tr");
  if (!row || !event.target.matches("input")) return;
  event.preventDefault();
  row.querySelector("button[name=only]").click();
});

// What goes into the cart needs no price any more: an answer to it would come for a row that has been replaced.
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (!elt.matches("form[data-buying]")) return;
  for (const row of elt.querySelectorAll("[id^=buy-]")) {
    row.dispatchEvent(new Event("htmx:abort", { bubbles: true }));
  }
});
