package wsconn

import (
	"bytes"
	stdflate "compress/flate"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// deflateCases are compressed messages of many sizes, kinds and cuts (section 12
// of the Autobahn suite, RFC 7692 7.2), each readable without those before it.
func deflateCases(t *testing.T) (cases []conformanceCase) {
	kinds := map[string]func(int) string{
		"zeros": func(n int) string { return strings.Repeat("0", n) },
		"words": func(n int) string { return strings.Repeat("the quick brown fox; ", n/21+1)[:n] },
		"greek": func(n int) string { return strings.Repeat("κόσμε ", n/11+1)[:n/11*11] },
		"noise": noise,
	}
	for _, kind := range []string{"zeros", "words", "greek", "noise"} {
		for _, n := range []int{1, 16, 64, 256, 1 << 10, 4 << 10, 8 << 10, 32 << 10, 64 << 10} {
			data := kinds[kind](n)
			for _, level := range []int{0, 1, 9, stdflate.HuffmanOnly} {
				wire := newStdPacker(t, level).pack(t, data)
				cases = append(cases, one(fmt.Sprintf("12.1 %s of %d, level %d", kind, n, level), "text "+data, frame(fin|rsv1|text, wire)))
			}
			wire := packed(t, data)
			cases = append(cases, one(fmt.Sprintf("12.2 %s of %d in fragments", kind, n), "text "+data, inPieces(wire, max(1, len(wire)/7))...))
		}
	}
	hello := packed(t, "hello, hello")
	for i := range hello[1:] {
		cases = append(cases, one(fmt.Sprintf("12.3 cut at %d", i+1), "text hello, hello", frame(rsv1|text, hello[:i+1]), frame(fin|ping, ""), frame(fin|cont, hello[i+1:])).answered("pong "),
			conformanceCase{fmt.Sprintf("12.4 only %d bytes", i+1), [][]byte{frame(fin|rsv1|text, hello[:i+1])}, nil, bad1007})
	}
	return append(cases,
		one("12.5 in blocks of a byte", "text abcde", frame(fin|rsv1|text, blocks(t, "abcde"))),
		one("12.6 empty blocks", "text ", frame(fin|rsv1|text, strings.Repeat("\x00\x00\x00\xff\xff", 100)+"\x00")),
		one("12.7 empty fragments", "text hello, hello", frame(rsv1|text, ""), frame(cont, hello), frame(cont, ""), frame(fin|cont, "")),
		one("12.8 empty, not compressed", "text ", frame(fin|text, "")),
		one("12.9 empty, compressed, in fragments", "text ", frame(rsv1|text, ""), frame(fin|cont, "\x00")),
		conformanceCase{"12.10 a reserved block type", [][]byte{frame(fin|rsv1|text, "\x07")}, nil, bad1007},
		conformanceCase{"12.11 a stored block with a wrong length", [][]byte{frame(fin|rsv1|bin, "\x00\x05\x00\x00\x00hello\x00")}, nil, bad1007},
		conformanceCase{"12.12 refers to before the message", [][]byte{frame(fin|rsv1|text, "\xf2\x00\x11\x00\x00")}, nil, bad1007},
		conformanceCase{"12.13 good, then corrupt", [][]byte{frame(fin|rsv1|text, hello), frame(fin|rsv1|text, "\xff\xff\xff")}, []string{"text hello, hello"}, bad1007},
		conformanceCase{"12.14 bad utf-8 in fragments", [][]byte{frame(rsv1|text, packed(t, "a\xed\xa0\x80b")[:3]), frame(fin|cont, packed(t, "a\xed\xa0\x80b")[3:])}, nil, bad1007},
		conformanceCase{"12.15 a compressed message inside another", [][]byte{frame(rsv1|text, hello[:2]), frame(fin|rsv1|text, hello)}, nil, bad1002},
		conformanceCase{"12.16 a plain message inside a compressed one", [][]byte{frame(rsv1|text, hello[:2]), frame(fin|text, "x")}, nil, bad1002},
		conformanceCase{"12.17 a close inside a compressed one", [][]byte{frame(rsv1|text, hello[:2]), frame(fin|clos, closing(1001, ""))}, []string{"closed 1001 "}, []string{"close 1001"}})
}

// noise is text that does not compress well.
func noise(n int) string {
	out, x := make([]byte, n), uint32(2463534242)
	for i := range out {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		out[i] = ' ' + byte(x%95)
	}
	return string(out)
}

// inPieces makes fragments of a compressed message.
func inPieces(wire string, size int) (frames [][]byte) {
	first := byte(rsv1 | text)
	for piece := range slices.Chunk([]byte(wire), size) {
		frames, first = append(frames, frame(first, string(piece))), cont
	}
	return append(frames, frame(fin|cont, ""))
}

// blocks compresses every byte into a block of its own.
func blocks(t *testing.T, message string) string {
	var out bytes.Buffer
	w, err := stdflate.NewWriter(&out, 9)
	if err != nil {
		t.Fatal(err)
	}
	for i := range message {
		if _, err := io.WriteString(w, message[i:i+1]); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return strings.TrimSuffix(out.String(), "\x00\x00\xff\xff")
}

// Compressed messages, over every offer that may be accepted.
func TestSuiteCompressed(t *testing.T) {
	offers := []string{"permessage-deflate", "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=9",
		"permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
		"permessage-deflate; server_max_window_bits=9, permessage-deflate"}
	cases := deflateCases(t)
	for name, keep := range map[string]bool{"forget": false, "keep": true} {
		for i, offer := range offers {
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) {
				o := rigOptions{portable: i%2 == 1, deflate: Deflate{Enabled: true, ContextTakeover: keep}}
				some := cases
				if i > 0 || keep { // what was offered changes little of what is read
					some = everyNth(cases, 7)
				}
				checkSuite(t, newRig(t, o), "Sec-WebSocket-Extensions: "+offer+"\r\n", some)
			})
		}
	}
}

func everyNth(cases []conformanceCase, n int) (some []conformanceCase) {
	for i := 0; i < len(cases); i += n {
		some = append(some, cases[i])
	}
	return some
}

// What is not compressed is the same once compression is agreed.
func TestSuiteWithDeflate(t *testing.T) {
	plain := slices.DeleteFunc(suite(), func(c conformanceCase) bool { // the bit now has a meaning
		first := c.send[len(c.send)-1][0]
		for _, f := range c.send {
			if len(f) > 0 && f[0]&rsv1 != 0 {
				first = f[0]
			}
		}
		return first&(rsv1|rsv2|rsv3) == rsv1 && first&15 != cont && first&15 <= bin
	})
	o := rigOptions{deflate: Deflate{Enabled: true}}
	checkSuite(t, newRig(t, o), offerDeflate, everyNth(plain, 7))
}

// Windows smaller than 15 bits are the client's own affair: whatever it says it
// will use, it may refer back as far as that, over messages too.
func TestClientWindows(t *testing.T) {
	for _, bits := range []int{9, 10, 12, 15} {
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bits, keep %v", bits, keep), func(t *testing.T) {
				r := newRig(t, rigOptions{deflate: Deflate{Enabled: true, ContextTakeover: keep}})
				c := r.dialWith(fmt.Sprintf("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=%d\r\n", bits))
				h := r.next()
				w := newStdPacker(t, 9)
				for i := range 20 {
					s := strings.Repeat(fmt.Sprint("message ", i, " "), 20)
					if !keep {
						w = newStdPacker(t, 9)
					}
					c.send(frame(fin|rsv1|text, w.pack(t, s)))
					h.expect(t, "text "+s)
				}
			})
		}
	}
}
