package scripting

import (
	"reflect"

	"github.com/dop251/goja"
)

// unwind brings the engine back to rest after an entry that ended with what no
// script can catch: an interrupt, the engine's own stack overflow, a panic of Go.
//
// Such an end passes through generators and async functions without taking them
// off the engine's stacks (goja's generator.step and asyncRunner.start pop theirs
// only when they return). From then on its call stack is never empty, and only
// when it is empty does it run microtasks: no promise would ever settle again,
// of nobody. The engine has no door to that, so its stacks are emptied by name;
// see docs/decisions/0019-unwinding-the-engine.md.
//
// It reports whether there was something to take off. Microtasks that were
// waiting are still there, but for those of the batch that was cut.
func unwind(vm *goja.Runtime) bool {
	engine := reflect.ValueOf(vm).Elem()
	state := member(engine, "vm")
	if !state.IsValid() {
		return false
	}
	state = state.Elem()
	if calls := member(state, "callStack"); !calls.IsValid() || calls.Len() == 0 {
		return false
	}
	for _, name := range atRest {
		if m := member(state, name); m.IsValid() {
			m.SetZero()
		}
	}
	if base := member(state, "sb"); base.IsValid() {
		base.SetInt(-1)
	}
	if scope, global := member(state, "stash"), member(engine, "global"); scope.IsValid() && global.IsValid() {
		scope.Set(member(global, "stash").Addr())
	}
	return true
}

// atRest are the members of goja's vm that are zero between two entries. Beside
// them sb is -1, and stash that of the global object.
var atRest = []string{
	"callStack", "tryStack", "iterStack", "refStack", "stack", "prg", "pc", "sp", "args", "privEnv", "newTarget", "result",
	"curAsyncRunner",
}

// member is a field of an addressable struct, to be read and set; the zero Value
// when there is none of the name.
func member(of reflect.Value, name string) reflect.Value {
	f := of.FieldByName(name)
	if !f.IsValid() {
		return f
	}
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}
