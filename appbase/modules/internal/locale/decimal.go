package locale

import (
	"math"
	"strconv"
	"strings"
)

// maxPower bounds the power of ten in a text: beyond it there is only infinity, and zero.
const maxPower = 2000

// decimal is an exact number: 0.d1d2d3... times ten to the power of exp. A zero has no digits.
type decimal struct {
	negative bool
	digits   []byte // '0' to '9'; neither the first nor the last is '0'
	exp      int
	special  string // "infinity" or "nan"; "" for numbers
}

// parseDecimal reads what a script's number, BigInt or numeric text looks like; what is none is not a number.
func parseDecimal(text string) decimal {
	text = strings.TrimSpace(text)
	d := decimal{}
	text, d.negative = cutSign(text)
	switch {
	case text == "Infinity":
		d.special = "infinity"
		return d
	case text == "":
		return decimal{}
	}
	mantissa, power, scientific := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exp := 0
	if scientific {
		var err error
		if exp, err = strconv.Atoi(power); err != nil || strings.HasPrefix(power, "+-") {
			return decimal{special: "nan"}
		}
		if exp > maxPower {
			return decimal{special: "infinity", negative: d.negative}
		}
		if exp < -maxPower {
			return decimal{negative: d.negative}
		}
	}
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return notDecimal(text, d.negative)
	}
	d.digits, d.exp = []byte(whole+fraction), len(whole)+exp
	return d.trim()
}

// notDecimal reads hexadecimal, octal and binary numbers.
func notDecimal(text string, negative bool) decimal {
	if n, err := strconv.ParseUint(text, 0, 64); err == nil && !negative && strings.HasPrefix(text, "0") {
		return parseDecimal(strconv.FormatUint(n, 10))
	}
	return decimal{special: "nan"}
}

func cutSign(text string) (string, bool) {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return rest, true
	}
	return strings.TrimPrefix(text, "+"), false
}

func ofFloat(x float64) decimal {
	if math.IsNaN(x) {
		return decimal{special: "nan"}
	}
	return parseDecimal(strings.Replace(strconv.FormatFloat(x, 'e', -1, 64), "Inf", "Infinity", 1))
}

func (d decimal) trim() decimal {
	for len(d.digits) > 0 && d.digits[0] == '0' {
		d.digits = d.digits[1:]
		d.exp--
	}
	for len(d.digits) > 0 && d.digits[len(d.digits)-1] == '0' {
		d.digits = d.digits[:len(d.digits)-1]
	}
	if len(d.digits) == 0 {
		d.exp = 0
	}
	return d
}

func (d decimal) isZero() bool { return d.special == "" && len(d.digits) == 0 }

// magnitude is that of the first digit: 0 for 1 to 9.
func (d decimal) magnitude() int {
	if len(d.digits) == 0 {
		return 0
	}
	return d.exp - 1
}

// shift multiplies by a power of ten.
func (d decimal) shift(n int) decimal {
	if len(d.digits) > 0 {
		d.exp += n
	}
	return d
}

// cut rounds to a multiple of increment times ten to the power of -places.
func (d decimal) cut(places int, mode string, increment int) decimal {
	if d.special != "" {
		return d
	}
	if increment > 1 {
		return d.cutTo(places, mode, increment)
	}
	keep := d.exp + places // digits that stay
	if keep >= len(d.digits) {
		return d
	}
	var kept []byte
	rest := d.digits
	if keep > 0 {
		kept, rest = append(kept, d.digits[:keep]...), d.digits[keep:]
	} else {
		rest = append([]byte(strings.Repeat("0", min(-keep, 2))), rest...)
	}
	odd := len(kept) > 0 && (kept[len(kept)-1]-'0')%2 == 1
	out := decimal{negative: d.negative, digits: kept, exp: d.exp}
	if keep <= 0 {
		out.exp = -places
	}
	if roundsUp(mode, d.negative, odd, half(rest)) {
		out = out.increase(-places)
	}
	return out.trim()
}

// half compares what is cut off, of which some digit is not zero, with a half: below it -1, 0 or 1; -2 when nothing is.
func half(rest []byte) int {
	tail := strings.Trim(string(rest[1:]), "0") != ""
	switch {
	case rest[0] == '0' && !tail:
		return -2
	case rest[0] < '5':
		return -1
	case rest[0] > '5' || tail:
		return 1
	}
	return 0
}

// roundsUp is the choice of a rounding mode of ECMA-402, away from zero.
func roundsUp(mode string, negative, odd bool, half int) bool {
	if half == -2 {
		return false
	}
	switch mode {
	case "ceil":
		return !negative
	case "floor":
		return negative
	case "expand":
		return true
	case "trunc":
		return false
	case "halfCeil":
		return half > 0 || half == 0 && !negative
	case "halfFloor":
		return half > 0 || half == 0 && negative
	case "halfTrunc":
		return half > 0
	case "halfEven":
		return half > 0 || half == 0 && odd
	}
	return half >= 0
}

// increase adds one unit in the last place kept, ten to the power of unit.
func (d decimal) increase(unit int) decimal {
	if len(d.digits) == 0 {
		return decimal{negative: d.negative, digits: []byte{'1'}, exp: unit + 1}
	}
	i := len(d.digits) - 1
	for i >= 0 && d.digits[i] == '9' {
		d.digits[i] = '0'
		i--
	}
	if i < 0 {
		d.digits = append([]byte{'1'}, d.digits...)
		d.exp++
		return d
	}
	d.digits[i]++
	return d
}

// cutTo rounds to a multiple of an increment above 1: in those units there is nothing behind the point.
func (d decimal) cutTo(places int, mode string, increment int) decimal {
	if len(d.digits) > 400 || d.exp > 400 {
		return d
	}
	value, err := strconv.ParseFloat("0."+string(d.digits)+"e"+strconv.Itoa(d.exp+places), 64)
	if err != nil {
		return d
	}
	n := ofFloat(value/float64(increment)).cut(0, mode, 1)
	units, err := strconv.ParseFloat("0"+n.plain(), 64)
	if err != nil {
		return d
	}
	out := ofFloat(units * float64(increment)).shift(-places)
	out.negative = d.negative
	return out
}

// significant rounds to a number of digits.
func (d decimal) significant(n int, mode string) decimal {
	return d.cut(n-1-d.magnitude(), mode, 1)
}

// whole and fraction are the digits before and behind the point.
func (d decimal) whole() string {
	switch {
	case d.exp <= 0:
		return ""
	case d.exp >= len(d.digits):
		return string(d.digits) + strings.Repeat("0", d.exp-len(d.digits))
	}
	return string(d.digits[:d.exp])
}

func (d decimal) fraction() string {
	switch {
	case d.exp >= len(d.digits):
		return ""
	case d.exp < 0:
		return strings.Repeat("0", -d.exp) + string(d.digits)
	}
	return string(d.digits[d.exp:])
}

func (d decimal) plain() string {
	if f := d.fraction(); f != "" {
		return d.whole() + "." + f
	}
	return d.whole()
}
