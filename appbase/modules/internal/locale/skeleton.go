package locale

import (
	"slices"
	"strings"
)

// The fields of a pattern for dates, in the order in which missing ones are appended (UTS 35, part 4, 2.6.2). The way from a
// skeleton to a pattern, and the distances by which it goes, are those of ICU's DateTimePatternGenerator, as other engines
// have them.
const (
	fieldEra = iota
	fieldYear
	fieldMonth
	fieldWeekday
	fieldDay
	fieldPeriod
	fieldHour
	fieldMinute
	fieldSecond
	fieldFraction
	fieldZone
	fieldCount
)

const dateFields = 1<<fieldEra | 1<<fieldYear | 1<<fieldMonth | 1<<fieldWeekday | 1<<fieldDay

// appendNames are the names of CLDR's appendItems by field.
var appendNames = [fieldCount]string{"Era", "Year", "Month", "Day-Of-Week", "Day", "", "Hour", "Minute", "Second", "", "Timezone"}

// Kinds of a field's width, and how far they are from each other.
const (
	numeric = 0x100
	narrow  = -0x101
	shorter = -0x102
	short   = -0x103
	long    = -0x104
	delta   = 0x10
	extra   = 0x10000
	missing = 0x1000
)

// fieldOf tells what a letter stands for, repeated n times: its field and the type of its width.
func fieldOf(letter byte, n int) (field, kind int) {
	words := func(step int) int {
		switch n {
		case 4:
			return long - step
		case 5:
			return narrow - step
		case 6:
			return shorter - step
		}
		return short - step
	}
	switch letter {
	case 'G':
		return fieldEra, words(0)
	case 'y', 'u', 'r':
		return fieldYear, numeric + n
	case 'M', 'L':
		step := 0
		if letter == 'L' {
			step = delta
		}
		if n < 3 {
			return fieldMonth, numeric + step + n
		}
		return fieldMonth, words(step)
	case 'E':
		return fieldWeekday, words(0)
	case 'c', 'e':
		if n < 3 {
			return fieldWeekday, numeric + 2*delta + n
		}
		return fieldWeekday, words(2 * delta)
	case 'd':
		return fieldDay, numeric + n
	case 'a':
		return fieldPeriod, words(0)
	case 'b':
		return fieldPeriod, words(delta)
	case 'B':
		return fieldPeriod, words(3 * delta)
	case 'h', 'K', 'H', 'k':
		return fieldHour, numeric + n + map[byte]int{'h': 0, 'K': delta, 'H': 10 * delta, 'k': 11 * delta}[letter]
	case 'm':
		return fieldMinute, numeric + n
	case 's':
		return fieldSecond, numeric + n
	case 'S':
		return fieldFraction, numeric + n
	case 'z', 'v', 'O', 'V', 'X', 'x', 'Z':
		return fieldZone, words(map[byte]int{'v': 2 * delta, 'O': delta}[letter])
	}
	return -1, 0
}

// token is a run of one letter of a pattern, or text between.
type token struct {
	letter  byte // 0: text
	n       int
	literal string
}

// tokens cuts a pattern up.
func tokens(pattern string) (list []token) {
	text := func(s string) {
		if last := len(list) - 1; last >= 0 && list[last].letter == 0 {
			list[last].literal += s
			return
		}
		list = append(list, token{literal: s})
	}
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			end := strings.IndexByte(pattern[i+1:], '\'')
			switch {
			case end == 0:
				text("'")
			case end < 0:
				text(pattern[i+1:])
				return list
			default:
				text(pattern[i+1 : i+1+end])
			}
			i += end + 2
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := 1
			for i+n < len(pattern) && pattern[i+n] == c {
				n++
			}
			list = append(list, token{letter: c, n: n})
			i += n
		default:
			text(pattern[i : i+1])
			i++
		}
	}
	return list
}

// untokens is the pattern of tokens.
func untokens(list []token) string {
	var b strings.Builder
	for _, t := range list {
		if t.letter != 0 {
			b.WriteString(strings.Repeat(string(t.letter), t.n))
			continue
		}
		if strings.ContainsFunc(t.literal, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '\'' }) {
			b.WriteString("'" + strings.ReplaceAll(t.literal, "'", "''") + "'")
			continue
		}
		b.WriteString(t.literal)
	}
	return b.String()
}

