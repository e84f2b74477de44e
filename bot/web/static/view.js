// Draws the people and the two chats from the state that the server sends. Knows nothing of the network.

import { locale, t } from "./words.js";

const LINK = /^(https?|tg):\/\//;
const TALLEST = 340; // pixels of a picture, as in the style sheet
const LETTER = /\p{L}|\p{N}|\p{Extended_Pictographic}/u;

/** An element with a class, children and attributes; text is always text. */
export function make(tag, kind = "", children = [], attributes = {}) {
  const el = document.createElement(tag);
  if (kind) el.className = kind;
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) el.setAttribute(name, value);
  el.append(...[children].flat());
  return el;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.firstChild.setAttribute("href", `#i-${name}`);
  return svg;
}

export function face(person, kind = "face") {
  const first = person.name.match(LETTER)?.[0] ?? "?";
  return make("span", `${kind} hue-${person.bot ? "bot" : person.id % 8}`, first.toUpperCase(), { "aria-hidden": "true" });
}

/** Fill an element anew only if what it shows has changed, so that a click or the focus is not lost on the way. */
export function fill(el, key, build) {
  const wanted = JSON.stringify([key, locale()]);
  if (el.dataset.key === wanted) return;
  const at = [...el.children].indexOf(document.activeElement);
  el.dataset.key = wanted;
  el.replaceChildren(...build());
  if (at >= 0) el.children[at]?.focus();
}

export function drawPeople(nav, people, me) {
  fill(nav, [people, me], () => people.map((person) => chip(person, me)));
}

function chip(person, me) {
  const name = make("b", "", person.name || "—", { dir: "auto" });
  const words = make("span", "words", [name, make("small", "", t(person.part))]);
  const news = person.fresh ? [make("i", "dot", "", { role: "img", "aria-label": t("unread") })] : [];
  const about = { type: "button", "data-person": person.id, "aria-pressed": person.id === me };
  return make("button", "person", [face(person), words, ...news], about);
}

/** Draw the messages, leaving those that did not change as they are. */
export function drawMessages(list, messages, { me, zone, bot, group, empty }) {
  const before = new Map([...list.children].map((el) => [el.dataset.key, el]));
  const byId = new Map(messages.map((message) => [message.id, message]));
  const items = [];
  let day = "";
  let author = 0;
  for (const message of together(messages)) {
    const its = dayOf(message.at, zone);
    if (its !== day) {
      items.push(kept(before, `day ${its}`, () => make("li", "day", make("span", "", its))));
      [day, author] = [its, 0];
    }
    const first = message.sender !== author;
    author = message.event ? 0 : message.sender;
    const key = JSON.stringify([message, first, me, locale(), byId.get(message.reply_to)?.text]);
    items.push(kept(before, key, () => (message.event ? line(message) : bubble(message, { me, zone, bot, group, first, byId }))));
  }
  if (!items.length) items.push(kept(before, `empty ${empty}`, () => make("li", "empty", empty)));
  if (items.length === list.children.length && items.every((el, i) => el === list.children[i])) return;
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...items);
  if (focused && !list.contains(document.activeElement)) list.focus({ preventScroll: true });
}

/** The photos of an album as one message. */
function together(messages) {
  const items = [];
  for (const message of messages) {
    const last = items.at(-1);
    if (message.album && last?.album === message.album) last.photos.push(message);
    else items.push(message.album ? { ...message, photos: [message] } : message);
  }
  return items;
}

function kept(before, key, build) {
  const el = before.get(key) ?? build();
  el.dataset.key = key;
  return el;
}

function line(message) {
  return make("li", "event", make("span", "", t(message.event)(alone(message.text || "—"))));
}

/** A name that reads from right to left turns only itself around. */
function alone(name) {
  return `\u2068${name}\u2069`;
}

function bubble(message, { me, zone, bot, group, first, byId }) {
  const mine = message.sender === me;
  const author = { id: message.sender, name: message.name, bot: message.sender === bot };
  const parts = [];
  if (group && !mine && first) parts.push(make("b", `author ink-${author.bot ? "bot" : author.id % 8}`, message.name || "—", { dir: "auto" }));
  if (message.reply_to) parts.push(quote(byId.get(message.reply_to)));
  if (message.photos) parts.push(...album(message.photos));
  else if (message.file) parts.push(message.file.width ? picture(message.file) : attachment(message.file));
  if (message.html && !message.photos) parts.push(words(message.html));
  const time = new Date(message.at).toLocaleTimeString(locale(), { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });
  parts.push(make("small", "time", message.edited ? `${t("edited")} ${time}` : time));
  const body = make("div", `bubble${message.file?.width ? " pictured" : ""}`, parts);
  if (message.file?.width && !message.photos) body.style.maxWidth = `${shownWidth(message.file) + 8}px`; // the words under it are no wider
  const column = make("div", "column", body);
  if (message.rows.length) column.append(keyboard(message));
  const reply = make("button", "answer", icon("reply"), { type: "button", "aria-label": t("replyTo")(message.name), title: t("reply") });
  const item = make("li", `message${mine ? " mine" : ""}${first ? " first" : ""}`, [column, reply], { "data-id": message.id });
  if (group && !mine) item.prepend(first ? face(author) : make("span", "face gap"));
  return item;
}

function words(html) {
  const text = make("div", "text");
  text.innerHTML = html; // written by the server, which lets only harmless tags and links through
  return text;
}

function quote(former) {
  const text = former ? former.text || (former.file?.width ? t("picture") : (former.file?.name ?? "")) : "…";
  return make("blockquote", "quote", [make("b", "", former?.name ?? ""), make("span", "", text)]);
}

function picture(file) {
  const image = make("img", "", "", { src: file.url, width: file.width, height: file.height, alt: file.name, loading: "lazy" });
  return make("a", "picture", image, { href: file.url, target: "_blank", rel: "noopener" });
}

/** Photos side by side; words of a single one stand below them all. */
function album(photos) {
  const told = photos.filter(({ html }) => html);
  const figures = photos.map(({ file, html }) => make("figure", "", [picture(file), ...(html && told.length > 1 ? [words(html)] : [])]));
  return [make("div", "album", figures), ...(told.length === 1 ? [words(told[0].html)] : [])];
}

/** How wide a picture stands: as it is, or as its height allows; with room for a word. */
function shownWidth({ width, height }) {
  return Math.max(width * Math.min(1, TALLEST / height), 160);
}

function attachment(file) {
  const about = make("span", "words", [make("b", "", file.name), make("small", "", `${size(file.size)} · ${t("download")}`)]);
  return make("a", "file", [make("span", "sheet", icon("file")), about], { href: file.url, download: file.name });
}

function keyboard(message) {
  const rows = message.rows.map((row) =>
    make(
      "div",
      "row",
      row.map(({ label, data }) => {
        const leads = LINK.test(data);
        const about = leads ? { "data-link": data } : { "data-press": data };
        return make("button", "key", [make("span", "", label), ...(leads ? [icon("out")] : [])], { type: "button", ...about });
      }),
    ),
  );
  return make("div", "keys", rows);
}

function size(bytes) {
  const [amount, unit] = bytes < 1024 ? [bytes, "byte"] : bytes < 2 ** 20 ? [bytes / 1024, "kilobyte"] : [bytes / 2 ** 20, "megabyte"];
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(amount);
}

function dayOf(at, zone) {
  return new Date(at).toLocaleDateString(locale(), { timeZone: zone, weekday: "short", day: "numeric", month: "long" });
}
