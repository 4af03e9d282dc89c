package wsconn

import (
	"fmt"
	"strings"
)

// The sections are those of the Autobahn test suite, written anew from RFC 6455;
// what the conformance table has already is not repeated.

// bad are the answers to a violation.
var (
	bad1002 = []string{"close 1002..."}
	bad1007 = []string{"close 1007..."}
)

// one is a case of frames that the handler is told of.
func one(name string, told string, frames ...[]byte) conformanceCase {
	c := conformanceCase{name: name, send: frames}
	if told != "" {
		c.told = []string{told}
	}
	return c
}

// framingCases are lengths at the edges of their forms (section 1).
func framingCases() (cases []conformanceCase) {
	for _, n := range []int{0, 1, 124, 125, 126, 127, 128, 255, 256, 65534, 65535, 65536, 65537, 70000} {
		data := strings.Repeat("*", n)
		cases = append(cases,
			one(fmt.Sprintf("1.1 text of %d", n), "text "+data, frame(fin|text, data)),
			one(fmt.Sprintf("1.2 binary of %d", n), fmt.Sprintf("binary %x", strings.Repeat("\xfe", n)), frame(fin|bin, strings.Repeat("\xfe", n))),
			one(fmt.Sprintf("1.3 fragments of %d", n), "text "+data+data, frame(text, data), frame(fin|cont, data)))
	}
	for _, n := range []byte{0, 1, 125} { // lengths that have a shorter form
		cases = append(cases,
			conformanceCase{fmt.Sprintf("1.4 %d in 16 bits", n), [][]byte{{fin | bin, 0x80 | 126, 0, n, 1, 2, 3, 4}}, nil, bad1002},
			conformanceCase{fmt.Sprintf("1.4 %d in 64 bits", n), [][]byte{{fin | bin, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, n, 1, 2, 3, 4}}, nil, bad1002})
	}
	for _, mask := range []string{"\x00\x00\x00\x00", "\xff\xff\xff\xff", "\x01\x00\x00\x00"} {
		masked := []byte("masked")
		for i := range masked {
			masked[i] ^= mask[i%4]
		}
		cases = append(cases, one(fmt.Sprintf("1.5 mask %x", mask), "text masked", []byte("\x81\x86"+mask), masked))
	}
	for first := range 256 { // no frame of a client goes without a mask
		if op := first & 15; op <= 2 || op >= 8 && op <= 10 {
			cases = append(cases, conformanceCase{fmt.Sprintf("1.6 first byte %#x, not masked", first), [][]byte{{byte(first), 0}}, nil, bad1002})
		}
	}
	return cases
}

// controlCases are pings and pongs (section 2).
func controlCases() (cases []conformanceCase) {
	for _, p := range []string{"", "Hello, world!", "\x00\xff\xfe\xfd\xfc\xfb\x00\xff", strings.Repeat("\xfe", 125)} {
		cases = append(cases, conformanceCase{fmt.Sprintf("2.1 ping of %d", len(p)), [][]byte{frame(fin|ping, p)}, nil, []string{"pong " + p}},
			one(fmt.Sprintf("2.2 pong of %d", len(p)), "", frame(fin|pong, p)))
	}
	var pings [][]byte
	var pongs []string
	for i := range 200 {
		pings, pongs = append(pings, frame(fin|ping, fmt.Sprint("payload-", i))), append(pongs, fmt.Sprint("pong payload-", i))
	}
	cases = append(cases, conformanceCase{"2.3 many pings", pings, nil, pongs},
		conformanceCase{"2.4 pong, ping, pong", [][]byte{frame(fin|pong, "a"), frame(fin|ping, "b"), frame(fin|pong, "c")}, nil, []string{"pong b"}})
	for _, op := range []byte{ping, pong, clos} {
		cases = append(cases,
			conformanceCase{fmt.Sprintf("2.5 opcode %x of 126", op), [][]byte{frame(fin|op, strings.Repeat("\x03\xe8", 63))}, nil, bad1002},
			conformanceCase{fmt.Sprintf("2.5 opcode %x of 65536", op), [][]byte{frame(fin|op, strings.Repeat("\x03\xe8", 32768))}, nil, bad1002},
			conformanceCase{fmt.Sprintf("2.5 opcode %x of 5 in 16 bits", op), [][]byte{{fin | op, 0x80 | 126, 0, 5, 0, 0, 0, 0}, []byte("hello")}, nil, bad1002},
			conformanceCase{fmt.Sprintf("2.6 opcode %x in fragments", op), [][]byte{frame(op, "\x03\xe8"), frame(fin|cont, "")}, nil, bad1002})
	}
	return cases
}

