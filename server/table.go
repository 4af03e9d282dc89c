package server

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// table is the map of hosted apps by name. Readers never lock: they see one published map, which is not changed any more.
// Only the catalog's goroutine publishes.
type table struct {
	apps atomic.Pointer[map[string]*app]
}

// find returns the app of exactly that name, or nil.
func (t *table) find(name string) *app {
	if apps := t.apps.Load(); apps != nil {
		return (*apps)[name]
	}
	return nil
}

// all returns the apps in order of name.
func (t *table) all() []*app {
	apps := t.apps.Load()
	if apps == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(*apps), func(a, b *app) int { return strings.Compare(a.name, b.name) })
}

// put publishes the table with a in it.
func (t *table) put(a *app) {
	next := t.clone()
	next[a.name] = a
	t.apps.Store(&next)
}

// remove publishes the table without a.
func (t *table) remove(a *app) {
	next := t.clone()
	if next[a.name] == a {
		delete(next, a.name)
	}
	t.apps.Store(&next)
}

func (t *table) clone() map[string]*app {
	if apps := t.apps.Load(); apps != nil {
		return maps.Clone(*apps)
	}
	return map[string]*app{}
}
