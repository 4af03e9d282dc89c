package wsconn

import (
	"strconv"
	"strings"
	"testing"
)

var (
	megabyte = strings.Repeat("x", 1<<20)
	letters  = strings.Repeat("κόσμε", 2000)
)

// conformanceCase is what a client sends, what the handler is told, and what the
// client gets.
type conformanceCase struct {
	name string
	send [][]byte
	told []string
	want []string
}

// conformance is RFC 6455 sections 5 to 8, as what a client sends and what it
// must get and the handler must be told. Errors must reach the client as a Close
// followed by the orderly end of the stream.
var conformance = []conformanceCase{
	{"text", [][]byte{frame(fin|text, "hello")}, []string{"text hello"}, nil},
	{"empty text", [][]byte{frame(fin|text, "")}, []string{"text "}, nil},
	{"binary", [][]byte{frame(fin|bin, "\x00\xff")}, []string{"binary 00ff"}, nil},
	{"125 bytes", [][]byte{frame(fin|text, letters[:124]+"!")}, []string{"text " + letters[:124] + "!"}, nil},
	{"126 bytes", [][]byte{frame(fin|text, megabyte[:126])}, []string{"text " + megabyte[:126]}, nil},
	{"65535 bytes", [][]byte{frame(fin|text, megabyte[:65535])}, []string{"text " + megabyte[:65535]}, nil},
	{"65536 bytes", [][]byte{frame(fin|text, megabyte[:65536])}, []string{"text " + megabyte[:65536]}, nil},
	{"as big as allowed", [][]byte{frame(fin|text, megabyte)}, []string{"text " + megabyte}, nil},
	{"long utf-8", [][]byte{frame(fin|text, letters)}, []string{"text " + letters}, nil},
	{"several in one", [][]byte{frame(fin|text, "a"), frame(fin|bin, "b"), frame(fin|text, "c")},
		[]string{"text a", "binary 62", "text c"}, nil},

	{"fragments", [][]byte{frame(text, "he"), frame(cont, ""), frame(cont, "ll"), frame(fin|cont, "o")}, []string{"text hello"}, nil},
	{"fragments with controls between", [][]byte{frame(text, "he"), frame(fin|ping, "p"), frame(fin|pong, ""), frame(fin|cont, "llo")},
		[]string{"text hello"}, []string{"pong p"}},
	{"a character over fragments", [][]byte{frame(text, "\xf0\x9f"), frame(cont, "\x98"), frame(fin|cont, "\x80")}, []string{"text 😀"}, nil},
	{"binary fragments need not be text", [][]byte{frame(bin, "\xff"), frame(fin|cont, "\xfe")}, []string{"binary fffe"}, nil},
	{"continuation of nothing", [][]byte{frame(fin|cont, "x")}, nil, []string{"close 1002..."}},
	{"continuation after the end", [][]byte{frame(text, "a"), frame(fin|cont, "b"), frame(cont, "c")}, []string{"text ab"}, []string{"close 1002..."}},
	{"message inside a message", [][]byte{frame(text, "a"), frame(fin|text, "b")}, nil, []string{"close 1002..."}},

	{"ping", [][]byte{frame(fin|ping, "are you there")}, nil, []string{"pong are you there"}},
	{"pings", [][]byte{frame(fin|ping, "1"), frame(fin|ping, ""), frame(fin|ping, "3")}, nil, []string{"pong 1", "pong ", "pong 3"}},
	{"ping of 125", [][]byte{frame(fin|ping, megabyte[:125])}, nil, []string{"pong " + megabyte[:125]}},
	{"ping of 126", [][]byte{frame(fin|ping, megabyte[:126])}, nil, []string{"close 1002..."}},
	{"fragmented ping", [][]byte{frame(ping, "x")}, nil, []string{"close 1002..."}},
	{"unasked pong", [][]byte{frame(fin|pong, "x"), frame(fin|text, "on")}, []string{"text on"}, nil},

	{"not masked", [][]byte{{fin | text, 2, 'h', 'i'}}, nil, []string{"close 1002..."}},
	{"rsv1", [][]byte{frame(fin|rsv1|text, "x")}, nil, []string{"close 1002..."}},
	{"rsv2", [][]byte{frame(fin|rsv2|text, "x")}, nil, []string{"close 1002..."}},
	{"rsv3", [][]byte{frame(fin|rsv3|text, "x")}, nil, []string{"close 1002..."}},
	{"rsv1 on a control frame", [][]byte{frame(fin|rsv1|ping, "x")}, nil, []string{"close 1002..."}},
	{"opcode 3", [][]byte{frame(fin|3, "x")}, nil, []string{"close 1002..."}},
	{"opcode 7", [][]byte{frame(fin|7, "")}, nil, []string{"close 1002..."}},
	{"opcode b", [][]byte{frame(fin|0xB, "")}, nil, []string{"close 1002..."}},
	{"opcode f", [][]byte{frame(fin|0xF, "x")}, nil, []string{"close 1002..."}},
	{"16 bits for 5", [][]byte{{fin | text, 0x80 | 126, 0, 5, 0, 0, 0, 0}, []byte("hello")}, nil, []string{"close 1002..."}},
	{"64 bits for 5", [][]byte{{fin | text, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0}, []byte("hello")}, nil, []string{"close 1002..."}},
	{"64 bits for 65535", [][]byte{{fin | text, 0x80 | 127, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0}}, nil, []string{"close 1002..."}},
	{"top bit of a length", [][]byte{{fin | text, 0x80 | 127, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}}, nil, []string{"close 1002..."}},
	{"good ones before a bad one", [][]byte{frame(fin|text, "a"), frame(fin|ping, "b"), frame(fin|3, "")}, []string{"text a"}, []string{"pong b", "close 1002..."}},
	{"nothing counts after a bad one", [][]byte{frame(fin|3, ""), frame(fin|text, "a"), frame(fin|ping, "b")}, nil, []string{"close 1002..."}},

	{"bad utf-8", [][]byte{frame(fin|text, "\xce\xba\xff")}, nil, []string{"close 1007..."}},
	{"half a character at the end", [][]byte{frame(fin|text, "\xce")}, nil, []string{"close 1007..."}},
	{"half a character at the end of fragments", [][]byte{frame(text, "a"), frame(fin|cont, "\xe2\x82")}, nil, []string{"close 1007..."}},
	{"surrogate", [][]byte{frame(fin|text, "\xed\xa0\x80")}, nil, []string{"close 1007..."}},
	{"overlong", [][]byte{frame(fin|text, "\xc0\x80")}, nil, []string{"close 1007..."}},
	{"above U+10FFFF", [][]byte{frame(fin|text, "\xf4\x90\x80\x80")}, nil, []string{"close 1007..."}},
	{"bad utf-8 in the first fragment fails at once", [][]byte{frame(text, "\xf4\x90")}, nil, []string{"close 1007..."}},
	{"bad utf-8 in an unfinished frame fails at once", [][]byte{frame(fin|text, "a\xff"+megabyte[:100])[:8]}, nil, []string{"close 1007..."}},

	{"too big by header", [][]byte{{fin | bin, 0x80 | 127, 0, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 0, 0}}, nil, []string{"close 1009..."}},
	{"far too big by header", [][]byte{{fin | bin, 0x80 | 127, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0}}, nil, []string{"close 1009..."}},
	{"too big over fragments", [][]byte{frame(text, megabyte), frame(fin|cont, "x")}, nil, []string{"close 1009..."}},
	{"too many fragments", [][]byte{frame(text, ""), repeatFrame(frame(cont, ""), 16384)}, nil, []string{"close 1008..."}},

	{"close", [][]byte{frame(fin|clos, "")}, []string{"closed 1005 "}, []string{"close"}},
	{"close with a code", [][]byte{frame(fin|clos, closing(1000, ""))}, []string{"closed 1000 "}, []string{"close 1000"}},
	{"close with a reason", [][]byte{frame(fin|clos, closing(4999, "enough"))}, []string{"closed 4999 enough"}, []string{"close 4999"}},
	{"close with the longest reason", [][]byte{frame(fin|clos, closing(1001, megabyte[:123]))}, []string{"closed 1001 " + megabyte[:123]}, []string{"close 1001"}},
	{"close 1012", [][]byte{frame(fin|clos, closing(1012, ""))}, []string{"closed 1012 "}, []string{"close 1012"}},
	{"close of 1 byte", [][]byte{frame(fin|clos, "\x03")}, nil, []string{"close 1002..."}},
	{"close of 126 bytes", [][]byte{frame(fin|clos, closing(1000, megabyte[:124]))}, nil, []string{"close 1002..."}},
	{"close with bad utf-8", [][]byte{frame(fin|clos, closing(1000, "\xff"))}, nil, []string{"close 1007..."}},
	{"close inside a message", [][]byte{frame(text, "half"), frame(fin|clos, closing(1000, ""))}, []string{"closed 1000 "}, []string{"close 1000"}},
	{"nothing counts after a close", [][]byte{frame(fin|clos, closing(1000, "")), frame(fin|text, "x"), frame(fin|ping, "y"), {0xff, 0xff}},
		[]string{"closed 1000 "}, []string{"close 1000"}},
}

