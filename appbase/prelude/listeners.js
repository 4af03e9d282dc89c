// Listeners: methods that run for as long as the app does and consume something outside. One supervisor for each keeps it running:
// it starts it, tells it to stop by its signal, and starts it again when it ends, later each time.
(function (host) {
  "use strict";

  const { DOMException, AbortController, setTimeout, clearTimeout, Date, Math, Promise, Map, JSON } = globalThis;
  const abortion = (reason) => new DOMException(`the listener is stopped: ${reason}`, "AbortError");
  const supervisors = new Map(); // by name
  let open = false; // those of the code before have ended
  let opened; // resolves then
  let ended; // of the whole generation: why

  const whenOpen = new Promise((resolve) => { opened = resolve; });

  /** Keeps one method running. States: stopped, running, stopping, waiting (to be started again), failed. */
  class Supervisor {
    #note; #state = "stopped"; #paused = false; #controller; #over; #timer; #tries = 0; #restarts = 0; #error = null; #since = Date.now(); #resumers = [];
    constructor(note) { this.#note = note; }

    get name() { return this.#note.name; }
    get paused() { return this.#paused; }
    get autostart() { return this.#note.autostart; }
    get signal() { return this.#controller.signal; }

    status() {
      const state = this.#state === "running" && this.#paused ? "paused" : this.#state;
      return { name: this.#note.name, method: this.#note.method.name, state, restarts: this.#restarts, since: this.#since, lastError: this.#error };
    }
    #become(state) {
      this.#state = state;
      this.#since = Date.now();
      this.tell();
    }
    tell() { host.tell(this.#note.name, JSON.stringify(this.status())); }

    async start() {
      if (!open) await whenOpen;
      if (this.#state === "stopping") await this.#over;
      if (ended !== undefined || this.#state === "running") return;
      this.#tries = 0;
      this.#run();
    }

    /** Resolves when the method has ended. */
    async stop(reason) {
      clearTimeout(this.#timer);
      this.#paused = false;
      if (this.#state === "running") {
        this.#become("stopping");
        this.#controller.abort(abortion(reason));
        this.#resume();
      }
      if (this.#state === "stopping") return this.#over;
      if (this.#state === "waiting") this.#become("stopped");
    }

    pause() {
      if (this.#state !== "running" && this.#state !== "waiting") return;
      this.#paused = true;
      this.tell();
    }
    resume() {
      this.#paused = false;
      this.#resume();
      this.tell();
    }
    #resume() {
      for (const resume of this.#resumers.splice(0)) resume();
    }
    /** Resolves when the listener is not paused; rejects when it is to stop. */
    async resumed(signal) {
      while (this.#paused && !signal.aborted) await new Promise((resolve) => { this.#resumers.push(resolve); });
      signal.throwIfAborted();
    }

    #run() {
      clearTimeout(this.#timer);
      this.#controller = new AbortController();
      const { signal } = this.#controller, began = Date.now();
      host.enter();
      this.#become("running");
      const run = new Run(this, signal);
      const result = (async () => this.#note.method.call(host.app(), signal, run))();
      this.#over = result.then(() => this.#ended(signal, began), (error) => this.#ended(signal, began, { error })).finally(host.leave);
    }

    #ended(signal, began, failure) {
      if (signal.aborted) {
        if (failure !== undefined && failure.error !== signal.reason && failure.error?.name !== "AbortError") this.failed(failure.error, "stop", null);
        this.#become("stopped");
        return;
      }
      const { restart, limit, most } = this.#note;
      if (restart === "never" || (restart === "on-failure" && failure === undefined)) {
        if (failure !== undefined) this.failed(failure.error, "run", null);
        this.#become(failure === undefined ? "stopped" : "failed");
        return;
      }
      if (Date.now() - began >= most) this.#tries = 0;
      if (this.#tries >= limit) {
        this.failed(failure?.error ?? new Error(`the listener ended ${this.#tries + 1} times in a row`), "run", null);
        this.#become("failed");
        return;
      }
      this.#again(failure);
    }

    #again(failure) {
      const { first, most } = this.#note;
      const wait = Math.ceil(Math.min(first * 2 ** Math.min(this.#tries++, 30), most) * (0.5 + Math.random() / 2));
      if (failure !== undefined) this.failed(failure.error, "run", wait);
      this.#become("waiting");
      this.#timer = setTimeout(() => this.#restart(), wait);
    }
    async #restart() {
      while (this.#paused) await new Promise((resolve) => { this.#resumers.push(resolve); });
      if (this.#state !== "waiting" || ended !== undefined) return;
      this.#restarts++;
      this.#run();
    }

    /** Tells of an error: the log, the status, and the author's onError. */
    failed(error, source, restartIn) {
      this.#error = { message: String(error?.message ?? error), at: Date.now(), source };
      const report = { name: this.#note.name, source, restartIn, attempt: this.#tries };
      host.report(error, report.name, source, restartIn ?? -1, report.attempt);
      this.tell();
      if (this.#note.onError === undefined) return;
      try {
        const result = this.#note.onError.call(host.app(), error, report);
        if (result instanceof Promise) result.catch((thrown) => host.report(thrown, report.name, "onError", -1, 0));
      } catch (thrown) {
        host.report(thrown, report.name, "onError", -1, 0);
      }
    }
  }

  // --- what scripts hold ----------------------------------------------------------------------------------------------

  /** this.listener(name): on any worker. */
  class Listener {
    #name;
    constructor(name) { this.#name = name; }
    get name() { return this.#name; }
    get state() { return this.#status().state; }
    get restarts() { return this.#status().restarts; }
    get since() { return this.#status().since; }
    get lastError() { return this.#status().lastError; }
    #status() { return JSON.parse(host.status(this.#name)); }
    async start() { await host.command(this.#name, "start"); }
    async stop() { await host.command(this.#name, "stop"); }
    async pause() { await host.command(this.#name, "pause"); }
    async resume() { await host.command(this.#name, "resume"); }
    toJSON() { return this.#status(); }
  }

  /** The second argument of the method: this run of it. */
  class Run extends Listener {
    #supervisor; #signal;
    constructor(supervisor, signal) {
      super(supervisor.name);
      this.#supervisor = supervisor;
      this.#signal = signal;
    }
    get signal() { return this.#signal; }
    get paused() { return this.#supervisor.paused; }
    /** Waiting for its own end would never end. */
    async stop() { super.stop().catch(() => {}); }
    resumed() { return this.#supervisor.resumed(this.#signal); }
    messages(source, options) { return messages(source, this, options); }
    async each(source, handler, options) {
      if (typeof handler !== "function") throw new TypeError(`each takes the source and a function, not ${host.show(handler)}`);
      const all = this.messages(source, options);
      for (let next = await all.next(); !next.done; next = await all.next()) {
        try {
          await handler.call(host.app(), next.value);
        } catch (error) {
          if (!this.#signal.aborted) this.#supervisor.failed(error, "message", null);
        }
      }
    }
  }

  // --- sources --------------------------------------------------------------------------------------------------------

  const isSocket = (source) => typeof WebSocket === "function" && source instanceof WebSocket;
  const isEvents = (source) => typeof EventSource === "function" && source instanceof EventSource;

  /** What a source brings, one after the other: nothing is taken from it while the one before is worked on, or during a pause. */
  function messages(source, run, options = {}) {
    if (isSocket(source) || isEvents(source)) return new Events(source, run, options.types ?? ["message"]);
    const iterate = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator];
    if (typeof iterate !== "function") throw new TypeError(`a listener reads a WebSocket, an EventSource, a stream or an iterable, not ${host.show(source)}`);
    return new Values(iterate.call(source), run);
  }

  /** Settles like a promise, or as undefined once the signal is aborted. */
  function unlessAborted(promise, signal) {
    return new Promise((resolve, reject) => {
      const stop = () => resolve(undefined);
      signal.addEventListener("abort", stop, { once: true });
      Promise.resolve(promise).then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  const DONE = { done: true, value: undefined };

  /** An async iterator that `for await` can read: its own end is idempotent. */
  class Messages {
    [Symbol.asyncIterator]() { return this; }
    async return(value) {
      this.finish();
      return { done: true, value };
    }
  }

  /** The values of an iterator. */
  class Values extends Messages {
    #iterator; #run; #over = false;
    constructor(iterator, run) {
      super();
      this.#iterator = iterator;
      this.#run = run;
    }
    async next() {
      if (this.#over) return DONE;
      if (this.#run.paused) await this.#run.resumed();
      const next = this.#run.signal.aborted ? undefined : await unlessAborted(this.#iterator.next(), this.#run.signal);
      if (next === undefined || next.done) {
        this.finish();
        return DONE;
      }
      if (this.#run.paused) await this.#run.resumed();
      return { done: false, value: await next.value };
    }
    /** An iterator that waits for something may never come back: it is told, and not waited for. */
    finish() {
      if (this.#over) return;
      this.#over = true;
      Promise.resolve(this.#iterator.return?.()).catch(() => {});
    }
  }

  /** The events of a WebSocket or an EventSource, which is asked for more only when those before have been taken. */
  class Events extends Messages {
    #source; #run; #queue = []; #over = false; #failure; #wake = () => {}; #drained = () => {}; #undo = [];
    constructor(source, run, types) {
      super();
      this.#source = source;
      this.#run = run;
      for (const type of types) this.#on(source, type, (event) => this.#take(event));
      for (const [type, fn] of endsOf(source, (error) => this.#end(error))) this.#on(source, type, fn);
      this.#on(run.signal, "abort", () => this.#end());
      host.flow(source, () => this.#gate());
    }
    #on(target, type, fn) {
      target.addEventListener(type, fn);
      this.#undo.push(() => target.removeEventListener(type, fn));
    }
    #take(event) {
      this.#queue.push(event);
      this.#wake();
    }
    #end(error) {
      this.#over = true;
      this.#failure ??= error;
      this.#drained();
      this.#wake();
    }
    #gate() {
      if (this.#over || (this.#queue.length === 0 && !this.#run.paused)) return undefined;
      return new Promise((resolve) => { this.#drained = resolve; });
    }
    async next() {
      for (;;) {
        if (this.#run.paused) await this.#run.resumed();
        if (this.#run.signal.aborted) break;
        if (this.#queue.length > 0) return { done: false, value: this.#queue.shift() };
        if (this.#over) break;
        this.#drained();
        await new Promise((resolve) => { this.#wake = resolve; });
      }
      this.finish();
      if (this.#failure !== undefined && !this.#run.signal.aborted) throw this.#failure;
      return DONE;
    }
    finish() {
      this.#end();
      for (const undo of this.#undo.splice(0)) undo();
      this.#source.close();
    }
  }

  /** How a source tells that it has ended: [event, function] pairs. */
  function endsOf(source, end) {
    if (isEvents(source)) {
      const check = () => { if (source.readyState === 2) end(new Error(`${source.url} brings no events (any more)`)); };
      check();
      return [["error", check]];
    }
    if (source.readyState === 3) end(new Error(`the connection to ${source.url} has ended`));
    let lost;
    return [
      ["error", (event) => { lost = event.message; }],
      ["close", (event) => end(event.wasClean && event.code === 1000 ? undefined : new Error(`the connection to ${source.url} has ended: ${lost ?? (event.reason || "code " + event.code)}`))],
    ];
  }

  // --- what the host calls --------------------------------------------------------------------------------------------

  function declare(notes) {
    for (const note of notes) supervisors.set(note.name, new Supervisor(note));
    for (const s of supervisors.values()) {
      if (JSON.parse(host.status(s.name)).state !== "stopping") s.tell(); // else the one before will
    }
  }

  function begin() {
    open = true;
    opened();
  }

  /** wanted: what was asked for of each before: started, stopped or paused. */
  function autostart(wanted) {
    for (const s of supervisors.values()) {
      const before = wanted[s.name];
      if (before === undefined ? !s.autostart : before === "stopped") continue;
      s.start().then(() => { if (before === "paused") s.pause(); });
    }
  }

  function command(name, verb) { return supervisors.get(name)[verb]("stop"); }

  function end(reason) {
    ended = reason;
    return Promise.all([...supervisors.values()].map((s) => s.stop(reason)));
  }

  return { globals: {}, declare, begin, autostart, command, end, handle: (name) => new Listener(name) };
})
