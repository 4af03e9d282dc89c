package outbound

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// connectTime bounds resolving a name and connecting to it.
const connectTime = 10 * time.Second

// Dialer connects to what a Policy allows. It may be used by many goroutines at once.
type Dialer struct{ rules *rules }

// NewDialer reads the policy; the error names the entry that is wrong.
func NewDialer(p Policy) (*Dialer, error) {
	r, err := p.read()
	if err != nil {
		return nil, err
	}
	return &Dialer{r}, nil
}

// RefusedError says that the operator has not allowed a connection.
type RefusedError struct {
	Host    string // as it was asked for
	Address string // what it resolved to; "" when that did not matter
}

// Error tells what to ask the operator for.
func (e *RefusedError) Error() string {
	if e.Address == "" || e.Address == e.Host {
		return fmt.Sprintf("connections to %s are not allowed: the operator can allow them (fetch.allow)", e.Host)
	}
	return fmt.Sprintf("connections to %s, which is at %s, are not allowed: the operator can allow them (fetch.allow)", e.Host, e.Address)
}

// DialContext connects over TCP, as net.Dialer does. Each address that the host's name resolves to is checked when it is
// about to be connected to; a [RefusedError] is what the last of them met.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	g := d.rules.host(host, port)
	if g == none && len(d.rules.networks) == 0 {
		return nil, &RefusedError{Host: host}
	}
	dialer := net.Dialer{Timeout: connectTime, ControlContext: func(_ context.Context, _, resolved string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(resolved)
		if err != nil || !d.rules.address(g, at.Addr()) {
			return &RefusedError{Host: host, Address: at.Addr().String()}
		}
		return nil
	}}
	return dialer.DialContext(ctx, network, address)
}
