package load

import "time"

// settleWithin is how long a server may take to give memory of its handshakes back.
const settleWithin = 3 * time.Second

// Idle is the load of many connections, each with its handler, over which nothing goes.
type Idle struct {
	Connections int
}

// Run measures the resident bytes per connection: after 200 connections have come and gone, so that what the first handshake
// loads is not counted, and after the server had 3 s to settle.
func (i Idle) Run(t Target, _ Times) (Result, error) {
	if err := warmHandshakes(t.Port, 200); err != nil {
		return Result{}, err
	}
	before, err := t.Process.ResidentBytes()
	if err != nil {
		return Result{}, err
	}
	l, err := newLoop(t.Port)
	if err != nil {
		return Result{}, err
	}
	defer l.close()
	if err := l.openAll(i.Connections, "/bench/echo"); err != nil {
		return Result{}, err
	}
	if err := l.runFor(settleWithin); err != nil {
		return Result{}, err
	}
	after, err := t.Process.ResidentBytes()
	return Result{BytesPerConnection: (after - before) / int64(i.Connections), MemoryGrowth: after - before}, err
}

func warmHandshakes(port, n int) error {
	l, err := newLoop(port)
	if err != nil {
		return err
	}
	defer l.close()
	return l.openAll(n, "/bench/echo")
}
