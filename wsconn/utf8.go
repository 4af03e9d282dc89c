package wsconn

import "unicode/utf8"

// utf8State checks text that arrives in pieces (RFC 3629). The zero value is
// the state before the first byte.
type utf8State struct {
	need   uint8 // continuation bytes that must still follow
	lo, hi byte  // bounds of the next one
}

// write takes the next piece and reports whether the text can still become
// valid: false at the first byte that no valid text has in its place.
func (u *utf8State) write(p []byte) bool {
	for len(p) > 0 && u.need > 0 {
		if !u.step(p[0]) {
			return false
		}
		p = p[1:]
	}
	whole := len(p) - unfinished(p)
	if !utf8.Valid(p[:whole]) {
		return false
	}
	for _, b := range p[whole:] {
		if !u.step(b) {
			return false
		}
	}
	return true
}

// complete reports whether the text may end here.
func (u *utf8State) complete() bool { return u.need == 0 }

// step takes one byte.
func (u *utf8State) step(b byte) bool {
	if u.need == 0 {
		return u.lead(b)
	}
	if b < u.lo || b > u.hi {
		return false
	}
	u.need--
	u.lo, u.hi = 0x80, 0xBF
	return true
}

// lead takes the first byte of a character and sets what may follow. The bounds
// of the second byte leave out overlong forms, surrogates and what lies above
// U+10FFFF.
func (u *utf8State) lead(b byte) bool {
	u.lo, u.hi = 0x80, 0xBF
	switch {
	case b < 0x80:
		return true
	case b < 0xC2 || b > 0xF4:
		return false
	case b < 0xE0:
		u.need = 1
		return true
	case b < 0xF0:
		u.need = 2
	default:
		u.need = 3
	}
	switch b {
	case 0xE0:
		u.lo = 0xA0
	case 0xED:
		u.hi = 0x9F
	case 0xF0:
		u.lo = 0x90
	case 0xF4:
		u.hi = 0x8F
	}
	return true
}

// unfinished returns how many bytes at the end of p begin a character that p
// does not complete.
func unfinished(p []byte) int {
	for n := 1; n <= min(3, len(p)); n++ {
		b := p[len(p)-n]
		switch {
		case b < 0x80:
			return 0
		case b < 0xC0:
			continue
		case b >= 0xF0 && n < 4, b >= 0xE0 && n < 3, n < 2:
			return n
		}
		return 0
	}
	return 0
}
