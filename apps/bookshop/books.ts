/** A book, as components.schemas.Book of the contract has it. */
export interface Book {
  id: number; title: string; author: string; year: number; genre: string; language: string; price: number; stock: number; tags: string[]; blurb?: string;
}

/** What the shop begins with. */
export const classics: Book[] = [
  { id: 1, title: "Pride and Prejudice", author: "Jane Austen", year: 1813, genre: "novel", language: "en", price: 8.5, stock: 3, tags: ["classic", "english"] },
  { id: 2, title: "Jane Eyre", author: "Charlotte Brontë", year: 1847, genre: "novel", language: "en", price: 9.9, stock: 1, tags: ["classic", "english"] },
  { id: 3, title: "Leaves of Grass", author: "Walt Whitman", year: 1855, genre: "poetry", language: "en", price: 12, stock: 2, tags: ["classic", "american"] },
  { id: 4, title: "On the Origin of Species", author: "Charles Darwin", year: 1859, genre: "science", language: "en", price: 15.25, stock: 0, tags: ["english"] },
];

/** The query of listBooks. */
interface Wish {
  genre?: string[]; year?: number[]; author?: string[]; tag?: string[]; price?: { min?: number; max?: number }; where?: { inStock?: boolean };
}

export function matches(book: Book, { genre, year, author, tag, price = {}, where = {} }: Wish): boolean {
  return (!genre || genre.includes(book.genre))
    && (!year || year.includes(book.year))
    && (!author || author.some((word) => book.author.includes(word)))
    && (!tag || tag.every((one) => book.tags.includes(one)))
    && book.price >= (price.min ?? 0) && book.price <= (price.max ?? Infinity)
    && (where.inStock === undefined || where.inStock === book.stock > 0);
}

const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

/** A cover with no more on it than the title. */
export function drawn({ title, author, year }: Book): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 300"><rect width="200" height="300" fill="hsl(${year % 360} 40% 30%)"/>
  <text x="100" y="120" fill="white" font-size="14" text-anchor="middle">${escaped(title)}</text>
  <text x="100" y="150" fill="white" font-size="10" text-anchor="middle">${escaped(author)}</text></svg>`;
}
