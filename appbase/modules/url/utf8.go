package url

import (
	"strings"
	"unicode/utf8"
)

// wellFormed decodes as the Encoding standard does: one U+FFFD for each maximal part of a malformed sequence.
func wellFormed(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	var b strings.Builder
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			n = malformed(data)
		}
		b.WriteRune(r)
		data = data[n:]
	}
	return b.String()
}

// malformed is how many bytes at the start of data, which begins no character, are replaced together: those that some
// character could begin with.
func malformed(data []byte) int {
	n := 0
	for n < len(data) && !utf8.FullRune(data[:n+1]) {
		n++
	}
	return max(1, n)
}
