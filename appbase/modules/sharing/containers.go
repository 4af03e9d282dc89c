package sharing

import (
	"fmt"
	"slices"
)

// --- maps ---

// Get returns the value of a key; false when there is none.
func (s *Store) Get(name, key string) (value string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.fields[name]; f != nil {
		var e entry
		e, ok = f.entries[key]
		value = e.value
	}
	return value, ok
}

// Set sets the value of a key.
func (s *Store) Set(name, key, value string) error {
	return s.change(name, Map, func(f *field) (int, error) { return s.set(f, key, value) })
}

func (s *Store) set(f *field, key, value string) (added int, err error) {
	old, there := f.entries[key]
	added = len(value) - len(old.value)
	if !there {
		added += len(key)
	}
	if err := s.room(added); err != nil {
		return 0, err
	}
	if !there {
		f.last++
		old.place = f.last
	}
	f.entries[key] = entry{value, old.place}
	return added, nil
}

// Swap sets the value of a key if it is old ("" for none; value "" deletes), and says whether it was.
func (s *Store) Swap(name, key, old, value string) (swapped bool, err error) {
	err = s.change(name, Map, func(f *field) (int, error) {
		if f.entries[key].value != old {
			return 0, nil
		}
		swapped = true
		if value == "" {
			return s.remove(f, key), nil
		}
		return s.set(f, key, value)
	})
	return swapped && err == nil, err
}

// Delete removes a key and says whether it was there.
func (s *Store) Delete(name, key string) (there bool, err error) {
	err = s.change(name, Map, func(f *field) (int, error) {
		_, there = f.entries[key]
		return s.remove(f, key), nil
	})
	return there, err
}

func (s *Store) remove(f *field, key string) (added int) {
	e, there := f.entries[key]
	if !there {
		return 0
	}
	delete(f.entries, key)
	return -len(key) - len(e.value)
}

// --- lists ---

// Push adds values at the end and lets the oldest go beyond max (0: no bound). It returns the length.
func (s *Store) Push(name string, max int, values ...string) (length int, err error) {
	err = s.change(name, List, func(f *field) (int, error) {
		added := 0
		for _, value := range values {
			added += len(value)
		}
		over := 0
		if max > 0 {
			over = min(len(f.list), len(f.list)+len(values)-max)
		}
		for i := range over {
			added -= len(f.list[i])
		}
		if err := s.room(added); err != nil {
			return 0, err
		}
		if over > 0 {
			f.list = slices.Delete(f.list, 0, over)
		}
		f.list = append(f.list, values...)
		length = len(f.list)
		return added, nil
	})
	return length, err
}

// Take removes and returns the first or the last value; false when the list is empty.
func (s *Store) Take(name string, last bool) (value string, ok bool, err error) {
	err = s.change(name, List, func(f *field) (int, error) {
		n := len(f.list)
		if n == 0 {
			return 0, nil
		}
		ok = true
		if last {
			value, f.list = f.list[n-1], f.list[:n-1]
		} else {
			value, f.list = f.list[0], slices.Delete(f.list, 0, 1)
		}
		return -len(value), nil
	})
	return value, ok, err
}

// Size is how many entries a map or a list has.
func (s *Store) Size(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.fields[name]
	if f == nil {
		return 0
	}
	return len(f.entries) + len(f.list)
}

// Clear removes every entry of a map or a list.
func (s *Store) Clear(name string, kind Kind) error {
	if kind != Map && kind != List {
		return fmt.Errorf("a %s has no entries", kind)
	}
	return s.change(name, kind, func(f *field) (int, error) {
		added := -f.bytes()
		f.list = nil
		clear(f.entries)
		return added, nil
	})
}
