package appbase

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/console"
	"github.com/sigil-server/sigil/appbase/modules/suite"
	"github.com/sigil-server/sigil/scripting"
)

// ScriptOptions configure a [Script]. Executor is required.
type ScriptOptions struct {
	Executor scripting.Executor
	Log      *slog.Logger // takes what the script logs; default: discards
	Clock    Clock        // what Date shows; timers go by the executor. Nil: the machine's
	CallTime time.Duration
	Web      Web
	// OnError hears of what no caller receives, on the executor's goroutine.
	OnError func(*scripting.Error)
}

// Script is a module that is no app and has what apps have: their globals, and their modules to import. Test files are such.
// It belongs to the executor's goroutine.
type Script struct{ in *instance }

// NewScript makes one that has not run.
func NewScript(o ScriptOptions) (*Script, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	w := &Worker{
		web: o.Web.withDefaults(), executor: o.Executor, host: noHost{}, log: log, callTime: o.CallTime, shared: NewShared(),
		now: nowOf(o.Clock), onError: o.OnError, loadOnly: true, quiet: true, byUser: map[string][]*Conn{}, directory: NewDirectory(),
	}
	in, err := newInstance(w, "")
	if err != nil {
		return nil, err
	}
	return &Script{in}, nil
}

// Run evaluates the module. done is called once.
func (s *Script) Run(p *scripting.Program, done func(error)) {
	s.in.program = p
	s.in.rt.Run(p, func(_ *goja.Object, err error) { done(err) })
}

// Suite makes the script a test file of a world: see [suite.New]. It comes before Run.
func (s *Script) Suite(w suite.World, timeout time.Duration) (*suite.Suite, error) {
	return suite.New(suite.Options{
		Runtime: s.in.rt, Executor: s.in.worker.executor, World: w, Timeout: timeout, Show: console.NewInspector(s.in.vm).Format,
	})
}

// Close ends it.
func (s *Script) Close() { s.in.close() }

// CompileTest compiles a test file: as an app's module, with "sigil:test" to import. Its errors are as those of [Compile].
func CompileTest(ctx context.Context, entry, root string) (*scripting.Program, error) {
	o := compileOptions(Source{Entry: entry}, root)
	o.Builtins[suite.ModuleName] = suite.Module()
	return scripting.Compile(ctx, o)
}

// noHost is the host of a script that has no connections.
type noHost struct{}

var errNoHost = errors.New("there are no connections here")

func (noHost) Subscribe(Socket, string) error { return errNoHost }
func (noHost) Unsubscribe(Socket, string)     {}
func (noHost) Follow(Socket, string, *Position, bool) (Following, error) {
	return Following{}, errNoHost
}
func (noHost) Publish(string, Message, PublishOptions) (Receipt, error) { return Receipt{}, errNoHost }
func (noHost) Broadcast(Message, []Socket) int                          { return 0 }
func (noHost) Configure([]TopicRule)                                    {}
func (noHost) Rule(string) int                                          { return -1 }
func (noHost) Enter(string, Member) bool                                { return false }
func (noHost) Exit(string, string, time.Duration, func(Member))         {}
func (noHost) Members(string, int) ([]Member, int)                      { return nil, 0 }
func (noHost) History(string, int) []Publication                        { return nil }
