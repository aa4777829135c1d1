// [data-saves]: a row that saves itself. What somebody has typed into such rows while a request was under way is neither
// lost nor left unsaved when its answer replaces them.

const fields = (row) => [...row.querySelectorAll("input[id], select[id]")];
const shown = (field) => (field.matches("select")
  ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value
  : field.defaultValue);

// What is saved already is not sent again.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches("[data-saves]") && fields(event.target).every((field) => field.value === shown(field))) event.preventDefault();
});

let typed = [];

document.addEventListener("htmx:beforeSwap", ({ detail: { elt, target, requestConfig, shouldSwap } }) => {
  if (!shouldSwap) return;
  const rows = target.matches("[data-saves]") ? [target] : [...target.querySelectorAll("[data-saves]")];
  typed = rows.flatMap((row) => fields(row)
    .filter((field) => field.value !== (row === elt ? requestConfig.formData.get(field.name) ?? field.value : shown(field)))
    .map(({ id, value }) => ({ id, value })));
});

document.addEventListener("htmx:afterSettle", () => {
  const waiting = typed;
  typed = [];
  for (const { id, value } of waiting) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// An open cart asks every few seconds what others changed, as long as somebody looks. What is new is shown at once, but
// never pulled away from somebody who is at work in the cart: they are told, and follow the link.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "cart-news" && document.hidden) event.preventDefault();
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "cart-news" || document.getElementById("cart").contains(document.activeElement)) return;
  document.getElementById("cart-show").click();
});
