package sharing

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryChangeIsOneStep(t *testing.T) {
	s := NewStore()
	for name, state := range map[string]State{"n": {Kind: Counter}, "m": {Kind: Map}, "l": {Kind: List}} {
		if err := s.Put(name, state); err != nil {
			t.Fatal(err)
		}
	}
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for range 500 {
				_, _ = s.Add("n", 1)
				_, _ = s.Push("l", 100, "1")
				for done := false; !done; {
					old, _ := s.Get("m", "k")
					done, _ = s.Swap("m", "k", old, fmt.Sprint(len(old), "x")+old[:min(len(old), 5)])
				}
			}
		})
	}
	workers.Wait()
	if n := s.Look("n").Number; n != 2000 || s.Size("l") != 100 || s.Size("m") != 1 {
		t.Errorf("counter %v, list %d, map %d", n, s.Size("l"), s.Size("m"))
	}
}

// What is counted is what is kept, however it came and went.
func TestBytesAreCounted(t *testing.T) {
	s := NewStore()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Put("p", State{Kind: Plain, Value: "12345"}))
	must(s.Put("m", State{Kind: Map, Keys: []string{"b", "a"}, List: []string{"1", "22"}}))
	must(s.Put("l", State{Kind: List, List: []string{"1", "2"}}))
	must(s.SetValue("p", "1"))
	must(s.Set("m", "c", "333"))
	must(s.Set("m", "a", "2"))
	_, err := s.Delete("m", "b")
	must(err)
	_, err = s.Push("l", 3, "3", "44")
	must(err)
	_, _, err = s.Take("l", false)
	must(err)
	_, _, err = s.Take("l", true)
	must(err)
	if got := fmt.Sprint(s.Look("m").Keys, s.Look("m").List, s.Look("l").List, s.bytes); got != "[a c] [2 333] [3] 8" {
		t.Errorf("got %s", got)
	}
	must(s.Clear("m", Map))
	s.Keep([]string{"p", "m"})
	if s.bytes != 1 {
		t.Errorf("%d bytes", s.bytes)
	}
}

func TestStoreIsBounded(t *testing.T) {
	s := NewStore()
	big := strings.Repeat("x", MaxBytes-10)
	if err := s.Put("p", State{Kind: Plain, Value: big}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"put":   s.Put("l", State{Kind: List, List: []string{"12345678901"}}),
		"value": s.SetValue("p", big+"12345678901"),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Put("l", State{Kind: List, List: []string{"1"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Push("l", 0, "1234567890"); !errors.Is(err, errFull) || s.Size("l") != 1 {
		t.Errorf("push: %v", err)
	}
	if _, err := s.Add("l", 1); err == nil || !strings.Contains(err.Error(), `"l" is not there any more`) {
		t.Errorf("another kind: %v", err)
	}
}

func TestLocksAreFair(t *testing.T) {
	l := NewLocks()
	var order []int
	var tickets []*Ticket
	for i := range 4 {
		ticket, err := l.Acquire("a", func() { order = append(order, i) })
		if err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, ticket)
	}
	l.Release(tickets[2]) // it does not want it any more
	l.Release(tickets[0])
	l.Release(tickets[0])
	l.Release(tickets[1])
	l.Release(tickets[3])
	if fmt.Sprint(order) != "[0 1 3]" || len(l.locks) != 0 {
		t.Errorf("order %v, %d locks left", order, len(l.locks))
	}
}

func TestLocksAreBounded(t *testing.T) {
	l := NewLocks()
	for range maxWaiting + 1 {
		if _, err := l.Acquire("a", func() {}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Acquire("a", func() {}); !errors.Is(err, ErrWaiting) {
		t.Errorf("got %v", err)
	}
}
