package encoding

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var errMalformed = errors.New("the encoded data is not valid")

// decoder is the state behind a TextDecoder.
type decoder struct {
	name             string
	convert          converter
	fatal, ignoreBOM bool

	pending []byte // the start of a character whose rest is still to come
	begun   bool   // the stream has given its first character
}

// converter turns bytes into UTF-8. It leaves alone, and counts, the bytes at the end that may be the start of a character; with
// last there are no such bytes. ok is false if something had to be replaced by U+FFFD.
type converter func(out *strings.Builder, data []byte, last bool) (rest int, ok bool)

// newDecoder finds an encoding by its label (Encoding standard, 4.2); nil if there is none.
func newDecoder(label string, fatal, ignoreBOM bool) *decoder {
	name := labels[strings.ToLower(strings.Trim(label, "\t\n\f\r "))]
	convert := converters[name]
	if convert == nil {
		return nil
	}
	return &decoder{name: name, convert: convert, fatal: fatal, ignoreBOM: ignoreBOM}
}

// decode is the text of the next bytes of the stream; without more to come it also ends the stream.
func (d *decoder) decode(data []byte, more bool) (string, error) {
	if len(d.pending) > 0 {
		data = append(d.pending, data...)
	}
	var out strings.Builder
	rest, ok := d.convert(&out, data, !more)
	d.pending = append([]byte(nil), data[len(data)-rest:]...)
	text := d.skipMark(out.String())
	if !more || !ok && d.fatal {
		d.pending, d.begun = nil, false
	}
	if !ok && d.fatal {
		return "", errMalformed
	}
	return text, nil
}

// skipMark drops a byte order mark at the start of the stream.
func (d *decoder) skipMark(text string) string {
	if d.begun || text == "" {
		return text
	}
	d.begun = true
	if d.ignoreBOM || d.name == windows1252 {
		return text
	}
	return strings.TrimPrefix(text, "\ufeff")
}

func fromUTF8(out *strings.Builder, data []byte, last bool) (rest int, ok bool) {
	ok = true
	for len(data) > 0 {
		valid := validPrefix(data)
		out.Write(data[:valid])
		if data = data[valid:]; len(data) == 0 {
			break
		}
		n := malformed(data)
		if n == len(data) && !last && !utf8.FullRune(data) {
			return n, ok
		}
		out.WriteRune(utf8.RuneError)
		data, ok = data[n:], false
	}
	return 0, ok
}

// validPrefix is how many bytes at the start are whole, valid characters.
func validPrefix(data []byte) int {
	if utf8.Valid(data) {
		return len(data)
	}
	i := 0
	for i < len(data) {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return i
}

// malformed is how many bytes at the start of data, which begins no whole character, are replaced together: those that
// some character could begin with.
func malformed(data []byte) int {
	n := 0
	for n < len(data) && !utf8.FullRune(data[:n+1]) {
		n++
	}
	return max(1, n)
}
