// Package storagetest is the suite that every implementation of storage.Store passes.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sigil-server/sigil/storage"
)

// Run tests the stores that open makes: an empty one at each call, which the suite does not close.
func Run(t *testing.T, open func(t *testing.T) storage.Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s storage.Store)
	}{
		{"set and get", testSetAndGet}, {"keys", testKeys}, {"list", testList}, {"conditions", testConditions},
		{"batches are atomic", testBatches}, {"time to live", testTTL}, {"watch", testWatch}, {"one winner", testOneWinner},
		{"query and exec", testQuery}, {"values", testValues}, {"transactions", testTransactions}, {"transaction ends with its context", testTxContext},
		{"lost updates", testNoLostUpdates}, {"mistakes", testMistakes}, {"refused statements", testRefused}, {"stream stops", testStream},
		{"migrations", testMigrations}, {"failing migrations", testFailingMigrations}, {"closed", testClosed},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func set(key, value string) storage.Batch { return storage.Batch{{Key: key, Value: []byte(value)}} }

// apply does one batch.
func apply(t *testing.T, s storage.Store, b storage.Batch) error {
	t.Helper()
	errs, err := s.Apply(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return errs[0]
}

// read is the value under a key, "-" if there is none.
func read(t *testing.T, s storage.Store, key string) string {
	t.Helper()
	e, ok, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "-"
	}
	return string(e.Value)
}

// code is the code of an error, "" of nil.
func code(err error) storage.Code {
	var e *storage.Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return storage.Code("none: " + err.Error())
	}
	return ""
}

func wantCode(t *testing.T, err error, want storage.Code) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func testSetAndGet(t *testing.T, s storage.Store) {
	if got := read(t, s, "a"); got != "-" {
		t.Errorf("an empty store has %q", got)
	}
	binary := "\x00\xff\x01 any bytes"
	for _, value := range []string{"1", "", binary, "1"} {
		if err := apply(t, s, set("a", value)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, "a"); got != value {
			t.Errorf("got %q, want %q", got, value)
		}
	}
	before, _, _ := s.Get(t.Context(), "a")
	_ = apply(t, s, storage.Batch{{Kind: storage.Delete, Key: "a"}, {Kind: storage.Delete, Key: "never"}})
	if got := read(t, s, "a"); got != "-" {
		t.Errorf("deleted, but %q is there", got)
	}
	_ = apply(t, s, set("a", "1"))
	if after, _, _ := s.Get(t.Context(), "a"); after.Version <= before.Version {
		t.Errorf("version %d after %d", after.Version, before.Version)
	}
}

func testKeys(t *testing.T, s storage.Store) {
	for _, key := range []string{"", "a\x00b", "\xff", strings.Repeat("k", storage.MaxKeyBytes+1)} {
		wantCode(t, apply(t, s, set(key, "1")), storage.CodeInvalid)
		_, _, err := s.Get(t.Context(), key)
		wantCode(t, err, storage.CodeInvalid)
	}
	wantCode(t, apply(t, s, set("big", strings.Repeat("x", storage.MaxValueBytes+1))), storage.CodeInvalid)
	for _, key := range []string{strings.Repeat("k", storage.MaxKeyBytes), "ü/€/😀", "%_'\"", " "} {
		if err := apply(t, s, set(key, key)); err != nil || read(t, s, key) != key {
			t.Errorf("key %.20q: %v", key, err)
		}
	}
	// One bad batch does not keep the others from being done.
	errs, err := s.Apply(t.Context(), set("x", "1"), set("", "2"), set("y", "3"))
	if err != nil || errs[0] != nil || code(errs[1]) != storage.CodeInvalid || errs[2] != nil || read(t, s, "y") != "3" {
		t.Errorf("got %v, %v", errs, err)
	}
}

