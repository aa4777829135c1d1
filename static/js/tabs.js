// A strip of tabs that is wider than its room begins where the page's own tab can be seen.
document.querySelector(".p-tabs > [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
