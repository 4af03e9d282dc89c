package testrun

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Timers fire in the order in which they are due, and of equals in that in which they were set; those that fall due later
// wait, those that are stopped do not fire.
func TestClockOrder(t *testing.T) {
	c := newClock(time.Unix(1000, 0))
	var fired []string
	add := func(name string, d time.Duration) func() bool {
		return c.AfterFunc(d, func() { fired = append(fired, name) })
	}
	add("b", 2*time.Second)
	add("a", time.Second)
	add("c", 2*time.Second)
	stop := add("never", 2*time.Second)
	add("later", time.Minute)
	c.AfterFunc(time.Second, func() { add("nested", 0) })
	if !stop() || stop() {
		t.Error("a timer is stopped once")
	}
	if due, ok := c.next(); !ok || due != time.Second {
		t.Errorf("the next is due at %v", due)
	}
	c.moveTo(time.Second)
	c.moveTo(5 * time.Second)
	if want := []string{"a", "nested", "b", "c"}; !slices.Equal(fired, want) {
		t.Errorf("fired %q, want %q", fired, want)
	}
	if now := c.Now(); !now.Equal(time.Unix(1005, 0)) {
		t.Errorf("it is %v", now)
	}
}

// To set a clock is to let nothing pass: what was to come in a while comes in that while.
func TestClockSet(t *testing.T) {
	c := newClock(time.Unix(1000, 0))
	fired, told := 0, 0
	c.AfterFunc(time.Minute, func() { fired++ })
	stop := c.OnSet(func() { told++ })
	c.set(time.Unix(9_000_000, 0))
	c.moveTo(59 * time.Second)
	if fired != 0 || told != 1 || !c.Now().Equal(time.Unix(9_000_059, 0)) {
		t.Errorf("%d fired, %d told, it is %v", fired, told, c.Now())
	}
	c.moveTo(time.Minute)
	if !stop() || stop() {
		t.Error("it is stopped once")
	}
	c.set(time.Unix(0, 0))
	if fired != 1 || told != 1 {
		t.Errorf("%d fired, %d told", fired, told)
	}
}

// A clock that is released goes on by itself, with what was set before and after.
func TestClockReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(time.Unix(1000, 0))
		fired := make(chan string, 5)
		note := func(name string) func() {
			return func() { fired <- fmt.Sprint(name, " ", c.Now().Unix()) }
		}
		c.AfterFunc(2*time.Second, note("before"))
		stop := c.AfterFunc(2*time.Second, note("stopped"))
		c.moveTo(time.Second)
		c.release()
		c.release()
		c.AfterFunc(5*time.Second, note("after"))
		if !stop() {
			t.Error("it could not be stopped")
		}
		time.Sleep(time.Minute)
		if first, second := <-fired, <-fired; first != "before 1002" || second != "after 1006" || len(fired) > 0 {
			t.Errorf("fired %q, %q", first, second)
		}
	})
}
