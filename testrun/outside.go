package testrun

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/sigil-server/sigil/appbase"
)

// web is what apps may reach: what the test file answers.
func (w *world) web(app string) appbase.Web {
	var web appbase.Web
	if w.options.Server.Web != nil {
		web = w.options.Server.Web(app)
	}
	web.Fetch.Via = func(next http.RoundTripper) http.RoundTripper { return outside{w, next} }
	return web
}

// outside is what apps fetch through: the test file answers, once it has said that it does.
type outside struct {
	world *world
	real  http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (o outside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := o.world
	s := w.suite.Load()
	if s == nil || !s.AnswersOutside() {
		return o.real.RoundTrip(r)
	}
	w.calls.Add(1)
	w.total.Add(1)
	defer w.calls.Add(-1)
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxUnread)); err != nil {
			return nil, err
		}
		_ = r.Body.Close() // was read
	}
	a, err := s.Outside(r.Context(), r.Method, r.URL.String(), r.Header, body)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: a.Status, Status: fmt.Sprint(a.Status, " ", http.StatusText(a.Status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)), Request: r,
	}, nil
}
