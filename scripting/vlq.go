package scripting

import "fmt"

// vlqDigits are the digits of source maps' base 64 numbers (Source Map
// revision 3: five bits a digit, the sixth says that more follow).
const vlqDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// vlqValues are the values of the digits by character; 0xff is no digit.
func vlqValues() *[256]byte {
	var values [256]byte
	for i := range values {
		values[i] = 0xff
	}
	for i := range len(vlqDigits) {
		values[vlqDigits[i]] = byte(i)
	}
	return &values
}

// vlqReader reads the numbers of a mappings string.
type vlqReader struct {
	text   string
	values *[256]byte
}

// next reads one number.
func (r *vlqReader) next() (int, error) {
	value, shift := 0, 0
	for i := range len(r.text) {
		digit := r.values[r.text[i]]
		if digit == 0xff || shift > 30 {
			return 0, fmt.Errorf("source map: bad number at %q", clip(r.text, 16))
		}
		value |= int(digit&31) << shift
		shift += 5
		if digit&32 == 0 {
			r.text = r.text[i+1:]
			return signed(value), nil
		}
	}
	return 0, fmt.Errorf("source map: a number is cut off")
}

// signed moves the sign from the lowest bit.
func signed(v int) int {
	if v&1 != 0 {
		return -(v >> 1)
	}
	return v >> 1
}

// appendVLQ appends one number.
func appendVLQ(b []byte, v int) []byte {
	if v < 0 {
		v = -v<<1 | 1
	} else {
		v <<= 1
	}
	for v >= 32 {
		b = append(b, vlqDigits[v&31|32])
		v >>= 5
	}
	return append(b, vlqDigits[v])
}
