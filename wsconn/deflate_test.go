package wsconn

import (
	"bytes"
	stdflate "compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

func TestSelectDeflate(t *testing.T) {
	const none = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	tests := []struct {
		offers []string
		plain  string // the answer without context takeover, "": declined
		keep   string // with it
	}{
		{nil, "", ""},
		{[]string{"permessage-deflate"}, none, "permessage-deflate"},
		{[]string{"permessage-deflate; client_max_window_bits"}, none, "permessage-deflate"},
		{[]string{"permessage-deflate; client_max_window_bits=8"}, none, "permessage-deflate"},
		{[]string{"permessage-deflate; client_max_window_bits=\"15\""}, none, "permessage-deflate"},
		{[]string{"permessage-deflate; server_no_context_takeover"}, none, "permessage-deflate; server_no_context_takeover"},
		{[]string{"permessage-deflate;client_no_context_takeover"}, none, "permessage-deflate; client_no_context_takeover"},
		{[]string{"permessage-deflate\t;\tclient_no_context_takeover,\tfoo"}, none, "permessage-deflate; client_no_context_takeover"},
		{[]string{"permessage-deflate; server_max_window_bits=15"}, none + "; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15"},
		{[]string{"permessage-deflate; server_max_window_bits=14"}, "", ""},
		{[]string{"permessage-deflate; server_max_window_bits=8"}, "", ""},
		{[]string{"permessage-deflate; server_max_window_bits"}, "", ""},
		{[]string{"permessage-deflate; server_max_window_bits=16"}, "", ""},
		{[]string{"permessage-deflate; server_max_window_bits=\"\""}, "", ""},
		{[]string{"permessage-deflate; client_max_window_bits=7"}, "", ""},
		{[]string{"permessage-deflate; client_max_window_bits=16"}, "", ""},
		{[]string{"permessage-deflate; client_max_window_bits=08"}, "", ""},
		{[]string{"permessage-deflate; client_max_window_bits=010"}, "", ""},
		{[]string{"permessage-deflate; client_max_window_bits=x"}, "", ""},
		{[]string{"permessage-deflate; server_no_context_takeover=1"}, "", ""},
		{[]string{"permessage-deflate; client_no_context_takeover=true"}, "", ""},
		{[]string{"permessage-deflate; server_no_context_takeover; server_no_context_takeover"}, "", ""},
		{[]string{"permessage-deflate; client_max_window_bits; client_max_window_bits=9"}, "", ""},
		{[]string{"permessage-deflate; unknown"}, "", ""},
		{[]string{"permessage-deflate; unknown=\"a,permessage-deflate;b\""}, "", ""},
		{[]string{"permessage-deflate x"}, "", ""},
		{[]string{"permessage-deflate; ="}, "", ""},
		{[]string{"permessage-deflate;"}, "", ""},
		{[]string{"permessage-deflate; server_max_window_bits=\"15"}, "", ""},
		{[]string{"permessage-deflate", "(nonsense"}, "", ""},
		{[]string{""}, "", ""},
		{[]string{"x-webkit-deflate-frame, permessage-bzip2"}, "", ""},
		{[]string{"permessage-deflate; server_max_window_bits=10, permessage-deflate"}, none, "permessage-deflate"},
		{[]string{"permessage-deflate; nonsense", "a;b=c, permessage-deflate; server_no_context_takeover"}, none, "permessage-deflate; server_no_context_takeover"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.offers, ","), func(t *testing.T) {
			u, err := ParseUpgrade(upgradeRequest(set("Sec-WebSocket-Extensions", tt.offers...)))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range []Deflate{{Enabled: true}, {Enabled: true, ContextTakeover: true}, {ContextTakeover: true}} {
				want := ""
				if o.Enabled {
					if want = tt.plain; o.ContextTakeover {
						want = tt.keep
					}
				}
				agreed := u.SelectDeflate(o)
				header := "Sec-WebSocket-Extensions: " + want + "\r\n"
				answer := string(u.response(nil))
				if agreed != (want != "") || strings.Contains(answer, "Extensions") != agreed || agreed && !strings.Contains(answer, header) {
					t.Errorf("%+v: agreed %v, answered %q, want %q", o, agreed, answer, want)
				}
			}
		})
	}
}

// Whatever is offered, the answer is one of a few.
func FuzzSelectDeflate(f *testing.F) {
	f.Add("permessage-deflate; client_max_window_bits, permessage-deflate; server_max_window_bits=\"15\"", true)
	f.Add("a;b=\"c,d;e\", permessage-deflate;x", false)
	f.Fuzz(func(t *testing.T, header string, keep bool) {
		u, err := ParseUpgrade(upgradeRequest(func(r *http.Request) { r.Header["Sec-Websocket-Extensions"] = []string{header} }))
		if err != nil || !u.SelectDeflate(Deflate{Enabled: true, ContextTakeover: keep}) {
			return
		}
		if !strings.Contains(header, "permessage-deflate") {
			t.Fatalf("agreed to %q", header)
		}
		for _, p := range strings.Split(u.extension, "; ")[1:] {
			switch p {
			case "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=15":
			default:
				t.Fatalf("answered %q", u.extension)
			}
		}
	})
}

// packer of another make: the standard library's, keeping its context.
type stdPacker struct {
	out bytes.Buffer
	w   *stdflate.Writer
}

func newStdPacker(t testing.TB, level int) *stdPacker {
	p := &stdPacker{}
	w, err := stdflate.NewWriter(&p.out, level)
	if err != nil {
		t.Fatal(err)
	}
	p.w = w
	return p
}

