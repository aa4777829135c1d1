// Toasts leave by themselves, unless somebody is reading or using them; errors stay until they are closed.

const SECONDS = 8;
const toasts = document.getElementById("toasts");

function leaveInTime(toast) {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) leaveInTime(toast);
    else toast.remove();
  }, (toast.dataset.seconds ?? SECONDS) * 1000);
}

new MutationObserver((changes) => {
  for (const toast of changes.flatMap((change) => [...change.addedNodes])) {
    if (toast.role === "status") leaveInTime(toast);
  }
}).observe(toasts, { childList: true });

toasts.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".p-toast").remove());

// What a toast offers is done once; what failed can be tried again.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful) elt.closest("#toasts .p-toast")?.remove();
});

// Screen readers read out what changes: the messages a page came with are taken out and put in again.
const waiting = [...toasts.children];
toasts.replaceChildren();
setTimeout(() => toasts.append(...waiting), 100);
