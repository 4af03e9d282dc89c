const controller = new AbortController();
const { signal } = controller;
let told = "";
signal.addEventListener("abort", () => { told += signal.reason.message; }, { once: true });
controller.abort(new Error("enough"));
controller.abort();
if (told !== "enough" || !signal.aborted) throw new Error(told);

class Lamp extends EventTarget {
  turn(on) { return this.dispatchEvent(new CustomEvent("turn", { detail: on, cancelable: true })); }
}
const lamp = new Lamp();
lamp.addEventListener("turn", (event) => { if (!event.detail) event.preventDefault(); });
if (!lamp.turn(true) || lamp.turn(false)) throw new Error("the lamp stays on");
