package streams_test

import "testing"

// BenchmarkReadable is one chunk through a default stream and its reader.
func BenchmarkReadable(b *testing.B) {
	rt := newRuntime(b)
	exports := rt.Load(`
		const reader = new ReadableStream({ pull(c) { c.enqueue(1); } }).getReader();
		export function read() { return reader.read(); }`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.CallExport(exports, "read"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstUse is what an app pays at its first stream.
func BenchmarkFirstUse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		rt := newRuntime(b)
		b.StartTimer()
		if err := rt.Do(func() error { rt.VM().Get("ReadableStream"); return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
