package scripting

import (
	"maps"
	"slices"
	"strings"
)

// Bounds of looking for a name like another.
const (
	maxScannedBytes = 1 << 20
	maxWords        = 20000
	minNearLength   = 4
)

// wordsOf are the names that occur in sources, sorted.
func wordsOf(sources map[string]*source) []string {
	seen := make(map[string]bool)
	scanned := 0
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		s := sources[name]
		if scanned += len(s.content); scanned > maxScannedBytes {
			break
		}
		lex := lexer{src: s.content}
		for t := lex.next(); t.kind != tokenEnd && len(seen) < maxWords; t = lex.next() {
			if t.kind == tokenWord && len(t.text) >= minNearLength {
				seen[t.text] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// nearest is the word that a name is most likely a misspelling of, or "":
// one that differs in upper and lower case only, or in one edit (two in a
// long name).
func nearest(name string, words []string) string {
	if len(name) < minNearLength {
		return ""
	}
	best, most := "", 1+len(name)/8
	for _, word := range words {
		if word == name {
			continue
		}
		if strings.EqualFold(word, name) {
			return word
		}
		if d := distance(strings.ToLower(name), strings.ToLower(word), most); d <= most && (best == "" || d < most) {
			best, most = word, d
		}
	}
	return best
}

// distance is how many characters have to be put in, taken out or replaced to
// make b of a (Levenshtein), or most+1 if it is more than most.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return min(row[len(b)], most+1)
}
