package suite

import (
	"context"
	"net/http"
	"time"
)

// World is the apps under test and all that is about them. Its methods are called on the runtime's goroutine and return at
// once; what takes time calls done from any goroutine, once.
type World interface {
	// Now is the time of the apps.
	Now() time.Time
	// Advance moves the time on, and with it everything that waits for it, and is done once the apps are at rest.
	Advance(d time.Duration, done func(error))
	// Set has the clock show another time, without any passing.
	Set(t time.Time, done func(error))
	// Settle is done once the apps are at rest.
	Settle(done func(error))
	// Request asks the apps. The answer is done when its header is there.
	Request(r Request, done func(*Response, error))
	// Connect opens a WebSocket; a refusal is a *[Refusal]. What comes on it goes to receive, from any goroutine, in order,
	// at last what ended it; the first may come before done.
	Connect(r Request, protocols []string, receive func(Frame), done func(*Handshake, error))
	// Configure sets the values that an app has from its configuration, an object as JSON; one that runs is restarted.
	Configure(app, values string, done func(error))
	// Start loads an app now; Restart stops and starts it; Reload gives it a new generation; Fresh stops all, forgets what they
	// have stored.
	Start(app string, done func(error))
	Restart(app string, done func(error))
	Reload(app string, done func(error))
	Fresh(done func(error))
	// Leave closes the clients that a test has left open, and is done when the apps have taken notice.
	Leave(conns []Conn, done func())
	// Hint says what the apps wait for, as the end of a sentence; "" nothing.
	Hint() string
}

// Request is an HTTP request or a handshake.
type Request struct {
	Method   string
	URL      string // absolute
	Header   http.Header
	Body     []byte // nil: none
	Address  string // the client's; "" is 127.0.0.1
	Listener string // "app/name" of a named listener; "": the port of all
}

// Response is an answer whose body may still come.
type Response struct {
	Status int
	Header http.Header
	Body   Body
}

// Body is read chunk by chunk.
type Body interface {
	// Read calls done with the next chunk, nil at the end, from any goroutine.
	Read(done func([]byte, error))
	// Cancel gives the rest up.
	Cancel()
}

// Handshake is a connection that was opened.
type Handshake struct {
	Conn     Conn
	Protocol string
	Header   http.Header
}

// Conn is the client's end of a WebSocket. Its methods return at once.
type Conn interface {
	Send(text string)
	SendBytes(data []byte)
	Close(code int, reason string)
	// Drop loses the connection without a close frame.
	Drop()
}

// Frame is what comes on a connection: a text, bytes, or its end.
type Frame struct {
	Kind   FrameKind
	Text   string
	Data   []byte
	Code   int
	Reason string
}

// FrameKind tells frames apart.
type FrameKind int

// The kinds of frames.
const (
	TextFrame FrameKind = iota
	BinaryFrame
	CloseFrame
)

// Refusal is a handshake that was answered with an HTTP status.
type Refusal struct {
	Status int
	Body   string
}

func (e *Refusal) Error() string {
	text := "the handshake was refused with " + itoa(e.Status) + " " + http.StatusText(e.Status)
	if e.Body != "" {
		text += ": " + e.Body
	}
	return text
}

// Answer is what the outside answers an app.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// AnswersOutside says whether the test file answers what apps fetch. Any goroutine may ask.
func (s *Suite) AnswersOutside() bool { return s.outside.Load() }

// Outside asks the test file for the answer to what an app fetches. It may be called from any goroutine but the runtime's and
// blocks until there is one or ctx ends.
func (s *Suite) Outside(ctx context.Context, method, url string, header http.Header, body []byte) (*Answer, error) {
	type outcome struct {
		answer *Answer
		err    error
	}
	outcomes := make(chan outcome, 1)
	if !s.executor.Post(func() {
		s.ask(method, url, header, body, func(a *Answer, err error) { outcomes <- outcome{a, err} })
	}) {
		return nil, context.Canceled
	}
	select {
	case o := <-outcomes:
		return o.answer, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
