package scripting

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"
)

// fakeVM counts what the watchdog does.
type fakeVM struct{ interrupts, clears atomic.Int32 }

func (f *fakeVM) Interrupt(any)   { f.interrupts.Add(1) }
func (f *fakeVM) ClearInterrupt() { f.clears.Add(1) }

// wallOnly is the clock of threads where there is none.
func wallOnly(int32) (time.Duration, bool) { return 0, false }

func TestWatchdog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vm := &fakeVM{}
		w := newWatchdog(vm, time.Second, nil)
		w.ran = wallOnly
		defer w.stop()
		w.enter()
		time.Sleep(time.Second)
		if vm.interrupts.Load() != 0 {
			t.Error("interrupted before its time")
		}
		time.Sleep(time.Second/4 + time.Millisecond)
		if vm.interrupts.Load() != 1 || !w.interrupted() {
			t.Error("not interrupted in time")
		}
		time.Sleep(5 * time.Second)
		if vm.interrupts.Load() != 1 {
			t.Error("interrupted twice")
		}
		w.exit()
		if vm.clears.Load() != 1 || w.interrupted() {
			t.Error("the interrupt was not taken back")
		}
	})
}

func TestWatchdogIgnoresShortEntries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vm := &fakeVM{}
		w := newWatchdog(vm, time.Second, nil)
		w.ran = wallOnly
		defer w.stop()
		for range 10 {
			w.enter()
			time.Sleep(900 * time.Millisecond)
			w.exit()
		}
		if vm.interrupts.Load() != 0 || vm.clears.Load() != 0 {
			t.Error("a short entry was interrupted")
		}
	})
}

func TestWatchdogDisarms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatchdog(&fakeVM{}, time.Second, nil)
		w.ran = wallOnly
		defer w.stop()
		if w.armed.Load() {
			t.Error("armed before the first entry")
		}
		w.enter()
		w.exit()
		if !w.armed.Load() {
			t.Error("not armed by an entry")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if w.armed.Load() {
			t.Error("still armed while idle")
		}
		w.enter()
		w.exit()
		if !w.armed.Load() {
			t.Error("not armed again")
		}
	})
}

// A thread that the machine gives little time has its entry interrupted later, but not without end.
func TestWatchdogOnABusyMachine(t *testing.T) {
	for _, test := range []struct {
		name        string
		share       float64 // of the processor
		spared, hit time.Duration
	}{
		{"alone", 1, time.Second, 1250 * time.Millisecond},
		{"with little beside it", 0.8, time.Second, 1250 * time.Millisecond},
		{"a half", 0.5, 1500 * time.Millisecond, 1750 * time.Millisecond},
		{"a third", 0.34, 2 * time.Second, 2500 * time.Millisecond},
		{"nothing", 0, 4 * time.Second, 4250 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				vm, begin := &fakeVM{}, time.Now()
				w := newWatchdog(vm, time.Second, nil)
				defer w.stop()
				w.ran = func(int32) (time.Duration, bool) {
					return time.Duration(test.share * float64(time.Since(begin))), true
				}
				w.enter()
				if time.Sleep(test.spared - time.Millisecond); vm.interrupts.Load() != 0 {
					t.Errorf("interrupted within %v", test.spared)
				}
				if time.Sleep(test.hit - test.spared + 2*time.Millisecond); vm.interrupts.Load() != 1 {
					t.Errorf("not interrupted after %v", test.hit)
				}
				w.exit()
			})
		})
	}
}

func TestThreadTime(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, told := threadTime(threadID())
	if !told {
		t.Skip("the time of threads cannot be told on this system")
	}
	for begin := time.Now(); ; {
		now, _ := threadTime(threadID())
		if now > before {
			break
		}
		if time.Since(begin) > time.Minute {
			t.Fatal("the time of a thread that runs stands still")
		}
	}
	if _, told := threadTime(1 << 28); told {
		t.Error("a thread that is not there has a time")
	}
}

// queue is an Executor that runs nothing.
type queue struct{}

func (queue) Post(func()) bool                                   { return true }
func (queue) AfterFunc(time.Duration, func()) (stop func() bool) { return func() bool { return true } }

func TestPrepareIsNotWatched(t *testing.T) {
	rt, err := New(Options{Executor: queue{}, CallTime: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	turns := func() error {
		_, err := rt.vm.RunString("for (let i = 0; i < 1e5; i++);")
		return err
	}
	if err := rt.Prepare(turns); err != nil || rt.guard.armed.Load() {
		t.Errorf("preparing is watched: %v", err)
	}
	var interrupted *Error
	endless := func() error {
		_, err := rt.vm.RunProgram(goja.MustCompile("", "for (;;);", false))
		return err
	}
	if err := rt.Do(endless); !errors.As(err, &interrupted) || !interrupted.Interrupted {
		t.Errorf("what comes after it is not: %v", err)
	}
}
