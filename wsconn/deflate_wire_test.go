package wsconn

import (
	"encoding/binary"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

const offerDeflate = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"

// deflated is RFC 7692 section 6 to 8 in the form of the conformance table, on
// connections that have agreed.
func deflated(t *testing.T) []conformanceCase {
	hello := packed(t, "hello")
	bad := []string{"close 1002..."}
	return []conformanceCase{
		{"packed text", [][]byte{frame(fin|rsv1|text, hello)}, []string{"text hello"}, nil},
		{"packed binary", [][]byte{frame(fin|rsv1|bin, packed(t, "\x00\xff"))}, []string{"binary 00ff"}, nil},
		{"plain text", [][]byte{frame(fin|text, "hello"), frame(fin|rsv1|text, hello), frame(fin|text, "x")}, []string{"text hello", "text hello", "text x"}, nil},
		{"plain bad utf-8", [][]byte{frame(fin|text, "\xff")}, nil, []string{"close 1007..."}},
		{"RFC 7.2.3.1", [][]byte{frame(fin|rsv1|text, "\xf2\x48\xcd\xc9\xc9\x07\x00")}, []string{"text Hello"}, nil},
		{"RFC 7.2.3.1 in fragments", [][]byte{frame(rsv1|text, "\xf2\x48\xcd"), frame(fin|ping, "p"), frame(fin|cont, "\xc9\xc9\x07\x00")}, []string{"text Hello"}, []string{"pong p"}},
		{"RFC 7.2.3.3, not compressed", [][]byte{frame(fin|rsv1|text, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00")}, []string{"text Hello"}, nil},
		{"RFC 7.2.3.4, final block", [][]byte{frame(fin|rsv1|text, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00")}, []string{"text Hello"}, nil},
		{"final block that ends it", [][]byte{frame(fin|rsv1|text, "\xf3\x48\xcd\xc9\xc9\x07\x00")}, []string{"text Hello"}, nil},
		{"RFC 7.2.3.5, two blocks", [][]byte{frame(fin|rsv1|text, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00")}, []string{"text Hello"}, nil},
		{"RFC 7.2.3.6, empty", [][]byte{frame(fin|rsv1|text, "\x00")}, []string{"text "}, nil},
		{"nothing for nothing", [][]byte{frame(fin|rsv1|bin, "")}, []string{"binary "}, nil},
		{"a character over fragments", [][]byte{frame(rsv1|text, packed(t, letters)[:9]), frame(fin|cont, packed(t, letters)[9:])}, []string{"text " + letters}, nil},
		{"as big as allowed", [][]byte{frame(fin|rsv1|text, packed(t, megabyte))}, []string{"text " + megabyte}, nil},
		{"a byte too big", [][]byte{frame(fin|rsv1|text, packed(t, megabyte+"x"))}, nil, []string{"close 1009..."}},
		{"far too big", [][]byte{frame(fin|rsv1|text, packed(t, strings.Repeat(megabyte, 20)))}, nil, []string{"close 1009..."}},
		{"too big on the wire", [][]byte{{fin | rsv1 | bin, 0x80 | 127, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0}}, nil, []string{"close 1009..."}},
		{"context that was not agreed", [][]byte{frame(fin|rsv1|text, hello), frame(fin|rsv1|text, "\xf2\x00\x11\x00\x00")}, []string{"text hello"}, []string{"close 1007..."}},
		{"corrupt", [][]byte{frame(fin|rsv1|text, "\xff\xff\xff\xff")}, nil, []string{"close 1007..."}},
		{"cut short", [][]byte{frame(fin|rsv1|text, hello[:3])}, nil, []string{"close 1007..."}},
		{"inflates to bad utf-8", [][]byte{frame(fin|rsv1|text, packed(t, "a\xff"))}, nil, []string{"close 1007..."}},
		{"inflates to half a character", [][]byte{frame(fin|rsv1|text, packed(t, "a\xce"))}, nil, []string{"close 1007..."}},
		{"binary may be bad utf-8", [][]byte{frame(fin|rsv1|bin, packed(t, "\xff"))}, []string{"binary ff"}, nil},
		{"rsv2", [][]byte{frame(fin|rsv2|text, "x")}, nil, bad},
		{"rsv3", [][]byte{frame(fin|rsv3|text, "x")}, nil, bad},
		{"rsv1 and rsv2", [][]byte{frame(fin|rsv1|rsv2|text, hello)}, nil, bad},
		{"rsv1 on a ping", [][]byte{frame(fin|rsv1|ping, "")}, nil, bad},
		{"rsv1 on a close", [][]byte{frame(fin|rsv1|clos, "")}, nil, bad},
		{"rsv1 on a continuation", [][]byte{frame(rsv1|text, hello[:2]), frame(fin|rsv1|cont, hello[2:])}, nil, bad},
		{"rsv1 on the continuation of a plain one", [][]byte{frame(text, "a"), frame(fin|rsv1|cont, hello)}, nil, bad},
		{"nothing counts after a close", [][]byte{frame(fin|clos, closing(1000, "")), frame(fin|rsv1|text, "\xff")}, []string{"closed 1000 "}, []string{"close 1000"}},
	}
}

func TestDeflateConformance(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.deflate.Enabled = true
		r := newRig(t, o)
		for _, tt := range deflated(t) {
			t.Run(tt.name, func(t *testing.T) {
				checkConformance(t, r, offerDeflate, tt)
			})
		}
	})
}

// The rest of the protocol is the same once compression is agreed.
func TestConformanceWithDeflate(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.deflate.Enabled = true
		r := newRig(t, o)
		for _, tt := range conformance {
			if tt.name == "rsv1" {
				continue
			}
			t.Run(tt.name, func(t *testing.T) { checkConformance(t, r, offerDeflate, tt) })
		}
	})
}

// readPacked reads a compressed frame and returns its payload.
func (c *client) readPacked(first byte) string {
	c.t.Helper()
	var head [4]byte
	if _, err := io.ReadFull(c.in, head[:2]); err != nil {
		c.t.Fatal(err)
	}
	if head[0] != first {
		c.t.Fatalf("read a frame %#x, not %#x", head[0], first)
	}
	size := int(head[1])
	if size == 126 {
		if _, err := io.ReadFull(c.in, head[2:]); err != nil {
			c.t.Fatal(err)
		}
		size = int(binary.BigEndian.Uint16(head[2:]))
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(c.in, payload); err != nil {
		c.t.Fatal(err)
	}
	return string(payload)
}

// With context, both directions refer to what was before, shared frames and
// plain ones among it.
func TestContextTakeover(t *testing.T) {
	overTransports(t, func(t *testing.T, o rigOptions) {
		o.deflate = Deflate{Enabled: true, ContextTakeover: true}
		r := newRig(t, o)
		c := r.dialWith(offerDeflate)
		h, w := r.next(), newStdPacker(t, 6)
		shared := EncodeText(letters[:2000])
		var window []byte
		for i, s := range samples() {
			s = strings.ToValidUTF8(s, "?")
			c.send(frame(fin|rsv1|text, w.pack(t, s)))
			h.expect(t, "text "+s)
			long := strings.Repeat(strconv.Itoa(i), 300) + letters[:600]
			r.do(func() { h.conn.Send(long); h.conn.Send("short"); h.conn.SendFrame(shared) })
			for _, want := range []string{long, letters[:2000]} {
				got := stdInflate(t, c.readPacked(fin|rsv1|text), window)
				if got != want {
					t.Fatalf("message %d: %q instead of %q", i, short(got), short(want))
				}
				if window = keepEnd(window, []byte(got), inflateWindow); want == long {
					c.expect("text short")
				}
			}
		}
	})
}

// A frame for many is compressed once; who has not agreed gets it plain.
func TestFrameIsPackedOnce(t *testing.T) {
	r := newRig(t, rigOptions{deflate: Deflate{Enabled: true}})
	var clients []*client
	var conns []*Conn
	for i := range 9 {
		clients = append(clients, r.dialWith(map[bool]string{true: offerDeflate}[i > 0]))
		conns = append(conns, r.next().conn)
	}
	f := EncodeText(letters[:3000])
	var first *Frame
	r.do(func() {
		for _, c := range conns {
			c.SendFrame(f)
			if s := f.shared.Load(); s != nil {
				if first == nil {
					first = s.forms[1]
				} else if s.forms[1] != first {
					t.Error("packed again")
				}
			}
		}
	})
	clients[0].expect("text " + letters[:3000])
	for _, c := range clients[1:] {
		if got := stdInflate(t, c.readPacked(fin|rsv1|text), nil); got != letters[:3000] {
			t.Errorf("read %q", short(got))
		}
	}
}

// Dropping queued messages must not break the context, so there is none.
func TestDropOldestKeepsNoContext(t *testing.T) {
	r := newRig(t, rigOptions{deflate: Deflate{Enabled: true, ContextTakeover: true}, limits: Limits{Overflow: OverflowDropOldest}})
	c := r.dialWith(offerDeflate)
	h := r.next()
	for range 3 {
		r.do(func() { h.conn.Send(letters[:1000]) })
		if got := stdInflate(t, c.readPacked(fin|rsv1|text), nil); got != letters[:1000] {
			t.Fatalf("read %q", short(got))
		}
	}
}

// Sixteen bombs at once, each a megabyte that would be a gigabyte.
func TestBombs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's memory would be measured")
	}
	r := newRig(t, rigOptions{deflate: Deflate{Enabled: true}})
	piece := packed(t, strings.Repeat("\x00", 1<<20)) + "\x00\x00\xff\xff"
	bomb := strings.Repeat(piece, 1<<20/len(piece)) + "\x00"
	packedBomb := frame(fin|rsv1|bin, bomb)
	var clients []*client
	for range 16 {
		clients = append(clients, r.dialWith(offerDeflate, packedBomb[:9]))
		r.next()
	}
	runtime.GC()
	before := resident(t)
	peak := before
	for _, c := range clients {
		c.send(packedBomb[9 : len(packedBomb)-1])
		peak = max(peak, resident(t))
	}
	for _, c := range clients {
		c.send(packedBomb[len(packedBomb)-1:])
	}
	for _, c := range clients {
		c.expect("close 1009...", "eof")
		peak = max(peak, resident(t))
	}
	t.Logf("grew by %d KiB", (peak-before)>>10)
	if peak-before > 64<<20 {
		t.Errorf("grew by %d MiB", (peak-before)>>20)
	}
}

// resident is the memory the process has, 0 where that is not known.
func resident(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
