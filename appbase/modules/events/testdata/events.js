test("listeners run in order, once each, capturing ones first", () => {
  const target = new EventTarget(), calls = [];
  const a = () => calls.push("a");
  target.addEventListener("x", a);
  target.addEventListener("x", a);
  target.addEventListener("x", () => calls.push("once"), { once: true });
  target.addEventListener("x", () => calls.push("capture"), true);
  target.addEventListener("x", { handleEvent(e) { calls.push(e.type + (this.handleEvent !== undefined)); } });
  target.addEventListener("x", null);
  target.dispatchEvent(new Event("x"));
  target.dispatchEvent(new Event("x"));
  equal(calls, ["capture", "a", "once", "xtrue", "capture", "a", "xtrue"]);
  target.removeEventListener("x", a);
  target.removeEventListener("x", () => {});
  calls.length = 0;
  target.dispatchEvent(new Event("x"));
  equal(calls, ["capture", "xtrue"]);
});

test("a capturing listener is another than one that is not", () => {
  const target = new EventTarget();
  let n = 0;
  const f = () => n++;
  target.addEventListener("x", f, true);
  target.removeEventListener("x", f);
  target.dispatchEvent(new Event("x"));
  target.removeEventListener("x", f, { capture: true });
  target.dispatchEvent(new Event("x"));
  equal(n, 1);
});

test("added while dispatching waits, removed while dispatching is left out", () => {
  const target = new EventTarget(), calls = [];
  const late = () => calls.push("late"), gone = () => calls.push("gone");
  target.addEventListener("x", () => {
    calls.push("first");
    target.addEventListener("x", late);
    target.removeEventListener("x", gone);
  });
  target.addEventListener("x", gone);
  target.dispatchEvent(new Event("x"));
  equal(calls, ["first"]);
  target.dispatchEvent(new Event("x"));
  equal(calls, ["first", "first", "late"]);
});

test("stopImmediatePropagation and preventDefault", () => {
  const target = new EventTarget(), calls = [];
  target.addEventListener("x", (e) => { calls.push(e.defaultPrevented); e.preventDefault(); calls.push(e.defaultPrevented); }, { passive: true });
  target.addEventListener("x", (e) => { e.preventDefault(); calls.push(e.defaultPrevented); e.stopImmediatePropagation(); });
  target.addEventListener("x", () => calls.push("never"));
  equal(target.dispatchEvent(new Event("x", { cancelable: true })), false);
  equal(calls, [false, false, true]);
  calls.length = 0;
  equal(target.dispatchEvent(new Event("x")), true);
  equal(calls, [false, false, false]);
});

test("an event knows its target while it is dispatched", () => {
  const target = new EventTarget(), event = new Event("x", { bubbles: true, composed: true });
  equal([event.target, event.currentTarget, event.eventPhase, event.composedPath().length, event.isTrusted], [null, null, 0, 0, false]);
  let seen;
  target.addEventListener("x", (e) => {
    seen = [e.target === target, e.currentTarget === target, e.srcElement === target, e.eventPhase, e.composedPath()[0] === target];
    try { target.dispatchEvent(e); } catch (error) { seen.push(error.name); }
  });
  target.dispatchEvent(event);
  equal(seen, [true, true, true, 2, true, "InvalidStateError"]);
  equal([event.target === target, event.currentTarget, event.eventPhase, event.bubbles, event.composed, event.cancelable], [true, null, 0, true, true, false]);
  equal([Event.NONE, Event.AT_TARGET, event.BUBBLING_PHASE], [0, 2, 3]);
});

test("stopPropagation ends after the phase", () => {
  const target = new EventTarget(), calls = [];
  target.addEventListener("x", (e) => { calls.push(1); e.stopPropagation(); }, true);
  target.addEventListener("x", () => calls.push(2), true);
  target.addEventListener("x", () => calls.push(3));
  target.dispatchEvent(new Event("x"));
  equal(calls, [1, 2]);
});

