package testrun

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/sigil-server/sigil/appbase/modules/suite"
	"github.com/sigil-server/sigil/server"
)

// prepare makes the request and sees to it that its app runs. An app that is not there is the server's to tell.
func (w *world) prepare(ctx context.Context, r suite.Request) (*server.Local, *http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, nil, err
	}
	if len(r.Body) == 0 {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	if req.Header = r.Header; req.Header.Get("Host") != "" {
		req.Host = req.Header.Get("Host")
		req.Header.Del("Host")
	}
	peer, err := netip.ParseAddr(cmp.Or(r.Address, "127.0.0.1"))
	if err != nil {
		return nil, nil, fmt.Errorf("address: %w", err)
	}
	req.RequestURI, req.RemoteAddr = req.URL.RequestURI(), netip.AddrPortFrom(peer, 40000).String()
	local := w.now()
	app, _, named := strings.Cut(r.Listener, "/")
	if !named {
		app = local.AppAt(req.URL.EscapedPath())
	}
	if app != "" {
		if err = local.Start(ctx, app); errors.Is(err, server.ErrNoApp) {
			err = nil
		}
	}
	return local, req, err
}

// Request implements [suite.World].
func (w *world) Request(r suite.Request, done func(*suite.Response, error)) {
	w.do(func(ctx context.Context, rest func()) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		local, req, err := w.prepare(ctx, r)
		if err != nil {
			done(nil, err)
			return
		}
		var once sync.Once
		a := newAnswer(func(res *suite.Response) { once.Do(func() { done(res, nil) }) })
		a.cancel, a.noBody = cancel, r.Method == http.MethodHead
		err = serve(local, a, req, r.Listener, rest)
		a.end(err)
		once.Do(func() { done(nil, err) })
	})
}

var errCut = errors.New("the server cut the connection before the answer was whole")

// serve has the server answer; what it aborts is errCut.
func serve(local *server.Local, a *answer, req *http.Request, listener string, entered func()) (err error) {
	defer func() {
		if x := recover(); x != nil {
			if x != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(x)
			}
			err = errCut
		}
	}()
	local.Serve(a, req, listener, entered)
	return nil
}

// Connect implements [suite.World].
func (w *world) Connect(r suite.Request, protocols []string, receive func(suite.Frame), done func(*suite.Handshake, error)) {
	w.do(func(ctx context.Context, rest func()) {
		local, req, err := w.prepare(ctx, r)
		if err != nil {
			done(nil, err)
			return
		}
		handshake(req.Header, protocols)
		peer, _ := netip.ParseAddrPort(req.RemoteAddr) // made there
		var c *conn
		c = newConn(peer, func(h *head) {
			done(&suite.Handshake{Conn: client{c}, Protocol: h.header.Get("Sec-WebSocket-Protocol"), Header: h.header}, nil)
		}, receive)
		w.mu.Lock()
		w.conns[c] = struct{}{}
		w.mu.Unlock()
		status := 0
		a := newAnswer(func(res *suite.Response) { status = res.Status })
		a.conn, a.cancel = c, func() {}
		err = serve(local, a, req, r.Listener, rest)
		switch {
		case a.hijacked:
		case err != nil:
			_ = c.Close() // cannot fail
			done(nil, err)
		default:
			_ = c.Close() // cannot fail
			done(nil, &suite.Refusal{Status: cmp.Or(status, http.StatusOK), Body: strings.TrimSpace(a.text())})
		}
	})
}

// handshake adds the headers of RFC 6455, 4.1.
func handshake(header http.Header, protocols []string) {
	header.Set("Connection", "Upgrade")
	header.Set("Upgrade", "websocket")
	header.Set("Sec-WebSocket-Version", "13")
	header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if len(protocols) > 0 {
		header.Set("Sec-WebSocket-Protocol", strings.Join(protocols, ", "))
	}
}