func testList(t *testing.T, s storage.Store) {
	want := []string{"p", "p/1", "p/10", "p/2", "p/Z", "p/a", "p/ü", "p/😀"}
	for i, key := range append(slices.Clone(want), "o", "q", "P/1") {
		_ = apply(t, s, set(key, fmt.Sprint(i)))
	}
	list := func(r storage.Range) []string {
		entries, err := s.List(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		keys := []string{}
		for _, e := range entries {
			if read(t, s, e.Key) != string(e.Value) || e.Version == 0 {
				t.Errorf("%q is listed as %q", e.Key, e.Value)
			}
			keys = append(keys, e.Key)
		}
		return keys
	}
	backwards := slices.Clone(want)
	slices.Reverse(backwards)
	for _, test := range []struct {
		r    storage.Range
		want []string
	}{
		{storage.Range{Prefix: "p"}, want},
		{storage.Range{Prefix: "p/"}, want[1:]},
		{storage.Range{Prefix: "p", Limit: 3}, want[:3]},
		{storage.Range{Prefix: "p", Limit: 3, After: "p/10"}, want[3:6]},
		{storage.Range{Prefix: "p", After: "a"}, want},
		{storage.Range{Prefix: "p", After: "z"}, []string{}},
		{storage.Range{Prefix: "p", Reverse: true}, backwards},
		{storage.Range{Prefix: "p", Reverse: true, After: "p/2", Limit: 2}, []string{"p/10", "p/1"}},
		{storage.Range{Prefix: "none"}, []string{}},
		{storage.Range{}, append([]string{"P/1", "o"}, append(slices.Clone(want), "q")...)},
	} {
		if got := list(test.r); !slices.Equal(got, test.want) {
			t.Errorf("%+v lists %q, want %q", test.r, got, test.want)
		}
	}
}

func testConditions(t *testing.T, s storage.Store) {
	_ = apply(t, s, set("a", "1"))
	e, _, _ := s.Get(t.Context(), "a")
	for _, test := range []struct {
		name string
		op   storage.Op
		met  bool
	}{
		{"absent, but there", storage.Op{Key: "a", If: storage.IfAbsent}, false},
		{"absent", storage.Op{Key: "b", If: storage.IfAbsent}, true},
		{"present", storage.Op{Key: "a", If: storage.IfPresent}, true},
		{"present, but not", storage.Op{Key: "c", If: storage.IfPresent}, false},
		{"version", storage.Op{Key: "a", If: storage.IfVersion, Version: e.Version}, true},
		{"another version", storage.Op{Key: "a", If: storage.IfVersion, Version: e.Version + 1}, false},
		{"version of nothing", storage.Op{Key: "c", If: storage.IfVersion}, false},
		{"equal", storage.Op{Key: "a", If: storage.IfEquals, Equals: []byte("1")}, true},
		{"not equal", storage.Op{Key: "a", If: storage.IfEquals, Equals: []byte("2")}, false},
	} {
		test.op.Kind = storage.Check
		err := apply(t, s, storage.Batch{test.op, {Key: "done", Value: []byte(test.name)}})
		if (err == nil) != test.met || err != nil && !errors.Is(err, storage.ErrConflict) {
			t.Errorf("%s: %v", test.name, err)
		}
		if done := read(t, s, "done") == test.name; done != test.met {
			t.Errorf("%s: done: %v", test.name, done)
		}
	}
}

func testBatches(t *testing.T, s storage.Store) {
	_ = apply(t, s, set("taken", "1"))
	errs, err := s.Apply(t.Context(),
		storage.Batch{{Key: "a", Value: []byte("1")}, {Key: "b", Value: []byte("1")}},
		storage.Batch{{Key: "a", Value: []byte("2")}, {Key: "taken", Value: []byte("2"), If: storage.IfAbsent}},
		storage.Batch{{Key: "b", Value: []byte("3"), If: storage.IfEquals, Equals: []byte("1")}}, // sees the first
	)
	if err != nil || errs[0] != nil || !errors.Is(errs[1], storage.ErrConflict) || errs[2] != nil {
		t.Errorf("got %v, %v", errs, err)
	}
	if got := read(t, s, "a") + read(t, s, "b") + read(t, s, "taken"); got != "131" {
		t.Errorf("got %s", got)
	}
	many := make(storage.Batch, storage.MaxBatchOps+1)
	for i := range many {
		many[i].Key = "k"
	}
	wantCode(t, apply(t, s, many), storage.CodeInvalid)
}

func testTTL(t *testing.T, s storage.Store) {
	_ = apply(t, s, storage.Batch{{Key: "short", Value: []byte("1"), TTL: time.Millisecond}, {Key: "long", Value: []byte("1"), TTL: time.Hour}})
	wantCode(t, apply(t, s, storage.Batch{{Key: "x", TTL: -1}}), storage.CodeInvalid)
	deadline := time.Now().Add(time.Minute)
	for read(t, s, "short") != "-" {
		if time.Now().After(deadline) {
			t.Fatal("it does not expire")
		}
	}
	if entries, _ := s.List(t.Context(), storage.Range{}); len(entries) != 1 || entries[0].Expires.Before(time.Now().Add(59*time.Minute)) {
		t.Errorf("listed: %v", entries)
	}
	if err := apply(t, s, storage.Batch{{Key: "short", Value: []byte("2"), If: storage.IfAbsent}}); err != nil {
		t.Errorf("what has expired is in the way: %v", err)
	}
	if err := apply(t, s, set("long", "2")); err != nil {
		t.Fatal(err)
	}
	if e, _, _ := s.Get(t.Context(), "long"); !e.Expires.IsZero() {
		t.Error("a write without a time to live keeps the old one")
	}
}

func testWatch(t *testing.T, s storage.Store) {
	var mu sync.Mutex
	var heard []string
	stop := s.Watch("w/", func(c storage.Change) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, fmt.Sprint(c.Key, "=", string(c.Value), c.Deleted))
	})
	_ = apply(t, s, set("w/a", "1"))
	_ = apply(t, s, storage.Batch{{Key: "other", Value: []byte("1")}, {Key: "w/b", Value: []byte("2")}, {Kind: storage.Delete, Key: "w/a"}})
	_ = apply(t, s, storage.Batch{{Key: "w/c", If: storage.IfPresent}, {Kind: storage.Delete, Key: "w/none"}})
	stop()
	_ = apply(t, s, set("w/late", "1"))
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(heard, " "); got != "w/a=1false w/b=2false w/a=true" {
		t.Errorf("heard %s", got)
	}
}

// Of many that set a key if it is absent, one does.
func testOneWinner(t *testing.T, s storage.Store) {
	var wg sync.WaitGroup
	won := make(chan int, 64)
	for i := range 16 {
		wg.Go(func() {
			errs, err := s.Apply(context.Background(), storage.Batch{{Key: "once", Value: fmt.Append(nil, i), If: storage.IfAbsent}})
			if err == nil && errs[0] == nil {
				won <- i
			}
		})
	}
	wg.Wait()
	if len(won) != 1 || read(t, s, "once") != fmt.Sprint(<-won) {
		t.Errorf("%d have won", len(won))
	}
}
