package encoding

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// fromUTF16 converts UTF-16 of either byte order (Encoding standard, 14.2).
func fromUTF16(order binary.ByteOrder) converter {
	return func(out *strings.Builder, data []byte, last bool) (rest int, ok bool) {
		ok = true
		for len(data) >= 2 {
			r, n := rune(order.Uint16(data)), 2
			if utf16.IsSurrogate(r) {
				if r, n = pairAt(order, data); n == 0 {
					break
				}
				ok = ok && r != utf8.RuneError
			}
			out.WriteRune(r)
			data = data[n:]
		}
		if last && len(data) > 0 {
			out.WriteRune(utf8.RuneError)
			return 0, false
		}
		return len(data), ok
	}
}

// pairAt is the character of the surrogate pair at the start of data and its length: U+FFFD and 2 for half of one, 0 if the
// second half is still to come.
func pairAt(order binary.ByteOrder, data []byte) (rune, int) {
	const firstLow = 0xDC00
	high := rune(order.Uint16(data))
	if high >= firstLow {
		return utf8.RuneError, 2
	}
	if len(data) < 4 {
		return utf8.RuneError, 0
	}
	if r := utf16.DecodeRune(high, rune(order.Uint16(data[2:]))); r != utf8.RuneError {
		return r, 4
	}
	return utf8.RuneError, 2
}
