import { connect } from "/sigil.js";

const STATES = ["open", "doing", "done"];
const NAMES = { open: "To do", doing: "Doing", done: "Done" };
const find = (id) => document.getElementById(id);
const board = connect("live");
const tasks = new Map(); // as they are shown, by id: with what is on its way to the server
const cards = new Map(); // their elements
const pending = new Map(); // how many changes of a task are on their way, by id

// --- the server -----------------------------------------------------------------------------------------------------

board.on("state", (state) => {
  find("status").textContent = { open: "connected", waiting: "offline: your changes wait", connecting: "connecting" }[state] ?? state;
  find("status").className = state;
});

const topic = board.subscribe("board", (news) => {
  if (news.put) take(news.put);
  if (news.removed && !pending.has(news.removed)) hide(news.removed);
  if (news.title) entitle(news.title);
  if (news.finished) find("finished").textContent = news.finished;
  if (news.log) log(news.log);
}, { presence: true });
topic.on("presence", (members) => { find("people").textContent = members.length; });
topic.on("lost", load); // the server was restarted, or we were away for long
load();

/** Shows the whole board. */
async function load() {
  const all = await board.call("all", [], { again: true, timeout: 0 });
  entitle(all.title);
  find("finished").textContent = all.finished;
  const gone = new Set(tasks.keys());
  for (const task of all.tasks) {
    gone.delete(task.id);
    take(task);
  }
  for (const id of gone) if (!pending.has(id)) hide(id);
  find("log").replaceChildren();
  all.log.reverse().forEach(log);
}

/** Shows what the server has, unless it is about to have something else; and reminds, also of what was due while we were away. */
function take(task) {
  if (pending.has(task.id)) return;
  const known = tasks.get(task.id);
  if (task.due !== undefined && task.reminded === task.due && known?.due === task.due && known.reminded !== task.due) remind(task);
  show(task);
}

/** Says what is to be so: it may be said twice, so it is said again after a cut. What is not said yet is seen to wait. */
async function tell(id, method, argument) {
  pending.set(id, (pending.get(id) ?? 0) + 1);
  cards.get(id)?.classList.add("pending");
  try {
    await board.call(method, [argument], { again: true, timeout: 0 });
  } catch (error) {
    toast(error.message);
    setTimeout(load); // as it is really
  }
  pending.set(id, pending.get(id) - 1);
  if (pending.get(id) > 0) return;
  pending.delete(id);
  cards.get(id)?.classList.remove("pending");
}

function put(task) {
  const mine = { ...task, by: find("name").value.trim() || "somebody" };
  show(mine);
  return tell(task.id, "put", mine);
}

function remove(task) {
  hide(task.id);
  tell(task.id, "remove", task.id);
  toast(`Removed “${task.title}”`, () => put(task));
}

// --- what is shown --------------------------------------------------------------------------------------------------

function entitle(title) {
  document.title = title;
  if (document.activeElement !== find("title")) find("title").textContent = title;
}

function show(task) {
  tasks.set(task.id, task);
  const card = cards.get(task.id) ?? create(task.id);
  const text = card.querySelector(".text");
  if (document.activeElement !== text) text.textContent = task.title;
  card.querySelector("small").textContent = [task.due && `remind ${new Date(task.due).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}`, task.by].filter(Boolean).join(" · ");
  card.classList.toggle("late", task.due < Date.now() && task.state !== "done");
  card.setAttribute("aria-label", `${task.title}, ${NAMES[task.state]}`);
  card.querySelector(".remove").setAttribute("aria-label", `Remove ${task.title}`);
  for (const [name, step] of [["back", -1], ["on", 1]]) {
    card.querySelector("." + name).setAttribute("aria-label", `Move ${task.title} to ${NAMES[beside(task.state, step)] ?? "nowhere"}`);
  }
  place(card, task);
  count();
}

/** Puts a card where its rank says. */
function place(card, task) {
  const list = find(task.state), focused = card.contains(document.activeElement) && document.activeElement;
  const next = [...list.children].find((other) => other !== card && tasks.get(other.dataset.id).rank > task.rank) ?? null;
  if (card.parentElement === list && card.nextElementSibling === next) return;
  list.insertBefore(card, next);
  if (focused) focused.focus();
}

function hide(id) {
  const card = cards.get(id);
  if (card?.contains(document.activeElement)) (card.nextElementSibling ?? card.previousElementSibling ?? find("text")).focus();
  card?.remove();
  cards.delete(id);
  tasks.delete(id);
  count();
}

function count() {
  for (const state of STATES) find("h-" + state).querySelector("small").textContent = find(state).children.length || "";
}

function log({ at, who, what, title }) {
  const line = document.createElement("li");
  line.textContent = `${new Date(Number(at)).toLocaleTimeString([], { timeStyle: "short" })} ${who} ${what} “${title}”`;
  find("log").prepend(line);
  while (find("log").children.length > 20) find("log").lastChild.remove();
}

let timer;
function toast(text, undo) {
  const [message, button] = find("toast").children;
  message.textContent = text;
  button.hidden = !undo;
  button.onclick = () => { find("toast").hidden = true; undo(); };
  find("toast").hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { find("toast").hidden = true; }, 8000);
}