// reservedCases are bits and opcodes without a meaning (sections 3 and 4).
func reservedCases() (cases []conformanceCase) {
	for rsv := byte(rsv3); rsv <= rsv1|rsv2|rsv3; rsv += rsv3 {
		for _, op := range []byte{fin | text, text, fin | bin, bin, fin | ping, fin | pong, fin | clos} {
			cases = append(cases,
				conformanceCase{fmt.Sprintf("3.1 first byte %#x", rsv|op), [][]byte{frame(rsv|op, "")}, nil, bad1002},
				conformanceCase{fmt.Sprintf("3.2 text, first byte %#x, ping", rsv|op), [][]byte{frame(fin|text, "a"), frame(rsv|op, "x"), frame(fin|ping, "")}, []string{"text a"}, bad1002})
		}
		cases = append(cases, conformanceCase{fmt.Sprintf("3.3 continuation with %#x", rsv), [][]byte{frame(text, "a"), frame(fin|rsv|cont, "b")}, nil, bad1002})
	}
	for _, op := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		for _, first := range []byte{op, fin | op} {
			cases = append(cases,
				conformanceCase{fmt.Sprintf("4.1 first byte %#x", first), [][]byte{frame(first, "")}, nil, bad1002},
				conformanceCase{fmt.Sprintf("4.2 first byte %#x, payload", first), [][]byte{frame(first, "reserved")}, nil, bad1002},
				conformanceCase{fmt.Sprintf("4.3 text, first byte %#x, ping", first), [][]byte{frame(fin|text, "a"), frame(first, "b"), frame(fin|ping, "")}, []string{"text a"}, bad1002},
				conformanceCase{fmt.Sprintf("4.4 first byte %#x between fragments", first), [][]byte{frame(text, "a"), frame(first, "b"), frame(fin|cont, "c")}, nil, bad1002})
		}
	}
	return cases
}

// fragmentCases are messages in several frames (section 5).
func fragmentCases() []conformanceCase {
	a, b, c := frame(text, "fragment1"), frame(cont, "fragment2"), frame(fin|cont, "fragment3")
	p := func(s string) []byte { return frame(fin|ping, s) }
	whole := []string{"text fragment1fragment2fragment3"}
	many := [][]byte{frame(bin, "")}
	for range 500 {
		many = append(many, frame(cont, "x"), frame(cont, ""))
	}
	return []conformanceCase{
		{"5.1 ping in two", [][]byte{frame(ping, "a"), frame(fin|cont, "b")}, nil, bad1002},
		{"5.2 pong in two", [][]byte{frame(pong, "a"), frame(fin|cont, "b")}, nil, bad1002},
		{"5.3 three", [][]byte{a, b, c}, whole, nil},
		{"5.4 pings between", [][]byte{a, p("1"), b, p("2"), c, p("3")}, whole, []string{"pong 1", "pong 2", "pong 3"}},
		{"5.5 many pings between", [][]byte{a, p("1"), p("2"), p("3"), frame(fin|pong, "x"), b, c}, whole, []string{"pong 1", "pong 2", "pong 3"}},
		{"5.6 empty ones", [][]byte{frame(text, ""), frame(cont, ""), frame(fin|cont, "")}, []string{"text "}, nil},
		{"5.7 empty, one, empty", [][]byte{frame(bin, ""), frame(cont, "m"), frame(fin|cont, "")}, []string{"binary 6d"}, nil},
		{"5.8 very many", append(many, frame(fin|cont, "y")), []string{"binary " + strings.Repeat("78", 500) + "79"}, nil},
		{"5.9 continuation first, not final", [][]byte{frame(cont, "a"), frame(fin|text, "b")}, nil, bad1002},
		{"5.10 continuation first, final", [][]byte{frame(fin|cont, "a"), frame(fin|text, "b")}, nil, bad1002},
		{"5.11 continuation after a message", [][]byte{a, c, frame(fin|cont, "d")}, []string{"text fragment1fragment3"}, bad1002},
		{"5.12 empty continuation after a message", [][]byte{a, c, frame(cont, "")}, []string{"text fragment1fragment3"}, bad1002},
		{"5.13 binary inside text", [][]byte{a, frame(fin|bin, "x")}, nil, bad1002},
		{"5.14 fragmented binary inside text", [][]byte{a, frame(bin, "x")}, nil, bad1002},
		{"5.15 text inside text, not final", [][]byte{a, a}, nil, bad1002},
		{"5.16 text inside binary", [][]byte{frame(bin, "x"), frame(fin|text, "y")}, nil, bad1002},
		{"5.17 two fragmented ones", [][]byte{a, b, c, frame(bin, "1"), frame(fin|cont, "2")}, append(whole[:1:1], "binary 3132"), nil},
		{"5.18 unfinished, then a close", [][]byte{a, b, frame(fin|clos, closing(1001, ""))}, []string{"closed 1001 "}, []string{"close 1001"}},
	}
}

// sizeCases are messages up to the limit in frames of many sizes (section 9).
func sizeCases() (cases []conformanceCase) {
	for _, size := range []int{64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10} {
		frames := [][]byte{frame(text, "")}
		for range (1 << 20) / size / 4 {
			frames = append(frames, frame(cont, megabyte[:size]))
		}
		if size == 256<<10 {
			frames = append(frames, frame(cont, megabyte[:3*size]))
		}
		total := (1 << 20) / 4
		if size == 256<<10 {
			total = 1 << 20
		}
		cases = append(cases, one(fmt.Sprintf("9.3 frames of %d", size), "text "+megabyte[:total], append(frames, frame(fin|cont, ""))...))
	}
	for _, n := range []int{64 << 10, 256 << 10, 1<<20 - 1, 1 << 20} {
		cases = append(cases, one(fmt.Sprintf("9.1 text of %d", n), "text "+megabyte[:n], frame(fin|text, megabyte[:n])))
	}
	tooBig := []string{"close 1009..."}
	return append(cases,
		conformanceCase{"9.7 a byte too big", [][]byte{frame(fin|text, megabyte+"x")}, nil, tooBig},
		conformanceCase{"9.8 a byte too big over fragments", [][]byte{frame(text, megabyte[:1<<19]), frame(cont, megabyte[:1<<19]), frame(cont, "x")}, nil, tooBig},
		conformanceCase{"9.9 too big by the header of a fragment", [][]byte{frame(bin, "x"), {cont, 0x80 | 127, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4}}, nil, tooBig})
}
