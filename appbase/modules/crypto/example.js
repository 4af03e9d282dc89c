// A token that nobody can guess, and a name for it.
const bytes = crypto.getRandomValues(new Uint8Array(16));
const token = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

({ token, id: crypto.randomUUID() });
