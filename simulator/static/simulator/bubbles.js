// What stands inside a bubble. Builds nodes; a text never becomes markup.

const ANCHOR_OR_ADDRESS = /<a\s[^>]*?href="(https?:\/\/[^"\s]+)"[^>]*>([^<]*)<\/a>|(https?:\/\/[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x7e]+)/gi;
const CHOICE = /^\s*[（(【[]?([0-9０-９]{1,2})(?:[)）】\]]|[.．、:：](?!\d))\s*\S/;
const half = (digits) => digits.normalize("NFKC");

const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const words = document.getElementById("words").dataset;

// The nodes of a message. `choose` is called with the number of a numbered line that was tapped.
export function bubble(message, base, choose) {
  const { kind, content } = message;
  switch (kind) {
    case "text":
      return message.direction === "account" ? lines(content.text, choose) : linked(content.text);
    case "image":
      return [picture(base, content.media_id)];
    case "video":
      return [video(base, content.media_id)];
    case "voice":
      return [template("voice-bubble")];
    case "location":
      return [titled("location-bubble", content.label)];
    case "link":
      return [article(content)];
    case "news":
      return content.articles.map(article);
    default:
      return [titled("file-bubble", content.name)];
  }
}

// Old choices are only text again: what they meant is over.
export function retireChoices(chat) {
  for (const old of chat.querySelectorAll(".choice")) {
    old.replaceWith(...old.childNodes);
  }
}

function lines(text, choose) {
  const nodes = [];
  for (const [index, each] of text.split("\n").entries()) {
    if (index) nodes.push("\n");
    const number = CHOICE.exec(each)?.[1];
    nodes.push(...(number ? [choice(each, half(number), choose)] : linked(each)));
  }
  return nodes;
}

function choice(line, number, choose) {
  const span = document.createElement("span");
  span.className = "choice";
  span.tabIndex = 0;
  span.setAttribute("role", "button");
  span.title = words.choice.replace("{}", number);
  span.append(...linked(line));
  span.addEventListener("click", (event) => {
    // Marking text to copy it, or following a link, is not choosing.
    if (!event.target.closest("a") && getSelection().isCollapsed) choose(number);
  });
  span.addEventListener("keydown", (event) => {
    if (event.target !== span || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    choose(number);
  });
  return span;
}

function linked(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(ANCHOR_OR_ADDRESS)) {
    const address = match[1] ?? match[3].replace(/[.,;:!?)\]]+$/, "");
    const length = match[1] ? match[0].length : address.length;
    nodes.push(text.slice(end, match.index), link(address, match[1] ? match[2] : address));
    end = match.index + length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

function link(address, label) {
  const anchor = document.createElement("a");
  anchor.textContent = label;
  return open(anchor, address);
}

function open(anchor, address) {
  if (/^https?:\/\//i.test(address)) anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

function picture(base, mediaId) {
  const image = document.createElement("img");
  image.alt = words.picture;
  image.src = `${base}media/${encodeURIComponent(mediaId)}`;
  return image;
}

function video(base, mediaId) {
  const film = document.createElement("video");
  film.controls = true;
  film.preload = "metadata";
  film.src = `${base}media/${encodeURIComponent(mediaId)}`;
  return film;
}

function titled(id, title) {
  const node = template(id);
  node.querySelector("b").textContent = title;
  return node;
}

function article({ title, description, url }) {
  const node = titled("link-bubble", title);
  node.querySelector("small").textContent = description;
  return open(node, url);
}
