package wsconn

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// parseAll feeds chunks through the two ways frames go and writes down what
// comes out, ending with the violation if there is one.
func parseAll(chunks [][]byte, limits *Limits) (events []string) {
	var p *parser
	for _, chunk := range chunks {
		data := bytes.Clone(chunk)
		for len(data) > 0 {
			n, ev, bad := 0, event{}, (*violation)(nil)
			if p == nil {
				n, ev, bad = wholeFrame(data, limits)
			}
			if n == 0 && bad == nil {
				if p == nil {
					p = new(parser)
				}
				n, ev, bad = p.next(data, limits)
			}
			if bad != nil {
				return append(events, fmt.Sprint(bad.code))
			}
			if ev.op != 0 {
				events = append(events, fmt.Sprintf("%x %q", ev.op, ev.data))
			}
			if p != nil && p.idle() {
				p = nil
			}
			data = data[n:]
		}
	}
	return events
}

// However the bytes are cut into reads, the same comes out, and text is UTF-8.
func FuzzFrames(f *testing.F) {
	for _, tt := range conformance {
		if all := bytes.Join(tt.send, nil); len(all) < 4096 {
			f.Add(all, uint8(1), uint8(3))
			f.Add(all, uint8(7), uint8(2))
		}
	}
	limits := Limits{MaxMessageBytes: 300, MaxFragments: 5}.WithDefaults()
	f.Fuzz(func(t *testing.T, data []byte, a, b uint8) {
		want := parseAll([][]byte{data}, &limits)
		if got := parseAll(cut(data, int(a), int(b)), &limits); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("cut: %q\nwhole: %q", got, want)
		}
		for _, ev := range want {
			var text string
			if _, err := fmt.Sscanf(ev, "1 %q", &text); err == nil && !utf8.ValidString(text) {
				t.Errorf("%q is not valid UTF-8", text)
			}
		}
	})
}

// cut cuts data into pieces of a and b bytes in turn.
func cut(data []byte, a, b int) (chunks [][]byte) {
	for len(data) > 0 {
		n := min(max(a, 1), len(data))
		chunks, data = append(chunks, data[:n]), data[n:]
		a, b = b, a
	}
	return chunks
}

// A length that is only announced costs nothing, and what is kept at the end is
// about as large as the message.
func TestParserGrowsWithWhatArrives(t *testing.T) {
	limits := Limits{MaxMessageBytes: 64 << 20}.WithDefaults()
	p := new(parser)
	head := appendHeader(nil, ws.OpBinary, 48<<20)
	head[1] |= 0x80
	data := append(append(head, 0, 0, 0, 0), make([]byte, 100)...)
	for len(data) > 0 {
		n, _, bad := p.next(data, &limits)
		if bad != nil {
			t.Fatal(bad.reason)
		}
		data = data[n:]
	}
	if cap(p.data) > 1024 {
		t.Errorf("%d bytes are kept for 100", cap(p.data))
	}
	fragments := [][]byte{frame(bin, megabyte[:40000]), frame(fin|cont, megabyte[:10])}
	p = new(parser)
	var last event
	for _, f := range fragments {
		for len(f) > 0 {
			n, ev, bad := p.next(f, &limits)
			if bad != nil {
				t.Fatal(bad.reason)
			}
			f, last = f[n:], ev
		}
	}
	if len(last.data) != 40010 || cap(last.data) > 50100 || !last.own {
		t.Errorf("message of %d bytes in %d, own %v", len(last.data), cap(last.data), last.own)
	}
}

// The mask goes on where it stopped, wherever a frame is cut.
func TestCutFramesAreUnmasked(t *testing.T) {
	limits := Limits{}.WithDefaults()
	text := strings.Repeat("0123456789abcdef", 9)
	whole := append(frame(fin|1, text), frame(fin|1, "next")...)
	want := []string{fmt.Sprintf("1 %q", text), `1 "next"`}
	for a := 1; a < len(whole); a++ {
		if got := parseAll(cut(whole, a, len(whole)), &limits); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("cut at %d: %q", a, got)
		}
		if got := parseAll(cut(whole, a, a), &limits); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("cut every %d: %q", a, got)
		}
	}
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("κόσμε😀\xf4\x90\xed\xa0\xc0"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		var u utf8State
		ok := true
		for _, chunk := range cut(data, int(size), 3) {
			ok = ok && u.write(chunk)
		}
		if got, want := ok && u.complete(), utf8.Valid(data); got != want {
			t.Errorf("%q: got %v, want %v", data, got, want)
		}
	})
}

// Every first byte and pair is judged as the standard library does, and a bad
// byte shows at once.
func TestUTF8FailsAtTheFirstBadByte(t *testing.T) {
	tails := []string{"", "\x80", "\x80\x80", "\x80\x80\x80"}
	for a := range 256 {
		for b := range 256 {
			var u utf8State
			pair := []byte{byte(a), byte(b)}
			possible := false
			for _, tail := range tails {
				possible = possible || utf8.ValidString(string(pair)+tail)
				// Two characters, the second of which is not complete.
				possible = possible || a < 0x80 && utf8.ValidString(string(pair[1:])+tail)
			}
			if a < 0x80 && b >= 0xC2 && b <= 0xF4 {
				possible = true
			}
			if got := u.write(pair); got != possible {
				t.Fatalf("%x: got %v, want %v", pair, got, possible)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, size := range []int{32, 1 << 10, 16 << 10} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			limits := Limits{}.WithDefaults()
			one := frame(fin|text, megabyte[:size])
			data := make([]byte, len(one))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				copy(data, one)
				if n, _, bad := wholeFrame(data, &limits); n != len(one) || bad != nil {
					b.Fatal(n, bad)
				}
			}
		})
	}
}

func BenchmarkEncodeText(b *testing.B) {
	text := megabyte[:128]
	b.ReportAllocs()
	for b.Loop() {
		EncodeText(text)
	}
}
