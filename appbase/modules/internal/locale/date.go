package locale

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// DateOptions say how times are written: the resolved options of ECMA-402's DateTimeFormat. All names must be valid.
type DateOptions struct {
	NumberingSystem, TimeZone, HourCycle      string // HourCycle: "" is that of the locale
	DateStyle, TimeStyle                      string
	Weekday, Era, Year, Month, Day, DayPeriod string
	Hour, Minute, Second, TimeZoneName        string
	FractionalSecondDigits                    int
}

// DateFormat writes times. It is immutable.
type DateFormat struct {
	l      *Locale
	tokens []token
	zone   string
	where  *time.Location
	digits []rune
	// HourCycle and Pattern tell what it came to; HourCycle is "" when there is no hour in it.
	HourCycle, Pattern string
}

// hourLetters are the letters of the hour cycles.
var hourLetters = map[string]byte{"h11": 'K', "h12": 'h', "h23": 'H', "h24": 'k'}

// Dates makes a format. where and zone are the time zone and its name.
func (l *Locale) Dates(o DateOptions, where *time.Location, zone string) *DateFormat {
	f := &DateFormat{l: l, where: where, zone: zone, digits: digitsOf(o.NumberingSystem)}
	hour := l.data.text("dates", "hour")
	if letter := hourLetters[o.HourCycle]; letter != 0 {
		hour = string(letter)
	}
	f.Pattern = l.datePattern(&o, hour)
	f.tokens = tokens(f.Pattern)
	f.setHours(hour[0], o.HourCycle != "")
	return f
}

// setHours gives the hours of a pattern the letter that is wanted.
func (f *DateFormat) setHours(hour byte, forced bool) {
	for i := range f.tokens {
		field, _ := fieldOf(f.tokens[i].letter, f.tokens[i].n)
		if f.tokens[i].letter == 0 || field != fieldHour {
			continue
		}
		if forced {
			f.tokens[i].letter = hour
		}
		for cycle, letter := range hourLetters {
			if letter == f.tokens[i].letter {
				f.HourCycle = cycle
			}
		}
	}
	f.Pattern = untokens(f.tokens)
}

func (l *Locale) datePattern(o *DateOptions, hour string) string {
	if o.DateStyle == "" && o.TimeStyle == "" {
		return l.dates().pattern(o.skeleton(hour))
	}
	date, time := "", ""
	if o.DateStyle != "" {
		date = l.data.text("dates", "date", o.DateStyle)
	}
	if o.TimeStyle != "" {
		time = l.data.text("dates", "time", o.TimeStyle)
		if s := skeletonOf(time); o.HourCycle != "" && s.letter[fieldHour] != hour[0] {
			time = l.dates().pattern(s.text(hour))
		}
	}
	switch {
	case date == "":
		return time
	case time == "":
		return date
	}
	return glue(l.dates().glue.text(o.DateStyle), time, date)
}

// text is the skeleton with another letter for hours.
func (s *skeleton) text(hour string) string {
	var b strings.Builder
	for field := range fieldCount {
		letter := string(s.letter[field])
		switch {
		case field == fieldHour:
			letter = hour
		case field == fieldPeriod && (hour == "H" || hour == "k"):
			continue
		}
		b.WriteString(strings.Repeat(letter, s.n[field]))
	}
	return b.String()
}

// widths are how many letters the values of options stand for.
var widths = map[string]int{"numeric": 1, "2-digit": 2, "short": 3, "long": 4, "narrow": 5}

func (o *DateOptions) skeleton(hour string) string {
	var b strings.Builder
	add := func(letter, value string) { b.WriteString(strings.Repeat(letter, widths[value])) }
	add("G", o.Era)
	add("y", o.Year)
	add("M", o.Month)
	add("E", o.Weekday)
	add("d", o.Day)
	if o.DayPeriod != "" && (o.Hour == "" || hour == "h" || hour == "K") {
		b.WriteString(strings.Repeat("B", map[string]int{"short": 1, "long": 4, "narrow": 5}[o.DayPeriod]))
	}
	add(hour, o.Hour)
	add("m", o.Minute)
	add("s", o.Second)
	b.WriteString(strings.Repeat("S", o.FractionalSecondDigits))
	letter, n := zoneLetters(o.TimeZoneName)
	b.WriteString(strings.Repeat(letter, n))
	return b.String()
}

func zoneLetters(name string) (string, int) {
	switch name {
	case "short":
		return "z", 1
	case "long":
		return "z", 4
	case "shortOffset":
		return "O", 1
	case "longOffset":
		return "O", 4
	case "shortGeneric":
		return "v", 1
	case "longGeneric":
		return "v", 4
	}
	return "", 0
}

// Format is the parts of a time in milliseconds since 1970.
func (f *DateFormat) Format(ms float64) []Part {
	t := time.UnixMilli(int64(math.Floor(ms))).In(f.where)
	var parts []Part
	for _, k := range f.tokens {
		if k.letter == 0 {
			parts = with(parts, "literal", k.literal)
			continue
		}
		kind, text := f.field(k, t)
		parts = with(parts, kind, text)
	}
	return parts
}

// Text is the text of a time. Narrow blanks are plain ones, as scripts elsewhere have come to expect.
func (f *DateFormat) Text(ms float64) string {
	return strings.ReplaceAll(Join(f.Format(ms)), "\u202f", " ")
}

func (f *DateFormat) number(n, digits int) string {
	return inDigits(fmt.Sprintf("%0*d", digits, n), f.digits)
}

