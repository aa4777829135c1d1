// Enter in the quantity of a row adds that row: of itself it would press the first button of the form.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
  const row = event.target.closest("[data-buying] [data-row]");
  if (!row || !event.target.matches("[data-stepper] input")) return;
  event.preventDefault();
  row.querySelector("button[name=only]").click();
});

// Nothing is compared any more: the boxes of the page say so, too.
document.addEventListener("compare:cleared", () => {
  const boxes = document.querySelectorAll("[name=compare]");
  for (const box of boxes) box.checked = false;
  boxes[0]?.focus({ preventScroll: true });
});
