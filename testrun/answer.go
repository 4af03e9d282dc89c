package testrun

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sigil-server/sigil/appbase/modules/suite"
)

// maxUnread bounds what of an answer waits for the test to read it. Beyond it the answer is cut, as by a client that is gone.
const maxUnread = 64 << 20

// answer is the [http.ResponseWriter] of a request of a test. The answer is handed over with its header; its body is read from
// it while the handler writes.
type answer struct {
	conn   *conn // of a handshake; nil: a request
	ready  func(*suite.Response)
	cancel func() // ends the request
	noBody bool   // HEAD

	header   http.Header
	hijacked bool

	mu     sync.Mutex
	sent   bool
	status int
	data   bytes.Buffer
	ended  bool
	failed error
	reader func([]byte, error) // waits for data
}

func newAnswer(ready func(*suite.Response)) *answer {
	return &answer{header: http.Header{}, ready: ready}
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	if a.sent || status < 200 {
		return
	}
	a.sent, a.status = true, status
	header := http.Header{}
	for name, values := range a.header {
		if values != nil {
			header[name] = append([]string(nil), values...)
		}
	}
	a.ready(&suite.Response{Status: status, Header: header, Body: a})
}

var errUnread = errors.New("the test does not read the answer")

// Write implements [http.ResponseWriter].
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.noBody {
		return len(p), nil
	}
	a.mu.Lock()
	if a.ended || a.data.Len()+len(p) > maxUnread {
		a.mu.Unlock()
		return 0, errUnread
	}
	a.data.Write(p)
	a.mu.Unlock()
	a.serve()
	return len(p), nil
}

// FlushError is for [http.ResponseController]: nothing is kept back.
func (a *answer) FlushError() error {
	a.WriteHeader(http.StatusOK)
	return nil
}

// Hijack implements [http.Hijacker].
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if a.conn == nil {
		return nil, nil, http.ErrNotSupported
	}
	a.hijacked = true
	return a.conn, bufio.NewReadWriter(bufio.NewReader(a.conn), bufio.NewWriter(a.conn)), nil
}

// SetReadDeadline is for [http.ResponseController]; what there is to read is there.
func (a *answer) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is for [http.ResponseController]; nothing that is written waits.
func (a *answer) SetWriteDeadline(time.Time) error { return nil }

// EnableFullDuplex is for [http.ResponseController].
func (a *answer) EnableFullDuplex() error { return nil }

// end is the end of the handler; err says that it was cut.
func (a *answer) end(err error) {
	if !a.hijacked && err == nil {
		a.WriteHeader(http.StatusOK)
	}
	a.mu.Lock()
	a.ended, a.failed = true, err
	a.mu.Unlock()
	a.serve()
}

// serve gives the reader that waits what there is.
func (a *answer) serve() {
	a.mu.Lock()
	reader := a.reader
	if reader == nil || a.data.Len() == 0 && !a.ended {
		a.mu.Unlock()
		return
	}
	a.reader = nil
	var chunk []byte
	var err error
	if a.data.Len() > 0 {
		chunk = bytes.Clone(a.data.Bytes())
		a.data.Reset()
	} else {
		err = a.failed
	}
	a.mu.Unlock()
	reader(chunk, err)
}

// Read implements [suite.Body].
func (a *answer) Read(done func([]byte, error)) {
	a.mu.Lock()
	a.reader = done
	a.mu.Unlock()
	a.serve()
}

// Cancel implements [suite.Body].
func (a *answer) Cancel() { a.cancel() }

// text is the whole body of an answer that is over.
func (a *answer) text() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.data.String()
}
