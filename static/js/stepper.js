// [data-stepper]: a quantity field, which gets two buttons here. A press goes one multiple down or up, never below the
// least.

function enhance(part) {
  const buttons = document.getElementById("stepper-buttons")?.content;
  if (!buttons) return;
  for (const stepper of part.parentElement?.querySelectorAll("[data-stepper]:not(:has(button))") ?? []) {
    const [less, more] = buttons.cloneNode(true).children;
    const { id } = stepper.querySelector("input");
    less.id = `less-${id}`;
    more.id = `more-${id}`;
    stepper.prepend(less);
    stepper.append(more);
  }
  if (document.activeElement === document.body) document.getElementById(pressed)?.focus();
}

// htmx gives the focus back to what comes with an answer; a button that was pressed is only made afterwards.
let pressed = "";
document.addEventListener("htmx:beforeSwap", () => {
  pressed = document.activeElement.matches("[data-stepper] button") ? document.activeElement.id : "";
});
document.addEventListener("htmx:load", ({ detail }) => enhance(detail.elt));

const GROUPED = /^\d{1,3}(,\d{3})+$/;

function read(text) {
  const plain = text.replace(/\s/g, "");
  return Number(GROUPED.test(plain) ? plain.replaceAll(",", "") : plain.replace(",", "."));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-stepper] button");
  if (!button) return;
  const stepper = button.parentElement;
  const field = stepper.querySelector("input");
  const step = read(stepper.dataset.step);
  const least = read(stepper.dataset.least);
  const now = read(field.value);
  const places = now / step;
  const next = "more" in button.dataset ? Math.floor(places + 1) : Math.ceil(places - 1);
  field.value = String(Math.max(Number((next * step).toFixed(3)) || least, least));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// In a row that saves itself, Enter means: this is the quantity. It does not send the form, and the focus stays.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (!event.target.closest("[data-saves] [data-stepper]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("change", { bubbles: true }));
});
