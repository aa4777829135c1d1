// Dialogs: [data-opens="id"] opens one, [data-closes] closes the one around it, [data-print] opens the browser's for
// printing. What htmx puts into #drawer opens that. <dialog> itself holds the focus, closes on Escape and gives the focus
// back.

function open(dialog) {
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", ({ target }) => {
  const opener = target.closest("[data-opens]");
  if (opener) open(document.getElementById(opener.dataset.opens));
  if (target.closest("[data-closes]")) target.closest("dialog").close();
  if (target.closest("[data-print]")) print();
});

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target.id !== "drawer") return;
  if (target.childElementCount) open(target);
  else target.close();
});

// The event does not bubble, but it is caught on its way down.
document.addEventListener("close", ({ target }) => target.id === "drawer" && target.replaceChildren(), true);

for (const opener of document.querySelectorAll("[data-opens][hidden], [data-print][hidden]")) opener.hidden = false;
