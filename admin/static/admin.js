// Only comfort: every page works without it.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
  let at = -1;
  const move = (to) => {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, to));
    const link = rows[at].querySelector("a");
    link.focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const inList = event.target.closest("[data-rows]");
    if (event.key === "j" || (event.key === "ArrowDown" && inList)) { move(at + 1); event.preventDefault(); }
    else if (event.key === "k" || (event.key === "ArrowUp" && inList)) { move(at - 1); event.preventDefault(); }
    else if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      search.closest("details").open = true;
      search.focus();
      event.preventDefault();
    }
  });
  rows.forEach((row, number) => row.addEventListener("focusin", () => { at = number; }));
  rows.forEach((row) => row.addEventListener("click", (event) => {
    if (!event.target.closest("a") && !String(getSelection())) row.querySelector("a").click();
  }));
  // A second press while the first is on its way would only meet a version conflict.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button:not(.link)");
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  // "Back" brings the page as it was left, with its button still off.
  addEventListener("pageshow", () => document.querySelectorAll("button:disabled").forEach((b) => { b.disabled = false; }));
  document.querySelectorAll("[data-fills]").forEach((choice) => {
    choice.closest("[hidden]").hidden = false;
    choice.addEventListener("change", () => { if (choice.value) document.getElementById(choice.dataset.fills).value = choice.value; });
  });
  const wrong = document.querySelector(".error, .notice.bad");
  if (wrong) wrong.scrollIntoView({ block: "center" });
})();
