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

if (box) {
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") walk(1);
    else if (event.key === "ArrowUp") walk(chosen() ? -1 : 0);
    else if (event.key === "Escape" && !list.hidden) show(false);
    else if (event.key === "Enter" && chosen()) chosen().click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("htmx:afterSwap", () => show(Boolean(field.value.trim()) && list.childElementCount > 0));
  // A press on a suggestion must not take the focus before its click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  field.addEventListener("blur", () => show(false));
}
