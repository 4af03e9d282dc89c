// Package appbase is what an app sees: it finds and loads apps, reads their annotations into a route table, and gives a
// class its requests, its connections and its AppBase members. It knows nothing of ports, frames or the HTTP server: those
// reach it through [Socket], [Host] and [Request].
//
// A [Worker] and everything reached from it belongs to one goroutine, the loop behind [Options.Executor]. [Source],
// [Routes] and [Route] are immutable and may be read from anywhere.
package appbase

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// Socket is the connection a script's WsConn stands for. All methods are called on the worker's goroutine.
// The WebSocket engine provides it; see there for the exact contracts.
type Socket interface {
	// Send queues a text message; false when the connection is closing or its queue is full.
	Send(text string) bool
	// SendBytes queues a copy of data as a binary message; false as with Send.
	SendBytes(data []byte) bool
	// BufferedAmount is the number of payload bytes accepted and not yet handed to the network.
	BufferedAmount() int
	// WhenDrained has fn called once nothing is queued any more; false, and fn is never called, when nothing is queued now.
	WhenDrained(fn func()) bool
	// ReadyState is 1 while open, 2 once closing has begun on either side, 3 when closed (WebSockets standard, 3.1).
	ReadyState() int
	// Close begins the close handshake and returns at once; later calls do nothing.
	Close(code int, reason string)
	// Hold keeps what arrives (and the end) until Release, within bounds.
	Hold()
	// Release delivers what was kept, in order, until the next Hold.
	Release()
}

// Options configure a [Worker]. Name, Executor and Host are required.
type Options struct {
	Web Web // what the globals of the web are and may do

	Name       string             // the app's name, as in its URL
	Executor   scripting.Executor // the loop whose goroutine owns the worker
	Host       Host
	Log        *slog.Logger      // default: discards
	Shared     *Shared           // what the app's workers have in common; default: its own, for an app with one worker
	Directory  *Directory        // what they know of each other's connections; default: its own, as Shared
	LoadOnly   bool              // load apps to look at them: @OnStart, @OnStop and schedules do not run
	Extra      bool              // beside the first worker of the app, which alone runs @OnStart, @OnStop and schedules
	Generation int               // the number before that of the first generation; 0 for an app that was never loaded
	CallTime   time.Duration     // longest one entry into the script may keep the thread; 0: scripting's default, 1 s
	MaxDepth   int               // JavaScript call depth; 0: scripting's default, 2,000
	Config     map[string]any    // what the app sees as this.config; plain data
	Env        map[string]string // what the app sees as this.env
	// OnError is told, on the worker's goroutine, of every error that is logged; those that Serve and Admit return are the
	// caller's. Default: nobody is told.
	OnError func(*scripting.Error)
	// Clock is the time that the app lives in; nil: the machine's.
	Clock Clock
	// Files is the folder into which the app may save files of forms; made when it is needed. "": saving fails.
	Files string
	Data  *Data // what the app keeps; all workers of one app share it. Nil: this.kv, this.db and the like throw
}

// Request is one HTTP request, or the handshake of a WebSocket, as an app sees it. It is not changed once handed over.
type Request struct {
	Method        string
	URL           string            // absolute
	Path          string            // full path of the URL, decoded
	RawQuery      string            // without "?"
	Header        http.Header       // including Host
	Body          []byte            // whole, unless there is an Upload; nil for a handshake
	Upload        Upload            // the body, when it is read while the app asks for it
	Params        map[string]string // path parameters of the route
	RemoteAddress string            // the client, without port

	script  *incoming // what a generation made of it
	checked *checked  // what a contract says of it; nil: nothing
}

// Response is an app's answer. Status 0 does not occur.
type Response struct {
	Status int
	Type   string      // its Content-Type, unless Header names one; "" names none
	Header http.Header // what there is beside Type; nil: nothing
	Body   []byte
	Stream *Stream // the body instead, when it is made while it is sent; it must be read to its end, or canceled
}

// Fields is the header with its Content-Type, and from then on the Header. Most answers need none.
func (r *Response) Fields() http.Header {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if _, named := r.Header["Content-Type"]; !named && r.Type != "" {
		r.Header["Content-Type"] = []string{r.Type}
	}
	return r.Header
}

// Admission is the outcome of a route's guards.
type Admission struct {
	Response *Response // the refusal to answer with; nil when admitted
	User     string    // what the guards left in req.user, as JSON; "" when nothing

	// Of a fetch app, which answers the handshake itself: the subprotocol it chose and the headers of its answer.
	Protocol string
	Header   http.Header
	upgrade  upgrade
}
