// Toasts leave by themselves, unless somebody is reading or using them; errors stay until they are closed.

const SECONDS = 8;
const toasts = document.getElementById("toasts");

function leaveInTime(toast) {
  let timer;
  const wait = () => {
    timer = setTimeout(() => toast.remove(), (toast.dataset.seconds ?? SECONDS) * 1000);
  };
  for (const start of ["pointerenter", "focusin"]) toast.addEventListener(start, () => clearTimeout(timer));
  for (const end of ["pointerleave", "focusout"]) toast.addEventListener(end, wait);
  wait();
}

new MutationObserver((changes) => {
  for (const toast of changes.flatMap((change) => [...change.addedNodes])) {
    if (toast.role === "status") leaveInTime(toast);
  }
}).observe(toasts, { childList: true });

toasts.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".p-toast").remove());

// What a toast offers is done once.
document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => {
  elt.closest("#toasts .p-toast")?.remove();
});

// Screen readers read out what changes: the messages a page came with are taken out and put in again.
const waiting = [...toasts.children];
toasts.replaceChildren();
setTimeout(() => toasts.append(...waiting), 100);