test("a signal removes a listener", () => {
  const target = new EventTarget(), controller = new AbortController();
  let n = 0;
  target.addEventListener("x", () => n++, { signal: controller.signal });
  target.addEventListener("x", () => n++, { signal: AbortSignal.abort() });
  target.dispatchEvent(new Event("x"));
  controller.abort();
  target.dispatchEvent(new Event("x"));
  equal(n, 1);
});

test("wrong arguments", () => {
  const target = new EventTarget();
  throws(() => new Event(), "TypeError");
  throws(() => new Event("x", 1), "TypeError");
  throws(() => target.addEventListener("x"), "TypeError");
  throws(() => target.dispatchEvent({ type: "x" }), "TypeError");
  throws(() => Event("x"), "TypeError");
  throws(() => new AbortSignal(), "TypeError");
});

test("events with more to tell", () => {
  equal(new CustomEvent("x", { detail: 5 }).detail, 5);
  equal(new CustomEvent("x").detail, null);
  const message = new MessageEvent("m", { data: [1], origin: "o", lastEventId: "7" });
  equal([message.type, message.data, message.origin, message.lastEventId, message instanceof Event], ["m", [1], "o", "7", true]);
  equal(new MessageEvent("m").data, null);
  equal(Object.prototype.toString.call(new CustomEvent("x")), "[object CustomEvent]");
});

test("an AbortController aborts its signal once", () => {
  const controller = new AbortController(), { signal } = controller, calls = [];
  signal.onabort = function (e) { calls.push(["on", this === signal, e.isTrusted, e.type]); };
  signal.addEventListener("abort", () => calls.push("listener"));
  equal([signal.aborted, signal.reason, signal.throwIfAborted()], [false, undefined, undefined]);
  controller.abort();
  controller.abort("again");
  equal(calls, [["on", true, true, "abort"], "listener"]);
  equal([signal.aborted, signal.reason.name, signal.reason instanceof DOMException], [true, "AbortError", true]);
  throws(() => signal.throwIfAborted(), signal.reason);
  const own = new AbortController();
  own.abort(7);
  equal(own.signal.reason, 7);
});

test("AbortSignal.abort and timeout", async () => {
  equal(AbortSignal.abort().reason.name, "AbortError");
  equal(AbortSignal.abort("r").reason, "r");
  const signal = AbortSignal.timeout(5);
  equal(signal.aborted, false);
  await new Promise((resolve) => { signal.onabort = resolve; });
  equal([signal.aborted, signal.reason.name], [true, "TimeoutError"]);
  throws(() => AbortSignal.timeout(-1), "TypeError");
});

test("AbortSignal.any follows the first", () => {
  const a = new AbortController(), b = new AbortController();
  const either = AbortSignal.any([a.signal, b.signal]), deeper = AbortSignal.any([either]);
  const order = [];
  a.signal.addEventListener("abort", () => order.push(["a", either.aborted, deeper.aborted]));
  either.addEventListener("abort", () => order.push("either"));
  deeper.addEventListener("abort", () => order.push("deeper"));
  a.abort("why");
  b.abort("late");
  equal(order, [["a", true, true], "either", "deeper"]);
  equal([either.reason, deeper.reason], ["why", "why"]);
  equal(AbortSignal.any([]).aborted, false);
  equal(AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason, 1);
  throws(() => AbortSignal.any([1]), "TypeError");
});

test("handler attributes keep their place", () => {
  const controller = new AbortController(), { signal } = controller, calls = [];
  signal.onabort = () => calls.push("one");
  signal.addEventListener("abort", () => calls.push("two"));
  signal.onabort = () => calls.push("three");
  equal(typeof signal.onabort, "function");
  controller.abort();
  equal(calls, ["three", "two"]);
  signal.onabort = 5;
  equal(signal.onabort, null);
});
