package scripting

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// runeRange is the code points from lo to hi, both included.
type runeRange struct{ lo, hi rune }

// runeSet is a set of code points: ranges in order that do not touch.
type runeSet []runeRange

// setOf is the union of tables.
func setOf(tables ...*unicode.RangeTable) runeSet {
	var set runeSet
	for _, t := range tables {
		for _, r := range t.R16 {
			set = set.add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			set = set.add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return set.normal()
}

func (s runeSet) add(lo, hi, stride rune) runeSet {
	if stride == 1 {
		return append(s, runeRange{lo, hi})
	}
	for c := lo; c <= hi; c += stride {
		s = append(s, runeRange{c, c})
	}
	return s
}

// normal sorts the ranges and joins those that touch.
func (s runeSet) normal() runeSet {
	slices.SortFunc(s, func(a, b runeRange) int { return cmp.Compare(a.lo, b.lo) })
	out := s[:0]
	for _, r := range s {
		if n := len(out); n > 0 && r.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

// complement is every other code point.
func (s runeSet) complement() runeSet {
	var out runeSet
	next := rune(0)
	for _, r := range s {
		if r.lo > next {
			out = append(out, runeRange{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, runeRange{next, unicode.MaxRune})
	}
	return out
}

// write appends the ranges as the inside of a character class. Surrogates,
// which no valid text holds, are left out.
func (s runeSet) write(b *strings.Builder) {
	for _, r := range s {
		if r.lo >= surrogateMin && r.hi <= surrogateMax {
			continue
		}
		writeRune(b, r.lo)
		if r.hi > r.lo {
			b.WriteByte('-')
			writeRune(b, r.hi)
		}
	}
}

const surrogateMin, surrogateMax = 0xd800, 0xdfff

func writeRune(b *strings.Builder, r rune) {
	b.WriteString(`\u{` + strconv.FormatInt(int64(r), 16) + `}`)
}