// field is one field of a time, and its type.
func (f *DateFormat) field(k token, t time.Time) (kind, text string) {
	switch k.letter {
	case 'G':
		return "era", f.era(k.n, t)
	case 'y', 'u', 'r':
		return "year", f.year(k.n, t.Year())
	case 'M', 'L':
		if k.n < 3 {
			return "month", f.number(int(t.Month()), k.n)
		}
		return "month", f.word("months", context(k.letter == 'L'), k.n, strconv.Itoa(int(t.Month())))
	case 'E', 'c', 'e':
		return "weekday", f.word("days", context(k.letter == 'c'), k.n, strings.ToLower(t.Weekday().String()[:3]))
	case 'd':
		return "day", f.number(t.Day(), k.n)
	case 'a', 'b', 'B':
		return "dayPeriod", f.period(k, t)
	case 'H', 'k', 'h', 'K':
		return "hour", f.number(hourIn(k.letter, t.Hour()), k.n)
	case 'm':
		return "minute", f.number(t.Minute(), k.n)
	case 's':
		return "second", f.number(t.Second(), k.n)
	case 'S':
		return "fractionalSecond", inDigits(fmt.Sprintf("%09d", t.Nanosecond())[:min(k.n, 9)], f.digits)
	case 'z', 'v', 'O', 'V', 'X', 'x', 'Z':
		return "timeZoneName", f.l.zoneName(k.letter, k.n, f.zone, t, f.digits)
	}
	return "literal", ""
}

func hourIn(letter byte, hour int) int {
	switch letter {
	case 'h':
		return (hour+11)%12 + 1
	case 'K':
		return hour % 12
	case 'k':
		return (hour+23)%24 + 1
	}
	return hour
}

func context(alone bool) string {
	if alone {
		return "stand-alone"
	}
	return "format"
}

// word is a name of the width of n letters.
func (f *DateFormat) word(kind, context string, n int, key string) string {
	width := map[int]string{4: "wide", 5: "narrow", 6: "short"}[n]
	if width == "" {
		width = "abbreviated"
	}
	return f.l.data.text("dates", kind, context, width, key)
}

func (f *DateFormat) era(n int, t time.Time) string {
	width := map[int]string{4: "eraNames", 5: "eraNarrow"}[n]
	if width == "" {
		width = "eraAbbr"
	}
	if t.Year() > 0 {
		return f.l.data.text("dates", "eras", width, "1")
	}
	return f.l.data.text("dates", "eras", width, "0")
}

// year counts back before the year 1 when the era is told.
func (f *DateFormat) year(n, year int) string {
	if year <= 0 && strings.Contains(f.Pattern, "G") || year <= 0 && n != 0 {
		year = 1 - year
	}
	if n == 2 {
		return f.number(year%100, 2)
	}
	return f.number(year, n)
}

// period is am or pm, or a part of the day.
func (f *DateFormat) period(k token, t time.Time) string {
	width := map[int]string{4: "wide", 5: "narrow"}[k.n]
	if width == "" {
		width = "abbreviated"
	}
	names := f.l.data.sub("dates", "dayPeriods", "format", width)
	half := "am"
	if t.Hour() >= 12 {
		half = "pm"
	}
	if k.letter == 'B' {
		if name := names.text(f.partOfDay(t)); name != "" {
			return name
		}
	}
	return names.text(half)
}

// partOfDay is the name of the rule of CLDR that a time falls under.
func (f *DateFormat) partOfDay(t time.Time) string {
	now := fmt.Sprintf("%02d:%02d", t.Hour(), t.Minute())
	exact := !strings.Contains(f.Pattern, "m") && t.Hour() == 12 || now == "12:00"
	rules := common().Periods[f.l.Language]
	if _, ok := rules["noon"]; ok && exact {
		return "noon"
	}
	for name, rule := range rules {
		from, before := rule["_from"], rule["_before"]
		if from == "" {
			continue
		}
		if from < before && now >= from && now < before || from > before && (now >= from || now < before) {
			return name
		}
	}
	return ""
}

// Range is the text between two times, which may have nothing between them that would show.
func (f *DateFormat) Range(from, to float64) (first, second []Part, between string) {
	first, second = f.Format(from), f.Format(to)
	between = f.l.data.text("dates", "range")
	if between == "" {
		between = "{0} – {1}"
	}
	return first, second, strings.TrimSuffix(strings.TrimPrefix(between, "{0}"), "{1}")
}

// shownWidths are the values of resolved options by how many letters a field has.
var shownWidths = map[int]string{1: "numeric", 2: "2-digit", 3: "short", 4: "long", 5: "narrow"}

// Resolved are the components of the pattern as options name them: name, value, name, value ...
func (f *DateFormat) Resolved() (out []any) {
	names := [fieldCount]string{"era", "year", "month", "weekday", "day", "dayPeriod", "hour", "minute", "second", "fractionalSecondDigits", "timeZoneName"}
	var found [fieldCount]token
	for _, k := range f.tokens {
		if field, _ := fieldOf(k.letter, k.n); k.letter != 0 && field >= 0 && k.letter != 'a' {
			found[field] = k
		}
	}
	for _, field := range []int{fieldWeekday, fieldEra, fieldYear, fieldMonth, fieldDay, fieldPeriod, fieldHour, fieldMinute, fieldSecond, fieldFraction, fieldZone} {
		k := found[field]
		switch {
		case k.letter == 0:
		case field == fieldFraction:
			out = append(out, names[field], k.n)
		case field == fieldZone:
			out = append(out, names[field], zoneWidth(k))
		case field == fieldEra || field == fieldPeriod || field == fieldWeekday:
			out = append(out, names[field], shownWidths[max(k.n, 3)])
		default:
			out = append(out, names[field], shownWidths[k.n])
		}
	}
	return out
}

func zoneWidth(k token) string {
	for _, name := range []string{"short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"} {
		if letter, n := zoneLetters(name); letter[0] == k.letter && n == k.n {
			return name
		}
	}
	return "short"
}
