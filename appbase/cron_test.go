package appbase

import (
	"strings"
	"testing"
	"time"
)

// In Berlin the clock jumps from 2 to 3 on 29 March 2026, and from 3 back to 2 on 25 October.
func TestCronOverChangesOfTheClock(t *testing.T) {
	for _, test := range []struct{ name, cron, zone, from, want string }{
		{"every day", "0 9 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "03-28 09:00 CET, 03-29 09:00 CEST, 03-30 09:00 CEST"},
		{"a time that is skipped", "30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "03-28 02:30 CET, 03-29 03:00 CEST, 03-30 02:30 CEST"},
		{"several that are skipped", "*/20 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "03-29 03:00 CEST, 03-30 02:00 CEST, 03-30 02:20 CEST"},
		{"a time that comes twice", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "10-25 02:30 CEST, 10-26 02:30 CET, 10-27 02:30 CET"},
		{"asked in between", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "10-26 02:30 CET, 10-27 02:30 CET, 10-28 02:30 CET"},
		{"every half hour, forward", "*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", "03-29 01:30 CET, 03-29 03:00 CEST, 03-29 03:30 CEST"},
		{"every half hour, back", "*/30 * * * *", "Europe/Berlin", "2026-10-25T00:15:00Z", "10-25 02:30 CEST, 10-25 02:00 CET, 10-25 02:30 CET"},
		{"another place", "0 9 * * 1-5", "America/New_York", "2026-03-06T20:00:00Z", "03-09 09:00 EDT, 03-10 09:00 EDT, 03-11 09:00 EDT"},
		{"half an hour's change", "15 2 * * *", "Australia/Lord_Howe", "2026-10-02T20:00:00Z", "10-04 02:30 +11, 10-05 02:15 +11, 10-06 02:15 +11"},
		{"seconds", "*/20 59 23 31 12 *", "UTC", "2026-01-01T00:00:00Z", "12-31 23:59 UTC, 12-31 23:59 UTC, 12-31 23:59 UTC"},
		{"leap days", "0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "02-29 00:00 UTC, 02-29 00:00 UTC, 02-29 00:00 UTC"},
		{"a word", "@monthly", "UTC", "2026-01-01T00:00:00Z", "02-01 00:00 UTC, 03-01 00:00 UTC, 04-01 00:00 UTC"},
	} {
		table, err := parseCron(test.cron, test.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, test.from)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range 3 {
			at = table.next(at)
			got = append(got, at.Format("01-02 15:04 MST"))
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %s, want %s", test.name, strings.Join(got, ", "), test.want)
		}
	}
}

// Over a whole year, in places with all kinds of changes, each next time is later and shows what the table says.
func TestCronGoesForward(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC"} {
		for _, text := range []string{"*/7 * * * *", "30 1,2,3 * * *", "0 0 * * *"} {
			table, err := parseCron(text, zone)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for end := at.AddDate(1, 0, 0); at.Before(end); {
				next := table.next(at)
				if !next.After(at) || next.Sub(at) > 26*time.Hour {
					t.Fatalf("%s in %s: %v after %v", text, zone, next, at)
				}
				at = next
			}
		}
	}
}

func TestCronMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "five fields",
		"every day":            "five fields",
		"61 * * * *":           "five fields",
		"0 0 30 2 *":           "never due",
		"@every 5m":            "an interval into every",
		"TZ=UTC 0 0 * * *":     "a place belongs into tz",
		"0 9 * * 1-5 *  * * *": "five fields",
	} {
		if _, err := parseCron(text, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := parseCron("0 0 * * *", "Mars/Base"); err == nil || !strings.Contains(err.Error(), "is no time zone") {
		t.Errorf("got %v", err)
	}
}

func FuzzCron(f *testing.F) {
	f.Add("0 9 * * 1-5")
	f.Add("*/5 0-3,7 1,15 JAN-MAR SUN")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := parseCron(text, "Europe/Berlin")
		if err != nil {
			return
		}
		at := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
		if next := table.next(at); !next.IsZero() && !next.After(at) {
			t.Errorf("%q: %v after %v", text, next, at)
		}
	})
}
