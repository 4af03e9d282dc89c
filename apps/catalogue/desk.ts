// What is said at the information desk, a WebSocket.
import { Required, Schema } from "sigil";
import { Book } from "./book";

/** What a visitor asks. */
@Schema
export class Question {
  /** Words of a title or an author. */
  @Required({ minLength: 1 }) find!: string;
}

/** What the desk has found. */
@Schema
export class Found {
  @Required find!: string;
  @Required books!: Book[];
}

/** Why the desk cannot answer. */
@Schema
export class Regret {
  @Required sorry!: string;
}
