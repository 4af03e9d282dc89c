import { decode } from "./data.js";
import { Emitter } from "./emitter.js";

export class Subscription extends Emitter {
  #client; #position; #members = new Map();
  constructor(client, topic, since, presence) {
    super();
    this.#client = client;
    this.topic = topic;
    this.#position = since;
    this._wants = presence;
    this._placed = false;
    this._back = since !== undefined; // something may be missing when it is placed
  }

  get position() { return this.#position; }
  get members() { return [...this.#members.values()]; }

  publish(data, options) { return this.#client.publish(this.topic, data, options); }
  history(limit) { return this.#client.history(this.topic, limit); }
  presence() { return this.#client.presence(this.topic); }
  unsubscribe() { this.#client._leave(this); }

  /** Stands where another one of the topic stands. */
  _follow({ position, members }) {
    this._place({ ...position, members });
  }

  /** Takes in what the server answered to the subscription. */
  _place(place) {
    this._move(place);
    if (place.members) this._presence(place);
    this._emit("subscribed");
  }

  /** Goes on behind a place. What was received up to there and further stays received; else something is lost. */
  _move({ epoch, offset }) {
    const from = this.#position, back = this._back;
    this._placed = this._back = true;
    if (epoch !== undefined && from?.epoch === epoch && from.offset >= offset) return;
    this.#position = epoch === undefined ? undefined : { epoch, offset };
    if (back) this._emit("lost", { from });
  }

  _receive(message) {
    const { offset } = message;
    if (!this._placed) return; // the answer to the subscription says from where on
    if (offset !== undefined && this.#position) {
      if (offset <= this.#position.offset) return; // it was here before the connection was lost
      this.#position = { ...this.#position, offset };
    }
    this._emit("message", decode(message), { offset });
  }

  _presence({ members }) {
    if (!this._wants) return;
    this.#members = new Map(members.map((member) => [member.id, member]));
    this._emit("presence", this.members);
  }

  _change(event, member) {
    if (!this._wants) return;
    event === "join" ? this.#members.set(member.id, member) : this.#members.delete(member.id);
    this._emit(event, member);
    this._emit("presence", this.members);
  }
}
