package locale

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// NumberOptions say how numbers are written: the resolved options of ECMA-402's NumberFormat. All names must be valid.
type NumberOptions struct {
	NumberingSystem, Style, Currency, CurrencyDisplay, CurrencySign, Unit, UnitDisplay string
	Notation, CompactDisplay, SignDisplay, RoundingMode, TrailingZeroDisplay           string
	UseGrouping                                                                        string // "auto", "always", "min2" or "false"
	Rounding                                                                           string // "fraction", "significant", "more" or "less"
	MinimumIntegerDigits, RoundingIncrement                                            int
	MinimumFractionDigits, MaximumFractionDigits                                       int
	MinimumSignificantDigits, MaximumSignificantDigits                                 int
}

// NumberFormat writes numbers. It is immutable.
type NumberFormat struct {
	l       *Locale
	o       NumberOptions
	numbers node // of the numbering system
	digits  []rune
	pattern affixes
}

// Numbers makes a format.
func (l *Locale) Numbers(o NumberOptions) *NumberFormat {
	f := &NumberFormat{l: l, o: o, digits: digitsOf(o.NumberingSystem)}
	f.numbers = l.data.sub("numbers", "systems", o.NumberingSystem)
	if f.numbers == nil {
		f.numbers = l.data.sub("numbers", "systems", "latn")
		if o.NumberingSystem == "arab" { // with the points that go with them
			f.numbers = merge(f.numbers, node{"symbols": map[string]any(Find("ar-EG").data.sub("numbers", "systems", "arab", "symbols"))})
		}
	}
	f.pattern = parseAffixes(f.numbers.text(f.patternName()))
	return f
}

// isPercent tells the unit that is a sign.
func (f *NumberFormat) isPercent() bool { return f.o.Unit == "percent" && f.o.UnitDisplay != "long" }

func (f *NumberFormat) patternName() string {
	switch {
	case f.o.Style == "percent", f.o.Style == "unit" && f.isPercent():
		return "percent"
	case f.o.Style != "currency" || f.o.CurrencyDisplay == "name":
		return "decimal"
	case f.o.CurrencySign == "accounting":
		return "accounting"
	}
	return "currency"
}

// Format is the parts of a number, which is written as scripts write numbers, BigInts and numeric texts.
func (f *NumberFormat) Format(text string) []Part {
	d := parseDecimal(text)
	if f.o.Style == "percent" {
		d = d.shift(2)
	}
	w := f.write(d)
	sign := f.sign(d.negative, w)
	if f.o.Style == "currency" && f.o.CurrencyDisplay == "name" {
		return f.named(f.wrap(f.pattern, sign, w.parts), w)
	}
	if f.o.Style == "unit" && !f.isPercent() {
		return f.measured(f.wrap(f.pattern, sign, w.parts), w)
	}
	return f.wrap(w.pattern, sign, w.parts)
}

// written is a number without its sign.
type written struct {
	parts   []Part
	pattern affixes
	zero    bool
	nan     bool
	form    string // plural
}

func (f *NumberFormat) symbol(name string) string {
	if f.o.Style == "currency" && (name == "decimal" || name == "group") {
		if own := f.numbers.text("symbols", "currency"+strings.ToUpper(name[:1])+name[1:]); own != "" {
			return own
		}
	}
	return f.numbers.text("symbols", name)
}

func (f *NumberFormat) write(d decimal) written {
	w := written{pattern: f.pattern, form: "other"}
	if d.special != "" {
		w.nan = d.special == "nan"
		w.parts = []Part{{d.special, f.symbol(d.special)}}
		return w
	}
	power := f.power(d.magnitude())
	rounded, least := f.round(d.shift(-power))
	if again := f.power(rounded.magnitude() + power); again != power && !rounded.isZero() { // 999,999 becomes 1M
		power = again
		rounded, least = f.round(d.shift(-power))
	}
	whole, fraction := rounded.whole(), rounded.fraction()
	fraction += strings.Repeat("0", max(least-len(fraction), 0))
	if f.o.TrailingZeroDisplay == "stripIfInteger" && strings.Trim(fraction, "0") == "" {
		fraction = ""
	}
	whole = strings.Repeat("0", max(f.o.MinimumIntegerDigits-len(whole), 0)) + whole
	w.zero = rounded.isZero()
	w.form = f.l.form(operandsOf(whole, fraction), false)
	w.parts = f.figures(whole, fraction)
	switch f.o.Notation {
	case "scientific", "engineering":
		w.parts = f.exponent(w.parts, power)
	case "compact":
		f.compact(&w, d, power, rounded)
	}
	return w
}

