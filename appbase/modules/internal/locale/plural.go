package locale

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// forms are the plural forms in the order of CLDR.
var forms = []string{"zero", "one", "two", "few", "many", "other"}

// operands are what plural rules look at (UTS 35, part 3, 5.1).
type operands struct {
	n, i, f, t float64
	v, w       int
}

// operandsOf are those of a number as it is written. That of compact notation counts as if nothing had been shortened, as other
// engines have it.
func operandsOf(whole, fraction string) operands {
	o := operands{v: len(fraction)}
	o.i, _ = strconv.ParseFloat("0"+whole, 64)
	o.n, _ = strconv.ParseFloat("0"+whole+"."+fraction+"0", 64)
	short := strings.TrimRight(fraction, "0")
	o.w = len(short)
	o.f, _ = strconv.ParseFloat("0"+fraction, 64)
	o.t, _ = strconv.ParseFloat("0"+short, 64)
	return o
}

func (o operands) value(name byte) float64 {
	switch name {
	case 'n':
		return o.n
	case 'i':
		return o.i
	case 'v':
		return float64(o.v)
	case 'w':
		return float64(o.w)
	case 'f':
		return o.f
	case 't':
		return o.t
	}
	return 0 // c and e
}

// rules are those of the language; Portuguese has others outside of Brazil.
func (l *Locale) rules(ordinal bool) map[string]string {
	all := common().Cardinal
	if ordinal {
		all = common().Ordinal
	}
	if region := Subtags(l.Tag)[2]; l.Language == "pt" && region != "" && region != "BR" && all["pt-PT"] != nil {
		return all["pt-PT"]
	}
	return all[l.Language]
}

// form is the plural form of a number.
func (l *Locale) form(o operands, ordinal bool) string {
	rules := l.rules(ordinal)
	for _, form := range forms {
		if rule := rules[form]; rule != "" && holds(rule, o) {
			return form
		}
	}
	return "other"
}

// Forms are the plural forms that the language has.
func (l *Locale) Forms(ordinal bool) []string {
	rules := l.rules(ordinal)
	var has []string
	for _, form := range []string{"few", "many", "one", "two", "zero", "other"} {
		if _, ok := rules[form]; ok || form == "other" {
			has = append(has, form)
		}
	}
	return has
}

// holds evaluates a rule: "v = 0 and i % 10 = 2..4 or ...".
func holds(rule string, o operands) bool {
	for alternative := range strings.SplitSeq(rule, " or ") {
		all := true
		for relation := range strings.SplitSeq(alternative, " and ") {
			all = all && relationHolds(strings.TrimSpace(relation), o)
		}
		if all {
			return true
		}
	}
	return false
}

// relationHolds evaluates "i % 10 != 2..4,6".
func relationHolds(relation string, o operands) bool {
	left, right, negated := "", "", false
	if l, r, ok := strings.Cut(relation, "!="); ok {
		left, right, negated = l, r, true
	} else {
		left, right, _ = strings.Cut(relation, "=")
	}
	operand, modulus, hasModulus := strings.Cut(left, "%")
	operand = strings.TrimSpace(operand)
	if operand == "" {
		return false
	}
	value := o.value(operand[0])
	if m, err := strconv.ParseFloat(strings.TrimSpace(modulus), 64); hasModulus && err == nil {
		value = math.Mod(value, m)
	}
	return inRanges(value, right) != negated
}

func inRanges(value float64, ranges string) bool {
	return slices.ContainsFunc(strings.Split(ranges, ","), func(one string) bool {
		low, high, isRange := strings.Cut(strings.TrimSpace(one), "..")
		from, _ := strconv.ParseFloat(low, 64)
		if !isRange {
			return value == from
		}
		to, _ := strconv.ParseFloat(high, 64)
		return value >= from && value <= to && value == math.Trunc(value)
	})
}
