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
    if (event.key === "j") move(at + 1);
    else if (event.key === "k") move(at - 1);
    else if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      search.closest("details").open = true;
      search.focus();
      event.preventDefault();
    }
  });
  rows.forEach((row) => row.addEventListener("click", (event) => {
    if (!event.target.closest("a") && !String(getSelection())) row.querySelector("a").click();
  }));
  // A second press while the first is on its way would only meet a version conflict.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button:not(.link)");
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  const wrong = document.querySelector(".error, .notice.bad");
  if (wrong) wrong.scrollIntoView({ block: "center" });
})();
