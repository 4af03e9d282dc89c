package scripting

// Caller is where the author's code stands that the engine is running just now, in a native function that it has called.
// False: none of it is on the stack. Loop goroutine only.
func (rt *Runtime) Caller() (Frame, bool) {
	for _, f := range rt.vm.CaptureCallStack(16, nil) {
		if mapped, _, ok := rt.frame(&f); ok {
			return mapped, true
		}
	}
	return Frame{}, false
}
