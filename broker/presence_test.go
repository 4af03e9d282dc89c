package broker

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func notices(sign string) func(Member) string {
	return func(m Member) string { return sign + m.ID }
}

func members(b *Broker[string], name string) string {
	list, count := b.Members(name, 2)
	var texts []string
	for _, m := range list {
		texts = append(texts, fmt.Sprintf("%s×%d", m.ID, m.Connections))
	}
	return fmt.Sprint(count, " ", strings.Join(texts, " "))
}

func TestPresence(t *testing.T) {
	b, clock := rig(Options{})
	p, q := b.Port(nil), b.Port(nil)
	p.Join("plain")
	enter := func(id string) bool { return p.Enter("plain", Member{ID: id, Info: "i"}, notices("+")) }
	if !enter("ann") || enter("ann") {
		t.Error("ann is new once")
	}
	clock.now = clock.now.Add(time.Second)
	if !q.Enter("plain", Member{ID: "bob"}, notices("+")) || !enter("cat") {
		t.Error("bob and cat are new")
	}
	want(t, members(b, "plain"), "3 ann×2 bob×1")
	want(t, take(p), "plain/0 +ann, plain/0 +bob, plain/0 +cat")
	if p.Exit("plain", "ann", time.Second) || !p.Exit("plain", "ann", time.Second) || p.Exit("plain", "nobody", 0) {
		t.Error("the last connection is told from others")
	}
	if _, left := p.Settle("plain", "ann", notices("-")); left {
		t.Error("left before its grace was over")
	}
	if enter("ann") {
		t.Error("who comes back in time has not been away")
	}
	p.Exit("plain", "ann", time.Second)
	clock.now = clock.now.Add(time.Second)
	if m, left := q.Settle("plain", "ann", notices("-")); !left || m.Info != "i" {
		t.Errorf("%+v, %v", m, left)
	}
	want(t, take(p), "plain/0 -ann")
	want(t, members(b, "plain"), "2 bob×1 cat×1")
}

// The topic goes with the last of subscribers and members; one whose loop has ended is forgotten in time.
func TestPresenceEnds(t *testing.T) {
	b, clock := rig(Options{MaxTopics: 1})
	p := b.Port(nil)
	if !p.Enter("plain", Member{ID: "ann"}, nil) || p.Enter("more", Member{ID: "ann"}, nil) {
		t.Error("entering")
	}
	p.Join("plain")
	p.Leave("plain")
	want(t, members(b, "plain"), "1 ann×1")
	p.Exit("plain", "ann", time.Second)
	clock.now = clock.now.Add(time.Hour)
	b.Sweep()
	if len(b.topics) != 0 {
		t.Error("somebody is left")
	}
}
