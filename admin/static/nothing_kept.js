// Before every other script: whatever wants to keep something in this browser is told that it cannot. htmx would keep the
// address of the page, with the number of a case or what was looked for; refused, it goes on with its own memory.
"use strict";
Storage.prototype.setItem = () => { throw new DOMException("nothing is kept in this browser", "SecurityError"); };
