// The page: who I am, which chats I see, what I do in them.

import { Chat } from "./chat.js";
import { drawPeople, make } from "./view.js";
import { dress, locale, switchLanguage, t } from "./words.js";
import { Refused, act, listen, look } from "./wire.js";

const $ = (selector) => document.querySelector(selector);
const narrow = matchMedia("(max-width: 859px)");
const seen = JSON.parse(localStorage.getItem("regulars.seen") ?? "{}");

let me = Number(localStorage.getItem("regulars.me")) || 1;
let tab = "group";
let state = null;
let ahead = 0; // how far the club's clock is from this machine's, in milliseconds
let waiting = null;
const taps = new Map(); // callback id → the key that was tapped
const answered = new Set();

const room = {
  me: () => me,
  state: () => state,
  be,
  visible: (name) => !narrow.matches || tab === name,
  attempt,
  tapped,
  follow,
};
const chats = { group: new Chat("group", room), private: new Chat("private", room) };

/** Do something that the server may refuse, and say so if it does. Returns whether it was done. */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === "login") login();
    else toast(error.message, "bad");
    return false;
  }
}

async function refresh() {
  const viewer = me;
  await attempt(async () => {
    const fresh = await look(viewer).catch(strangerGone);
    if (!fresh || viewer !== me) return;
    state = fresh;
    ahead = new Date(state.clock.now) - Date.now();
    draw();
  });
}

/** After a reset somebody who was added may be gone. */
function strangerGone(error) {
  if (error.code !== "unknown_person") throw error;
  be(1);
}

/** Many changes at once are one look. */
function soon() {
  waiting ??= setTimeout(() => {
    waiting = null;
    refresh();
  }, 40);
}

function draw() {
  chats.group.draw();
  chats.private.draw();
  see();
  drawPeople($(".people"), state.people.map(withNews), me);
  drawTabs();
  drawClock();
  for (const notice of state.notices) answer(notice);
}

function drawTabs() {
  for (const button of document.querySelectorAll(".tabs button")) {
    const name = button.dataset.tab;
    button.querySelector("span").textContent = t(name);
    button.setAttribute("aria-selected", name === tab);
    button.querySelector(".dot").hidden = !unread(chats[name].id(), chats[name].newest());
  }
  document.body.dataset.tab = tab;
}

function unread(chat, newest) {
  const viewer = chat > 0 ? chat : me;
  return newest > (seen[`${viewer}:${chat}`] ?? 0);
}

function withNews({ id, name, part, newest }) {
  return { id, name, part, fresh: id !== me && unread(id, newest) };
}

function see() {
  for (const chat of Object.values(chats)) {
    if (room.visible(chat.name) && !document.hidden) seen[`${me}:${chat.id()}`] = chat.newest();
  }
  localStorage.setItem("regulars.seen", JSON.stringify(seen));
}

function drawClock() {
  if (!state) return;
  const now = new Date(Date.now() + ahead);
  const zone = state.clock.zone;
  const year = narrow.matches ? undefined : "numeric";
  const day = now.toLocaleDateString(locale(), { timeZone: zone, weekday: "short", day: "numeric", month: "short", year });
  const time = now.toLocaleTimeString(locale(), { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });
  $("#clock-now").replaceChildren(make("b", "", time), make("span", "", day), make("small", "", zone));
  $("#clock-now").dateTime = now.toISOString();
  const running = state.clock.running;
  $(".clock").classList.toggle("busy", running);
  $(".running").textContent = running ? t("running") : "";
  for (const button of document.querySelectorAll("[data-leap], #reset")) button.disabled = running;
}

/** The bot's answer to a tap of ours: a line that passes, an alert that stays, or a link that is followed. */
function answer(notice) {
  const key = taps.get(notice.tap);
  if (!key || answered.has(notice.tap)) return;
  answered.add(notice.tap);
  key.classList.remove("pending");
  if (notice.url) follow(notice.url);
  else if (notice.alert && notice.text) ask({ title: notice.text, text: "", yes: t("ok") });
  else if (notice.text) toast(notice.text);
}

function tapped(id, key) {
  taps.set(id, key);
  key.classList.add("pending");
  setTimeout(() => key.classList.remove("pending"), 4000);
  if (state) for (const notice of state.notices) answer(notice);
}

/** Links to the bot and into the group stay in the page; all others open beside it. */
function follow(link) {
  if (/^https:\/\/t\.me\/(regulars_bot(\?start=|$)|\+)/.test(link)) {
    if (link.includes("regulars_bot")) show("private");
    attempt(() => act("open", { person: me, link }));
  } else if (link.startsWith("http")) {
    open(link, "_blank", "noopener,noreferrer");
  }
}

function be(person) {
  me = person;
  localStorage.setItem("regulars.me", me);
  for (const chat of Object.values(chats)) chat.settle();
  refresh();
}

function show(name) {
  tab = name;
  if (state) draw();
  if (!narrow.matches) chats[name].focus();
}

function toast(text, kind = "") {
  const note = make("p", kind, text);
  $(".toasts").append(note);
  setTimeout(() => note.remove(), 2500 + text.length * 60);
}

/** A question in the middle of the page. Resolves to whether it was answered with yes. */
function ask({ title, text, yes, danger = false, password = false }) {
  const dialog = $("#ask");
  if (dialog.open) dialog.close("no");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  const [no, ok] = dialog.querySelectorAll("menu button");
  ok.textContent = yes;
  ok.classList.toggle("danger", danger);
  no.hidden = !danger;
  no.onclick = () => dialog.close("no");
  dialog.querySelector("input").hidden = !password;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

async function login() {
  if ($("#ask").open) return;
  const yes = await ask({ title: t("loginTitle"), text: t("loginText"), yes: t("loginYes"), password: true });
  const field = $("#ask input");
  const password = field.value;
  field.value = "";
  if (yes && (await attempt(() => act("login", { password })))) location.reload();
  else login();
}

async function reset() {
  const sure = await ask({ title: t("resetTitle"), text: t("resetText"), yes: t("resetYes"), danger: true });
  if (sure) attempt(() => act("reset"));
}

/** Who I am, among the people. */
function chosen() {
  return $(".people [aria-pressed=true]");
}

function redress() {
  dress();
  for (const chat of Object.values(chats)) chat.dress();
  if (state) draw();
}

$(".people").addEventListener("click", (event) => {
  const chip = event.target.closest("[data-person]");
  if (!chip) return;
  be(Number(chip.dataset.person));
  chip.scrollIntoView({ block: "nearest", inline: "center", behavior: "smooth" });
});
$(".tabs").addEventListener("click", (event) => show(event.target.closest("[data-tab]").dataset.tab));
$(".tabs").addEventListener("keydown", (event) => {
  if (!event.key.startsWith("Arrow")) return;
  show(tab === "group" ? "private" : "group");
  $(`#tab-${tab}`).focus();
});
$(".leaps").addEventListener("click", (event) => {
  const to = event.target.dataset.leap;
  if (to) attempt(() => act("clock", { to }));
});
$("#reset").addEventListener("click", reset);
$("#language").addEventListener("click", () => {
  switchLanguage();
  redress();
});
document.addEventListener("visibilitychange", () => state && draw());
narrow.addEventListener("change", () => state && draw());
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
setInterval(() => (state?.clock.running ? soon() : drawClock()), 1000);

redress();
await refresh();
chosen()?.scrollIntoView({ block: "nearest", inline: "center" });
listen(
  (change) => change.what !== "still" && soon(),
  (standing) => {
    document.body.classList.toggle("offline", !standing);
    if (standing) soon();
  },
);
