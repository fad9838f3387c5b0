// The chat page: shows what the platform remembers, sends what the citizen does. Text is only ever set as text.
import { bubble, retireChoices } from "./bubbles.js";

const POLL_MS = 2000;
const GAP_SECONDS = 300;
const $ = (id) => document.getElementById(id);
const base = document.body.dataset.base;
const words = $("words").dataset;
const chat = $("chat");
const scroller = $("scroller");

let personas = [];
let openid = null;
let last = 0;
let lastAt = 0;
let waiting = 0;
let polling = null;

// ── talking to the simulator ────────────────────────────────────────────────

async function post(path, body, type = "application/json") {
  const answer = await fetch(base + path, {
    method: "POST",
    headers: { "Content-Type": type, "X-Requested-With": "simulator" },
    body: type === "application/json" ? JSON.stringify(body ?? {}) : body,
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// Something the chosen person does. The answer comes once the account has replied or all tries are over.
async function act(name, body, type) {
  const person = openid;
  waiting += 1;
  showHeader();
  setTimeout(poll, 150); // what was said shows at once, before the account answers
  try {
    await post(`personas/${person}/${name}`, body, type);
    return true;
  } catch {
    $("toast").hidden = false;
    setTimeout(() => { $("toast").hidden = true; }, 4000);
    return false;
  } finally {
    waiting -= 1;
    showHeader();
    await poll();
  }
}

// One question at a time: a second caller waits for the first and then asks for what came meanwhile.
function poll() {
  polling = (polling ?? Promise.resolve()).then(pollOnce, pollOnce);
  return polling;
}

async function pollOnce() {
  const person = openid;
  const answer = await fetch(`${base}state?openid=${encodeURIComponent(person ?? "")}&after=${last}`);
  if (!answer.ok) return;
  const state = await answer.json();
  personas = state.personas;
  if (person !== openid) return;
  const fresh = state.messages.filter((message) => message.id > last);
  for (const message of fresh) show(message);
  if (fresh.length && !document.hidden) {
    await post(`personas/${person}/read`, { up_to: last });
    personas.forEach((each) => { if (each.openid === person) each.unread = 0; });
  }
  showPeople();
  showAccount();
  showHeader();
}

// ── the chat ────────────────────────────────────────────────────────────────

function show(message) {
  const atBottom = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  if (message.at - lastAt > GAP_SECONDS) chat.append(systemLine(moment(message.at), "time"));
  last = message.id;
  lastAt = message.at;
  if (message.direction === "account" || message.direction === "citizen") retireChoices(chat);
  chat.append(line(message));
  if (atBottom || message.direction === "citizen") scrollDown();
}

function scrollDown() {
  scroller.scrollTop = scroller.scrollHeight;
}

function line(message) {
  if (message.direction === "system") return systemLine(systemText(message), message.kind);
  if (message.kind === "notification") return notification(message);
  const mine = message.direction === "citizen";
  const row = $("line").content.firstElementChild.cloneNode(true);
  row.classList.add(mine ? "mine" : "theirs", message.channel, `kind-${message.kind}`);
  const avatar = row.querySelector(".avatar");
  if (mine) paintAvatar(avatar, person());
  else { avatar.textContent = $("account-mark").textContent; avatar.classList.add("account-mark"); }
  row.querySelector(".sender").textContent = mine ? words.me : words.account;
  row.querySelector(".bubble").append(...bubble(message, base, (number) => act("text", { text: number })));
  if (message.channel === "customer_service") row.querySelector(".body").append(caption(words.customerService));
  if (message.kind === "voice" && message.content.recognition) {
    row.querySelector(".body").append(caption(words.recognised + message.content.recognition));
  }
  const picture = row.querySelector("img");
  if (picture) picture.addEventListener("load", scrollDown, { once: true });
  return row;
}

function caption(text) {
  const small = document.createElement("small");
  small.className = "caption";
  small.textContent = text;
  return small;
}

function notification(message) {
  const row = $("notification").content.firstElementChild.cloneNode(true);
  const list = row.querySelector("dl");
  for (const { label, value } of message.content.rows) {
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = label;
    detail.textContent = value;
    list.append(term, detail);
  }
  if (/^https?:\/\//.test(message.content.url)) {
    const link = row.querySelector("a");
    link.href = message.content.url;
    link.hidden = false;
  }
  return row;
}

function systemLine(text, kind) {
  const row = $("system-line").content.firstElementChild.cloneNode(true);
  row.classList.add(`system-${kind}`);
  row.firstElementChild.textContent = text;
  return row;
}

function systemText({ kind, content }) {
  const fill = (text, value) => text.replace("{}", () => value);
  switch (kind) {
    case "followed": return content.scene ? fill(words.followedByCard, content.scene) : words.followed;
    case "scanned": return fill(words.scanned, content.scene);
    case "tapped": return fill(words.tapped, content.name);
    case "unfollowed": return words.unfollowed;
    default: return words.fault;
  }
}

function moment(seconds) {
  const date = new Date(seconds * 1000);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "long", day: "numeric" };
  return new Intl.DateTimeFormat("zh-CN", { ...day, hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
}

// ── people and account ──────────────────────────────────────────────────────

const person = () => personas.find((each) => each.openid === openid);

function paintAvatar(avatar, who) {
  avatar.textContent = [...(who?.nickname ?? "?")][0];
  avatar.classList.add(`tone-${(personas.indexOf(who) + 6) % 6}`);
}

function choose(wanted) {
  openid = wanted;
  last = lastAt = 0;
  chat.replaceChildren();
  location.hash = wanted;
  closeSheets();
  return poll();
}

function showPeople() {
  const list = $("persona-list");
  const drawn = JSON.stringify([openid, personas.map((each) => [each.openid, each.unread, each.followed])]);
  if (list.dataset.drawn === drawn) return; // leaves the keyboard's focus where it is
  list.dataset.drawn = drawn;
  list.replaceChildren(...personas.map((each) => {
    const row = $("persona-row").content.firstElementChild.cloneNode(true);
    const button = row.querySelector("button");
    paintAvatar(row.querySelector(".avatar"), each);
    row.querySelector("b").textContent = each.nickname;
    row.querySelector("small").textContent = each.note;
    row.classList.toggle("stranger-row", !each.followed);
    if (each.openid === openid) button.setAttribute("aria-current", "true");
    showBadge(row.querySelector(".badge"), each.unread);
    button.addEventListener("click", () => choose(each.openid));
    return row;
  }));
  const elsewhere = personas.reduce((sum, each) => sum + (each.openid === openid ? 0 : each.unread), 0);
  showBadge($("unread-elsewhere"), elsewhere);
}

function showBadge(badge, count) {
  badge.hidden = !count;
  badge.textContent = count > 99 ? "99+" : String(count);
}

function showAccount() {
  const who = person();
  const follows = Boolean(who?.followed);
  $("stranger").hidden = follows || !who;
  $("composer").hidden = !follows;
  $("unfollow").hidden = !follows;
  const open = follows && who.window_until * 1000 > Date.now();
  $("window-open").hidden = !open;
  $("window-closed").hidden = open;
  if (open) {
    $("window-open").querySelector("[data-left]").textContent = who.window_left;
    $("window-open").querySelector("[data-until]").textContent = moment(who.window_until);
  }
}

function showHeader() {
  const text = waiting ? words.typing : words.as.replace("{}", () => person()?.nickname ?? "");
  if ($("subtitle").textContent !== text) $("subtitle").textContent = text;
}

// ── what can be done ────────────────────────────────────────────────────────

const text = $("text");

function fitText() {
  text.rows = Math.min(5, text.value.split("\n").length + Math.floor(text.value.length / 60));
  $("send").hidden = !text.value.trim();
  $("plus-button").hidden = !$("send").hidden;
}

$("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = text.value;
  if (!said.trim()) return;
  text.value = "";
  fitText();
  if (!(await act("text", { text: said })) && !text.value) { text.value = said; fitText(); }
});
text.addEventListener("input", fitText);
text.addEventListener("keydown", (event) => {
  // While an input method is composing, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  $("say").requestSubmit();
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!event.target.closest(".menu")) closeMenu();
  if (!target) return;
  const { act: name, open, close, dialog, scene } = target.dataset;
  if (target.classList.contains("menu-head") && !("menu" in target.dataset)) toggleMenu(target);
  if (name) { closeSheets(); togglePlus(false); act(name); }
  if (open) openSheet(open);
  if (close) closeSheets();
  if (dialog) { togglePlus(false); $(dialog).returnValue = "cancel"; $(dialog).showModal(); }
  if (scene) { closeSheets(); act("scan", { scene }); }
  if ("menu" in target.dataset) tapMenu(target);
});

function tapMenu(button) {
  const { key, url } = button.dataset;
  closeMenu();
  if (url) window.open(url, "_blank", "noopener");
  act("menu", key ? { key } : { url });
}

function toggleMenu(head) {
  const open = head.getAttribute("aria-expanded") === "true";
  closeMenu();
  if (open) return;
  head.setAttribute("aria-expanded", "true");
  $(head.getAttribute("aria-controls")).hidden = false;
}

function closeMenu() {
  for (const head of document.querySelectorAll(".menu-head[aria-expanded=true]")) {
    head.setAttribute("aria-expanded", "false");
    $(head.getAttribute("aria-controls")).hidden = true;
  }
}

function togglePlus(open) {
  $("plus").hidden = !open;
  $("plus-button").setAttribute("aria-expanded", String(open));
  if (open) scrollDown();
}
$("plus-button").addEventListener("click", () => togglePlus($("plus").hidden));

function openSheet(id) {
  closeSheets();
  togglePlus(false);
  $(id).classList.add("open");
  document.querySelectorAll(`[aria-controls=${id}]`).forEach((each) => each.setAttribute("aria-expanded", "true"));
  $(id).querySelector("button:not(.close), .close")?.focus();
}

function closeSheets() {
  for (const sheet of document.querySelectorAll(".sheet.open")) {
    sheet.classList.remove("open");
    document.querySelectorAll(`[aria-controls=${sheet.id}]`).forEach((each) => each.setAttribute("aria-expanded", "false"));
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { closeMenu(); closeSheets(); togglePlus(false); }
});

document.querySelector("label.tile").addEventListener("keydown", (event) => {
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); $("file").click(); }
});
$("file").addEventListener("change", () => {
  const [file] = $("file").files;
  $("file").value = "";
  togglePlus(false);
  if (file) act(`upload?name=${encodeURIComponent(file.name)}`, file, file.type || "application/octet-stream");
});

$("voice-dialog").addEventListener("close", () => {
  if ($("voice-dialog").returnValue !== "send") return;
  const kind = new FormData($("voice-dialog").querySelector("form")).get("recognition");
  const bodies = { text: { recognition: $("recognised").value }, empty: { recognition: "" }, none: {} };
  act("voice", bodies[kind]);
});
$("location-dialog").addEventListener("close", () => {
  const place = $("location-dialog").returnValue;
  if (place && place !== "cancel") act("location", { place });
});

$("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const scene = $("scene").value.trim();
  $("scene").value = "";
  closeSheets();
  if (scene) act("scan", { scene });
});
$("new-persona").addEventListener("submit", async (event) => {
  event.preventDefault();
  const nickname = $("nickname").value.trim();
  if (!nickname) return;
  $("nickname").value = "";
  const added = await post("personas", { nickname });
  await choose(added.openid);
});

// ── start ───────────────────────────────────────────────────────────────────

await poll();
const wanted = location.hash.slice(1);
await choose(personas.some((each) => each.openid === wanted) ? wanted : personas[0].openid);
setInterval(() => { if (!document.hidden) poll(); }, POLL_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
