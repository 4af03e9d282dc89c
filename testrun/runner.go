package testrun

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/scripting"
)

// Runner runs test files, some at once. A program of an app is compiled once for all files. Its methods are for one goroutine
// at a time.
type Runner struct {
	options  Options
	programs programs
	failures atomic.Int64
}

// New makes a runner.
func New(o Options) *Runner {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if len(o.Under) == 0 {
		o.Under = []string{o.Dir}
	}
	return &Runner{options: o}
}

// Files are the test files that there are.
func (r *Runner) Files() ([]string, error) { return Find(r.options.Under) }

// Run runs the tests of some files and calls told with each file that is over, in the order given, one at a time. It returns
// when all goroutines of it have ended; that of ctx ends it early, and then files are missing.
func (r *Runner) Run(ctx context.Context, files []string, told func(*File)) {
	r.failures.Store(0)
	r.programs.forget()
	results := make([]chan *File, len(files))
	for i := range results {
		results[i] = make(chan *File, 1)
	}
	var group sync.WaitGroup
	defer group.Wait()
	var next atomic.Int64
	for range min(r.options.Jobs, len(files)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				if ctx.Err() != nil || r.bailed() {
					results[i] <- nil
					continue
				}
				results[i] <- r.runFile(ctx, files[i])
			}
		})
	}
	for _, result := range results {
		if f := <-result; f != nil && ctx.Err() == nil {
			told(f)
		}
	}
}

// failed counts a failed test, and says whether the run is to end.
func (r *Runner) failed() bool {
	r.failures.Add(1)
	return r.bailed()
}

func (r *Runner) bailed() bool { return r.options.Bail > 0 && int(r.failures.Load()) >= r.options.Bail }

// programs are the apps that were compiled in one run. Any goroutine may use it.
type programs struct {
	mu  sync.Mutex
	all map[string]*compilation // by entry
}

// compilation is one that is under way or over.
type compilation struct {
	once    sync.Once
	program *scripting.Program
	err     error
}

func (p *programs) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = map[string]*compilation{}
}

func (p *programs) compile(_ context.Context, src appbase.Source) (*scripting.Program, error) {
	p.mu.Lock()
	c := p.all[src.Entry]
	if c == nil {
		c = &compilation{}
		p.all[src.Entry] = c
	}
	p.mu.Unlock()
	c.once.Do(func() { c.program, c.err = appbase.Compile(context.Background(), src) }) // for all who wait, whoever was first
	return c.program, c.err
}
