package broker

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxNameBytes is the length of the longest topic name.
const MaxNameBytes = 256

// Everyone is a topic that is not counted and that no valid name names, for what reaches all.
const Everyone = ""

// CheckName says what is wrong with a topic's name: it has 1 to 256 bytes of valid UTF-8 without control characters.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("a topic's name is empty")
	case len(name) > MaxNameBytes:
		return fmt.Errorf("the topic name %.40q... has %d bytes; at most %d are allowed", name, len(name), MaxNameBytes)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("the topic name %.40q has control characters or is no valid UTF-8", name)
	}
	return nil
}

// DefaultTTL is how long publications are kept where a policy does not say.
const DefaultTTL = 10 * time.Minute

// Policy says what is kept for a topic; the zero value keeps nothing.
type Policy struct {
	History int           // how many publications; 0 none
	TTL     time.Duration // for how long; 0: [DefaultTTL]
}

func (p Policy) ttl() time.Duration {
	if p.TTL == 0 {
		return DefaultTTL
	}
	return p.TTL
}

// Rule gives topics their policy.
type Rule struct {
	Pattern Pattern
	Policy  Policy
}

// Pattern names topics: a name in which every asterisk stands for one or more characters. "room:*" names "room:1" and
// "room:1:a", not "room:".
type Pattern string

// Match reports whether the pattern names a topic. It takes time in proportion to the product of the lengths at worst.
func (p Pattern) Match(name string) bool {
	parts := strings.Split(string(p), "*")
	if len(parts) == 1 {
		return name == string(p)
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		if rest == "" {
			return false
		}
		at := strings.Index(rest[1:], part) // behind at least one character
		if at < 0 {
			return false
		}
		rest = rest[1+at+len(part):]
	}
	last := parts[len(parts)-1]
	return len(rest) > len(last) && strings.HasSuffix(rest, last)
}

// Best is the index of the rule that counts for a topic; -1 when none names it. Of several it is the one with the longest
// text before its first asterisk, then the first.
func Best(rules []Rule, name string) int {
	best, length := -1, -1
	for i, rule := range rules {
		if rule.Pattern.literal() > length && rule.Pattern.Match(name) {
			best, length = i, rule.Pattern.literal()
		}
	}
	return best
}

// literal is the length of the text before the first asterisk; a pattern without one goes before all with.
func (p Pattern) literal() int {
	if at := strings.IndexByte(string(p), '*'); at >= 0 {
		return at
	}
	return len(p) + MaxNameBytes
}
