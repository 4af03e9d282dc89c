import { connect } from "/sigil.js";

const board = connect("live");
const find = (id) => document.getElementById(id);
const shown = new Map(); // note elements by id
const notes = new Map(); // notes by id

const status = (state) => {
  find("status").textContent = state === "open" ? "connected" : state;
  find("status").className = state;
};
board.on("state", status);

const topic = board.subscribe("board", ({ put, removed }) => (put ? show(put) : hide(removed)), { presence: true });
topic.on("presence", (members) => { find("people").textContent = members.length; });
topic.on("lost", load); // the server was restarted, or we were away for long
load();

/** Shows the whole board. */
async function load() {
  const all = await board.call("all", [], { again: true, timeout: 0 });
  for (const id of [...shown.keys()]) if (!all.some((note) => note.id === id)) hide(id);
  all.forEach(show);
}

/** Says what is to be so: it may be said twice, so it is said again after a cut. */
const tell = (method, params) => board.call(method, [params], { again: true }).catch((error) => { find("status").textContent = error.message; });

function show(note) {
  notes.set(note.id, note);
  const element = shown.get(note.id) ?? create(note.id);
  if (element.classList.contains("held")) return;
  element.querySelector("span").textContent = note.text;
  Object.assign(element.style, { left: `${note.x}px`, top: `${note.y}px`, background: `hsl(${note.hue} 90% 78%)` });
}

function hide(id) {
  shown.get(id)?.remove();
  shown.delete(id);
  notes.delete(id);
}

function create(id) {
  const element = document.createElement("div");
  element.className = "note";
  element.innerHTML = `<button type="button" aria-label="Remove">×</button><span></span>`;
  element.querySelector("button").onclick = () => tell("remove", id);
  element.onpointerdown = (event) => event.target.tagName !== "BUTTON" && drag(element, id, event);
  shown.set(id, element);
  find("notes").append(element);
  return element;
}

function drag(element, id, { clientX, clientY, pointerId }) {
  const dx = element.offsetLeft - clientX, dy = element.offsetTop - clientY;
  let busy = false;
  element.setPointerCapture(pointerId);
  element.classList.add("held");
  const move = async (event) => {
    const place = { ...notes.get(id), x: event.clientX + dx, y: event.clientY + dy };
    Object.assign(element.style, { left: `${place.x}px`, top: `${place.y}px` });
    if (busy && event.type !== "pointerup") return; // one at a time: as fast as the connection is
    busy = true;
    await tell("put", place);
    busy = false;
  };
  element.onpointermove = move;
  element.onpointerup = element.onpointercancel = (event) => {
    element.onpointermove = element.onpointerup = element.onpointercancel = null;
    element.classList.remove("held");
    move(event);
  };
}

find("new").onsubmit = (event) => {
  event.preventDefault();
  const text = find("text").value.trim();
  if (!text) return;
  find("text").value = "";
  const id = String(crypto.getRandomValues(new Uint32Array(2)));
  tell("put", { id, text, x: 60 + Math.random() * 400, y: 100 + Math.random() * 250, hue: Math.floor(Math.random() * 360) });
};
