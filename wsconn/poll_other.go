//go:build !linux

package wsconn

import (
	"net"
	"time"
)

// poller only sleeps: on this system every connection has a reader goroutine.
type poller struct{ awake chan struct{} }

func newPoller() (*poller, error) { return &poller{awake: make(chan struct{}, 1)}, nil }

// poll sleeps for at most timeout (negative: without end) or until wake.
func (p *poller) poll(timeout time.Duration) (int, error) {
	if timeout == 0 {
		return 0, nil
	}
	if timeout < 0 {
		<-p.awake
		return 0, nil
	}
	t := time.NewTimer(timeout)
	defer t.Stop()
	select {
	case <-p.awake:
	case <-t.C:
	}
	return 0, nil
}

func (p *poller) dispatch(*Loop) {}

func (p *poller) wake() {
	select {
	case p.awake <- struct{}{}:
	default:
	}
}

func (p *poller) close() {}

// polled exists on Linux only.
type polled struct{ transport }

func newPolled(*poller, net.Conn, int) (*polled, bool) { return nil, false }

// fromDoor is never called: there is no Door here.
func (l *Loop) fromDoor(*Accepted, int) transport { return nil }

// kernelQueue is not known here.
func kernelQueue(*net.TCPConn) int32 { return 0 }

func closeSocket(int) error { return nil }
