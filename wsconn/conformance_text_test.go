package wsconn

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// validTexts are at the edges of what UTF-8 can say (RFC 3629).
var validTexts = []string{
	"", "\x00", "\x7f", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd",
	"\ufffe", "\uffff", "\U00010000", "\U0001fffe", "\U0001ffff", "\U0010fffe", "\U0010ffff", "\ufeffwith a mark",
	"日本語", "𝄞𝄞", "e\u0301", "👩‍👩‍👧‍👦",
}

// invalidTexts, each with the number of its bytes that could still begin a
// valid text: with the next one the connection must fail, however long the frame
// and the message still are.
var invalidTexts = []struct {
	text string
	good int
}{
	{"\x80", 0}, {"\xbf", 0}, {"\x80\xbf\x80\xbf", 0}, // continuations without a lead
	{"\xc0 ", 0}, {"\xc1\xbf", 0}, {"\xc2 ", 1}, {"\xe0 ", 1}, {"\xf0 ", 1}, {"\xdf\x7f", 1}, {"\xef\xbf\x7f", 2}, {"\xf4\x8f\xbf\x7f", 3},
	{"\xfe", 0}, {"\xff", 0}, {"\xf5\x80\x80\x80", 0}, {"\xf8\x88\x80\x80\x80", 0}, {"\xfc\x84\x80\x80\x80\x80", 0}, {"\xfb\xbf\xbf\xbf\xbf", 0},
	{"\xc0\xaf", 0}, {"\xe0\x80\xaf", 1}, {"\xe0\x9f\xbf", 1}, {"\xf0\x80\x80\xaf", 1}, {"\xf0\x8f\xbf\xbf", 1}, {"\xc0\x80", 0}, // overlong
	{"\xed\xa0\x80", 1}, {"\xed\xad\xbf", 1}, {"\xed\xae\x80", 1}, {"\xed\xbf\xbf", 1}, {"\xed\xa0\x80\xed\xb0\x80", 1}, // surrogates
	{"\xf4\x90\x80\x80", 1}, {"\xf7\xbf\xbf\xbf", 0},
	{"κόσμε\xed\xa0\x80edited", 11}, {"κόσμε\xf4\x90\x80\x80", 11}, {"ascii then \xe2\x28\xa1", 12}, {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf8", 11},
}

// textCases are texts whole, and cut into frames at every byte (section 6).
func textCases() (cases []conformanceCase) {
	for _, s := range validTexts {
		cases = append(cases, one(fmt.Sprintf("6.1 %+q", s), "text "+s, frame(fin|text, s)))
		for i := range s[min(1, len(s)):] {
			cases = append(cases, one(fmt.Sprintf("6.2 %+q cut at %d", s, i+1), "text "+s,
				frame(text, s[:i+1]), frame(fin|ping, ""), frame(fin|cont, s[i+1:])).answered("pong "))
		}
		cases = append(cases, one(fmt.Sprintf("6.2 %+q byte by byte", s), "text "+s, eachByte(s)...))
		if last, size := utf8.DecodeLastRuneInString(s); size > 1 { // ends inside its last character
			for n := 1; n < size; n++ {
				cut := s[:len(s)-n]
				cases = append(cases,
					conformanceCase{fmt.Sprintf("6.3 %q without its last %d bytes", last, n), [][]byte{frame(fin|text, cut)}, nil, bad1007},
					conformanceCase{fmt.Sprintf("6.3 %q without its last %d bytes, in fragments", last, n), [][]byte{frame(text, cut), frame(fin|cont, "")}, nil, bad1007})
			}
		}
	}
	for _, bad := range invalidTexts {
		name := fmt.Sprintf("%+q", bad.text)
		rest := strings.Repeat("x", 300)
		whole := frame(fin|text, bad.text+rest)
		head := len(whole) - len(bad.text) - len(rest)
		cases = append(cases,
			conformanceCase{"6.4 " + name, [][]byte{frame(fin|text, bad.text)}, nil, bad1007},
			conformanceCase{"6.5 " + name + " byte by byte", eachByte(bad.text), nil, bad1007},
			conformanceCase{"6.6 " + name + " at once, in a frame that goes on", [][]byte{whole[:head+bad.good+1]}, nil, bad1007},
			conformanceCase{"6.7 " + name + " at once, in a message that goes on", [][]byte{frame(text, bad.text[:bad.good]), frame(cont, bad.text[bad.good:bad.good+1])}, nil, bad1007},
			one("6.8 "+name+" as binary", fmt.Sprintf("binary %x", bad.text), frame(fin|bin, bad.text)))
		if bad.good > 0 { // nothing is wrong with what is before
			cases = append(cases, conformanceCase{"6.9 " + name + " up to the bad byte", [][]byte{frame(text, bad.text[:bad.good]), frame(fin|ping, "alive"),
				frame(fin|cont, bad.text[bad.good:])}, nil, []string{"pong alive", "close 1007..."}})
		}
	}
	return cases
}

func (c conformanceCase) answered(frames ...string) conformanceCase {
	c.want = frames
	return c
}

// eachByte is a text with a frame for every byte.
func eachByte(s string) (frames [][]byte) {
	first := byte(text)
	for i := range len(s) {
		frames = append(frames, frame(first, s[i:i+1]))
		first = cont
	}
	return append(frames, frame(fin|first, ""))
}

// closeCases are the codes and reasons that may and may not be on the wire
// (section 7).
func closeCases() (cases []conformanceCase) {
	legal := func(code int) bool {
		return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006) || code >= 3000 && code <= 4999
	}
	for _, code := range []int{0, 1, 100, 500, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016,
		1099, 1100, 1999, 2000, 2500, 2999, 3000, 3001, 3500, 3999, 4000, 4001, 4500, 4999, 5000, 5001, 9999, 32767, 32768, 65535} {
		for _, reason := range []string{"", "because", strings.Repeat("é", 61)} {
			c := conformanceCase{fmt.Sprintf("7.1 %d, reason of %d", code, len(reason)), [][]byte{frame(fin|clos, closing(code, reason))}, nil, bad1002}
			if legal(code) {
				c.told, c.want = []string{fmt.Sprintf("closed %d %s", code, reason)}, []string{fmt.Sprintf("close %d", code)}
			}
			cases = append(cases, c)
		}
	}
	for _, bad := range invalidTexts {
		cases = append(cases, conformanceCase{fmt.Sprintf("7.2 reason %+q", bad.text), [][]byte{frame(fin|clos, closing(1000, bad.text))}, nil, bad1007})
	}
	for _, s := range validTexts {
		cases = append(cases, conformanceCase{fmt.Sprintf("7.3 reason %+q", s), [][]byte{frame(fin|clos, closing(1000, s))}, []string{"closed 1000 " + s}, []string{"close 1000"}})
	}
	first := frame(fin|clos, closing(1000, "first"))
	told, want := []string{"closed 1000 first"}, []string{"close 1000"}
	return append(cases,
		conformanceCase{"7.4 twice", [][]byte{first, frame(fin|clos, closing(1001, "second"))}, told, want},
		conformanceCase{"7.5 ping behind", [][]byte{first, frame(fin|ping, "late")}, told, want},
		conformanceCase{"7.6 text behind", [][]byte{first, frame(fin|text, "late")}, told, want},
		conformanceCase{"7.7 nonsense behind", [][]byte{first, []byte("\xff\xff\xff\xff not a frame")}, told, want},
		conformanceCase{"7.8 a megabyte behind", [][]byte{first, frame(fin|text, megabyte)}, told, want},
		conformanceCase{"7.9 text before", [][]byte{frame(fin|text, "a"), frame(fin|text, "b"), first}, append([]string{"text a", "text b"}, told...), want},
		conformanceCase{"7.10 between fragments", [][]byte{frame(text, "a"), first, frame(fin|cont, "b")}, told, want},
		conformanceCase{"7.11 in a continuation that goes on", [][]byte{frame(bin, "a"), frame(cont, "b"), frame(fin|clos, "")}, []string{"closed 1005 "}, []string{"close"}},
		conformanceCase{"7.12 half a code", [][]byte{frame(fin|clos, "\xff")}, nil, bad1002})
}
