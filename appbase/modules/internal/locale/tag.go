package locale

import (
	"slices"
	"strings"
)

// maxTagBytes bounds a language tag.
const maxTagBytes = 256

// replaced are subtags of old that have another name now.
var replaced = map[string]string{"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "sh": "sr-Latn", "cmn": "zh"}

// Canonical is the canonical form of a language tag (ECMA-402 6.2.3); "" when it is none.
func Canonical(tag string) string {
	parts := strings.Split(strings.ToLower(tag), "-")
	if len(tag) > maxTagBytes || !isSubtag(parts[0], 2, 8, isLetter) || len(parts[0]) == 4 {
		return ""
	}
	out := []string{parts[0]}
	if now := replaced[parts[0]]; now != "" {
		out = strings.Split(now, "-")
	}
	rest := parts[1:]
	if len(rest) > 0 && isSubtag(rest[0], 4, 4, isLetter) {
		out, rest = append(out[:1], strings.ToUpper(rest[0][:1])+rest[0][1:]), rest[1:]
	}
	if len(rest) > 0 && (isSubtag(rest[0], 2, 2, isLetter) || isSubtag(rest[0], 3, 3, isDigit)) {
		out, rest = append(out, strings.ToUpper(rest[0])), rest[1:]
	}
	var variants []string
	for len(rest) > 0 && isVariant(rest[0]) {
		if slices.Contains(variants, rest[0]) {
			return ""
		}
		variants, rest = append(variants, rest[0]), rest[1:]
	}
	slices.Sort(variants)
	extensions, ok := canonicalExtensions(rest)
	if !ok {
		return ""
	}
	return strings.Join(slices.Concat(out, variants, extensions), "-")
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool  { return isLetter(c) || isDigit(c) }

func isSubtag(text string, least, most int, of func(byte) bool) bool {
	if len(text) < least || len(text) > most {
		return false
	}
	for i := range len(text) {
		if !of(text[i]) {
			return false
		}
	}
	return true
}

func isVariant(text string) bool {
	return isSubtag(text, 5, 8, isAlnum) || isSubtag(text, 4, 4, isAlnum) && isDigit(text[0])
}

// canonicalExtensions checks and sorts what begins with one letter or digit; -x- is last.
func canonicalExtensions(rest []string) (out []string, ok bool) {
	var all [][]string
	var private []string
	for len(rest) > 0 {
		if !isSubtag(rest[0], 1, 1, isAlnum) {
			return nil, false
		}
		n := 1
		for n < len(rest) && (rest[0] == "x" && isSubtag(rest[n], 1, 8, isAlnum) || isSubtag(rest[n], 2, 8, isAlnum)) {
			n++
		}
		one := rest[:n]
		if n == 1 || slices.ContainsFunc(all, func(other []string) bool { return other[0] == one[0] }) {
			return nil, false
		}
		rest = rest[n:]
		switch one[0] {
		case "x":
			private = one
		case "u":
			all = append(all, sortKeywords(one))
		default:
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return append(slices.Concat(all...), private...), true
}

// sortKeywords puts the keywords of -u- in order; the first of a key counts, and "true" goes without saying.
func sortKeywords(subtags []string) []string {
	var attributes []string
	var keywords [][]string
	for _, s := range subtags[1:] {
		switch {
		case len(s) == 2:
			keywords = append(keywords, []string{s})
		case len(keywords) == 0:
			attributes = append(attributes, s)
		default:
			keywords[len(keywords)-1] = append(keywords[len(keywords)-1], s)
		}
	}
	slices.Sort(attributes)
	slices.SortStableFunc(keywords, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	keywords = slices.CompactFunc(keywords, func(a, b []string) bool { return a[0] == b[0] })
	out := append([]string{"u"}, attributes...)
	for _, k := range keywords {
		if len(k) == 2 && k[1] == "true" {
			k = k[:1]
		}
		out = append(out, k...)
	}
	return out
}

// Subtags are language, script, region and the variants, joined, of a canonical tag without extensions; "" for those that it has not.
func Subtags(tag string) (out [4]string) {
	parts := strings.Split(tag, "-")
	out[0] = parts[0]
	for i, part := range parts[1:] {
		switch {
		case len(part) == 4 && isLetter(part[1]) && out[1] == "" && i == 0:
			out[1] = part
		case (len(part) == 2 || len(part) == 3) && out[2] == "" && out[3] == "":
			out[2] = part
		default:
			out[3] = strings.TrimPrefix(out[3]+"-"+part, "-")
		}
	}
	return out
}
