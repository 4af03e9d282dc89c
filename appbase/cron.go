package appbase

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// cronTable says when a method is due: at which times of the clock of one place. Where that clock jumps it does as Vixie cron
// does: a time that is skipped is due right after the jump, a time that comes twice is due once, and what is due in every
// hour goes by the time that passes.
type cronTable struct {
	spec   *cron.SpecSchedule // read as UTC: it knows the fields, and nothing of places
	place  *time.Location
	steady bool // due in every hour
}

var cronParser = cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// parseCron reads "minute hour day month weekday", with seconds in front if there are six, or "@daily" and the like. zone is
// of the IANA database; "" is the server's own.
func parseCron(text, zone string) (*cronTable, error) {
	if strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ=") || strings.HasPrefix(text, "@every") {
		return nil, fmt.Errorf("cron %q: a place belongs into tz, and an interval into every", text)
	}
	parsed, err := cronParser.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("cron %q: %w; it is five fields: minute hour day month weekday, such as \"0 9 * * 1-5\"", text, err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("cron %q cannot be used", text)
	}
	place := time.Local
	if zone != "" {
		if place, err = time.LoadLocation(zone); err != nil {
			return nil, fmt.Errorf("tz %q is no time zone: it is a name such as \"Europe/Berlin\"", zone)
		}
	}
	spec.Location = time.UTC
	const hours = 1<<24 - 1
	t := &cronTable{spec: spec, place: place, steady: spec.Hour&hours == hours}
	if t.next(time.Now()).IsZero() {
		return nil, fmt.Errorf("cron %q is never due", text)
	}
	return t, nil
}

// next is the first time after t at which the method is due; zero when there is none in the next years.
func (c *cronTable) next(t time.Time) time.Time {
	t = t.In(c.place)
	if c.steady {
		return c.nextSteady(t)
	}
	for wall := wallOf(t); ; {
		if wall = c.spec.Next(wall); wall.IsZero() {
			return wall
		}
		if at := c.instant(wall); at.After(t) {
			return at
		}
	}
}

// nextSteady goes by the time that passes: through the hour that comes twice, twice.
func (c *cronTable) nextSteady(t time.Time) time.Time {
	_, offset := t.Zone()
	at := c.spec.Next(wallOf(t))
	if at.IsZero() {
		return at
	}
	at = at.Add(-time.Duration(offset) * time.Second).In(c.place)
	_, end := t.ZoneBounds()
	if end.IsZero() || at.Before(end) {
		return at
	}
	_, offset = end.Zone()
	at = c.spec.Next(wallOf(end).Add(-time.Second))
	return at.Add(-time.Duration(offset) * time.Second).In(c.place)
}

// wallOf is what the clock shows at t, as if it were UTC's.
func wallOf(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// instant is when the clock first shows a time, or when it jumps over it.
func (c *cronTable) instant(wall time.Time) time.Time {
	_, before := wall.Add(-24 * time.Hour).In(c.place).Zone()
	_, after := wall.Add(24 * time.Hour).In(c.place).Zone()
	first := wall.Add(-time.Duration(max(before, after)) * time.Second).In(c.place)
	second := wall.Add(-time.Duration(min(before, after)) * time.Second).In(c.place)
	for _, at := range []time.Time{first, second} {
		if wallOf(at).Equal(wall) {
			return at
		}
	}
	jump, _ := second.ZoneBounds()
	return jump
}
