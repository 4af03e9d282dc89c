// What the catalogue's requests and answers hold: said once, here, for the checks, the documents and the compiler.
import { Ignore, Required, Schema } from "sigil";

/** How a book is bound. */
export type Binding = "hardcover" | "paperback" | "audio";

/** Who wrote a book. */
@Schema
export class Author {
  @Required({ minLength: 1 }) name!: string;
  @Schema("integer") born?: number | null;
}

/** A book that is to come into the catalogue. */
@Schema
export class NewBook {
  /** What is on the cover. */
  @Required({ minLength: 1, maxLength: 200 }) title!: string;
  @Required author!: Author;
  binding: Binding = "paperback";
  /** In euros. */
  @Schema({ minimum: 0 }) price = 0;
  tags: string[] = [];
  /** How often it was looked at. We count: in no document, and passed over in requests. */
  @Ignore views = 0;
}

/** A book of the catalogue. */
@Schema
export class Book extends NewBook {
  @Required({ type: "integer", minimum: 1 }) id!: number;
}

/** Which books are wanted. */
@Schema
export class Search {
  /** What title or author have in them. */
  words?: string;
  binding?: Binding;
  /** How many at most. */
  @Schema({ type: "integer", minimum: 1, maximum: 100 }) limit = 20;
}

/** A number in a path. */
@Schema
export class BookId {
  @Required({ type: "integer", minimum: 1 }) id!: number;
}
