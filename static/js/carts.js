// [data-saves]: a part of a cart that saves itself. What somebody has typed into such parts while a request was under
// way is neither lost nor left unsaved when its answer replaces them, and the cart is only sent when all of it is saved.

const parts = (within) => [...within.querySelectorAll("[data-saves]")];
const fields = (part) => [...part.querySelectorAll("input[id], select[id]")];
const isRadio = (field) => field.type === "radio";

const now = (field) => (isRadio(field) ? field.checked : field.value);

function sent(field, data) {
  const value = data.get(field.name);
  return isRadio(field) ? value === field.value : value ?? field.value;
}

function shown(field) {
  if (isRadio(field)) return field.defaultChecked;
  if (!field.matches("select")) return field.defaultValue;
  const options = [...field.options];
  return (options.find((option) => option.defaultSelected) ?? options[0]).value;
}

const isSaved = (part) => fields(part).every((field) => now(field) === shown(field));

// What is saved already is not sent again.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches("[data-saves]") && isSaved(event.target)) event.preventDefault();
});

let typed = [];

document.addEventListener("htmx:beforeSwap", ({ detail: { elt, target, requestConfig, shouldSwap } }) => {
  if (!shouldSwap) return;
  const replaced = target.matches("[data-saves]") ? [target] : parts(target);
  typed = replaced.flatMap((part) => fields(part)
    .filter((field) => now(field) !== (part === elt ? sent(field, requestConfig.formData) : shown(field)))
    .map((field) => ({ id: field.id, value: now(field) })));
});

document.addEventListener("htmx:afterSettle", () => {
  const waiting = typed;
  typed = [];
  for (const { id, value } of waiting) {
    const field = document.getElementById(id);
    if (!field) continue;
    if (isRadio(field)) field.checked = value;
    else field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// Who sends the cart right after typing sends what is typed: it is saved first, and a refusal of it is read before.
let isSending = false;

document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id !== "submit") return;
  const refused = document.querySelector("[data-saves] [aria-invalid]");
  const unsaved = parts(document).filter((part) => !isSaved(part));
  isSending = unsaved.length > 0;
  if (!isSending && !refused) return;
  event.preventDefault();
  for (const part of unsaved) part.dispatchEvent(new Event("save"));
  if (!isSending) refused.focus();
});

document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, xhr } }) => {
  if (requestConfig.elt.matches("[data-saves]") && xhr.status !== 200) isSending = false;
});

document.addEventListener("htmx:afterSettle", () => {
  if (!isSending || !parts(document).every(isSaved)) return;
  isSending = false;
  document.querySelector("[data-submit]")?.click();
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
