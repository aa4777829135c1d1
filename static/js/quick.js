// Quick order by keyboard: Enter goes from the number to the quantity and on to a new row, Ctrl or Cmd Enter adds all.
// Files may be dropped anywhere on the page, and a list may be pasted right into the field of a new row.

const onPage = () => document.querySelector("[data-quick]");
const pastes = () => document.querySelector("form[data-drop]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !onPage()) return;
  if (event.ctrlKey || event.metaKey) document.querySelector("[data-commits]").click();
  else if (event.target.id === "new-number" && event.target.value.trim()) document.getElementById("new-quantity").focus();
  else return;
  event.preventDefault();
});

document.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text");
  if (event.target.id !== "new-number" || !/[\n\t]/.test(text.trim())) return;
  event.preventDefault();
  pastes().elements.text.value = text;
  pastes().requestSubmit();
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-sends]") && target.files.length) target.form.requestSubmit();
});

document.addEventListener("dragover", (event) => onPage() && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!onPage()) return;
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  pastes().elements.file.files = event.dataTransfer.files;
  pastes().requestSubmit();
});

// After a row is gone, the focus stands on the next one.
let removal;

document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (!elt.matches("[data-removes]") && !elt.querySelector("form > [data-removes]")) return;
  const row = elt.closest("tr")?.nextElementSibling;
  removal = { elt, next: row && (row.querySelector("[data-removes][id]") ?? row.querySelector("button[id], input[id]"))?.id };
});

// Others may be under way besides; the element itself is gone by then.
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig } }) => {
  if (!removal || requestConfig.elt !== removal.elt) return;
  document.getElementById(removal.next)?.focus();
  removal = undefined;
});
