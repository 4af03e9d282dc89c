// Package sharing keeps what the workers of an app share: the fields that a class marks @Shared, and locks. Both belong to Go,
// so they are the same for all workers and outlive generations of the code.
package sharing

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Kind is what a field is.
type Kind string

// The kinds of fields.
const (
	Plain   Kind = "plain"   // one value, as JSON
	Counter Kind = "counter" // a number
	Map     Kind = "map"     // values by text keys, in the order of insertion
	List    Kind = "list"    // values in order
)

// MaxBytes bounds all the fields of an app together: keys and values as JSON.
const MaxBytes = 64 << 20

// Store is an app's shared fields. It may be used from any goroutine; every method is one atomic step.
type Store struct {
	mu     sync.Mutex
	fields map[string]*field
	bytes  int
}

// field is one shared field. Values are JSON.
type field struct {
	kind    Kind
	version int
	serial  uint64 // one more with each change, over the life of the field
	value   string // of Plain
	number  float64
	entries map[string]entry
	last    uint64 // the newest entry's place
	list    []string
}

// entry is one key's value, and its place in the order of insertion.
type entry struct {
	value string
	place uint64
}

// keys are a map's keys in the order of insertion.
func (f *field) keys() []string {
	return slices.SortedFunc(maps.Keys(f.entries), func(a, b string) int {
		return cmp.Compare(f.entries[a].place, f.entries[b].place)
	})
}

// NewStore is a store without fields.
func NewStore() *Store { return &Store{fields: map[string]*field{}} }

// State is a field's kind, version and content, the zero State when there is none.
type State struct {
	Kind    Kind
	Version int
	Value   string   // of Plain
	Number  float64  // of Counter
	Keys    []string // of Map
	List    []string // of List and Map: the values
}

var errFull = errors.New("shared fields may hold 64 MiB together, and that would be more")

// Look returns what is kept under a name.
func (s *Store) Look(name string) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fields[name]
	if f == nil {
		return State{}
	}
	state := State{Kind: f.kind, Version: f.version, Value: f.value, Number: f.number, Keys: f.keys(), List: slices.Clone(f.list)}
	for _, key := range state.Keys {
		state.List = append(state.List, f.entries[key].value)
	}
	return state
}

// Put makes a field what state says, whatever it was.
func (s *Store) Put(name string, state State) error {
	f := &field{kind: state.Kind, version: state.Version, value: state.Value, number: state.Number}
	switch state.Kind {
	case Map:
		f.entries = make(map[string]entry, len(state.Keys))
		for i, key := range state.Keys {
			f.last++
			f.entries[key] = entry{state.List[i], f.last}
		}
	case List:
		f.list = slices.Clone(state.List)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before, size := 0, f.bytes()
	if old := s.fields[name]; old != nil {
		before, f.serial = old.bytes(), old.serial+1
	}
	if s.bytes-before+size > MaxBytes {
		return errFull
	}
	s.bytes += size - before
	s.fields[name] = f
	return nil
}

// Keep forgets every field that is not named.
func (s *Store) Keep(names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, f := range s.fields {
		if !slices.Contains(names, name) {
			s.bytes -= f.bytes()
			delete(s.fields, name)
		}
	}
}

func (f *field) bytes() int {
	n := len(f.value)
	for key, e := range f.entries {
		n += len(key) + len(e.value)
	}
	for _, value := range f.list {
		n += len(value)
	}
	return n
}

// change runs fn on a field of a kind and counts what it added to the store's bytes. fn must not change anything when it
// returns an error.
func (s *Store) change(name string, kind Kind, fn func(*field) (added int, err error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fields[name]
	if f == nil || f.kind != kind {
		return fmt.Errorf("the shared field %q is not there any more", name) // newer code made something else of it
	}
	added, err := fn(f)
	if err == nil {
		s.bytes += added
		f.serial++
	}
	return err
}

// room says whether the store may grow by so much. s.mu is held.
func (s *Store) room(added int) error {
	if added > 0 && s.bytes+added > MaxBytes {
		return errFull
	}
	return nil
}

// --- plain values and counters ---

// Value returns a plain field's JSON and its serial number; known spares the copy of one that the caller has.
func (s *Store) Value(name string, known uint64) (value string, serial uint64, changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fields[name]
	if f == nil || f.serial == known && known != 0 {
		return "", known, false
	}
	return f.value, f.serial, true
}

// SetValue replaces a plain field's JSON.
func (s *Store) SetValue(name, value string) error {
	return s.change(name, Plain, func(f *field) (int, error) {
		added := len(value) - len(f.value)
		if err := s.room(added); err != nil {
			return 0, err
		}
		f.value = value
		return added, nil
	})
}

// Add adds to a counter and returns what it is then.
func (s *Store) Add(name string, n float64) (now float64, err error) {
	err = s.change(name, Counter, func(f *field) (int, error) {
		f.number += n
		now = f.number
		return 0, nil
	})
	return now, err
}

// SetNumber sets a counter and returns what it was.
func (s *Store) SetNumber(name string, n float64) (before float64, err error) {
	err = s.change(name, Counter, func(f *field) (int, error) {
		before, f.number = f.number, n
		return 0, nil
	})
	return before, err
}
