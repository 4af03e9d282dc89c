package server

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// knockWith sends text to a site, waits until the server has closed the connection, and returns what it said before.
func knockWith(t *testing.T, s *site, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(clientPatience))
	_, _ = io.WriteString(conn, text) // what it is answered may come before all is sent
	said, err := io.ReadAll(conn)     // a reset is an end too
	if isPatience(err) {
		t.Errorf("%.20q: %v", text, err)
	}
	return string(said)
}

func isPatience(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// wantRefused asks for the count of every reason; those that are not named have none.
func wantRefused(t *testing.T, s *site, want map[string]string) {
	t.Helper()
	for _, reason := range append(refusals(), refusedRoom) {
		expected := want[reason]
		if expected == "" {
			expected = "0"
		}
		if got := metric(t, s, `sigil_connections_refused_total{reason="`+reason+`"}`); got != expected {
			t.Errorf("%s: %s times, want %s", reason, got, expected)
		}
	}
}

// Who does not send a header in time is counted, and told of.
func TestRefusedForTime(t *testing.T) {
	t.Parallel()
	bothWays(t, testRefusedForTime)
}

func testRefusedForTime(t *testing.T) {
	s := startSite(t, files{"meter.js": meter}, func(o *Options) { o.AdminListen, o.Limits.HeaderTime = "127.0.0.1:0", 2*time.Second })
	knockWith(t, s, "")
	s.log.wait(t, "reason=silent")
	silent := s.refuse(t, "GET /meter/echo HTTP/1.1\r\nHost: x\r\nUpgrade", refusedTime, refusedSilent)
	wantRefused(t, s, map[string]string{refusedSilent: silent, refusedTime: "1"})
}

// refuse knocks until that is counted for a reason, and returns how often another was: the reason is told by the time that
// things take, and on a machine that stands still for a moment what is sent at once comes late.
func (s *site) refuse(t *testing.T, text, reason, other string) (others string) {
	t.Helper()
	count := func(reason string) (n int) {
		_, _ = fmt.Sscan(metric(t, s, `sigil_connections_refused_total{reason="`+reason+`"}`), &n)
		return n
	}
	for deadline := time.Now().Add(clientPatience); ; {
		before := count(other)
		knockWith(t, s, text)
		eventually(t, func() bool { return count(reason) == 1 || count(other) > before })
		if count(reason) == 1 {
			return fmt.Sprint(count(other))
		}
		if time.Now().After(deadline) {
			t.Fatalf("%.20q is never refused for %s", text, reason)
		}
	}
}

// What is too large or broken is counted; who is served, or leaves, is not.
func TestRefusedForContent(t *testing.T) { bothWays(t, testRefusedForContent) }

func testRefusedForContent(t *testing.T) {
	s := startSite(t, files{"meter.js": meter}, func(o *Options) { o.AdminListen = "127.0.0.1:0" })
	_ = s.get("/meter/headers")
	conn, err := net.Dial("tcp", s.addr())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	knockWith(t, s, "GET /meter/headers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	knockWith(t, s, "GET /meter/headers HTTP/1.1\r\nHost: x\r\nA: "+strings.Repeat("b", 17<<10)+"\r\n\r\n")
	s.log.wait(t, "reason=header_bytes")
	large := s.refuse(t, "nonsense\r\n\r\n", refusedBroken, refusedBytes)
	s.log.wait(t, "reason=broken")
	wantRefused(t, s, map[string]string{refusedBytes: large, refusedBroken: "1"})
}

// The reason is told by when the header was there, and when the end came.
func TestRefusal(t *testing.T) {
	began := time.Unix(1000, 0)
	at := func(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }
	for _, c := range []struct {
		name   string
		spoke  time.Time
		end    time.Time
		served bool
		want   string
	}{
		{"served", at(1), at(2), true, ""},
		{"left without a word", time.Time{}, at(10), false, ""},
		{"never said a word", time.Time{}, at(5000), false, refusedSilent},
		{"slow", at(5000), at(5001), false, refusedTime},
		{"too large", at(10), at(510), false, refusedBytes},
		{"malformed", at(10), at(11), false, refusedBroken},
	} {
		one := &caller{by: at(5000), spoke: c.spoke}
		one.served.Store(c.served)
		if got := one.refusal(c.end); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
