package crypto

import "sync"

// Bounds of the work that one runtime gives away.
const (
	maxRunning  = 2       // goroutines at once
	maxWaiting  = 1024    // jobs behind them
	inlineBytes = 4 << 10 // what is no longer and not heavy is done at once, which is faster than handing it over
)

// jobs runs work on few goroutines, in order, within bounds. A goroutine ends when no job waits.
type jobs struct {
	mu      sync.Mutex
	running int
	bytes   int64 // given to the jobs that have not ended
	waiting []job
	dropped bool
}

// drop forgets the jobs that have not begun, and takes no more.
func (j *jobs) drop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waiting, j.dropped = nil, true
}

type job struct {
	size int64
	do   func()
}

// start has do run on a goroutine of its own or after others. It reports false when there is too much to do already.
func (j *jobs) start(size int64, do func()) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.dropped || len(j.waiting) >= maxWaiting || j.bytes+size > maxPendingBytes {
		return false
	}
	j.bytes += size
	j.waiting = append(j.waiting, job{size, do})
	if j.running < maxRunning {
		j.running++
		go j.work()
	}
	return true
}

func (j *jobs) work() {
	for {
		next, ok := j.next()
		if !ok {
			return
		}
		next.do()
		j.mu.Lock()
		j.bytes -= next.size
		j.mu.Unlock()
	}
}

// next takes a job; the goroutine that gets none is gone.
func (j *jobs) next() (job, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.waiting) == 0 {
		j.running--
		return job{}, false
	}
	next := j.waiting[0]
	j.waiting[0] = job{}
	j.waiting = j.waiting[1:]
	return next, true
}
