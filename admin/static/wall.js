// The wall anew every minute, without a reload: a reader keeps its place, a keyboard its focus. Without scripts the page does it.
"use strict";
setInterval(async () => {
  let answer;
  try { answer = await fetch(location.href, { credentials: "same-origin" }); } catch { return; } // away for a while: the next minute
  if (answer.redirected) { location.reload(); return; } // signed out meanwhile
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["header p", "main", "footer"]) {
    const now = document.querySelector(part);
    const next = page.querySelector(part);
    if (now && next) now.replaceWith(next);
  }
}, 60_000);
