//go:build !linux

package wsconn

// HTTPConn is an HTTP connection on a loop that polls; there is none here.
type HTTPConn struct{}

// httpConns are none.
type httpConns struct{}

func (httpConns) end() {}

// AdoptHTTP is always false here.
func (l *Loop) AdoptHTTP(*Knocking, *HTTPLimits, func(*HTTPConn) HTTPHandler) bool { return false }

// MoveTo is always false here.
func (c *HTTPConn) MoveTo(*Loop, func(*HTTPConn) HTTPHandler) bool { return false }

// Answer does nothing here.
func (c *HTTPConn) Answer([]byte, bool) {}

// PassOn does nothing here.
func (c *HTTPConn) PassOn(Parcel) {}

// ReleaseHTTP does nothing here.
func (l *Loop) ReleaseHTTP() {}

// CutHTTP does nothing here.
func (l *Loop) CutHTTP() {}