// power is the power of ten that is written apart, for a number of a magnitude.
func (f *NumberFormat) power(magnitude int) int {
	switch f.o.Notation {
	case "scientific":
		return magnitude
	case "engineering":
		if magnitude < 0 {
			return (magnitude - 2) / 3 * 3
		}
		return magnitude / 3 * 3
	case "compact":
		_, zeros, exponent := f.compactPattern(magnitude, "other")
		if zeros > 0 {
			return exponent - zeros + 1
		}
	}
	return 0
}

// round is the number as precise as it is to be written, and how many digits behind the point at least.
func (f *NumberFormat) round(d decimal) (decimal, int) {
	o := &f.o
	significant := func() (decimal, int) {
		r := d.significant(o.MaximumSignificantDigits, o.RoundingMode)
		return r, max(o.MinimumSignificantDigits-1-r.magnitude(), 0)
	}
	fraction := func() (decimal, int) {
		return d.cut(o.MaximumFractionDigits, o.RoundingMode, o.RoundingIncrement), o.MinimumFractionDigits
	}
	byDigits := d.magnitude() - o.MaximumSignificantDigits + 1 // the place that is rounded to
	switch o.Rounding {
	case "significant":
		return significant()
	case "more":
		if byDigits <= -o.MaximumFractionDigits {
			return significant()
		}
	case "less":
		if byDigits > -o.MaximumFractionDigits {
			return significant()
		}
	}
	return fraction()
}

// figures are the digits before and behind the point.
func (f *NumberFormat) figures(whole, fraction string) []Part {
	parts := f.grouped(whole)
	if fraction != "" {
		parts = append(parts, Part{"decimal", f.symbol("decimal")}, Part{"fraction", f.inDigits(fraction)})
	}
	return parts
}

func (f *NumberFormat) grouped(whole string) []Part {
	primary, secondary := f.pattern.primary, f.pattern.secondary
	least, _ := f.l.data.sub("numbers")["minimumGrouping"].(float64)
	switch f.o.UseGrouping {
	case "min2":
		least = max(least, 2)
	case "always":
		least = 1
	}
	if primary == 0 || f.o.UseGrouping == "false" || len(whole) < primary+int(least) {
		return []Part{{"integer", f.inDigits(whole)}}
	}
	groups := []string{whole[len(whole)-primary:]}
	for rest := whole[:len(whole)-primary]; rest != ""; {
		n := min(secondary, len(rest))
		groups = append(groups, rest[len(rest)-n:])
		rest = rest[:len(rest)-n]
	}
	var parts []Part
	for i := len(groups) - 1; i >= 0; i-- {
		parts = append(parts, Part{"integer", f.inDigits(groups[i])})
		if i > 0 {
			parts = append(parts, Part{"group", f.symbol("group")})
		}
	}
	return parts
}

func (f *NumberFormat) inDigits(text string) string { return inDigits(text, f.digits) }

// inDigits writes digits in those of a numbering system.
func inDigits(text string, digits []rune) string {
	if digits == nil {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' && int(r-'0') < len(digits) {
			return digits[r-'0']
		}
		return r
	}, text)
}

func (f *NumberFormat) exponent(parts []Part, power int) []Part {
	parts = append(parts, Part{"exponentSeparator", f.symbol("exponential")})
	if power < 0 {
		parts = append(parts, Part{"exponentMinusSign", f.symbol("minusSign")})
		power = -power
	}
	return append(parts, Part{"exponentInteger", f.inDigits(strconv.Itoa(power))})
}

