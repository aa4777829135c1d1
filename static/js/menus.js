// <details data-menu> is a popover: Escape closes it and gives the focus back, a click or the focus elsewhere closes it.

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

function closeOthers({ target }) {
  for (const menu of openMenus()) {
    if (!menu.contains(target)) menu.open = false;
  }
}

document.addEventListener("click", closeOthers);
document.addEventListener("focusin", closeOthers);

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of openMenus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
