package locale

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// ErrZone says that there is no such time zone.
var ErrZone = errors.New("no such time zone")

// zoneNames are all names of time zones by what they are in lower case.
var zoneNames = sync.OnceValue(func() map[string]string {
	all := map[string]string{"utc": "UTC", "gmt": "UTC", "etc/utc": "UTC", "etc/gmt": "UTC"}
	for name := range common().Metazones {
		if all[strings.ToLower(name)] == "" {
			all[strings.ToLower(name)] = name
		}
	}
	for name := range common().Aliases {
		if all[strings.ToLower(name)] == "" {
			all[strings.ToLower(name)] = name
		}
	}
	return all
})

// Zone is a time zone and its name, which may be written in any case: an IANA name, "UTC", or an offset such as "+05:30".
func Zone(name string) (*time.Location, string, error) {
	if offset, ok := offsetZone(name); ok {
		return offset, offset.String(), nil
	}
	canonical := zoneNames()[strings.ToLower(name)]
	if canonical == "" {
		return nil, "", fmt.Errorf("%w: %.60q", ErrZone, name)
	}
	location, err := time.LoadLocation(canonical)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %.60q", ErrZone, name)
	}
	if first := common().Aliases[canonical]; first == "Etc/UTC" || first == "Etc/GMT" {
		canonical = "UTC"
	} else if first != "" {
		canonical = first
	}
	return location, canonical, nil
}

// offsetZone reads "+05:30", "-0530" or "+05".
func offsetZone(name string) (*time.Location, bool) {
	if name == "" || name[0] != '+' && name[0] != '-' {
		return nil, false
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, name); err == nil {
			_, seconds := t.Zone()
			return time.FixedZone(t.Format("-07:00"), seconds), true
		}
	}
	return nil, false
}

// Zones are the names of all time zones that are no other names of others.
func Zones() (all []string) {
	for name := range common().Metazones {
		if common().Aliases[name] == "" && !strings.HasPrefix(name, "Etc/") {
			all = append(all, name)
		}
	}
	return append(all, "UTC")
}

// zoneName is the name of a zone at a time: by its letter (z with summer time, v without, O the offset) and width.
func (l *Locale) zoneName(letter byte, n int, zone string, t time.Time, digits []rune) string {
	width := "short"
	if n >= 4 {
		width = "long"
	}
	kind := "standard"
	switch {
	case letter == 'v':
		kind = "generic"
	case t.IsDST():
		kind = "daylight"
	}
	if letter != 'O' {
		if name := l.namedZone(zone, width, kind); name != "" {
			return name
		}
	}
	return l.offset(width, t, digits)
}

func (l *Locale) namedZone(zone, width, kind string) string {
	if zone == "UTC" {
		zone = "Etc/UTC"
	}
	zones := l.data.sub("zones")
	if name := zones.text("own", zone, width, kind); name != "" {
		return name
	}
	if zone == "Etc/UTC" {
		return map[bool]string{true: zones.text("own", zone, width, "standard"), false: "UTC"}[zones.text("own", zone, width, "standard") != ""]
	}
	meta := common().Metazones[zone]
	if meta == "" {
		return ""
	}
	return zones.text("meta", meta, width, kind)
}

// offset is "GMT+1", or "GMT+01:00" when it is to be long.
func (l *Locale) offset(width string, t time.Time, digits []rune) string {
	_, seconds := t.Zone()
	zones := l.data.sub("zones")
	if seconds == 0 {
		return zones.text("gmtZeroFormat")
	}
	positive, negative, _ := strings.Cut(zones.text("hourFormat"), ";")
	pattern := positive
	if seconds < 0 {
		pattern, seconds = negative, -seconds
	}
	hours, minutes := seconds/3600, seconds/60%60
	text := strings.NewReplacer("HH", fmt.Sprintf("%02d", hours), "H", fmt.Sprint(hours), "mm", fmt.Sprintf("%02d", minutes)).Replace(pattern)
	if width == "short" {
		sign := text[:strings.IndexAny(text, "0123456789")]
		text = sign + fmt.Sprint(hours)
		if minutes != 0 {
			text += separator(pattern) + fmt.Sprintf("%02d", minutes)
		}
	}
	return strings.Replace(zones.text("gmtFormat"), "{0}", inDigits(text, digits), 1)
}

// separator is what a pattern has between hours and minutes.
func separator(pattern string) string {
	from, to := strings.LastIndexByte(pattern, 'H')+1, strings.IndexByte(pattern, 'm')
	if from > to {
		return ":"
	}
	return pattern[from:to]
}
