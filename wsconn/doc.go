// Package wsconn is the connection engine: it turns upgraded HTTP requests into
// WebSocket connections (RFC 6455) that live on an event loop.
//
// A [Loop] is one goroutine, locked to a thread, that owns connections, timers
// and a queue of tasks. It reads every ready socket into one shared buffer,
// parses and unmasks the frames there, and calls the connection's [Handler]
// inline. What the handler sends is queued on the connection and written once
// per connection after the whole batch. A connection that is idle owns neither
// a goroutine nor a buffer nor a timer.
//
// Sockets that cannot be polled (TLS, systems other than Linux) are fed to the
// same loop by a reader goroutine each; nothing else differs.
//
// The life of a connection:
//
//	u, err := wsconn.ParseUpgrade(r)   // err is a *HandshakeError with the status to answer
//	u.SelectDeflate(wsconn.Deflate{})  // if messages are to be compressed; off here
//	a, err := u.Accept(w)              // 101 is on the wire
//	loop.Adopt(a, wsconn.Limits{}, func(c *wsconn.Conn) wsconn.Handler { ... })
package wsconn
