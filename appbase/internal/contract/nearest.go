package contract

import "strings"

// Nearest is the name among others that a misspelled one most likely stands for: it differs in case only, or in few
// letters. "" when there is none.
func Nearest(name string, others []string) string {
	best, most := "", 1+len(name)/4
	for _, other := range others {
		if strings.EqualFold(name, other) {
			return other
		}
		if d := distance(name, other); d <= most && (best == "" || d < most) {
			best, most = other, d
		}
	}
	return best
}

// distance is how many letters have to be put in, taken out or replaced.
func distance(a, b string) int {
	const long = 100
	if len(a) > long || len(b) > long {
		return long
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
	return row[len(b)]
}
