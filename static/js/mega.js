// [data-mega]: a link that opens the panel it controls in its place. Escape closes it and gives the focus back, a click or
// the focus elsewhere closes it.

const opener = document.querySelector("[data-mega]");
const panel = opener && document.getElementById(opener.getAttribute("aria-controls"));

function show(isOpen) {
  panel.hidden = !isOpen;
  opener.setAttribute("aria-expanded", String(isOpen));
}

function closeFromElsewhere({ target }) {
  if (!panel.contains(target) && !opener.contains(target)) show(false);
}

if (opener) {
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Not every browser focuses a link that is clicked, and the focus is what htmx fills the panel on.
    opener.focus();
    show(panel.hidden);
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || panel.hidden) return;
    event.preventDefault();
    panel.querySelector("a").focus();
  });
  document.addEventListener("click", closeFromElsewhere);
  document.addEventListener("focusin", closeFromElsewhere);
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || panel.hidden) return;
    if (panel.contains(document.activeElement)) opener.focus();
    show(false);
  });
}
