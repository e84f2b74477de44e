// One of the two chats: its head, its messages, and what can be written or done in it.

import { drawMessages, face, fill, icon, make } from "./view.js";
import { dress, t } from "./words.js";
import { act, upload } from "./wire.js";

const PICTURES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const PICTURE_LIMIT = 10 * 2 ** 20;

export class Chat {
  #room;
  #root;
  #list;
  #field;
  #reply = null; // the message that is answered
  #file = null; // the file that goes with the next message

  constructor(name, room) {
    this.name = name;
    this.#room = room;
    this.#root = document.querySelector(`#${name}`);
    this.#root.append(document.querySelector("#chat").content.cloneNode(true));
    this.#list = this.#find(".messages");
    this.#field = this.#find("textarea");
    this.#listen();
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  id() {
    return this.name === "group" ? this.#room.state().group.id : this.#room.me();
  }

  newest() {
    const state = this.#room.state();
    return this.name === "group" ? (this.#person().member ? state.group.newest : 0) : this.#person().newest;
  }

  #person() {
    const { people } = this.#room.state();
    return people.find((person) => person.id === this.#room.me());
  }

  focus() {
    this.#field.focus();
  }

  dress() {
    dress(this.#root);
  }

  /** Somebody else sits down: what was half-done is put away, and the view goes to the end. */
  settle() {
    this.#put(null, null);
    this.#list.dataset.end = "yes";
  }

  draw() {
    const { group, clock, bot, chats } = this.#room.state();
    const end = this.#list.dataset.end !== "no";
    const empty = this.name === "private" ? t("emptyPrivate") : this.#person().member ? t("emptyGroup") : t("emptyOut");
    const about = { me: this.#room.me(), zone: clock.zone, bot: bot.id, group: this.name === "group", empty };
    drawMessages(this.#list, chats[this.name], about);
    this.#head(group, bot);
    this.#pin(chats[this.name].find((message) => this.name === "group" && message.id === group.pinned));
    this.#foot(bot, chats[this.name]);
    if (end) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #head(group, bot) {
    const standing = ["administrator", "member"].includes(bot.standing) ? bot.standing : "out";
    const inGroup = this.name === "group";
    this.#find("h2").textContent = inGroup ? group.title : "Regulars";
    const facts = inGroup ? [t("members")(group.size), t(`bot${standing}`)] : [t("privateWith"), ...(this.#person().blocks ? [t("blocked")] : [])];
    this.#find(".about p").textContent = facts.join(" · ");
    this.#find("header .face").replaceWith(face({ id: inGroup ? 9 : 0, name: inGroup ? group.title : "R", bot: !inGroup }));
    const acts = this.#acts(standing);
    this.#find(".menu").hidden = !acts.length;
    fill(this.#find(".menu div"), acts, () => acts.map((name) => button(name)));
  }

  /** The pinned message in a line above all others, which leads to it. */
  #pin(message) {
    const pinned = this.#find(".pinned");
    pinned.hidden = !message;
    pinned.textContent = message ? message.text.split("\n")[0] : "";
    pinned.value = message?.id ?? "";
  }

  #acts(standing) {
    const person = this.#person();
    if (this.name === "private") return person.started ? [person.blocks ? "unblock" : "block"] : [];
    const leads = ["creator", "administrator"].includes(person.standing);
    const owner = { out: [], member: ["remove"], administrator: ["demote", "remove"] };
    return [...(leads ? owner[standing] : []), ...(person.member && !leads ? ["leave"] : [])];
  }

  #foot(bot, messages) {
    const banner = this.#banner(bot);
    const shut = banner?.shut ?? false;
    this.#find(".banner").hidden = !banner;
    this.#find(".banner").classList.toggle("above", !shut);
    if (banner) fill(this.#find(".banner"), [banner.text, banner.acts.length], () => [make("p", "", banner.text), ...banner.acts]);
    this.#find(".composer").hidden = shut;
    const chips = shut || messages.some((message) => !message.event) ? [] : this.name === "private" ? ["/start"] : [t("checkin")];
    this.#find(".chips").hidden = !chips.length;
    fill(this.#find(".chips"), chips, () => chips.map((text) => make("button", "chip", text, { type: "button", "data-say": text })));
  }

  /** What stands in the way, and what can be done about it. */
  #banner(bot) {
    const person = this.#person();
    if (this.name === "private") return person.blocks ? { text: t("youBlock"), acts: [button("unblock", "primary")], shut: true } : null;
    if (person.standing === "kicked") return { text: t("banned"), acts: [], shut: true };
    if (person.asking) return { text: t("asking"), acts: [button("join")], shut: true };
    const ask = bot.standing === "administrator" ? [button("ask")] : [];
    if (!person.member) return { text: t("notMember"), acts: [button("join", "primary"), ...ask], shut: true };
    if (bot.standing === "administrator") return null;
    if (person.standing === "creator") return { text: t("needsBot"), acts: [button("promote", "primary")] };
    const owner = this.#room.state().people.find((other) => other.standing === "creator");
    return { text: t("needsOwner"), acts: [make("button", "", t("beOwner")(owner.name), { type: "button", "data-be": owner.id })] };
  }

  #put(reply, file) {
    [this.#reply, this.#file] = [reply, file];
    const context = this.#find(".context");
    context.hidden = !(reply || file);
    const words = file ? [file.name, ""] : reply ? [t("replyTo")(reply.name), reply.text || reply.file?.name || t("picture")] : [];
    context.firstElementChild.replaceChildren(icon(file ? "file" : "reply"), make("b", "", words[0] ?? ""), make("span", "", words[1] ?? ""));
    if (!file) this.#find("input[type=file]").value = "";
  }

  #answer(id) {
    const message = this.#room.state().chats[this.name].find((one) => one.id === id);
    if (!message || this.#find(".composer").hidden) return;
    this.#put(message, null);
    this.focus();
  }

  async #say(text) {
    const given = { person: this.#room.me(), chat: this.id() };
    const [reply, file] = [this.#reply, this.#file];
    this.#list.dataset.end = "yes";
    if (file) {
      const picture = PICTURES.includes(file.type) && file.size <= PICTURE_LIMIT;
      return this.#room.attempt(() => upload({ ...given, name: file.name, caption: text, picture }, file));
    }
    return this.#room.attempt(() => act("say", { ...given, text, reply_to: reply?.id ?? null }));
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (!text && !this.#file) return;
    if (await this.#say(text)) {
      this.#field.value = "";
      this.#put(null, null);
      this.#grow();
    }
    this.focus();
  }

  #grow() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, 140)}px`;
  }

  #listen() {
    const list = this.#list;
    this.#find(".composer").addEventListener("submit", (event) => this.#submit(event));
    this.#field.addEventListener("input", () => this.#grow());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#put(null, null);
      // While Chinese is being composed, Enter chooses a word.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
    this.#find("input[type=file]").addEventListener("change", (event) => {
      this.#put(null, event.target.files[0] ?? null);
      this.focus();
    });
    this.#find(".context button").addEventListener("click", () => this.#put(null, null));
    this.#find(".pinned").addEventListener("click", ({ target }) =>
      this.#list.querySelector(`[data-id="${target.value}"]`)?.scrollIntoView({ block: "center" }));
    let top = 0;
    list.addEventListener("scroll", () => { // only a way up leaves the end: a picture that grows meanwhile does not
      if (list.scrollHeight - list.scrollTop - list.clientHeight < 60) list.dataset.end = "yes";
      else if (list.scrollTop < top) list.dataset.end = "no";
      top = list.scrollTop;
    });
    new ResizeObserver(() => list.dataset.end !== "no" && (list.scrollTop = list.scrollHeight)).observe(list);
    list.addEventListener("load", () => list.dataset.end !== "no" && (list.scrollTop = list.scrollHeight), true);
    this.#root.addEventListener("click", (event) => this.#click(event));
  }

  #click(event) {
    const at = (selector) => event.target.closest(selector);
    const { dataset } = at("[data-press], [data-link], [data-act], [data-be], [data-say], [data-command]") ?? { dataset: {} };
    if (dataset.press !== undefined) return this.#press(at("[data-press]"));
    if (dataset.link) return this.#room.follow(dataset.link);
    if (dataset.act) return this.#do(dataset.act);
    if (dataset.be) return this.#room.be(Number(dataset.be));
    if (dataset.say) return this.#say(dataset.say);
    if (dataset.command) {
      event.preventDefault();
      return this.#say(dataset.command);
    }
    const link = at(".text a");
    if (link) {
      event.preventDefault();
      return this.#room.follow(link.href);
    }
    if (at(".spoiler")) return at(".spoiler").classList.add("seen");
    const wanted = at(".answer") || (at(".bubble") && !at("a") && !getSelection().toString());
    if (wanted) this.#answer(Number(at(".message").dataset.id));
  }

  #do(name) {
    const menu = this.#find(".menu");
    menu.open = false;
    return this.#room.attempt(() => act("act", { person: this.#room.me(), act: name }));
  }

  #press(key) {
    const message = Number(key.closest(".message").dataset.id);
    this.#list.dataset.end = "yes";
    const given = { person: this.#room.me(), chat: this.id(), message, data: key.dataset.press };
    return this.#room.attempt(async () => this.#room.tapped((await act("press", given)).tap, key));
  }
}

function button(name, kind = "") {
  return make("button", kind, t(name), { type: "button", "data-act": name });
}
