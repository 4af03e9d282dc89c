package wsconn

import (
	"cmp"
	"net/http"
	"time"
)

// HTTPLimits bound an HTTP connection on a loop. What exceeds the sizes is not
// refused but passed on: the connection comes out of the Accept of the [Door] it
// came in by, for net/http, with what was read and has not been answered.
type HTTPLimits struct {
	MaxHeaderBytes int           // of a request; default 16 KiB
	MaxBodyBytes   int           // of a request; default 64 KiB
	HeaderTime     time.Duration // for a header that is passed on before it is whole; default 5 s
	IdleTime       time.Duration // between two requests; default 75 s. Then it is closed
	WriteStall     time.Duration // how long the peer may take nothing of an answer; default 10 s. Then it is cut
}

func (l HTTPLimits) withDefaults() HTTPLimits {
	l.MaxHeaderBytes = cmp.Or(max(l.MaxHeaderBytes, 0), 16<<10)
	l.MaxBodyBytes = cmp.Or(max(l.MaxBodyBytes, 0), 64<<10)
	l.HeaderTime = cmp.Or(max(l.HeaderTime, 0), 5*time.Second)
	l.IdleTime = cmp.Or(max(l.IdleTime, 0), 75*time.Second)
	l.WriteStall = cmp.Or(max(l.WriteStall, 0), 10*time.Second)
	return l
}

// HTTPHandler answers the requests of one HTTP connection, one after the other.
// All methods are called on the loop.
type HTTPHandler interface {
	// Request is given a plain request, whose body is valid while it runs. It
	// answers with [HTTPConn.Answer], now or later. False: it will not, nothing was
	// done, and the connection is passed on with the request.
	Request(r *http.Request) bool
	// Sent is called once for each answer: with nil when all of it is with the
	// kernel, with [os.ErrDeadlineExceeded] when the peer took nothing for
	// WriteStall, else with why it could not be sent. The next request comes later.
	Sent(err error)
	// Gone tells that the client has gone, or the connection was cut, before the
	// request was answered. Answers have no effect any more.
	Gone()
	// Left is called once, last, when the connection is on the loop no more: it has
	// ended or was passed on.
	Left()
}

// httpState is what an HTTPConn waits for.
type httpState uint8

const (
	httpIdle    httpState = iota // a request
	httpBusy                     // its answer
	httpWriting                  // the peer to take the answer
	httpClosing                  // the peer to close its side
	httpGone                     // nothing: it is not on the loop any more
)