function remind({ title }) {
  toast(`It is time: ${title}`);
  if (globalThis.Notification?.permission === "granted") new Notification(title);
}

// --- what people do -------------------------------------------------------------------------------------------------

const beside = (state, step) => STATES[STATES.indexOf(state) + step];

/** A rank between two cards; those without a neighbour are one apart. */
function between(before, after) {
  const a = before && tasks.get(before.dataset.id).rank, b = after && tasks.get(after.dataset.id).rank;
  if (a === undefined || a === null) return b === undefined || b === null ? 1 : b - 1;
  return b === undefined || b === null ? a + 1 : (a + b) / 2;
}

function move(task, state) {
  if (state === undefined) return;
  put({ ...task, state, rank: between(find(state).lastElementChild, null) });
  find("says").textContent = `${task.title} is in ${NAMES[state]}`;
}

function shift(task, step) {
  const card = cards.get(task.id), other = step < 0 ? card.previousElementSibling : card.nextElementSibling;
  if (!other) return;
  const rank = step < 0 ? between(other.previousElementSibling, other) : between(other, other.nextElementSibling);
  put({ ...task, rank });
}

function create(id) {
  const card = find("card").content.firstElementChild.cloneNode(true);
  const task = () => tasks.get(id), text = card.querySelector(".text");
  card.dataset.id = id;
  card.querySelector(".back").onclick = () => move(task(), beside(task().state, -1));
  card.querySelector(".on").onclick = () => move(task(), beside(task().state, 1));
  card.querySelector(".remove").onclick = () => remove(task());
  card.ondblclick = () => edit(text);
  card.onkeydown = (event) => keys(event, task(), text);
  card.ondragstart = (event) => {
    event.dataTransfer.setData("text/plain", id);
    card.classList.add("held");
  };
  card.ondragend = () => card.classList.remove("held");
  editable(text, () => task().title, (title) => put({ ...task(), title }));
  cards.set(id, card);
  return card;
}

function keys(event, task, text) {
  if (event.target !== event.currentTarget) return;
  const { key, altKey } = event, list = [...find(task.state).children];
  const steps = { ArrowLeft: () => move(task, beside(task.state, -1)), ArrowRight: () => move(task, beside(task.state, 1)), ArrowUp: () => shift(task, -1), ArrowDown: () => shift(task, 1) };
  const focus = { ArrowUp: () => list[list.indexOf(event.target) - 1]?.focus(), ArrowDown: () => list[list.indexOf(event.target) + 1]?.focus(), F2: () => edit(text), Enter: () => edit(text), Delete: () => remove(task) };
  const act = altKey ? steps[key] : focus[key];
  if (!act) return;
  event.preventDefault();
  act();
}

function edit(element) {
  element.contentEditable = "plaintext-only";
  element.focus();
  getSelection().selectAllChildren(element);
}

/** Enter keeps what was written, Escape does not. */
function editable(element, before, save) {
  const end = (keep) => {
    const text = element.textContent.trim();
    if (element !== find("title")) element.removeAttribute("contenteditable");
    if (keep && text && text !== before()) save(text);
    else element.textContent = before();
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") element.textContent = before();
    element.blur();
  });
  element.addEventListener("blur", () => end(true));
}
editable(find("title"), () => document.title, (title) => {
  document.title = title;
  tell("title", "rename", title);
});

for (const state of STATES) {
  const section = find(state).parentElement;
  section.ondragover = (event) => { event.preventDefault(); section.classList.add("over"); };
  section.ondragleave = () => section.classList.remove("over");
  section.ondrop = (event) => {
    event.preventDefault();
    section.classList.remove("over");
    const task = tasks.get(event.dataTransfer.getData("text/plain"));
    if (!task) return;
    const others = [...find(state).children].filter((card) => card.dataset.id !== task.id);
    const next = others.find((card) => event.clientY < card.getBoundingClientRect().top + card.offsetHeight / 2);
    put({ ...task, state, rank: between(next ? others[others.indexOf(next) - 1] : others.at(-1), next) });
  };
}

find("new").onsubmit = (event) => {
  event.preventDefault();
  const title = find("text").value.trim(), due = Date.parse(find("due").value);
  if (!title) return;
  if (due && globalThis.Notification?.permission === "default") Notification.requestPermission();
  const id = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
  put({ id, title, state: "open", rank: between(find("open").lastElementChild, null), ...(due ? { due } : {}) });
  find("text").value = find("due").value = "";
  find("text").focus();
};

// --- what this browser remembers ------------------------------------------------------------------------------------

find("name").value = localStorage.todoName ?? "";
find("name").onchange = () => { localStorage.todoName = find("name").value.trim(); };

const THEMES = { "": "as the system has them", light: "light", dark: "dark" };
const colour = (theme) => {
  document.documentElement.dataset.theme = localStorage.todoTheme = theme;
  find("theme").setAttribute("aria-label", `Colours: ${THEMES[theme]}`);
};
colour(localStorage.todoTheme ?? "");
find("theme").onclick = () => {
  const all = Object.keys(THEMES);
  colour(all[(all.indexOf(localStorage.todoTheme) + 1) % all.length]);
};
