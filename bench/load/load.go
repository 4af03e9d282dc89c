// Package load puts load on a server of WebSockets or HTTP from one thread and says what it cost the server. It needs Linux (epoll, /proc).
package load

import (
	"errors"
	"time"
)

// A Target is a server under measurement. It must serve /bench/echo, which returns each text; /bench/room, whose connections get
// what is published; and /bench/publish, which publishes each text to the room. What it must serve to HTTP, the load says.
type Target struct {
	Port    int // on 127.0.0.1
	Process Process
}

// Times say how long a measurement takes.
type Times struct {
	Warm    time.Duration // load before the measuring begins
	Measure time.Duration
}

// A Result is what one measurement found. Fields that a measurement has no use for are zero.
type Result struct {
	Messages  int64         // echoes, deliveries or whole connections
	Elapsed   time.Duration // from first to last of them
	ServerCPU time.Duration // user and system, of the process and its children

	P50, P99, P999 time.Duration // send to receipt, as the client sees it

	BytesPerConnection int64         // resident, of the server
	MemoryGrowth       int64         // the most that the server's resident memory rose, in bytes
	AloneP99           time.Duration // P99 before the stalled readers came
}

// PerSecond is the throughput.
func (r Result) PerSecond() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Messages) / r.Elapsed.Seconds()
}

// CPUPerMillion is what a million messages cost the server, in CPU seconds.
func (r Result) CPUPerMillion() float64 {
	if r.Messages == 0 {
		return 0
	}
	return r.ServerCPU.Seconds() * 1e6 / float64(r.Messages)
}

// openWithin is how long a server may take to open all connections of a measurement.
const openWithin = 20 * time.Second

var errLost = errors.New("the server closed a connection")

// meter reads the server's CPU time and the clock at both ends of a measurement.
type meter struct {
	process Process
	cpu     time.Duration
	since   time.Time
}

func startMeter(p Process) (*meter, error) {
	cpu, err := p.CPU()
	return &meter{process: p, cpu: cpu, since: time.Now()}, err
}

func (m *meter) stop(messages int64, h *Histogram) (Result, error) {
	elapsed := time.Since(m.since)
	cpu, err := m.process.CPU()
	return Result{
		Messages:  messages,
		Elapsed:   elapsed,
		ServerCPU: cpu - m.cpu,
		P50:       h.Percentile(50),
		P99:       h.Percentile(99),
		P999:      h.Percentile(99.9),
	}, err
}

// measure runs the load to warm up, and then to see what it costs the server: what comes meanwhile is added to messages and
// latency, which begin anew.
func (l *loop) measure(p Process, times Times, messages *int64, latency *Histogram) (Result, error) {
	if err := l.runFor(times.Warm); err != nil {
		return Result{}, err
	}
	m, err := startMeter(p)
	if err != nil {
		return Result{}, err
	}
	*messages, *latency = 0, Histogram{}
	if err := l.runFor(times.Measure); err != nil {
		return Result{}, err
	}
	return m.stop(*messages, latency)
}
