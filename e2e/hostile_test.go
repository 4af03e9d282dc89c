package e2e

import (
	"context"
	"crypto/tls"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sigil-server/sigil/e2e/internal/attack"
)

// hostileApp is what is attacked. It has one worker, so that the well-behaved client meets its attackers there.
const hostileApp = `@Api({ workers: 1 })
export default class App extends AppBase {
  @Websocket echo(ws) { ws.onMessage((text) => ws.send(text)); ws.onBinary((data) => ws.sendBytes(data)); }
  @Websocket({ compress: true }) packed(ws) { ws.onMessage((text) => ws.send(text)); ws.onBinary((data) => ws.sendBytes(data)); }
}`

// battle is a server under attack, and what it held before.
type battle struct {
	t      *testing.T
	server *sigil
	target attack.Target
	before attack.Usage
}

// besiege starts a server with settings of the environment.
func besiege(t *testing.T, env map[string]string) *battle {
	t.Helper()
	for name, value := range env {
		t.Setenv(name, value)
	}
	return survey(t, start(t, appsOf(t, map[string]string{"app.js": hostileApp})))
}

// survey warms a server up and notes what it holds.
func survey(t *testing.T, s *sigil) *battle {
	t.Helper()
	return surveyTarget(t, s, attack.Target{Address: s.address, Path: "/app/echo"})
}

func surveyTarget(t *testing.T, s *sigil, target attack.Target) *battle {
	t.Helper()
	b := &battle{t: t, server: s, target: target}
	b.good(func(context.Context) error { return nil }) // the runtime's own descriptors and threads are there now
	b.before = b.usage()
	return b
}

func (b *battle) process() attack.Process { return attack.Process{PID: b.server.process.Pid} }

func (b *battle) usage() attack.Usage {
	b.t.Helper()
	u, err := b.process().Usage()
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// packed is the route that compresses.
func (b *battle) packed() attack.Target {
	target := b.target
	target.Path = "/app/packed"
	return target
}

// good runs an attack beside a well-behaved client on the same app.
func (b *battle) good(fight func(context.Context) error) attack.Trips {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Minute)
	defer cancel()
	good, err := attack.StartGood(ctx, b.target)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := fight(ctx); err != nil {
		b.t.Errorf("the attack went otherwise than it should: %v", err)
	}
	trips, err := good.Stop()
	if err != nil {
		b.t.Fatalf("the well-behaved client: %v", err)
	}
	return trips
}

const mib = 1 << 20

// stall is the longest that a well-behaved client may wait for one answer while all share a busy machine. What it does
// wait is in the log: on a quiet one the 99th percentile stays within 50 ms.
const stall = 8 * time.Second