func repeatFrame(f []byte, n int) []byte { return []byte(strings.Repeat(string(f), n)) }

func TestConformance(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		for _, tt := range conformance {
			t.Run(tt.name, func(t *testing.T) {
				checkConformance(t, r, "", tt)
			})
		}
	})
}

// checkConformance sends the bytes and checks both ends. Where the case does not
// end the connection, a Close of the client does.
func checkConformance(t *testing.T, r *rig, headers string, tt conformanceCase) {
	t.Helper()
	checkSent(t, r, headers, tt, func(c *client) { c.send(tt.send...) })
}

// checkSent is checkConformance with a way of writing the bytes.
func checkSent(t *testing.T, r *rig, headers string, tt conformanceCase, send func(*client)) {
	t.Helper()
	told, want := tt.told, tt.want
	r = r.on(t)
	c := r.dialWith(headers)
	h := r.next()
	send(c)
	ends := len(want) > 0 && strings.HasPrefix(want[len(want)-1], "close")
	if !ends {
		c.send(frame(fin|clos, closing(1000, "done")))
		told = append(told[:len(told):len(told)], "closed 1000 done")
		want = append(want[:len(want):len(want)], "close 1000")
	}
	h.expect(t, told...)
	if len(told) == 0 || !strings.HasPrefix(told[len(told)-1], "closed") {
		if got := await(t, h.events, "the end"); !strings.HasPrefix(got, "closed 1006 ") {
			t.Fatalf("the handler was told %q, not the end", short(got))
		}
	}
	c.expect(want...)
	c.expect("eof")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	h.quiet(t)
}

