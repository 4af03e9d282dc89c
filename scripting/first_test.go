package scripting_test

import (
	"errors"
	"testing"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestFirst(t *testing.T) {
	rt := scriptingtest.New(t)
	exports := rt.Load(`
function dec(v: any, ctx: any) { ctx.metadata.x = 1; }
interface A { b: string }
export default class Chat {
  #p = 1;
  @dec hello(x: string): string { return "hi " + x + this.#p; }
}
export const two = await Promise.resolve(2);
export function boom() {
  const x: any = undefined;
  return x.y.z;
}
export function loop() { for (;;) {} }
export function rec() { return rec() + 1 }
export async function rej() { await 1; throw new RangeError("later") }
`)
	t.Log(exports.Keys(), exports.Get("two"))
	for _, name := range []string{"boom", "loop", "rec", "rej"} {
		_, err := rt.CallExport(exports, name)
		var e *scripting.Error
		if errors.As(err, &e) {
			t.Log(e.Detail())
		} else {
			t.Log(name, err)
		}
	}
	rt.Loop.RunUntilIdle()
	for _, e := range rt.Errors {
		t.Log(e.Detail())
	}
	_, err := rt.TryLoad("let x = 1;\nlet y = ;\nimport q from 'nope';")
	t.Log(err)
	_, err = rt.TryLoad("let x = 1;\nimport q from 'nope'; import r from './zz'; q(r)")
	t.Log(err)
	_, err = rt.TryLoad("let x = 1;\n throw new Error('at load', {cause: new TypeError('inner')})")
	t.Log(err.(*scripting.Error).Detail())
}
