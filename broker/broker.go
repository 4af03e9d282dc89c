// Package broker owns what the loops of an app share about its topics: who has subscribers where, the kept publications
// with their offsets, and which idempotency keys were seen. It carries publications between loops in one order for
// all, and knows nothing of what is in them.
//
// A [Broker] may be used from any goroutine. A [Port] is one loop's door to it: what is published reaches the port's
// inbox, in the order of publication, and the loop takes it from there when it is ready to deliver.
package broker

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"
)

// Options bound a [Broker]; the zero value is safe.
type Options struct {
	// MaxTopics is how many topics may have subscribers or kept publications at once; default 100,000. What would make
	// one more is refused.
	MaxTopics int
	// MaxHistoryBytes bounds the kept publications of all topics; default 64 MiB. Beyond it the oldest go.
	MaxHistoryBytes int
	// MaxInbox is how many deliveries may wait for one loop; default 65,536. Beyond it they are dropped, and
	// [Port.Take] says of which topics.
	MaxInbox int
	// KeyTime is how long an idempotency key is remembered; default 5 min.
	KeyTime time.Duration
	// MaxKeys is how many keys are remembered; default 65,536. Beyond it the oldest is forgotten early.
	MaxKeys int
	// Now tells the time; default time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	orDefault(&o.MaxTopics, 100_000)
	orDefault(&o.MaxHistoryBytes, 64<<20)
	orDefault(&o.MaxInbox, 65_536)
	orDefault(&o.KeyTime, 5*time.Minute)
	orDefault(&o.MaxKeys, 65_536)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func orDefault[T int | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// Position is a place in a topic's sequence. Offsets count from 1 within an epoch; a topic whose publications were
// forgotten begins a new epoch. The zero Position is that of a topic that keeps nothing.
type Position struct {
	Epoch  string
	Offset uint64
}

// Publication is one message of a topic. It is immutable.
type Publication[M any] struct {
	Topic string
	Position
	Message M
	Time    time.Time
}

// Delivery is a publication on its way to one loop's subscribers.
type Delivery[M any] struct {
	*Publication[M]
	Notice bool // of a change of presence, not a publication: it has no position
	Except any  // the subscriber that is left out, as the publisher named it; nil: none
}

// Draft is what is to be published.
type Draft[M any] struct {
	Message M
	Bytes   int    // what keeping it costs
	Key     string // idempotency key; "" none
	Except  any    // a subscriber to leave out
}

// Receipt is what came of a publication.
type Receipt struct {
	Position
	Duplicate bool // the key was seen: nothing was published, Position is that of the first time
	Elsewhere int  // subscribers of other ports to which it is on its way
	Refused   bool // the topic would be one more than MaxTopics
}

// Broker is the shared half of an app's topics. M is what a publication carries.
type Broker[M any] struct {
	options Options

	mu     sync.Mutex
	rules  []Rule
	topics map[string]*topic[M]
	kept   chain[M] // all kept publications, oldest first
	keys   *window
}

// New makes a broker without topics or rules.
func New[M any](o Options) *Broker[M] {
	o = o.withDefaults()
	return &Broker[M]{options: o, topics: map[string]*topic[M]{}, keys: newWindow(o.MaxKeys, o.KeyTime)}
}

// SetRules replaces what is kept for which topics. Topics that exist are fitted to it at once; one that no rule names any
// more forgets what it kept.
func (b *Broker[M]) SetRules(rules []Rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = rules
	for _, t := range b.topics {
		b.fit(t)
	}
}

// Rule is the index of the rule that counts for a topic, in the list that SetRules was given last; -1 when none does.
func (b *Broker[M]) Rule(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Best(b.rules, name)
}

func (b *Broker[M]) policy(name string) (p Policy) {
	if i := Best(b.rules, name); i >= 0 {
		p = b.rules[i].Policy
	}
	return p
}

// Position is where a topic stands now; the zero one when it keeps nothing.
func (b *Broker[M]) Position(name string) Position {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.open(name); t != nil {
		return t.Position
	}
	return Position{}
}

// After returns kept publications behind since, oldest first, at most limit of them. False: what follows since is not
// kept any more, or was never in this epoch.
func (b *Broker[M]) After(name string, since Position, limit int) ([]*Publication[M], bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.open(name)
	if t == nil || since.Epoch != t.Epoch || since.Offset > t.Offset {
		return nil, false
	}
	b.expire(t)
	missed := t.Offset - since.Offset
	if missed > uint64(len(t.log)) {
		return nil, false
	}
	return publications(t.log[len(t.log)-int(missed):], limit), true
}

// History returns the last kept publications, oldest first, at most limit of them.
func (b *Broker[M]) History(name string, limit int) []*Publication[M] {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil {
		return nil
	}
	b.expire(t)
	return publications(t.log[len(t.log)-min(limit, len(t.log)):], limit)
}

func publications[M any](entries []*entry[M], limit int) []*Publication[M] {
	list := make([]*Publication[M], min(limit, len(entries)))
	for i := range list {
		list[i] = &entries[i].Publication
	}
	return list
}

// Sweep forgets what is too old. It returns whether anything is left that will be; call it every half minute or so
// while it is.
func (b *Broker[M]) Sweep() (more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keys.forget(b.options.Now())
	for name, t := range b.topics {
		b.expire(t)
		for id, m := range t.present { // whose loop has ended
			if m.Connections == 0 && b.options.Now().Sub(m.until) > time.Minute {
				delete(t.present, id)
			}
		}
		b.leave(t)
		more = more || t.policy.History > 0 && b.topics[name] != nil
	}
	return more || len(b.keys.queue) > 0
}

// newEpoch is a name no topic had before.
func newEpoch() string {
	var raw [6]byte
	_, _ = rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}
