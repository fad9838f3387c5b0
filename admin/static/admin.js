// Only comfort: every page works without it. Rows are looked up anew each time: a step without a reload brings others.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")].filter((row) => row.querySelector("a"));
  const at = () => rows().findIndex((row) => row.contains(document.activeElement) || row.classList.contains("at"));
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const to = Math.max(0, Math.min(all.length - 1, at() + by));
    all.forEach((row) => row.classList.remove("at"));
    all[to].classList.add("at");
    all[to].querySelector("a").focus();
    all[to].scrollIntoView({ block: "nearest" });
  };
  const tell = () => {
    const ticked = document.querySelectorAll("[data-bulk] [name=case]:checked").length;
    document.querySelectorAll("[data-count]").forEach((place) => { place.textContent = ticked; });
    document.querySelectorAll("[data-bulk] [name=case]").forEach((box) => box.closest("tr").classList.toggle("picked", box.checked));
  };
  const press = (selector) => { const found = document.querySelector(selector); if (found) found.click(); };
  const seek = () => {
    const field = document.querySelector("[data-search]");
    if (field) field.focus();
    else if (document.querySelector("nav a[href$='/search']")) press("nav a[href$='/search']");
    else {
      const number = document.querySelector("[data-number]");
      if (!number) return;
      number.closest("details").open = true;
      number.focus();
    }
  };
  const isInSight = (element) => { const { top, bottom } = element.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; };
  const pressKey = (key) => {
    const wanted = document.querySelector(`[data-key="${key}"]`);
    if (!wanted) return false;
    // What does several steps at once is not pressed unseen: the first press brings its sentence back.
    if (key === "y" && !isInSight(wanted)) { wanted.scrollIntoView({ block: "center" }); wanted.focus(); return true; }
    if (wanted.matches("details")) { wanted.open = true; wanted.querySelector("[data-find]").focus(); } else wanted.click();
    return true;
  };
  const help = () => { const keys = document.querySelector("[data-keys]"); if (keys) keys.showModal(); };
  document.querySelectorAll("[data-help]").forEach((button) => { button.hidden = false; button.addEventListener("click", help); });
  document.querySelectorAll("[data-dismiss]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => { button.parentElement.hidden = true; document.getElementById("main").focus(); });
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    const inList = event.target.closest("[data-rows]");
    if (event.key === "j" || (event.key === "ArrowDown" && inList)) move(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && inList)) move(-1);
    else if (event.key === "x") { const row = rows()[at()]; const box = row && row.querySelector("[name=case]"); if (box) { box.checked = !box.checked; tell(); } }
    else if (event.key === "n") press("a[rel=next]");
    else if (event.key === "p") press("a[rel=prev]");
    else if (event.key === "/") seek();
    else if (event.key === "?") help();
    else if (/^[0-9uy]$/.test(event.key)) {
      if (!pressKey(event.key)) return;
    }
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-rows] tbody tr");
    if (row) rows().forEach((other) => other.classList.toggle("at", other === row));
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-bulk] [name=case]")) tell(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-press]");
    if (link && pressKey(link.dataset.press)) event.preventDefault();
    const row = rows().find((one) => one.contains(event.target));
    if (row && !event.target.closest("a, input, button, select, label, .tick") && !String(getSelection())) row.querySelector("a").click();
  });
  // A second press while the first is on its way would only meet a version conflict.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-download]")) return;  // the page stays, and its button with it
    // Empty fields have no place in an address.
    if (event.target.matches("[data-tidy]")) event.target.querySelectorAll("input, select").forEach((field) => { if (!field.value) field.disabled = true; });
    const button = event.submitter || event.target.querySelector("button:not(.link)");
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  }, true);
  // "Back" brings the page as it was left, with its button still off.
  addEventListener("pageshow", () => { document.querySelectorAll("button:disabled, [data-tidy] :disabled").forEach((b) => { b.disabled = false; }); tell(); });
  document.addEventListener("htmx:afterSettle", tell);
  document.querySelectorAll("[data-fills]").forEach((choice) => {
    choice.closest("[hidden]").hidden = false;
    choice.addEventListener("change", () => {
      if (!choice.value) return;
      const field = document.getElementById(choice.dataset.fills);
      field.value = choice.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  // The list of kinds is searched by typing; Enter takes the only one left, or goes to the first. Escape folds it.
  document.querySelectorAll("[data-find]").forEach((field) => {
    const list = field.closest("details");
    const all = [...list.querySelectorAll("button[data-found-by]")];
    const left = () => all.filter((one) => !one.hidden);
    field.closest("[hidden]").hidden = false;
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const holding = (said) => all.filter((one) => words.every((word) => said(one).includes(word)));
      // Who types the name of a kind does not want those whose meaning mentions it.
      const named = holding((one) => one.dataset.named);
      const found = named.length ? named : holding((one) => one.dataset.foundBy);
      all.forEach((one) => { one.hidden = !found.includes(one); });
      list.querySelector("[data-nothing]").hidden = left().length > 0;
      list.querySelector("[data-found]").textContent = words.length ? left().length : "";
    });
    list.addEventListener("keydown", (event) => {
      const shown = left();
      const at = shown.indexOf(event.target);
      const to = { ArrowDown: Math.min(at + 1, shown.length - 1), ArrowUp: at - 1 }[event.key];
      if (event.key === "Escape") { list.open = false; list.querySelector("summary").focus(); }
      else if (event.key === "Enter" && event.target === field) { if (shown.length === 1) shown[0].click(); else if (shown.length) shown[0].focus(); }
      else if (to !== undefined && (at >= 0 || event.target === field)) (shown[to] || field).focus();
      else return;
      event.preventDefault();
    });
  });
  // A long list is shortened by typing. What fits alone, or alone has just that name, is chosen: of several a person chooses.
  document.querySelectorAll("[data-picks]").forEach((field) => {
    const list = document.getElementById(field.dataset.picks);
    const stood = list.value;
    field.closest("[hidden]").hidden = false;
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = [...list.options].filter((one) => one.dataset.foundBy && words.every((word) => one.dataset.foundBy.includes(word)));
      [...list.options].forEach((one) => { one.hidden = fits.length > 0 && one.value !== "" && !fits.includes(one); });
      list.querySelectorAll("optgroup").forEach((group) => { group.hidden = [...group.children].every((one) => one.hidden); });
      const only = fits.length === 1 ? fits : fits.filter((one) => one.dataset.foundBy.split(" ").includes(words[0]));
      list.value = words.length && only.length === 1 ? only[0].value : stood;
    });
    // Enter in it would send the form, with a list that nobody has looked at.
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); list.focus(); } });
  });
  // What is written stands in the reporter's telephone at once.
  document.querySelectorAll("[data-letter]").forEach((letter) => {
    const field = letter.querySelector("textarea");
    const said = letter.querySelector("[data-said]");
    const show = () => { said.textContent = field.value; };
    letter.querySelector(".phone").hidden = false;
    field.addEventListener("input", show);
    show();
  });
  const wrong = document.querySelector(".error, .notice.bad");
  if (wrong) wrong.scrollIntoView({ block: "center" });
})();
