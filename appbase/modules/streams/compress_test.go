package streams_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// A few bytes that inflate to very many come out only as fast as somebody takes them.
func TestBombWaits(t *testing.T) {
	rt := newRuntime(t)
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 8 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	_ = rt.VM().Set("bomb", rt.VM().NewArrayBuffer(bomb.Bytes()))
	exports := rt.Load(`
		const { readable, writable } = new DecompressionStream("gzip");
		export let written = 0, bytes = 0;
		const writer = writable.getWriter();
		writer.write(bomb).then(() => written++);
		const reader = readable.getReader();
		bytes = (await reader.read()).value.length;
		export async function cancel() { await reader.cancel(); }
	`)
	rt.Loop.RunUntilIdle()
	if got := exports.Get("bytes").ToInteger(); got == 0 || got > 64<<10 || exports.Get("written").ToInteger() != 0 {
		t.Errorf("%d bytes came out, %v writes ended", got, exports.Get("written"))
	}
	if _, err := rt.CallExport(exports, "cancel"); err != nil {
		t.Fatal(err)
	}
}

// Codecs that were never ended hold no goroutine when the runtime is closed, and there are not too many of them.
func TestOpenCodecs(t *testing.T) {
	rt := newRuntime(t)
	exports := rt.Load(`
		export const open = [];
		export function fill(Class) {
			try { for (let i = 0; i < 1000; i++) open.push(new Class("gzip")); } catch (e) { return e.name + open.length; }
		}
		export async function feed() { for (const s of open.slice(64)) await s.writable.getWriter().write(new Uint8Array([31])).catch(() => {}); }
		export async function end() { for (const s of open) await s.readable.cancel(); open.length = 0; }`)
	call := func(name string, args ...any) string {
		t.Helper()
		value, err := rt.CallExport(exports, name, args...)
		if err != nil {
			t.Fatal(err)
		}
		rt.Loop.RunUntilIdle()
		return value.String()
	}
	vm := rt.VM()
	if got := call("fill", vm.Get("CompressionStream")); got != "RangeError64" {
		t.Error(got)
	}
	if got := call("fill", vm.Get("DecompressionStream")); got != "RangeError128" {
		t.Error(got)
	}
	call("feed")
	call("end")
	if got := call("fill", vm.Get("DecompressionStream")); got != "RangeError64" {
		t.Error(got)
	}
	call("feed")
}

// FuzzDecompress feeds foreign bytes in two parts.
func FuzzDecompress(f *testing.F) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(strings.Repeat("hello ", 100)))
	_ = w.Close()
	f.Add(packed.Bytes(), 5, 0)
	f.Add([]byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1}, 2, 1)
	f.Fuzz(func(t *testing.T, data []byte, cut, format int) {
		name := []string{"gzip", "deflate", "deflate-raw"}[max(format, 0)%3]
		cut = min(max(cut, 0), len(data))
		rt := newRuntime(t)
		vm := rt.VM()
		for key, value := range map[string]any{"one": vm.NewArrayBuffer(data[:cut:cut]), "two": vm.NewArrayBuffer(data[cut:]), "format": name} {
			_ = vm.Set(key, value)
		}
		value, err := rt.RunTrusted("fuzz", `(async () => {
			const { readable, writable } = new DecompressionStream(format), writer = writable.getWriter();
			writer.closed.catch(() => {});
			for (const part of [one, two]) writer.write(part).catch(() => {});
			writer.close().catch(() => {});
			const reader = readable.getReader();
			try {
				for (let n = 0; n < 100; n++) if ((await reader.read()).done) return "done";
				await reader.cancel();
				return "long";
			} catch (e) { return e.name }
		})()`)
		if err != nil {
			t.Fatal(err)
		}
		ended := ""
		rt.Await(value, func(v goja.Value, err error) {
			if err != nil {
				t.Fatal(err)
			}
			ended = v.String()
		})
		rt.Loop.RunUntilIdle()
		if ended != "done" && ended != "TypeError" && ended != "long" {
			t.Fatalf("ended as %q", ended)
		}
	})
}
