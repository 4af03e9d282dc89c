package conf

import "strings"

// suggest returns the key of known that someone who wrote key probably meant, or "".
func suggest(key string, known []string) string {
	if len(key) > 100 {
		return ""
	}
	best, least := "", 1+len(key)/3
	for _, candidate := range known {
		if d := distance(key, candidate); d < least {
			best, least = candidate, d
		}
	}
	if best != "" {
		return best
	}
	for _, candidate := range known { // right, but in the wrong place
		if last(candidate) == last(key) {
			return candidate
		}
	}
	return ""
}

// last is the last element of a key.
func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// distance counts the bytes to insert, remove, replace or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	next := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
