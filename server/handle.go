package server

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/sigil-server/sigil/appbase"
)

// handle has the app answer.
func (s *Server) handle(w *steadyWriter, r *http.Request, c call) {
	x := &exchange{control: w.control, req: s.request(r, c), folder: s.options.UploadDir}
	if status := s.takeBody(w, r, c, x); status != 0 {
		s.fail(w, r, status, bodyProblem[status])
		return
	}
	c.hold(x.req)
	worker := c.app.place()
	defer worker.release()
	x.worker = worker
	defer x.end()
	client, leave := x.context(r.Context())
	defer leave()
	ctx, cancel := x.answerContext(client, c.responseTime())
	defer cancel()
	res, err := ask(ctx, worker, func(done func(*appbase.Response, error)) { worker.script.Serve(c.route, x.req, x.deliver(done)) })
	if x.bodyRead() {
		goOn(w.Header(), r)
	}
	if err != nil {
		x.abandon(err)
		s.scriptFailed(w, r, c, err)
		return
	}
	s.checkAnswer(r, c, res)
	s.send(client, w, r, c, res, x)
}

// request is r as the app sees it, without its body. The header is r's own, which gets its Host.
func (s *Server) request(r *http.Request, c call) *appbase.Request {
	header := r.Header
	if r.Host != "" {
		header["Host"] = []string{r.Host}
	}
	uri, path := rawPath(r), c.target.path()
	if c.route.Whole {
		uri, path = belowMount(uri, c.target), spelled(c.target.rest)
	}
	if r.URL.RawQuery != "" {
		uri += "?" + r.URL.RawQuery
	}
	from := s.proxies.ask(r)
	return &appbase.Request{
		Method: r.Method, URL: from.schemeOf(r) + "://" + s.hostOf(r, from) + uri, Path: path,
		RawQuery: r.URL.RawQuery, Header: header, Params: c.params, RemoteAddress: from.client.String(),
	}
}

// eagerBytes is how large a body may be that is read before the app is asked: most are, and waiting for them there spares
// the loop a turn.
const eagerBytes = 64 << 10

// takeBody reads a small body, and makes a large one, or one whose size is not known, the exchange's to read while the app
// asks for it. The status is 0, or what to answer: 413 beyond MaxBodyBytes, 408 when nothing came for BodyStall, 400 when it
// is malformed or cut.
func (s *Server) takeBody(w *steadyWriter, r *http.Request, c call, x *exchange) (status int) {
	limit := c.maxBody()
	note := func(status int) {
		if limit := bodyLimits[status]; limit != "" {
			c.app.notices.note(limit, "route", c.route.String(), "remote", r.RemoteAddr)
		}
	}
	switch {
	case r.ContentLength == 0:
		return 0
	case r.ContentLength > limit:
		note(http.StatusRequestEntityTooLarge)
		return http.StatusRequestEntityTooLarge
	}
	x.body = &boundBody{body: r.Body, control: w.control, framed: w.framed, stall: c.app.limits.BodyStall, left: limit, failed: note}
	if (r.ContentLength < 0 || r.ContentLength > eagerBytes) && !c.readsBody(r) {
		x.req.Upload = x
		return 0
	}
	body, err := io.ReadAll(x.body)
	var problem *appbase.BodyError
	if errors.As(err, &problem) {
		return problem.Status
	}
	x.req.Body = body
	return 0
}

// framing are the headers that belong to the transfer, not to the answer: an app cannot set them.
var framing = []string{"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// bodiless says whether an answer of that status has no body (RFC 9110, 6.4.1).
func bodiless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusResetContent || status == http.StatusNotModified
}

// permit adds the headers of an app's answer that are the app's to set.
func permit(header http.Header, res *appbase.Response) {
	if res.Type != "" {
		header["Content-Type"] = []string{res.Type}
	}
	allow(header, res.Header)
}

func untyped(header http.Header) bool {
	given := header["Content-Type"]
	return len(given) == 0 || given[0] == ""
}

// respond writes an app's answer whose body is whole.
func respond(w http.ResponseWriter, r *http.Request, res *appbase.Response) {
	header := w.Header()
	permit(header, res)
	bodiless := bodiless(res.Status)
	if !bodiless && (r.Method != http.MethodHead || len(res.Body) > 0) { // an app may answer HEAD itself, without a body
		header["Content-Length"] = []string{strconv.Itoa(len(res.Body))}
	}
	if len(res.Body) > 0 && untyped(header) {
		header.Set("Content-Type", "application/octet-stream")
	}
	w.WriteHeader(res.Status)
	if !bodiless && r.Method != http.MethodHead {
		_, _ = w.Write(res.Body) // whoever went away needs no answer
	}
}
