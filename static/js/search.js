// The search box as a combobox: arrows walk through the suggestions while the focus stays in the field. A suggested part
// has a quantity and a button for the mouse; for the keys, left and right change the quantity, Shift and Enter add it.

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

// A suggested part has its quantity beside it.
const row = (element) => element?.closest("[data-adds]");
const quantity = (part) => part?.querySelector("[data-stepper] input");

// Shift and Enter add the chosen part, or the only one there is.
function toAdd() {
  const all = list.querySelectorAll("[data-adds]");
  return row(chosen()) ?? (!chosen() && all.length === 1 ? all[0] : null);
}

function add(part) {
  const { adds } = part.dataset;
  const values = { only: adds, [`q-${adds}`]: quantity(part).value, place: "suggestion" };
  // The page may show the part, too, with what the cart has of it.
  if (document.getElementById(`in-cart-${adds}`)) values.marked = "1";
  window.htmx.ajax("POST", list.dataset.addsTo, { source: list, values, swap: "none" });
}

// There is more with the arrow that points to its button, also where one reads from right to left. Nobody hears a field
// that has no focus, so what it has now is said.
function step(part, key) {
  const isMore = (key === "ArrowRight") === (document.dir !== "rtl");
  part.querySelector(isMore ? "[data-more]" : "[data-less]").click();
  const { ariaLabel, value } = quantity(part);
  document.getElementById("live").textContent = `${ariaLabel}: ${value}`;
}

const isStep = ({ key, shiftKey, ctrlKey, metaKey, altKey }) => (
  (key === "ArrowLeft" || key === "ArrowRight") && !(shiftKey || ctrlKey || metaKey || altKey)
);

if (box) {
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") walk(1);
    else if (event.key === "ArrowUp") walk(chosen() ? -1 : 0);
    else if (isStep(event) && row(chosen())) step(row(chosen()), event.key);
    else if (event.key === "Escape" && !list.hidden) show(false);
    else if (event.key === "Enter" && event.shiftKey && toAdd()) add(toAdd());
    else if (event.key === "Enter" && chosen()) chosen().click();
    else return;
    event.preventDefault();
  });
  // What is open already, with what was typed into it, is not asked for again.
  field.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.triggeringEvent.type === "focus" && !list.hidden) event.preventDefault();
  });
  // An answer that comes late opens nothing behind somebody who has gone on; nor does one to what was added.
  list.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.requestConfig.verb !== "get") return;
    show(box.contains(document.activeElement) && list.querySelector("[role=option], p") !== null);
  });
  // A press on a suggestion must not take the focus before its click arrives, unless it goes to a quantity.
  list.addEventListener("mousedown", (event) => {
    if (!event.target.matches("input")) event.preventDefault();
  });
  list.addEventListener("click", ({ target }) => {
    if (target.closest("[data-add]")) add(row(target));
  });
  list.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") add(row(event.target));
    else if (event.key === "Escape") field.focus();
    else return;
    event.preventDefault();
  });
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (!box.contains(relatedTarget)) show(false);
  });
}