// skeleton is which fields are wanted, and how.
type skeleton struct {
	letter [fieldCount]byte
	n      [fieldCount]int
	kind   [fieldCount]int
	mask   int
}

func skeletonOf(text string) (s skeleton) {
	for _, t := range tokens(text) {
		s.add(t)
	}
	return s
}

func (s *skeleton) add(t token) {
	if t.letter == 0 {
		return
	}
	field, kind := fieldOf(t.letter, t.n)
	if field < 0 || field == fieldPeriod && t.letter == 'a' { // it goes with h and K
		return
	}
	s.letter[field], s.n[field], s.kind[field] = t.letter, t.n, kind
	s.mask |= 1 << field
}

// distance is how far another skeleton is from the fields of this one that are in a mask, and which of them it lacks.
func (s *skeleton) distance(other *skeleton, mask int) (far, lacks int) {
	for field := range fieldCount {
		mine := 0
		if mask&(1<<field) != 0 {
			mine = s.kind[field]
		}
		theirs := other.kind[field]
		switch {
		case mine == theirs:
		case mine == 0:
			far += extra
		case theirs == 0:
			far += missing
			lacks |= 1 << field
		default:
			far += max(mine-theirs, theirs-mine)
		}
	}
	return far, lacks
}

// entry is a pattern that there is.
type entry struct {
	skeleton skeleton
	pattern  string
	named    bool // its skeleton is CLDR's, so the lengths of fields in it were meant
}

// catalog are the patterns of a locale.
type catalog struct {
	entries []entry
	append  node
	glue    node
	decimal string // before fractions of a second
}

func (l *Locale) dates() *catalog {
	l.once.Do(func() {
		d := l.data.sub("dates")
		c := &catalog{append: d.sub("append"), glue: d.sub("glue"), decimal: l.data.text("numbers", "systems", l.System(), "symbols", "decimal")}
		for _, letter := range []string{"G", "y", "M", "E", "d", "H", "m", "s", "S", "v", "a"} { // each by itself is there
			c.entries = append(c.entries, entry{skeletonOf(letter), letter, false})
		}
		for _, width := range []string{"full", "long", "medium", "short"} {
			for _, kind := range []string{"date", "time"} {
				pattern := d.text(kind, width)
				c.keep(entry{skeletonOf(pattern), pattern, false})
			}
		}
		available := d.sub("available")
		names := make([]string, 0, len(available))
		for name := range available {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if strings.ContainsAny(name, "QqwWY") { // quarters and weeks, which nobody can ask for
				continue
			}
			c.put(entry{skeletonOf(name), available.text(name), true})
		}
		l.catalog = c
	})
	return l.catalog
}

// put adds a pattern, in place of another with the same fields.
func (c *catalog) put(e entry) {
	for i := range c.entries {
		if c.entries[i].skeleton.kind == e.skeleton.kind {
			c.entries[i] = e
			return
		}
	}
	c.entries = append(c.entries, e)
}

// keep adds a pattern unless there is one with the same fields, of whatever width.
func (c *catalog) keep(e entry) {
	if !slices.ContainsFunc(c.entries, func(other entry) bool { return other.skeleton.base() == e.skeleton.base() }) {
		c.entries = append(c.entries, e)
	}
}

// base is a skeleton without its widths: which fields there are, whether in words or figures, and which hours.
func (s *skeleton) base() (base [fieldCount]int) {
	for field, kind := range s.kind {
		switch {
		case kind < 0:
			base[field] = -1
		case field == fieldHour:
			base[field] = int(s.letter[field])
		case kind > 0:
			base[field] = 1
		}
	}
	return base
}

// best is the pattern that is nearest to some fields of a skeleton.
func (c *catalog) best(s *skeleton, mask int) (found *entry, lacks int) {
	least := int(^uint(0) >> 1)
	for i := range c.entries {
		if far, without := s.distance(&c.entries[i].skeleton, mask); far < least {
			found, lacks, least = &c.entries[i], without, far
		}
	}
	return found, lacks
}

