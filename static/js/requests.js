// What all htmx requests share: the target says that it is busy, and a failure is told in words (layouts/page.html has them).

function say(what) {
  const toasts = document.getElementById("toasts");
  toasts.querySelector(`[data-said="${what}"]`)?.remove();
  toasts.append(document.getElementById(`say-${what}`).content.cloneNode(true));
  toasts.lastElementChild.dataset.said = what;
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:timeout", () => say("offline"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  say({ 403: "refused", 404: "gone" }[detail.xhr.status] ?? "failed");
});
