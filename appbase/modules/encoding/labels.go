package encoding

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const windows1252 = "windows-1252"

var converters = map[string]converter{
	"utf-8":     fromUTF8,
	"utf-16le":  fromUTF16(binary.LittleEndian),
	"utf-16be":  fromUTF16(binary.BigEndian),
	windows1252: fromWindows1252,
}

// labels are the names that the Encoding standard (4.2) gives to what the converters know.
var labels = labelTable(map[string]string{
	"utf-8":    "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
	"utf-16le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
	"utf-16be": "unicodefffe utf-16be",
	windows1252: "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 " +
		"iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
})

func labelTable(byName map[string]string) map[string]string {
	table := make(map[string]string)
	for name, labels := range byName {
		for label := range strings.FieldsSeq(labels) {
			table[label] = name
		}
	}
	return table
}

// fromWindows1252 knows a character for each byte: those that code page 1252 leaves out are control characters.
func fromWindows1252(out *strings.Builder, data []byte, _ bool) (rest int, ok bool) {
	out.Grow(len(data))
	for _, c := range data {
		r := charmap.Windows1252.DecodeByte(c)
		if r == utf8.RuneError {
			r = rune(c)
		}
		out.WriteRune(r)
	}
	return 0, true
}
