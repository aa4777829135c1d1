// data-shortcut="/" or "g h": keys that follow a link, press a button or go to a field, one or two in a row.
// What matters is only brought under the hand: [data-careful] is pressed with Enter.
// Letters count by their place on the keyboard, so Russian, Arabic and Chinese layouts have them, too.

const PAUSE = 1000;
const OFF = "shortcuts-off";
const TYPING = "input, select, textarea, [contenteditable], dialog";

let before = "";
let timer;

const find = (keys) => document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (localStorage.getItem(OFF) || event.target.closest(TYPING)) return;
  const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
  if (key.length > 1) return;

  const target = find(`${before} ${key}`) ?? find(key);
  clearTimeout(timer);
  before = target ? "" : key;
  timer = setTimeout(() => { before = ""; }, PAUSE);
  if (!target) return;
  event.preventDefault();
  if (target.matches(`${TYPING}, [data-careful]`)) target.focus();
  else target.click();
});

// Ctrl or Command with Enter presses the one button that sends the page: [data-submit]. In a form with another purpose
// it does not: who names a new cart orders nothing.
const ELSEWHERE = "dialog, form:not(:has([data-submit]), [data-saves], [data-saves] form)";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.target.closest(ELSEWHERE)) return;
  document.querySelector("[data-submit]")?.click();
});

const choice = document.getElementById("shortcuts-on");
if (choice) {
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
