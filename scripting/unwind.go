package scripting

import "github.com/dop251/goja"

// unwind brings the engine back to rest after an entry that ended with what no
// script can catch: an interrupt, the engine's own stack overflow, a panic of Go.
//
// Such an end passes through generators and async functions without taking them
// off the engine's stacks (goja's generator.step and asyncRunner.start pop theirs
// only when they return). From then on its call stack is never empty, and only
// when it is empty does it run microtasks: no promise would ever settle again,
// of nobody. The engine has no door to that, so its stacks are emptied by name;
// see docs/decisions/0020-the-engines-stacks.md.
//
// It reports whether there was something to take off. Microtasks that were
// waiting are still there, but for those of the batch that was cut.
func unwind(vm *goja.Runtime) bool {
	engine, state := members(vm)
	if !state.IsValid() {
		return false
	}
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
