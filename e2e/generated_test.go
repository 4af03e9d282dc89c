package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// generatedUse calls an app through types that a generator made of its document. Each line below a "wrong" comment must be a mistake for tsc, and
// no other line.
const generatedUse = `
import createClient from "openapi-fetch";
import type { components, paths } from "./catalogue.js";

const client = createClient<paths>({ baseUrl: process.argv[2] });
const draft: components["schemas"]["NewBook"] = { title: "Typed", author: { name: "Ann" }, binding: "audio", tags: [], price: 1 };

const added = await client.POST("/books", { body: draft });
console.log(added.response.status, added.data?.id, added.data?.author.name);
const shown = await client.GET("/books/{id}", { params: { path: { id: added.data!.id } } });
const title: string | undefined = shown.data?.title;
console.log(shown.response.status, title, shown.data?.binding === "audio");
const list = await client.GET("/books", { params: { query: { words: "ada", limit: 1 } } });
console.log(list.data?.map((book) => book.title).join());
const refused = await client.GET("/books", { params: { query: { limit: 1000 } } });
console.log(refused.error?.status, refused.error?.errors?.map((one) => one.pointer).join());
const removed = await client.DELETE("/books/{id}", { params: { path: { id: added.data!.id } } });
console.log(removed.response.status);

export async function mistakes() {
  // @ts-expect-error wrong: no such path
  await client.GET("/magazines");
  // @ts-expect-error wrong: the number is missing
  await client.GET("/books/{id}");
  // @ts-expect-error wrong: vinyl is no binding
  const vinyl: components["schemas"]["NewBook"] = { ...draft, binding: "vinyl" };
  // @ts-expect-error wrong: nobody's business
  shown.data?.views;
  return vinyl;
}
`

// A client generated from the document of an app compiles, knows its types, and calls it.
func TestGeneratedClient(t *testing.T) {
	s := start(t, sampleApps(t))
	dir := t.TempDir()
	modules, err := filepath.Abs("node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if text, code := command(t, "generator", filepath.Join("node_modules", ".bin", "openapi-typescript"), s.http("/catalogue/api.json"), "--output", filepath.Join(dir, "catalogue.ts")); code != 0 {
		t.Fatalf("the generator ends with %d:\n%s", code, text)
	}
	save(t, filepath.Join(dir, "package.json"), `{ "type": "module" }`)
	save(t, filepath.Join(dir, "client.ts"), "declare const process: { argv: string[] };\ndeclare const console: { log(...all: unknown[]): void };\n"+generatedUse)
	save(t, filepath.Join(dir, "tsconfig.json"), `{ "compilerOptions": { "target": "ES2022", "lib": ["ES2023", "DOM", "DOM.Iterable"], "module": "ESNext",
  "moduleResolution": "Bundler", "strict": true, "types": [], "skipLibCheck": true, "rootDir": ".", "outDir": "out" }, "files": ["client.ts"] }`)
	tsc(t, dir)
	text, code := command(t, dir, "node", filepath.Join("out", "client.js"), s.http("/catalogue"))
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, text)
	}
	compareLines(t, text, `
201 4 Ann
200 Typed true
Sketch of the Analytical Engine
400 #/limit
204
`)
}
