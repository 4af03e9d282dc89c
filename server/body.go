package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sigil-server/sigil/appbase"
)

var bodyProblem = map[int]string{
	http.StatusBadRequest:            "the body cannot be read",
	http.StatusRequestEntityTooLarge: "the body is too large",
	http.StatusRequestTimeout:        "the body did not arrive in time",
}

// boundBody is a request's body within its limits: each read has a deadline of its own, and what is wrong is a
// [appbase.BodyError] from then on.
type boundBody struct {
	body    io.Reader
	control *http.ResponseController
	stall   time.Duration
	framed  bool        // by HTTP/2: a deadline acts also when nobody reads
	left    int64       // bytes that may still come
	failed  func(int)   // told once of the status that answers what is wrong
	ended   atomic.Bool // all of it was read

	arrived func() // told of each piece; nil: nobody is

	mu  sync.Mutex // while it is read
	err error
}

// stalled says whether the body did not arrive in time. It waits for a read under way.
func (b *boundBody) stalled() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	var problem *appbase.BodyError
	return errors.As(b.err, &problem) && problem.Status == http.StatusRequestTimeout
}

func (b *boundBody) Read(p []byte) (n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	_ = b.control.SetReadDeadline(time.Now().Add(b.stall))
	n, err = b.body.Read(p)
	if b.framed && err == nil {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	if b.left -= int64(n); b.left < 0 {
		err = errTooLarge
	}
	if b.arrived != nil {
		b.arrived()
	}
	if err == nil {
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		b.err = io.EOF
		b.ended.Store(true)
		_ = b.control.SetReadDeadline(time.Time{})
		return n, io.EOF
	}
	problem := bodyError(err)
	b.err = problem
	b.failed(problem.Status)
	return 0, problem
}

var errTooLarge = errors.New("the body is too large")

func bodyError(err error) *appbase.BodyError {
	status := http.StatusBadRequest
	switch {
	case errors.Is(err, errTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		status = http.StatusRequestTimeout
	}
	return &appbase.BodyError{Status: status, Message: bodyProblem[status]}
}
