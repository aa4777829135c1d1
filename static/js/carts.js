// [data-saves]: a row that saves itself. What somebody has typed into such rows while a request was under way is neither
// lost nor left unsaved when its answer replaces them.

const fields = (row) => [...row.querySelectorAll("input[id], select[id]")];
const shown = (field) => (field.matches("select")
  ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value
  : field.defaultValue);

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
