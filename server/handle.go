package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/sigil-server/sigil/appbase"
)

// handle has the app answer.
func (s *Server) handle(w *steadyWriter, r *http.Request, c call) {
	body, status := s.readBody(w, r, c)
	if status != 0 {
		if limit := bodyLimits[status]; limit != "" {
			c.app.notices.note(limit, "route", c.route.String(), "remote", r.RemoteAddr)
		}
		s.fail(w, r, status, bodyProblem[status])
		return
	}
	req := s.request(r, c)
	req.Body = body
	ctx, cancel := context.WithTimeoutCause(r.Context(), c.responseTime(), errSlow)
	defer cancel()
	worker := c.app.place()
	defer worker.release()
	res, err := ask(ctx, worker, func(done func(*appbase.Response, error)) { worker.script.Serve(c.route, req, done) })
	if err != nil {
		s.scriptFailed(w, r, c, err)
		return
	}
	respond(w, r, res)
}

// request is r as the app sees it, without its body.
func (s *Server) request(r *http.Request, c call) *appbase.Request {
	header := r.Header.Clone()
	if r.Host != "" {
		header.Set("Host", r.Host)
	}
	uri, path := rawPath(r), c.target.path()
	if c.route.Whole {
		uri, path = belowMount(uri, c.target), c.target.rest
	}
	if r.URL.RawQuery != "" {
		uri += "?" + r.URL.RawQuery
	}
	return &appbase.Request{
		Method: r.Method, URL: s.proxies.scheme(r) + "://" + s.host(r) + uri, Path: path,
		RawQuery: r.URL.RawQuery, Header: header, Params: c.params, RemoteAddress: s.proxies.client(r).String(),
	}
}

var bodyProblem = map[int]string{
	http.StatusBadRequest:            "the body cannot be read",
	http.StatusRequestEntityTooLarge: "the body is too large",
	http.StatusRequestTimeout:        "the body did not arrive in time",
}

// readBody reads the whole body. The status is 0, or what to answer: 413 beyond MaxBodyBytes, 408 when nothing came for
// BodyStall, 400 when it is malformed or cut.
func (s *Server) readBody(w *steadyWriter, r *http.Request, c call) (body []byte, status int) {
	limit := narrower(c.app.limits.MaxBodyBytes, c.now.routes.Info.Limits.BodyBytes)
	switch {
	case r.ContentLength == 0:
		return nil, 0
	case r.ContentLength > int64(limit):
		return nil, http.StatusRequestEntityTooLarge
	}
	steady := &steadyReader{body: r.Body, control: w.control, stall: c.app.limits.BodyStall}
	body, err := io.ReadAll(io.LimitReader(steady, int64(limit)+1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, http.StatusRequestTimeout
	case err != nil:
		return nil, http.StatusBadRequest
	case len(body) > limit:
		return nil, http.StatusRequestEntityTooLarge
	}
	w.Header().Del("Connection")
	_ = w.control.SetReadDeadline(time.Time{})
	return body, 0
}

// steadyReader gives every read its own deadline.
type steadyReader struct {
	body    io.Reader
	control *http.ResponseController
	stall   time.Duration
}

func (r *steadyReader) Read(p []byte) (int, error) {
	_ = r.control.SetReadDeadline(time.Now().Add(r.stall))
	return r.body.Read(p)
}

// framing are the headers that belong to the transfer, not to the answer: an app cannot set them.
var framing = []string{"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// respond writes an app's answer.
func respond(w http.ResponseWriter, r *http.Request, res *appbase.Response) {
	header := w.Header()
	allow(header, res.Header)
	bodiless := res.Status == http.StatusNoContent || res.Status == http.StatusNotModified
	if !bodiless {
		header.Set("Content-Length", strconv.Itoa(len(res.Body)))
	}
	if len(res.Body) > 0 && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/octet-stream")
	}
	w.WriteHeader(res.Status)
	if !bodiless && r.Method != http.MethodHead {
		_, _ = w.Write(res.Body) // whoever went away needs no answer
	}
}