// pattern is that for a skeleton.
func (c *catalog) pattern(text string) string {
	s := skeletonOf(text)
	found, lacks := c.best(&s, s.mask)
	if far, _ := s.distance(&found.skeleton, s.mask); lacks == 0 && far < missing {
		return c.adjust(found, &s)
	}
	date, time := c.appending(&s, s.mask&dateFields), c.appending(&s, s.mask&^dateFields)
	switch {
	case date == "":
		return time
	case time == "":
		return date
	}
	return glue(c.glue.text(glueOf(&s)), time, date)
}

// glueOf is which of the patterns joins date and time.
func glueOf(s *skeleton) string {
	switch month := s.n[fieldMonth]; {
	case month == 4 && s.mask&(1<<fieldWeekday) != 0:
		return "full"
	case month == 4:
		return "long"
	case month == 3:
		return "medium"
	}
	return "short"
}

// glue puts patterns into a pattern.
func glue(pattern string, values ...string) string {
	for i, value := range values {
		pattern = strings.Replace(pattern, "{"+string(rune('0'+i))+"}", value, 1)
	}
	return pattern
}

// appending is the nearest pattern for some fields, with those that it lacks put behind it.
func (c *catalog) appending(s *skeleton, mask int) string {
	if mask == 0 {
		return ""
	}
	found, lacks := c.best(s, mask)
	pattern := c.adjust(found, s)
	for lacks != 0 {
		if lacks&(1<<fieldFraction) != 0 && mask&(1<<fieldSecond) != 0 && lacks&(1<<fieldSecond) == 0 {
			pattern = withFraction(pattern, c.decimal, s.n[fieldFraction])
			lacks &^= 1 << fieldFraction
			continue
		}
		more, still := c.best(s, lacks)
		if more == nil || still == lacks {
			break
		}
		pattern = glue(c.appendPattern(lacks&^still), pattern, c.adjust(more, s))
		lacks = still
	}
	return pattern
}

func (c *catalog) appendPattern(fields int) string {
	for field := fieldCount - 1; field >= 0; field-- {
		if name := appendNames[field]; fields&(1<<field) != 0 && name != "" {
			if pattern := c.append.text(name); pattern != "" {
				return strings.NewReplacer("({2}: {1})", "{1}").Replace(pattern)
			}
		}
	}
	return "{0} {1}"
}

// withFraction puts fractions behind the seconds of a pattern.
func withFraction(pattern, decimal string, digits int) string {
	list := tokens(pattern)
	for i, t := range list {
		if t.letter == 's' {
			return untokens(slices.Insert(list, i+1, token{literal: decimal}, token{letter: 'S', n: digits}))
		}
	}
	return pattern
}

// adjust gives the fields of a pattern the lengths that are wanted.
func (c *catalog) adjust(e *entry, s *skeleton) string {
	list := tokens(e.pattern)
	for i := range list {
		t := &list[i]
		if t.letter == 0 {
			continue
		}
		field, kind := fieldOf(t.letter, t.n)
		if field < 0 || s.kind[field] == 0 || field == fieldPeriod && t.letter == 'a' {
			continue
		}
		t.n = adjustedLength(t, field, kind, e, s)
		if field != fieldHour && field != fieldMonth && field != fieldWeekday && field != fieldYear {
			t.letter = s.letter[field]
		}
	}
	return untokens(list)
}

func adjustedLength(t *token, field, kind int, e *entry, s *skeleton) int {
	wanted := s.n[field]
	if s.letter[field] == 'E' && wanted < 3 {
		wanted = 3
	}
	if field == fieldMinute || field == fieldSecond {
		return t.n
	}
	if !e.named || s.letter[field] == 'c' || s.letter[field] == 'e' {
		return wanted
	}
	given := e.skeleton.n[field]
	if given == wanted || (kind > 0) != (e.skeleton.kind[field] > 0) {
		return t.n
	}
	return wanted
}
