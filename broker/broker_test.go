package broker

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

// rig is a broker on a test's own clock. "room:*" keeps three publications for a minute.
func rig(o Options) (*Broker[string], *clock) {
	c := &clock{time.Unix(1000, 0)}
	o.Now = c.time
	b := New[string](o)
	b.SetRules([]Rule{{"room:*", Policy{History: 3, TTL: time.Minute}}})
	return b, c
}

func take(p *Port[string]) string {
	deliveries, lost := p.Take()
	var list []string
	for _, d := range deliveries {
		list = append(list, fmt.Sprintf("%s/%d %s", d.Topic, d.Offset, d.Message))
	}
	for name := range lost {
		list = append(list, "lost "+name)
	}
	return strings.Join(list, ", ")
}

func want(t *testing.T, got, wanted string) {
	t.Helper()
	if got != wanted {
		t.Errorf("got %q, want %q", got, wanted)
	}
}

func after(b *Broker[string], name string, p Position) string {
	list, ok := b.After(name, p, 100)
	var texts []string
	for _, pub := range list {
		texts = append(texts, fmt.Sprintf("%d=%s", pub.Offset, pub.Message))
	}
	return fmt.Sprint(ok, " ", strings.Join(texts, " "))
}

func TestPublicationsReachEveryPortInOneOrder(t *testing.T) {
	b, _ := rig(Options{})
	woken := 0
	one, two, three := b.Port(func() { woken++ }), b.Port(func() { woken += 10 }), b.Port(nil)
	for _, p := range []*Port[string]{one, two} {
		if !p.Join("room:1") || !p.Join("plain") {
			t.Fatal("refused")
		}
	}
	one.Publish("room:1", Draft[string]{Message: "a"})
	two.Publish("room:1", Draft[string]{Message: "b"})
	three.Publish("plain", Draft[string]{Message: "c"})
	const all = "room:1/1 a, room:1/2 b, plain/0 c"
	want(t, take(one), all)
	want(t, take(two), all)
	want(t, take(three), "")
	if woken != 10 { // one had its own first, which wakes nobody
		t.Errorf("woken %d", woken)
	}
	one.Leave("room:1")
	one.Leave("never")
	two.Publish("room:1", Draft[string]{Message: "d"})
	want(t, take(one), "")
	want(t, take(two), "room:1/3 d")
	two.Close()
	three.Publish("room:1", Draft[string]{Message: "e"})
	want(t, take(two), "")
}

func TestRecovery(t *testing.T) {
	b, clock := rig(Options{})
	p := b.Port(nil)
	start := b.Position("room:1")
	for _, text := range []string{"a", "b", "c"} {
		p.Publish("room:1", Draft[string]{Message: text})
	}
	at := func(offset uint64) Position { return Position{start.Epoch, offset} }
	want(t, after(b, "room:1", start), "true 1=a 2=b 3=c")
	want(t, after(b, "room:1", at(2)), "true 3=c")
	want(t, after(b, "room:1", at(3)), "true ")
	want(t, after(b, "room:1", at(4)), "false ") // from a future that was not
	want(t, after(b, "room:1", Position{"other", 2}), "false ")
	want(t, after(b, "room:1", Position{}), "false ")
	want(t, after(b, "plain", Position{}), "false ")
	p.Publish("room:1", Draft[string]{Message: "d"})
	want(t, after(b, "room:1", start), "false ") // a is not kept any more
	want(t, after(b, "room:1", at(1)), "true 2=b 3=c 4=d")
	clock.now = clock.now.Add(50 * time.Second)
	p.Publish("room:1", Draft[string]{Message: "e"})
	clock.now = clock.now.Add(11 * time.Second)
	want(t, after(b, "room:1", at(3)), "false ")
	want(t, after(b, "room:1", at(4)), "true 5=e")
	clock.now = clock.now.Add(time.Minute) // nothing is kept, but the offset is known still
	if list := b.History("room:1", 10); len(list) != 0 {
		t.Errorf("kept %v", list)
	}
	want(t, after(b, "room:1", at(5)), "true ")
	b.Sweep()
	if now := b.Position("room:1"); now.Epoch == start.Epoch || now.Offset != 0 {
		t.Errorf("after it was forgotten: %+v", now)
	}
}

