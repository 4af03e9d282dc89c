package scripting

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadClock is the low bits of a thread's clock that counts what the scheduler gave it: CPUCLOCK_PERTHREAD_MASK and
// CPUCLOCK_SCHED of the kernel's include/linux/posix-timers.h.
const threadClock = 4 | 2

// threadID is the calling thread.
func threadID() int32 { return int32(unix.Gettid()) }

// threadTime is how long a thread of this process has had a processor; false when there is no such thread.
func threadTime(thread int32) (time.Duration, bool) {
	var t unix.Timespec
	if err := unix.ClockGettime(^thread<<3|threadClock, &t); err != nil {
		return 0, false
	}
	return time.Duration(t.Nano()), true
}