func (p *stdPacker) pack(t testing.TB, message string) string {
	p.out.Reset()
	if _, err := io.WriteString(p.w, message); err != nil {
		t.Fatal(err)
	}
	if err := p.w.Flush(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(p.out.String(), "\x00\x00\xff\xff")
}

// packed compresses one message without context.
func packed(t testing.TB, message string) string { return newStdPacker(t, 6).pack(t, message) }

// stdInflate inflates with the standard library.
func stdInflate(t testing.TB, payload string, window []byte) string {
	t.Helper()
	out, err := io.ReadAll(stdflate.NewReaderDict(strings.NewReader(payload+deflateTail), window))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// samples are messages of all kinds.
func samples() (all []string) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		noise := make([]byte, random.IntN(5000))
		for j := range noise {
			noise[j] = byte(random.IntN(1 + i*4))
		}
		all = append(all, string(noise), fmt.Sprintf(`{"id":%d,"text":%q}`, i, letters[:i*2]), strings.Repeat("abc", i*i*9))
	}
	return all
}

// What is packed is read by the standard library, with and without context.
func TestPackIsReadByStandardLibrary(t *testing.T) {
	for level := 1; level <= 9; level++ {
		for _, keep := range []bool{false, true} {
			p, d := &packer{}, &deflate{keepSent: keep}
			var window []byte
			for i, s := range samples() {
				wire, head, err := p.pack(ws.OpBinary, []byte(s), d.sent, level)
				if err != nil {
					t.Fatal(err)
				}
				h, err := ws.ReadHeader(bytes.NewReader(wire))
				if err != nil || h.Length != int64(len(wire)-head) || !h.Fin || h.Rsv != 4 || h.OpCode != ws.OpBinary {
					t.Fatalf("header %+v, %v", h, err)
				}
				if got := stdInflate(t, string(wire[head:]), window); got != s {
					t.Fatalf("level %d, keep %v, message %d: %q instead of %q", level, keep, i, short(got), short(s))
				}
				if d.note([]byte(s)); keep {
					window = keepEnd(window, []byte(s), inflateWindow)
				}
				if len(d.sent) > sentWindow || !keep && d.sent != nil {
					t.Fatalf("keeps %d bytes", len(d.sent))
				}
			}
		}
	}
}

// The loop's compressor goes from one connection to the next, and must not refer to what only the one before has.
func TestPackForgetsWindow(t *testing.T) {
	const secret = "what only the first connection was sent, and no other may be"
	for level := 1; level <= 9; level++ {
		var p packer
		for _, window := range []string{"", secret, "", secret, ""} {
			wire, head, err := p.pack(ws.OpText, []byte(secret), []byte(window), level)
			if err != nil {
				t.Fatal(err)
			}
			if got := stdInflate(t, string(wire[head:]), []byte(window)); got != secret {
				t.Fatalf("level %d, behind %q: %q", level, window, got)
			}
		}
	}
}

// What the standard library packs is read, with and without context.
func TestInflateReadsStandardLibrary(t *testing.T) {
	for level := 0; level <= 9; level++ {
		f, w := &inflater{}, newStdPacker(t, level)
		var window []byte
		for i, s := range samples() {
			if i == 90 {
				window, w = nil, newStdPacker(t, level)
			}
			got, _, bad := f.inflate([]byte(w.pack(t, s)), window, len(s))
			if bad != nil || string(got) != s {
				t.Fatalf("level %d, message %d: %v, %q instead of %q", level, i, bad, short(string(got)), short(s))
			}
			if window = keepEnd(window, got, inflateWindow); len(window) > inflateWindow {
				t.Fatalf("a window of %d", len(window))
			}
		}
	}
}

// Nothing makes the inflater panic, pass the limit, or differ from the standard
// library.
func FuzzInflate(f *testing.F) {
	f.Add([]byte(packed(f, "hello")), 100)
	f.Add([]byte("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), 5)
	f.Add([]byte(packed(f, megabyte)), 1000)
	f.Fuzz(func(t *testing.T, data []byte, limit int) {
		limit &= 0xFFFF
		got, _, bad := new(inflater).inflate(bytes.Clone(data), nil, limit)
		if bad == nil && len(got) > limit {
			t.Fatalf("%d bytes of %d", len(got), limit)
		}
		rest := bytes.NewReader(append(bytes.Clone(data), deflateTail...))
		want, err := io.ReadAll(io.LimitReader(stdflate.NewReader(rest), int64(limit)+1))
		if err == nil && rest.Len() == 0 && len(want) <= limit && (bad != nil || !bytes.Equal(got, want)) {
			t.Fatalf("%v, %q instead of %q", bad, got, want)
		}
		if err != nil && len(want) <= limit && bad == nil && len(data) > 0 {
			t.Fatalf("%v and yet %q", err, got)
		}
	})
}

func BenchmarkPack(b *testing.B) {
	message := []byte(strings.Repeat(`{"type":"chat","user":"anna","text":"hello everybody"},`, 20))
	for _, window := range []int{0, sentWindow} {
		b.Run(fmt.Sprintf("window=%d", window), func(b *testing.B) {
			p, keep := &packer{}, bytes.Repeat(message, 10)[:window]
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := p.pack(ws.OpText, message, keep, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkInflate(b *testing.B) {
	f := &inflater{}
	message := packed(b, strings.Repeat(`{"type":"chat","user":"anna","text":"hello everybody"},`, 20))
	data := make([]byte, len(message), len(message)+len(deflateTail))
	b.ReportAllocs()
	for b.Loop() {
		copy(data, message)
		if _, _, bad := f.inflate(data, nil, 1<<20); bad != nil {
			b.Fatal(bad.reason)
		}
	}
}
