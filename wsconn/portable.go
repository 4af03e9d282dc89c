package wsconn

import (
	"errors"
	"net"
	"time"
)

// portable is a connection that cannot be polled: TLS, or another system than
// Linux. One goroutine reads; it waits after every read until the loop has used
// the bytes, so that no more than one buffer per connection is in flight, and
// not reading any further is not answering it. Another one exists while bytes
// are being written.
type portable struct {
	loop   *Loop
	conn   net.Conn
	resume chan struct{} // to the reader: its buffer is free again; closed at the end

	// The rest is for the loop.
	owner   *Conn
	paused  bool
	owed    bool  // the reader has brought something while paused, and waits
	err     error // or has ended with this
	writing bool  // a writer is at work
	closed  bool
	queued  int32 // bytes with the kernel when progress last looked
}

// Sizes of a reader's buffer: what an idle connection costs, and what a busy one
// is given.
const (
	idleReadBytes = 4 << 10
	busyReadBytes = 32 << 10
)

// maxOutBytes is how much a writer goroutine is given at once.
const maxOutBytes = 64 << 10

// arrival is what a goroutine of a portable has to tell the loop.
type arrival struct {
	from  *portable
	wrote bool   // a writer is done; else a reader has read
	data  []byte // valid until the reader is told to go on
	err   error
}

func newPortable(l *Loop, conn net.Conn, sendBuffer int) *portable {
	if tcp, ok := bottom(conn).(*net.TCPConn); ok {
		// Without them it works too, only less well.
		_ = tcp.SetNoDelay(true)
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
	return &portable{loop: l, conn: conn, resume: make(chan struct{}, 1)}
}

func (p *portable) start(c *Conn) error {
	p.owner = c
	p.loop.readers.Go(p.read)
	return nil
}

// read is the reader goroutine. It ends with the connection.
func (p *portable) read() {
	buf := make([]byte, idleReadBytes)
	for {
		n, err := p.conn.Read(buf)
		p.loop.arrive(arrival{from: p, data: buf[:n], err: err})
		if err != nil {
			return
		}
		if _, more := <-p.resume; !more {
			return
		}
		switch {
		case n == idleReadBytes && len(buf) == n:
			buf = make([]byte, busyReadBytes)
		case n < idleReadBytes && len(buf) > idleReadBytes:
			buf = make([]byte, idleReadBytes)
		}
	}
}

// take serves an arrival on the loop.
func (a *arrival) take() {
	p := a.from
	if a.wrote {
		p.loop.writing.Add(-1)
	}
	switch {
	case p.closed:
	case a.wrote:
		p.wrote(a.err)
	default:
		p.received(a.data, a.err)
	}
}

func (p *portable) received(data []byte, err error) {
	if len(data) > 0 {
		p.owner.receive(data)
	}
	switch {
	case p.closed:
	case p.paused:
		p.owed, p.err = true, err // what is kept comes before the end
	case err != nil:
		p.owner.lost()
	default:
		p.resume <- struct{}{} // there is room: the reader waits
	}
}

func (p *portable) reading(on bool) {
	p.paused = !on
	if !on || !p.owed || p.closed {
		return
	}
	p.owed = false
	if p.err != nil {
		p.loop.arrive(arrival{from: p, err: p.err})
	} else {
		p.resume <- struct{}{}
	}
}

// write copies what fits for a writer goroutine, unless one is at work.
func (p *portable) write(vec [][]byte) (int, error) {
	if p.writing {
		return 0, nil
	}
	out := make([]byte, 0, min(total(vec), maxOutBytes))
	for _, piece := range vec {
		out = append(out, piece[:min(len(piece), cap(out)-len(out))]...)
	}
	p.writing = true
	p.loop.writing.Add(1)
	p.loop.writers.Go(func() {
		_, err := p.conn.Write(out)
		p.loop.arrive(arrival{from: p, wrote: true, err: err})
	})
	return len(out), nil
}

func total(vec [][]byte) (n int) {
	for _, piece := range vec {
		n += len(piece)
	}
	return n
}

// closeWrite ends the writing side, of TLS and of what is below it.
func closeWrite(conn net.Conn) (err error) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		err = half.CloseWrite()
	}
	if below := bottom(conn); below != conn {
		err = errors.Join(err, closeWrite(below))
	}
	return err
}

// wrote goes on after a writer is done. A writer that failed may have sent half
// a frame, so nothing can follow; the reader is left to find the end.
func (p *portable) wrote(err error) {
	p.writing = false
	if err != nil {
		p.hangUp()
		p.owner.writeFailed()
		return
	}
	p.owner.writable()
}

func (p *portable) full(bool) {} // the end of every write is told

func (p *portable) busy() bool { return p.writing }

func (p *portable) progress() bool {
	if end, ok := p.conn.(*tunnelEnd); ok {
		return end.progress()
	}
	tcp, ok := bottom(p.conn).(*net.TCPConn)
	if !ok {
		return false
	}
	before := p.queued
	p.queued = kernelQueue(tcp)
	return p.queued < before
}

// shutdown is called when no writer is at work. It needs a goroutine, since the
// farewell of TLS can block.
func (p *portable) shutdown() {
	p.loop.readers.Go(func() { _ = closeWrite(p.conn) }) // fails only when the peer is gone
}

// hurry bounds the write that is at work.
func (p *portable) hurry() {
	if p.writing {
		_ = p.conn.SetWriteDeadline(time.Now().Add(lastWrite)) // fails only when it is over
	}
}

// lastWrite is how long a write may still take when the loop ends. Its goroutine
// has perhaps not begun: on a busy machine that alone takes a while.
const lastWrite = 500 * time.Millisecond

func (p *portable) close() {
	if p.closed {
		return
	}
	p.closed = true
	close(p.resume)
	p.hangUp()
}

// hangUp closes the connection without the farewell of TLS, which could block.
func (p *portable) hangUp() {
	_ = bottom(p.conn).Close() // it is over either way
}

// bottom is the connection that TLS runs on, or conn itself.
func bottom(conn net.Conn) net.Conn {
	if layer, ok := conn.(interface{ NetConn() net.Conn }); ok {
		return layer.NetConn()
	}
	return conn
}

func (p *portable) remoteAddr() net.Addr { return p.conn.RemoteAddr() }