// A topic whose last subscriber lost its connection for a moment goes on where it was.
func TestAQuietTopicIsKeptForItsSubscribers(t *testing.T) {
	b, clock := rig(Options{})
	p := b.Port(nil)
	p.Join("room:1")
	at := b.Position("room:1")
	clock.now = clock.now.Add(time.Hour)
	b.Sweep()
	p.Leave("room:1")
	clock.now = clock.now.Add(50 * time.Second)
	if !b.Sweep() {
		t.Error("nothing is left")
	}
	want(t, after(b, "room:1", at), "true ")
	clock.now = clock.now.Add(11 * time.Second)
	if b.Sweep() || len(b.topics) != 0 {
		t.Error("kept for ever")
	}
}

func TestIdempotencyKeys(t *testing.T) {
	b, clock := rig(Options{KeyTime: time.Minute, MaxKeys: 2})
	p := b.Port(nil)
	p.Join("plain")
	for _, name := range []string{"room:1", "plain", "nobody"} {
		first := p.Publish(name, Draft[string]{Message: "a", Key: "k"})
		again := p.Publish(name, Draft[string]{Message: "a", Key: "k"})
		if first.Duplicate || !again.Duplicate || again.Position != first.Position {
			t.Errorf("%s: %+v, then %+v", name, first, again)
		}
	}
	want(t, take(p), "plain/0 a")
	if p.Publish("room:1", Draft[string]{Key: "k"}).Duplicate { // the oldest of three was forgotten
		t.Error("more keys than allowed")
	}
	clock.now = clock.now.Add(2 * time.Minute)
	if p.Publish("plain", Draft[string]{Key: "k"}).Duplicate {
		t.Error("remembered too long")
	}
	clock.now = clock.now.Add(2 * time.Minute)
	if b.Sweep(); len(b.keys.first) != 0 || len(b.keys.queue) != 0 {
		t.Error("keys are left")
	}
}

func TestBounds(t *testing.T) {
	b, _ := rig(Options{MaxTopics: 2, MaxHistoryBytes: 2 * (entryBytes + 10), MaxInbox: 1})
	p := b.Port(nil)
	if !p.Join("a") || p.Publish("room:1", Draft[string]{Message: "1", Bytes: 10}).Refused || p.Join("b") {
		t.Error("joining")
	}
	if !p.Publish("room:2", Draft[string]{}).Refused || p.Publish("other", Draft[string]{}).Refused {
		t.Error("publishing")
	}
	p.Publish("room:1", Draft[string]{Message: "2", Bytes: 10})
	p.Publish("room:1", Draft[string]{Message: "3", Bytes: 10})
	if list := b.History("room:1", 9); len(list) != 2 || list[0].Message != "2" {
		t.Errorf("kept %v", list)
	}
	p.Publish("room:1", Draft[string]{Message: "huge", Bytes: 1 << 20})
	if list := b.History("room:1", 9); len(list) != 0 || b.kept.bytes != 0 || b.kept.first != nil || b.kept.last != nil {
		t.Errorf("kept %v, %d bytes", list, b.kept.bytes)
	}
	p.Publish("a", Draft[string]{Message: "x"})
	p.Publish("a", Draft[string]{Message: "y"})
	want(t, take(p), "a/0 x, lost a")
	want(t, take(p), "")
}

func TestNewRules(t *testing.T) {
	b, _ := rig(Options{})
	p := b.Port(nil)
	p.Join("room:1")
	p.Join("news")
	p.Publish("room:1", Draft[string]{Message: "a"})
	p.Publish("room:1", Draft[string]{Message: "b"})
	before := b.Position("room:1")
	b.SetRules([]Rule{{"room:*", Policy{History: 1}}, {"news", Policy{History: 5}}})
	want(t, after(b, "room:1", Position{before.Epoch, 1}), "true 2=b")
	if b.Position("news").Epoch == "" {
		t.Error("news keeps nothing")
	}
	b.SetRules(nil)
	want(t, after(b, "room:1", before), "false ")
	if b.Position("room:1") != (Position{}) || b.kept.first != nil {
		t.Error("something is kept without a rule")
	}
	b.SetRules([]Rule{{"room:*", Policy{History: 1}}})
	if now := b.Position("room:1"); now.Epoch == before.Epoch || now.Epoch == "" {
		t.Errorf("the epoch is %q again", now.Epoch)
	}
}