// compactPattern is the pattern for a magnitude and a plural form, how many digits it has before the point (0: none is
// shortened), and for which magnitude it stands.
func (f *NumberFormat) compactPattern(magnitude int, form string) (pattern string, zeros, at int) {
	kind := f.o.CompactDisplay
	if f.amounts() {
		kind = "shortCurrency"
	}
	patterns := f.numbers.sub(kind)
	for at = min(magnitude, 14); at >= 0; at-- {
		entry := patterns.sub(strconv.Itoa(at))
		if entry == nil {
			continue
		}
		if pattern = entry.text(form); pattern == "" {
			pattern = entry.text("other")
		}
		bare := strings.TrimSpace(strings.ReplaceAll(pattern, "¤", ""))
		if strings.Trim(bare, "0") == "" {
			return "", 0, at
		}
		return pattern, strings.Count(unquoted(pattern), "0"), at
	}
	return "", 0, 0
}

// amounts reports whether there are patterns of their own for short amounts.
func (f *NumberFormat) amounts() bool {
	return f.o.Style == "currency" && f.o.CurrencyDisplay != "name" && len(f.numbers.sub("shortCurrency")) > 0
}

// unquoted is a pattern without what stands between quotes.
func unquoted(pattern string) string {
	var b strings.Builder
	for i, piece := range strings.Split(pattern, "'") {
		if i%2 == 0 {
			b.WriteString(piece)
		}
	}
	return b.String()
}

// compact puts the word or letter for the power of ten to the number.
func (f *NumberFormat) compact(w *written, d decimal, power int, rounded decimal) {
	if power == 0 && rounded.magnitude() < 3 {
		return
	}
	pattern, zeros, _ := f.compactPattern(max(rounded.magnitude()+power, d.magnitude()), w.form)
	if zeros == 0 {
		return
	}
	if f.amounts() {
		w.pattern = parseAffixes(pattern)
		return
	}
	a := parseAffixes(pattern)
	parts := spaced(nil, "compact", plainAffix(a.prefix))
	w.parts = spaced(append(parts, w.parts...), "compact", plainAffix(a.suffix))
}

// spaced adds a part, and the blanks round it as literals.
func spaced(parts []Part, kind, text string) []Part {
	body := strings.TrimFunc(text, isSpace)
	if body == "" {
		return with(parts, "literal", text)
	}
	at := strings.Index(text, body)
	parts = with(parts, "literal", text[:at])
	parts = append(parts, Part{kind, body})
	return with(parts, "literal", text[at+len(body):])
}

// sign is "-", "+" or "".
func (f *NumberFormat) sign(negative bool, w written) string {
	signed := map[bool]string{true: "-", false: "+"}[negative]
	switch f.o.SignDisplay {
	case "never":
		return ""
	case "always":
		return signed
	case "exceptZero":
		if w.zero || w.nan {
			return ""
		}
		return signed
	case "negative":
		if w.zero {
			return ""
		}
	}
	if negative && !w.nan {
		return "-"
	}
	return ""
}

// named is an amount with its currency's name.
func (f *NumberFormat) named(number []Part, w written) []Part {
	pattern := f.numbers.text("currencyPlural", w.form)
	if pattern == "" {
		pattern = f.numbers.text("currencyPlural", "other")
	}
	return fill(pattern, nil, number, []Part{{"currency", f.currencyName(w.form)}})
}

func (f *NumberFormat) currencyName(form string) string {
	c := f.l.data.sub("currencies", f.o.Currency)
	for _, name := range []string{c.text("names", form), c.text("names", "other"), c.text("name")} {
		if name != "" {
			return name
		}
	}
	return f.o.Currency
}