// Every code that may be on the wire is echoed, every other one is answered 1002.
func TestCloseCodes(t *testing.T) {
	legal := map[int]bool{1000: true, 1001: true, 1002: true, 1003: true, 1007: true, 1008: true, 1009: true, 1010: true,
		1011: true, 1012: true, 1013: true, 1014: true, 3000: true, 3999: true, 4000: true, 4999: true}
	codes := []int{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 65535}
	for code := range legal {
		codes = append(codes, code)
	}
	r := newRig(t, rigOptions{})
	for _, code := range codes {
		c := r.dial(frame(fin|clos, closing(code, "bye")))
		h := r.next()
		if legal[code] {
			h.expect(t, "closed "+itoa(code)+" bye")
			c.expect("close "+itoa(code), "eof")
		} else {
			h.expect(t, "closed 1006 a Close has an illegal code")
			c.expect("close 1002...", "eof")
		}
	}
}

// The same bytes give the same result however they are cut into reads.
func TestBytesOneByOne(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial()
		h := r.next()
		all := append(frame(text, "hé"), frame(fin|ping, "p")...)
		all = append(all, frame(fin|cont, letters[:300])...)
		all = append(all, frame(fin|bin, "z")...)
		all = append(all, frame(fin|clos, closing(1000, "ok"))...)
		for i := range all {
			c.send(all[i : i+1])
		}
		h.expect(t, "text hé"+letters[:300], "binary 7a", "closed 1000 ok")
		c.expect("pong p", "close 1000", "eof")
	})
}

// Frames behind the request are the first frames.
func TestEarlyData(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		r := newRig(t, o)
		c := r.dial(frame(fin|text, "first"), frame(fin|text, "second")[:5])
		h := r.next()
		h.expect(t, "text first")
		c.send(frame(fin|text, "second")[5:], frame(fin|text, "third"))
		h.expect(t, "text second", "text third")
	})
}

func itoa(n int) string { return strconv.Itoa(n) }