func TestPatterns(t *testing.T) {
	for _, test := range []struct {
		pattern Pattern
		yes, no string
	}{
		{"news", "news", "new,newsy,"},
		{"room:*", "room:1,room:a:b", "room:,room,xroom:1"},
		{"*", "a,room:1", ""},
		{"*:log", "a:log,a:b:log", ":log,a:log2"},
		{"a*c*e", "abcde,abbcdde,abcde e", "ace,abce,acde"},
		{"a**b", "axxb,axxxb", "axb,ab"},
	} {
		for name := range strings.SplitSeq(test.yes, ",") {
			if !test.pattern.Match(name) {
				t.Errorf("%s does not match %s", test.pattern, name)
			}
		}
		for name := range strings.SplitSeq(test.no, ",") {
			if test.pattern.Match(name) {
				t.Errorf("%s matches %q", test.pattern, name)
			}
		}
	}
	rules := []Rule{{Pattern: "*"}, {Pattern: "room:*"}, {Pattern: "room:vip"}, {Pattern: "room:*"}}
	got := []int{Best(rules, "x"), Best(rules, "room:1"), Best(rules, "room:vip"), Best(rules[1:2], "x")}
	if !reflect.DeepEqual(got, []int{0, 1, 2, -1}) {
		t.Errorf("best: %v", got)
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"room:1": true, "größe 😀": true, strings.Repeat("x", 256): true,
		"": false, strings.Repeat("x", 257): false, "a\nb": false, "\xff": false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Publishers on all ports at once: every port gets the same sequence without a hole.
func TestConcurrentPublishers(t *testing.T) {
	b := New[string](Options{})
	b.SetRules([]Rule{{"t", Policy{History: 10_000}}})
	const ports, each = 4, 500
	all := make([]*Port[string], ports)
	for i := range all {
		all[i] = b.Port(func() {})
		all[i].Join("t")
	}
	var wg sync.WaitGroup
	seen := make([][]uint64, ports)
	for i, p := range all {
		wg.Go(func() {
			for range each {
				p.Publish("t", Draft[string]{})
				deliveries, _ := p.Take()
				for _, d := range deliveries {
					seen[i] = append(seen[i], d.Offset)
				}
			}
		})
	}
	wg.Wait()
	for i, p := range all {
		deliveries, _ := p.Take()
		for _, d := range deliveries {
			seen[i] = append(seen[i], d.Offset)
		}
		for n, offset := range seen[i] {
			if offset != uint64(n+1) {
				t.Fatalf("port %d: %d in place %d", i, offset, n)
			}
		}
		if len(seen[i]) != ports*each {
			t.Errorf("port %d got %d", i, len(seen[i]))
		}
	}
}

// A client that is away at random and asks for what it missed has everything once, or is told that it has not.
func TestRecoveryAtRandom(t *testing.T) {
	b, clock := rig(Options{})
	p, random := b.Port(nil), rand.New(rand.NewPCG(1, 2))
	at, have, published := b.Position("room:1"), uint64(0), uint64(0)
	for range 20_000 {
		for range random.IntN(6) {
			published = p.Publish("room:1", Draft[string]{}).Offset
		}
		clock.now = clock.now.Add(time.Duration(random.IntN(30)) * time.Second)
		list, ok := b.After("room:1", at, 2)
		if !ok {
			at = b.Position("room:1")
			have, published = at.Offset, at.Offset
			continue
		}
		for _, pub := range list {
			if have++; pub.Offset != have {
				t.Fatalf("offset %d, want %d", pub.Offset, have)
			}
			at = pub.Position
		}
		if len(list) < 2 && have != published {
			t.Fatalf("have %d of %d", have, published)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("a*b", "axb")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		matches := Pattern(pattern).Match(name)
		if !strings.Contains(pattern, "*") && matches != (pattern == name) {
			t.Errorf("%q and %q: %v", pattern, name, matches)
		}
		if matches && len(name) < len(pattern) {
			t.Errorf("%q matches the shorter %q", pattern, name)
		}
	})
}

func BenchmarkPublish(b *testing.B) {
	for _, history := range []int{0, 100} {
		b.Run(fmt.Sprint("history", history), func(b *testing.B) {
			broker := New[string](Options{})
			broker.SetRules([]Rule{{"t", Policy{History: history}}})
			p := broker.Port(nil)
			p.Join("t")
			b.ReportAllocs()
			for b.Loop() {
				p.Publish("t", Draft[string]{Message: "x", Bytes: 1})
				p.Take()
			}
		})
	}
}
