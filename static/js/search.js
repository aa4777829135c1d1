// The search box as a combobox: arrows walk through the suggestions while the focus stays in the field.

const box = document.querySelector("[data-search]");
const field = box?.querySelector("input");
const list = box?.querySelector("[role=listbox]");

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function show(isOpen) {
  list.hidden = !isOpen;
  field.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) choose(null);
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function walk(step) {
  const all = options();
  if (!all.length) return;
  const next = all.indexOf(chosen()) + step;
  show(true);
  choose(all.at(next < 0 ? -1 : next % all.length));
}

// Shift and Enter add the chosen product, or the only one there is.
function toAdd() {
  const all = [...list.querySelectorAll("[data-adds]")];
  return chosen() ?? (all.length === 1 ? all[0] : null);
}

function add({ dataset }) {
  if (dataset.adds) window.htmx.ajax("POST", list.dataset.addsTo, { source: field, values: { only: dataset.adds }, swap: "none" });
}

if (box) {
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") walk(1);
    else if (event.key === "ArrowUp") walk(chosen() ? -1 : 0);
    else if (event.key === "Escape" && !list.hidden) show(false);
    else if (event.key === "Enter" && event.shiftKey && toAdd()) add(toAdd());
    else if (event.key === "Enter" && chosen()) chosen().click();
    else return;
    event.preventDefault();
  });
  // An answer that comes late opens nothing behind somebody who has gone on.
  list.addEventListener("htmx:afterSwap", () => {
    show(document.activeElement === field && list.querySelector("[role=option], p") !== null);
  });
  // A press on a suggestion must not take the focus before its click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  field.addEventListener("blur", () => show(false));
}