func (f *NumberFormat) currencySymbol() string {
	c := f.l.data.sub("currencies", f.o.Currency)
	symbol := c.text("symbol")
	switch f.o.CurrencyDisplay {
	case "code":
		return f.o.Currency
	case "narrowSymbol":
		if narrow := c.text("narrow"); narrow != "" {
			symbol = narrow
		}
	}
	if symbol == "" {
		return f.o.Currency
	}
	return symbol
}

// CurrencyDigits is how many digits follow the point in amounts of a currency.
func CurrencyDigits(code string) int {
	if n, ok := common().Digits[code]; ok {
		return n
	}
	return 2
}

// IsUnit reports whether a unit can be written: a simple one, or one per another.
func IsUnit(name string) bool {
	units := Find("en").data.sub("units", "long")
	simple := func(unit string) bool {
		return unit != "per" && units.sub(unit) != nil && !strings.Contains(unit, "-per-")
	}
	one, per, compound := strings.Cut(name, "-per-")
	return simple(one) && (!compound || simple(per))
}

// measured is a number with its unit.
func (f *NumberFormat) measured(number []Part, w written) []Part {
	units := f.l.data.sub("units", f.o.UnitDisplay)
	pattern := func(unit, form string) string {
		if p := units.text(unit, form); p != "" {
			return p
		}
		return units.text(unit, "other")
	}
	if p := pattern(f.o.Unit, w.form); p != "" {
		return fillUnit(p, number)
	}
	one, per, _ := strings.Cut(f.o.Unit, "-per-")
	text := pattern(one, w.form)
	if p := units.text(per, "per"); p != "" {
		return fillUnit(strings.Replace(p, "{0}", text, 1), number)
	}
	below := strings.TrimFunc(strings.Replace(pattern(per, "one"), "{0}", "", 1), isSpace)
	return fillUnit(strings.NewReplacer("{0}", text, "{1}", below).Replace(units.text("per", "other")), number)
}

func fillUnit(pattern string, number []Part) []Part {
	before, after, has := strings.Cut(pattern, "{0}")
	if !has { // the word says how many
		return []Part{{"unit", pattern}}
	}
	parts := append(spaced(nil, "unit", before), number...)
	return spaced(parts, "unit", after)
}

// Check says what is wrong with options that a script may have chosen freely.
func (o *NumberOptions) Check() error {
	if o.MaximumFractionDigits > 100 || o.MaximumSignificantDigits > 21 || o.MinimumIntegerDigits > 21 {
		return fmt.Errorf("the options ask for too many digits")
	}
	return nil
}

// Between is what stands between the two numbers of a range, Approximately the sign for about.
func (l *Locale) Between() string {
	_, between, _ := strings.Cut(l.data.text("numbers", "systems", l.System(), "range"), "{0}")
	between, _, _ = strings.Cut(between, "{1}")
	if between == "" {
		return "–"
	}
	return between
}

// Approximately is the sign before a number that stands for both ends of a range.
func (l *Locale) Approximately() string {
	if sign := l.data.text("numbers", "systems", l.System(), "symbols", "approximatelySign"); sign != "" {
		return sign
	}
	return "~"
}

// Values are the names of one kind: "currency", "unit", "timeZone" or "numberingSystem"; sorted.
func Values(kind string) []string {
	var all []string
	switch kind {
	case "currency":
		all = slices.Collect(maps.Keys(Find("en").data.sub("currencies")))
	case "numberingSystem":
		all = slices.Collect(maps.Keys(common().Systems))
	case "timeZone":
		all = Zones()
	case "calendar":
		all = []string{"gregory"}
	case "collation":
		all = []string{"default"}
	case "unit":
		for name := range Find("en").data.sub("units", "long") {
			if name != "per" && !strings.Contains(name, "-per-") {
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	return all
}

// HourCycle is the locale's of 12 or of 24 hours.
func (l *Locale) HourCycle(twelve bool) string {
	switch {
	case !twelve:
		return "h23"
	case Subtags(l.Tag)[2] == "JP" || l.Tag == "ja":
		return "h11"
	}
	return "h12"
}
