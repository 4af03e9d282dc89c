package conf

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes. As text it is a number with an optional unit: "512", "64KiB", "1MB".
type Size int64

// unit is one of those a size may have.
type unit struct {
	name  string
	bytes Size
}

// units returns the units of sizes, those of powers of 1024 first, larger ones before smaller ones.
func units() []unit {
	return []unit{
		{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
		{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
	}
}

var errSize = errors.New("not a size: write a number of bytes, or one with a unit, such as 64KiB or 1MiB")

// UnmarshalText reads a whole number followed by a unit, if any. Case does not matter, nor a space between the two.
func (s *Size) UnmarshalText(text []byte) error {
	rest := strings.TrimLeft(string(text), "0123456789")
	number, err := strconv.ParseInt(string(text[:len(text)-len(rest)]), 10, 64)
	if err != nil {
		return errSize
	}
	factor := Size(1)
	if rest = strings.TrimSpace(rest); rest != "" {
		if factor = unitBytes(rest); factor == 0 {
			return errSize
		}
	}
	if number > math.MaxInt64/int64(factor) {
		return errSize
	}
	*s = Size(number) * factor
	return nil
}

// unitBytes returns 0 for what is no unit.
func unitBytes(name string) Size {
	for _, u := range units() {
		if strings.EqualFold(name, u.name) {
			return u.bytes
		}
	}
	return 0
}

// String writes the size with the largest unit that leaves a whole number; UnmarshalText reads it.
func (s Size) String() string {
	for _, u := range units() {
		if s != 0 && s%u.bytes == 0 {
			return fmt.Sprintf("%d%s", int64(s/u.bytes), u.name)
		}
	}
	return "0B"
}

// MarshalText writes what String returns.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Duration is a span of time. As text it has a unit, as [time.ParseDuration] reads it: "500ms", "25s", "1m30s".
type Duration time.Duration

var errDuration = errors.New("not a duration: write a number with a unit, such as 500ms, 25s or 1m30s")

// UnmarshalText reads a duration with its unit.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return errDuration
	}
	*d = Duration(parsed)
	return nil
}

// String writes the duration without units that are zero: "1m30s", "2h".
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText writes what String returns.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
