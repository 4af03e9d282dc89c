package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// namesApp tells what the server really gives to apps: for each type that the declarations name, the names of its members.
const namesApp = `
import * as sigil from "sigil";

const named = (object) => {
  const names = [];
  for (let o = object; o && o !== Object.prototype; o = Object.getPrototypeOf(o)) names.push(...Object.getOwnPropertyNames(o));
  return [...new Set(names)].filter((name) => name !== "constructor").sort();
};
const listeners = ["onopen", "onmessage", "onclose", "onerror", "ondrain"]; // these take any value, and are there once set

export default class Names extends sigil.AppBase {
  events = {};

  @sigil.Websocket conn(ws) {
    for (const type of ["open", "message", "close", "error", "drain"]) {
      ws.addEventListener(type, (event) => { this.events[type] = named(event); });
    }
    ws.send("x".repeat(1_000_000)); // nearly all of the queue: "drain" comes when it is out
    ws.onMessage(() => {
      ws.send(JSON.stringify([...named(ws), ...listeners]));
      throw new Error("this is for the event");
    });
  }

  @sigil.Get async all(req) {
    const answer = new Response("x");
    return {
      types: {
        AppBase: named(AppBase.prototype), Log: named(this.log), Connections: named(this.connections), Users: named(this.users),
        Kv: named(this.kv), Cache: named(this.cache), Repository: named(this.repository("r")), Db: named(this.db), SqlRunner: await this.db.tx((tx) => named(tx)), "SqlStream<any>": named(this.db.stream("select 1")),
        HttpReq: named(req), Headers: named(req.headers), Response: named(answer),
        "typeof Response": Object.getOwnPropertyNames(Response).filter((name) => !["length", "name", "prototype"].includes(name)),
        'typeof import("sigil")': Object.keys(sigil),
        ...Object.fromEntries(Object.entries(this.events).map(([type, names]) => ['WsEvents["' + type + '"]', names])),
      },
      globals: Object.getOwnPropertyNames(globalThis),
    };
  }
}
`

// What the server gives to apps and what the declarations promise are the same names, in both directions.
func TestDeclaredNames(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"names.js": namesApp}))
	ws := dial(t, s.ws("/names/conn"))
	ws.conn.SetReadLimit(1 << 20)
	ws.read()
	var conn []string
	if err := json.Unmarshal([]byte(ws.ask("who are you?")), &conn); err != nil {
		t.Fatal(err)
	}
	if err := ws.conn.Close(1000, ""); err != nil {
		t.Fatal(err)
	}
	var there struct {
		Types   map[string][]string
		Globals []string
	}
	eventually(t, "all five events", func() bool {
		_, body, err := s.get("/names/all")
		return err == nil && json.Unmarshal([]byte(body), &there) == nil && strings.Count(body, "WsEvents") == 5
	})
	there.Types["WsConn"] = conn

	dir := appsOf(t, map[string]string{"names.ts": comparison(there.Types, there.Globals), "tsconfig.json": strictConfig})
	mustRun(t, dir, "types", "--out", filepath.Join(dir, "sigil.d.ts"))
	tsc(t, dir)
}

// strictConfig checks as strictly as there is, the declarations too, with nothing of a browser or of Node.
const strictConfig = `{ "compilerOptions": { "strict": true, "target": "ES2022", "lib": ["ES2023"], "types": [], "noEmit": true } }`

// undeclared are globals that come with the engine and are not for apps.
var undeclared = []string{"GoError"}

// comparison is TypeScript that compiles if each type has the members listed here and no others, and each global is declared.
// What a compiler reports instead of "true" is what is amiss.
func comparison(types map[string][]string, globals []string) string {
	var b strings.Builder
	b.WriteString(`type Compare<Declared, There> = [Declared, There] extends [There, Declared] ? true
  : { promised: Exclude<Declared, There>; undeclared: Exclude<There, Declared> };
type Names<T> = Exclude<Extract<keyof T, string>, "prototype">;
`)
	for i, name := range slices.Sorted(maps.Keys(types)) {
		fmt.Fprintf(&b, "const same%d: Compare<Names<%s>, \"%s\"> = true;\n", i, name, strings.Join(types[name], `" | "`))
	}
	for _, name := range globals {
		if !slices.Contains(undeclared, name) {
			fmt.Fprintf(&b, "void %s;\n", name)
		}
	}
	return b.String() + "export {};\n"
}
