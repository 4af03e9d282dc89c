package storage

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options say where stores are. The zero value keeps SQLite files in "data" below the working folder.
type Options struct {
	// Dir is the folder of the SQLite files, one for each app; default "data". It is made when it is needed.
	Dir string
	// URL, when it begins with "postgres://" or "postgresql://", has all apps keep their data on that server, each in a
	// schema of its own that is named like the app. Apps lists URLs by app, which come before it; "" there is SQLite.
	URL  string
	Apps map[string]string
	// Relaxed lets SQLite give a commit to the operating system without waiting for the disk: several times faster, and what
	// was committed in the last moments may be lost when the machine (not the process) fails.
	Relaxed bool
	// MaxBytes bounds an app's SQLite file; 0: only the disk does. Beyond it: CodeFull.
	MaxBytes int64
	// LockTime is how long a write waits for another process that has the SQLite file locked; default 5 s. Then: CodeBusy.
	LockTime time.Duration
	// Now tells the time by which entries expire; default time.Now.
	Now func() time.Time
	// MaxConnections is how many connections one app may have to a server; default 8.
	MaxConnections int
}

func (o Options) sync() string {
	if o.Relaxed {
		return "NORMAL"
	}
	return "FULL"
}

// path is the SQLite file of an app.
func (o Options) path(app string) string {
	dir := o.Dir
	if dir == "" {
		dir = "data"
	}
	return filepath.Join(dir, app+".db")
}

func (o Options) lockTime() time.Duration {
	if o.LockTime <= 0 {
		return 5 * time.Second
	}
	return o.LockTime
}

func (o Options) clock() func() time.Time {
	if o.Now == nil {
		return time.Now
	}
	return o.Now
}

func (o Options) url(app string) string {
	if url, ok := o.Apps[app]; ok {
		return url
	}
	return o.URL
}

// Open opens the store of one app, and makes it if there is none. The caller closes it.
func Open(ctx context.Context, app string, o Options) (Store, error) {
	if app == "" || strings.ContainsAny(app, "/\\\x00") || strings.HasPrefix(app, ".") {
		return nil, invalid("%q cannot be the name of an app", app)
	}
	if url := o.url(app); url != "" {
		return openServer(ctx, app, url, o)
	}
	s, err := openSQLite(ctx, o.path(app), o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func openServer(ctx context.Context, app, url string, o Options) (Store, error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		scheme, _, _ := strings.Cut(url, ":")
		return nil, invalid("the store of %q is at a URL that begins with %q; it must be postgres://", app, scheme)
	}
	s, err := openPostgres(ctx, app, url, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Stores opens the stores of apps, each at the first use, and closes them together.
type Stores struct {
	options Options

	mu     sync.Mutex
	closed bool
	open   map[string]*opening
}

type opening struct {
	done  chan struct{}
	store Store
	err   error
}

// NewStores opens nothing yet.
func NewStores(o Options) *Stores { return &Stores{options: o, open: map[string]*opening{}} }

// Get is the store of an app, which is opened when this is the first call for it, or the call before failed. The store
// belongs to the Stores: do not close it. Any goroutine may call it.
func (s *Stores) Get(ctx context.Context, app string) (Store, error) {
	o, first, err := s.opening(app)
	if err != nil {
		return nil, err
	}
	if first {
		o.store, o.err = Open(ctx, app, s.options)
		if o.err != nil {
			s.forget(app)
		}
		close(o.done)
	}
	select {
	case <-o.done:
		return o.store, o.err
	case <-ctx.Done():
		return nil, fromContext(ctx.Err())
	}
}

// Exists reports whether there may be a store of that app already, without opening or making it: of a server it is not known.
func (s *Stores) Exists(app string) bool {
	if s.options.url(app) != "" {
		return true
	}
	_, err := os.Stat(s.options.path(app))
	return err == nil
}

func (s *Stores) opening(app string) (o *opening, first bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, false, errClosed
	}
	if o = s.open[app]; o == nil {
		o, first = &opening{done: make(chan struct{})}, true
		s.open[app] = o
	}
	return o, first, nil
}

func (s *Stores) forget(app string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, app)
}

// Close closes all stores; none is opened any more. It is idempotent.
func (s *Stores) Close() error {
	s.mu.Lock()
	s.closed = true
	open := s.open
	s.open = nil
	s.mu.Unlock()
	var first error
	for _, o := range open {
		<-o.done
		if o.store == nil {
			continue
		}
		if err := o.store.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
