package url

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// pair is one parameter of a query.
type pair struct{ name, value string }

// params is the list behind a URLSearchParams object.
type params struct {
	list  []pair
	bytes int     // of all names and values
	url   *record // whose query follows the list; nil for a list of its own
}

var (
	errMany  = fmt.Errorf("a query has at most %d parameters", maxParams)
	errQuery = fmt.Errorf("a query has at most %d bytes, that of a URL %d", maxQueryBytes, maxURLBytes)
)

func newParams(query string) (*params, error) {
	list, err := parseQuery(query)
	if err != nil {
		return nil, err
	}
	return &params{list: list, bytes: size(list)}, nil
}

func size(list []pair) (bytes int) {
	for _, p := range list {
		bytes += len(p.name) + len(p.value)
	}
	return bytes
}

// commit makes list the list, and the URL's query that of the list. If it is too long for that, nothing changes.
func (p *params) commit(list []pair, bytes int) error {
	if bytes > maxQueryBytes {
		return errQuery
	}
	if p.url != nil {
		query := serializeQuery(list)
		if len(query) > maxURLBytes {
			return errQuery
		}
		guarded(func() { p.url.url.SetSearch(query) })
	}
	p.list, p.bytes = list, bytes
	return nil
}

func (p *params) append(name, value string) error {
	if len(p.list) >= maxParams {
		return errMany
	}
	return p.commit(append(p.list, pair{name, value}), p.bytes+len(name)+len(value))
}

// remove drops all pairs of that name, or with a value those that have it too.
func (p *params) remove(name string, value *string) error {
	list := slices.DeleteFunc(slices.Clone(p.list), func(other pair) bool { return other.matches(name, value) })
	return p.commit(list, size(list))
}

func (p pair) matches(name string, value *string) bool {
	return p.name == name && (value == nil || p.value == *value)
}

// index is the place of the first pair that matches, or -1.
func (p *params) index(name string, value *string) int {
	return slices.IndexFunc(p.list, func(other pair) bool { return other.matches(name, value) })
}

func (p *params) all(name string) (values []string) {
	for _, other := range p.list {
		if other.name == name {
			values = append(values, other.value)
		}
	}
	return values
}

// set gives the first pair of that name the value and drops the others; without one it appends.
func (p *params) set(name, value string) error {
	first := p.index(name, nil)
	if first < 0 {
		return p.append(name, value)
	}
	list := slices.Clone(p.list)
	list[first].value = value
	rest := slices.DeleteFunc(list[first+1:], func(other pair) bool { return other.name == name })
	list = list[:first+1+len(rest)]
	return p.commit(list, size(list))
}

// sort orders by name, comparing UTF-16 code units, and keeps the order of equal names.
func (p *params) sort() error {
	list := slices.Clone(p.list)
	slices.SortStableFunc(list, func(a, b pair) int { return compareUnits(a.name, b.name) })
	return p.commit(list, p.bytes)
}

// compareUnits compares as UTF-16 does, where what needs a surrogate pair stands before U+E000 to U+FFFF.
func compareUnits(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return unitRank(x) - unitRank(y)
		}
		a, b = a[n:], b[m:]
	}
	return strings.Compare(a, b)
}

func unitRank(r rune) int {
	if r >= 0xE000 && r <= 0xFFFF {
		return int(r) + 0x200000
	}
	return int(r)
}
