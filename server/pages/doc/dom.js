// The documentation page: it reads an app's OpenAPI and AsyncAPI documents and makes of each operation a form that can be
// tried. The files of this folder are one script, in the order of doc.go. No markup is ever made of a text.

/** An element. Properties that begin with "on" are listeners, `data` is the data set, others are attributes. */
function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "value") made.value = value;
    else made.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  made.append(...children.flat(9).filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return made;
}

let lastId = 0;

/** A label and what it labels. */
function labelled(text, input, { note, required } = {}) {
  input.id ||= "input-" + ++lastId;
  const noteId = note && input.id + "-note";
  if (noteId) input.setAttribute("aria-describedby", noteId);
  return el("div", { className: "field" },
    el("label", { for: input.id }, text, required && el("span", { className: "required", title: "required" }, " *")),
    input, note && el("p", { className: "dim note", id: noteId }, note));
}

const folded = (title, ...content) => el("details", { className: "more" }, el("summary", {}, title), ...content);
const pre = (text, properties = {}) => el("pre", { tabindex: "0", ...properties }, text);
const paragraph = (text) => text && el("p", {}, text);

function sizeOf(bytes) {
  return bytes < 10_000 ? `${bytes} B` : bytes < 10_000_000 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;
}

function hexOf(bytes, most = 256) {
  const shown = [...bytes.subarray(0, most)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > most ? `${shown} …` : shown;
}

function bytesOf(hex) {
  const digits = hex.replace(/\s|0x|,/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error("bytes are written as pairs of hexadecimal digits: 48 65 6c 6c 6f");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** JSON for reading; another text as it is. */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A bounded list of what happened, newest last. */
class Log {
  #list = el("ol", { className: "log", role: "log", "aria-live": "polite", "aria-label": "what happened" });
  #most = 500;
  get element() { return this.#list; }
  add(kind, mark, text, detail) {
    const atEnd = this.#list.scrollTop + this.#list.clientHeight >= this.#list.scrollHeight - 8;
    const time = new Date().toLocaleTimeString([], { hour12: false });
    this.#list.append(el("li", { className: kind, data: { kind } }, el("span", { className: "mark", "aria-hidden": "true" }, mark),
      el("span", { className: "spoken" }, kind), el("span", { className: "text" }, text), el("span", { className: "dim" }, [detail, time].filter(Boolean).join(" · "))));
    while (this.#list.childElementCount > this.#most) this.#list.firstElementChild.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }
  clear() { this.#list.replaceChildren(); }
}
