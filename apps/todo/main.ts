// A to-do board that many share: what is on it survives restarts, every page sees every change, and reminders come on time.
// Open http://127.0.0.1:8081/todo/ in two windows. docs/data.md and docs/time.md tell of what it uses.

import { AppBase, Get, Observes, OnStart, Rpc, RpcError, Scheduled, Shared, SharedCounter, Topic } from "sigil";

const STATES = ["open", "doing", "done"] as const;

interface Task {
  id: string;
  title: string;
  state: (typeof STATES)[number];
  rank: number; // where it stands in its column
  by: string; // who touched it last
  due?: number; // in milliseconds since 1970
  reminded?: number; // the due time of which it reminded
  done?: number; // since when
}

export default class Todo extends AppBase {
  tasks = this.repository<Task>("tasks", { maxSize: 500, index: ["state"] });

  /** How many tasks were finished since the server started; a reload keeps it. */
  @Shared finished = new SharedCounter();

  /** Whoever looks at the board hears of changes and of who else is there. */
  @Topic("board", { history: 500, presence: true, grace: "2s" }) look() { return true; }

  @OnStart async begin() {
    await this.kv.set("title", "Our to-dos", { ifAbsent: true });
  }

  // --- what pages ask for ---

  /** The whole board, for who comes or has missed something. */
  @Rpc async all() {
    const [title, tasks, log] = await Promise.all([this.kv.get("title"), this.tasks.retrieve(), this.recent()]);
    return { title, tasks, log, finished: this.finished.value };
  }

  /** Puts a task as it is to be, a new one or one that is there. Saying it twice does no harm. */
  @Rpc async put(call: unknown, given: Task) {
    const task = check(given);
    await this.lock("task/" + task.id).with(async () => {
      const old = await this.tasks.get(task.id);
      if (!old && await this.tasks.count() >= 400) throw new RpcError(409, "the board is full: remove what is done");
      if (task.state === "done") task.done = old?.done ?? Date.now();
      if (old?.reminded !== undefined && old.reminded === task.due) task.reminded = old.reminded;
      await this.plan(task, old);
      await this.tasks.store(task);
    }, { timeout: 5000 });
  }

  @Rpc async remove(call: unknown, id: string) {
    const [task] = await this.tasks.delete(String(id));
    if (task) await this.plan({ ...task, due: undefined }, task);
  }

  @Rpc async rename(call: unknown, title: string) {
    if (typeof title !== "string" || !title.trim()) throw new RpcError(400, "a board has a title");
    await this.kv.set("title", title.trim().slice(0, 80));
    this.publish("board", { title: title.trim().slice(0, 80) });
  }

  // --- what follows from a change ---

  /** Tells of every change, once, after it is kept. */
  @Observes("tasks") async changed({ type, value, old }: { type: string; value?: Task; old?: Task }) {
    const task = (value ?? old)!;
    this.publish("board", value ? { put: value } : { removed: task.id });
    if (value?.state === "done" && old?.state !== "done") this.publish("board", { finished: this.finished.add() });
    this.cache.delete("week");
    const what = verb(type, value, old);
    if (what) await this.note(task.by, what, task.title);
  }

  /** One reminder for each task: a timer that survives restarts. Its id is kept beside it. */
  private async plan(task: Task, old?: Task) {
    if (task.due === old?.due && (task.state === "done") === (old?.state === "done")) return;
    const key = "reminder/" + task.id;
    const before = await this.kv.get(key);
    if (before) await this.cancel(before);
    if (task.due === undefined || task.state === "done" || task.due === task.reminded) await this.kv.delete(key);
    else await this.kv.set(key, await this.after(new Date(task.due), "remind", { id: task.id, due: task.due }));
  }

  /** It may come twice, after a crash: the second time there is nothing left to say. */
  async remind({ id, due }: { id: string; due: number }) {
    const task = await this.tasks.get(id);
    if (!task || task.due !== due || task.reminded === due || task.state === "done") return;
    await this.tasks.store({ ...task, reminded: due });
    this.publish("board", { reminder: { id, title: task.title } });
  }

  // --- what happened ---

  private async note(who: string, what: string, title: string) {
    const at = Date.now();
    await this.db.sql`insert into activity (at, who, what, title) values (${at}, ${who}, ${what}, ${title})`;
    this.publish("board", { log: { at, who, what, title } });
  }

  private recent() { return this.db.sql`select at, who, what, title from activity order by at desc limit ${20}`; }

  /** Tasks finished by day, of the last week; asked for often, computed once a minute at most. */
  @Get week() {
    return this.cache.getOrCompute("week", () => this.db.query(
      "select at / 86400000 as day, count(*) as done from activity where what = 'finished' and at > ? group by at / 86400000 order by day",
      [Date.now() - 7 * 86_400_000],
    ), { ttl: "1m" });
  }

  /** Everything that happened, as it is read from the database. */
  @Get("/activity.csv") activity() {
    const db = this.db;
    const lines = async function* () {
      yield "at,who,what,title\n";
      for await (const row of db.stream("select at, who, what, title from activity order by at")) {
        yield [new Date(Number(row.at)).toISOString(), row.who, row.what, row.title].map(cell).join(",") + "\n";
      }
    };
    const next = lines(), encoder = new TextEncoder();
    const body = new ReadableStream({
      async pull(controller) {
        const { done, value } = await next.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: () => void next.return(),
    });
    return new Response(body, { headers: { "content-type": "text/csv; charset=utf-8" } });
  }

  /** In the night what was done a month ago goes; a night that was missed is made up for. */
  @Scheduled({ cron: "30 3 * * *", tz: "Europe/Berlin", missed: "run", desc: "removes what was done a month ago" })
  async tidy() {
    const month = Date.now() - 30 * 86_400_000;
    for (const task of await this.tasks.retrieve({ where: { state: "done" } })) {
      if ((task.done ?? 0) < month) await this.tasks.delete(task.id);
    }
  }

  @Scheduled({ every: "1h", jitter: "5m", desc: "keeps the last 10,000 lines of the activity" })
  async trim() { await this.db.exec("delete from activity where at < (select at from activity order by at desc limit 1 offset 10000)"); }
}

/** A task as it may be kept; what else a page sends is left out. */
function check(given: Task): Task {
  const { id, title, state, rank, by, due } = given ?? {};
  const good = typeof id === "string" && /^[\w-]{1,64}$/.test(id) && typeof title === "string" && title.trim() !== ""
    && STATES.includes(state) && Number.isFinite(rank) && (due == null || Number.isSafeInteger(due));
  if (!good) throw new RpcError(400, `a task has an id, a title, a state (${STATES.join(", ")}), a rank, and perhaps a due time`);
  const task: Task = { id, title: title.trim().slice(0, 200), state, rank, by: String(by || "somebody").slice(0, 40) };
  if (due != null) task.due = due;
  return task;
}

/** What became of a task, in a word; nothing when it only moved within its column, or reminded. */
function verb(type: string, value?: Task, old?: Task) {
  if (!value) return type === "evicted" ? "dropped" : "removed";
  if (!old) return "added";
  if (value.state !== old.state) return { open: "put back", doing: "began", done: "finished" }[value.state];
  if (value.title !== old.title) return "renamed";
  if (value.due !== old.due) return "dated";
}

const cell = (value: unknown) => `"${String(value).replace(/^([=+\-@])/, "'$1").replaceAll('"', '""')}"`;
