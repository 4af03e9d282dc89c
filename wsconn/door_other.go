//go:build !linux

package wsconn

import (
	"errors"
	"net"
)

// Door stands in front of an HTTP server where sockets can be polled, which is
// not so on this system: there is none here.
type Door struct{}

// NewDoor is always false here.
func NewDoor(net.Listener, DoorOptions) (*Door, bool) { return nil, false }

var errNoDoor = errors.New("wsconn: there is no door on this system")

// Run fails.
func (d *Door) Run() error { return errNoDoor }

// Accept fails.
func (d *Door) Accept() (net.Conn, error) { return nil, errNoDoor }

// Close does nothing.
func (d *Door) Close() error { return nil }

// Addr is nil.
func (d *Door) Addr() net.Addr { return nil }

// Accept fails.
func (k *Knocking) Accept(*Upgrade, map[string][]string) (*Accepted, error) { return nil, errNoDoor }
