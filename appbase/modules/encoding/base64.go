package encoding

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
)

var errBase64 = errors.New("not base64")

// fromBase64 is forgiving-base64 decode (Infra standard, 7): white space, missing padding and left-over bits are ignored.
// Each byte becomes a character.
func fromBase64(text string) (string, error) {
	text = dropSpace(text)
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", errBase64
	}
	return latin1(data), nil
}

func dropSpace(text string) string {
	const spaces = "\t\n\f\r "
	if !strings.ContainsAny(text, spaces) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(spaces, r) {
			return -1
		}
		return r
	}, text)
}

func latin1(data []byte) string {
	var b strings.Builder
	b.Grow(len(data))
	for _, c := range data {
		b.WriteRune(rune(c))
	}
	return b.String()
}

// toBase64 encodes a text whose characters are bytes.
func toBase64(text goja.String) (string, error) {
	if text.Length() > maxInput/4*3 {
		return "", errInput
	}
	data := make([]byte, text.Length())
	for i := range data {
		unit := text.CharAt(i)
		if unit > 0xFF {
			return "", errBase64
		}
		data[i] = byte(unit)
	}
	return base64.StdEncoding.EncodeToString(data), nil
}

// encodeInto writes as much of a text as fits, whole characters only, and counts the code units read.
func encodeInto(text goja.String, target []byte) (read, written int) {
	for read < text.Length() {
		r, units := rune(text.CharAt(read)), 1
		if utf16.IsSurrogate(r) {
			r, units = surrogate(text, read)
		}
		if utf8.RuneLen(r) > len(target)-written {
			break
		}
		written += utf8.EncodeRune(target[written:], r)
		read += units
	}
	return read, written
}

// surrogate is the character of the pair at a place, or U+FFFD for half of one.
func surrogate(text goja.String, at int) (r rune, units int) {
	if at+1 < text.Length() {
		r = utf16.DecodeRune(rune(text.CharAt(at)), rune(text.CharAt(at+1)))
		if r != utf8.RuneError {
			return r, 2
		}
	}
	return utf8.RuneError, 1
}