// fight runs an attack and checks that it cost no more than so much memory, that the well-behaved client was served, and
// that nothing is left of it.
func (b *battle) fight(growth int, attack func(context.Context) error) {
	b.t.Helper()
	if err := b.process().ResetPeak(); err != nil {
		b.t.Fatal(err)
	}
	start := b.usage()
	begin := time.Now()
	trips := b.good(attack)
	took := time.Since(begin)
	end := b.usage()
	grown := end.Peak - start.Resident
	b.t.Logf("%.1f s: grew by %.1f MiB; %d round trips beside it: median %.2f ms, p99 %.2f, max %.2f; descriptors %d to %d",
		took.Seconds(), float64(grown)/mib, trips.Count, ms(trips.Median), ms(trips.P99), ms(trips.Max), b.before.Descriptors, end.Descriptors)
	if grown > growth {
		b.t.Errorf("the server grew by %d MiB, more than %d", grown/mib, growth/mib)
	}
	if trips.Max > stall {
		b.t.Errorf("the well-behaved client waited %v", trips.Max)
	}
	b.settled()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// settled waits until the server holds what it held before, and no more.
func (b *battle) settled() {
	b.t.Helper()
	eventually(b.t, "the descriptors to be as before", func() bool { return b.usage().Descriptors <= b.before.Descriptors })
	if u := b.usage(); u.Threads > b.before.Threads+100 { // the runtime keeps those it has made
		b.t.Errorf("%d threads became %d", b.before.Threads, u.Threads)
	}
	if s := b.server.stderr.String(); strings.Contains(s, "panic") || strings.Contains(s, "ERROR") {
		b.t.Errorf("the server complains:\n%s", tail(s))
	}
}

// crowd is as many clients as descriptors allow, of which a client here takes one too.
func crowd(t *testing.T, most int) int {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	return min(most, int(limit.Cur)-300)
}

// Waits that need not be as long here as they are in life, and are long enough for a client that is well on a busy machine.
var quick = map[string]string{
	"SIGIL_LIMITS_HANDSHAKE_TIME": "2s", "SIGIL_LIMITS_PING_AFTER": "300ms", "SIGIL_LIMITS_PONG_WITHIN": "3s",
	"SIGIL_LIMITS_WRITE_STALL": "3s", "SIGIL_LIMITS_CLOSE_WITHIN": "2s",
}

func TestHostile(t *testing.T) {
	besiege(t, quick).endure()
}

// By TLS every connection has a goroutine and buffers of its own.
func TestHostileByTLS(t *testing.T) {
	for name, value := range quick {
		t.Setenv(name, value)
	}
	besiegeByTLS(t).endure()
}

func besiegeByTLS(t *testing.T) *battle {
	t.Helper()
	ca, dir := newAuthority(t), t.TempDir()
	ca.issue(dir, time.Now().Add(time.Hour))
	s := launch(t, "serve", "--listen", "127.0.0.1:0", "--admin", "off", "--apps", appsOf(t, map[string]string{"app.js": hostileApp}),
		"--config", saveText(t, "sigil.yaml", filesConfig(dir, "")))
	s.address = strings.TrimSpace(s.stdout.await(t, "listening on https://", "\n"))
	return surveyTarget(t, s, attack.Target{Address: s.address, Path: "/app/echo", TLS: &tls.Config{RootCAs: ca.pool(), ServerName: "localhost"}})
}

// What an idle connection by TLS holds is bounded, and given back.
func TestCrowdByTLS(t *testing.T) {
	b := besiegeByTLS(t)
	n := crowd(t, 2000)
	before := b.usage()
	b.fight(128*mib, func(ctx context.Context) error {
		return attack.Idle(ctx, b.target, n, func() {
			u := b.usage()
			t.Logf("%d connections: %.1f KiB resident each", n, float64(u.Resident-before.Resident)/float64(n)/1024)
		})
	})
}

// endure runs every attack against the server, one after the other.
func (b *battle) endure() {
	b.t.Helper()
	t := b.t
	bomb, err := attack.Bomb(mib)
	if err != nil {
		t.Fatal(err)
	}
	largest, err := attack.Bomb(1) // inflates to just what is allowed
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		growth int // bytes
		attack func(context.Context) error
	}{
		{"fragments without end", 64 * mib, func(ctx context.Context) error { return attack.Fragments(ctx, b.target, 32, "x", 1008) }},
		{"empty continuations", 64 * mib, func(ctx context.Context) error { return attack.Fragments(ctx, b.target, 32, "", 1008) }},
		{"large fragments without end", 96 * mib, func(ctx context.Context) error {
			return attack.Fragments(ctx, b.target, 16, strings.Repeat("x", 10_000), 1009)
		}},
		{"ping flood", 64 * mib, func(ctx context.Context) error { return attack.PingFlood(ctx, b.target, 8, time.Second) }},
		{"largest length", 64 * mib, func(ctx context.Context) error { return attack.AnnounceTooMuch(ctx, b.target, 500) }},
		// Beside the 64, what the collector's floor lets lie (internal/heap).
		{"16 bombs", (64 + 16) * mib, func(ctx context.Context) error { return attack.Bombs(ctx, b.packed(), 16, bomb) }},
		{"flood of small bombs", 128 * mib, func(ctx context.Context) error { return attack.PackedFlood(ctx, b.packed(), 4, largest, time.Second) }},
		{"storm", 96 * mib, func(ctx context.Context) error { return attack.Storm(ctx, b.target, 16, 4000) }},
		{"reset in a message", 64 * mib, func(ctx context.Context) error { return attack.Reset(ctx, b.target, 1000) }},
		{"half-close", 64 * mib, func(ctx context.Context) error { return attack.HalfClose(ctx, b.target, 1000) }},
		{"never reading", 128 * mib, func(ctx context.Context) error { return attack.NeverRead(ctx, b.target, 50, 64<<10) }},
		{"silence in a message", 64 * mib, func(ctx context.Context) error { return attack.Silent(ctx, b.target, 500) }},
		{"a byte at a time", 64 * mib, func(ctx context.Context) error {
			return attack.Trickle(ctx, b.target, 100, strings.Repeat("slow", 20), 20*time.Millisecond)
		}},
		{"half-open", 256 * mib, func(ctx context.Context) error { return attack.HalfOpen(ctx, b.target, crowd(t, 10_000)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			sub := *b
			sub.t = t
			sub.fight(c.growth, func(ctx context.Context) error {
				return attack.Repeat(ctx, time.Second, func() error { return c.attack(ctx) })
			})
		})
	}
}

// What is announced, or merely open, costs next to nothing while it lasts.
func TestHostileCrowd(t *testing.T) {
	b := besiege(t, nil)
	n := crowd(t, 8000)
	for _, c := range []struct {
		name   string
		attack func(context.Context, func()) error
	}{
		{"idle", func(ctx context.Context, held func()) error { return attack.Idle(ctx, b.target, n, held) }},
		{"a megabyte announced", func(ctx context.Context, held func()) error { return attack.Announce(ctx, b.target, n, mib, held) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			sub := *b
			sub.t = t
			sub.fight(128*mib, func(ctx context.Context) error {
				return c.attack(ctx, func() {
					u := sub.usage()
					t.Logf("%d connections: %d descriptors, %.1f MiB resident", n, u.Descriptors, float64(u.Resident)/mib)
					if u.Descriptors < n {
						t.Errorf("the server holds %d descriptors for %d connections", u.Descriptors, n)
					}
				})
			})
		})
	}
}

// With the limits as they are delivered, a handshake has five seconds.
func TestSlowHandshake(t *testing.T) {
	b := besiege(t, nil)
	var longest time.Duration
	b.fight(64*mib, func(ctx context.Context) (err error) {
		longest, err = attack.SlowHandshake(ctx, b.target, 200, 50*time.Millisecond)
		return err
	})
	t.Logf("cut after %v", longest)
	if longest < 4*time.Second || longest > 5*time.Second+stall {
		t.Errorf("the slowest handshake was borne with for %v", longest)
	}
}

// A server whose descriptors are all taken serves those it has, refuses others, and takes them again afterwards.
func TestDescriptorsRunOut(t *testing.T) {
	t.Setenv("SIGIL_LIMITS_HANDSHAKE_TIME", "2s")
	s := launchProgram(t, "sh", "-c", `ulimit -n 300; exec "$0" "$@"`, binary, "serve", "--listen", "127.0.0.1:0", "--admin", "off",
		"--apps", appsOf(t, map[string]string{"app.js": hostileApp}))
	s.address = strings.TrimSpace(s.stdout.await(t, "listening on http://", "\n"))
	b := survey(t, s)
	b.fight(64*mib, func(ctx context.Context) error { return attack.HalfOpen(ctx, b.target, 1000) })
	refused := 0
	b.fight(64*mib, func(ctx context.Context) error {
		var err error
		refused, err = attack.Crush(ctx, b.target, 400)
		return err
	})
	if t.Logf("%d of 400 were refused", refused); refused < 150 || refused > 250 {
		t.Errorf("%d of 400 were refused, though there are 300 descriptors", refused)
	}
	b.fight(64*mib, func(ctx context.Context) error { return attack.Reset(ctx, b.target, 50) })
}
