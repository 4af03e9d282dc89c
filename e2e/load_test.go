package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

// The size of the load: about 3,000 messages a second through an app that is reloaded all the time.
const (
	loadConnections = 200
	loadReloads     = 500 // of which loadLeast are made however long they take,
	loadLeast       = 50
	loadTime        = 2 * time.Minute        // and no more begun after this
	loadPeriod      = 200 * time.Millisecond // between two bursts of one connection, on average
	loadBurst       = 3                      // messages sent one after the other, without waiting for answers
	loadQuiet       = 10 * loadBurst         // messages of each before the first reload
	probePeriod     = 2 * time.Millisecond   // between two questions which code answers: the resolution of the save times
	loadLimit       = 6 * time.Minute        // for all of it, on a slow machine; 90 s are usual
)

// countingApp echoes, and counts each connection's messages in ws.state: a number that is skipped or comes twice tells of a
// message lost or doubled on the way in. Every fourth connection has an asynchronous handler.
func countingApp(version int) string {
	return fmt.Sprintf(`export default class Counting extends AppBase {
  @Websocket echo(ws) { ws.onMessage((text) => answer(ws, text)); }
  @Websocket later(ws) {
    ws.onMessage(async (text) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      answer(ws, text);
    });
  }
  @Websocket version(ws) { ws.onMessage(() => ws.send("%[1]d")); }
}
function answer(ws, text) {
  if (text === "bye") return ws.close(1000, "counted " + ws.state.count);
  ws.state.count = (ws.state.count ?? 0) + 1;
  ws.send("%[1]d " + ws.state.count + " " + text);
}
`, version)
}

// The promise of the whole server: an app is saved again and again under connections that never stop talking, and none of
// them notices.
func TestReloadUnderLoad(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"load.js": countingApp(0)}))
	ctx, cancel := context.WithTimeout(t.Context(), loadLimit)
	defer cancel()
	talkers := openTalkers(t, ctx, s)
	stop := make(chan struct{})
	var talking errgroup.Group
	for _, one := range talkers {
		talking.Go(func() error { return one.run(ctx, stop) })
	}
	eventually(t, "a quiet time to compare with", func() bool { return talkers[0].count() >= loadQuiet })
	began := time.Now()
	saves, err := saveAgainAndAgain(ctx, t, s)
	took := time.Since(began)
	close(stop)
	if err = errors.Join(err, talking.Wait()); err != nil {
		t.Fatal(err)
	}
	var trips roundTrips
	for _, one := range talkers {
		trips.add(one, began)
		code, reason, err := one.goodbye(ctx)
		if err != nil || code != 1000 || reason != fmt.Sprintf("counted %d", len(one.sent)) {
			t.Errorf("a connection that sent %d messages ended with %d %q %v", len(one.sent), code, reason, err)
		}
	}
	t.Logf("%d reloads in %v under %d connections; %d messages, none lost, doubled or reordered", len(saves), took.Round(time.Millisecond), len(talkers), trips.total())
	t.Logf("round trip of a message before: %s", spread(trips.quiet))
	t.Logf("while reload follows reload: %s", spread(trips.prompt))
	t.Logf("of one whose handler waits 5 ms: %s", spread(trips.later))
	t.Logf("from save to new code: %s", spread(saves))
}

// roundTrips are how long messages took from being sent to being answered.
type roundTrips struct {
	quiet  []time.Duration // before the first reload, answered at once
	prompt []time.Duration // later, answered at once
	later  []time.Duration // those whose handler is asynchronous
}

func (r *roundTrips) add(c *talker, began time.Time) {
	for i, took := range c.trips {
		switch {
		case c.later:
			r.later = append(r.later, took)
		case c.sent[i].Before(began):
			r.quiet = append(r.quiet, took)
		default:
			r.prompt = append(r.prompt, took)
		}
	}
}

func (r *roundTrips) total() int { return len(r.quiet) + len(r.prompt) + len(r.later) }

// spread shows how durations lie. It sorts them.
func spread(d []time.Duration) string {
	slices.Sort(d)
	at := func(share float64) time.Duration { return d[int(share*float64(len(d)-1))].Round(10 * time.Microsecond) }
	return fmt.Sprintf("median %v, p95 %v, p99 %v, max %v", at(0.5), at(0.95), at(0.99), at(1))
}

// saveAgainAndAgain saves new versions, each when the one before has answered, and returns how long each took to answer.
func saveAgainAndAgain(ctx context.Context, t *testing.T, s *sigil) ([]time.Duration, error) {
	probe := dial(t, s.ws("/load/version"))
	tick := time.NewTicker(probePeriod)
	defer tick.Stop()
	var times []time.Duration
	first := time.Now()
	for version := 1; version <= loadReloads && (version <= loadLeast || time.Since(first) < loadTime); version++ {
		begin := time.Now()
		if err := saveVersion(filepath.Join(s.apps, "load.js"), version); err != nil {
			return times, err
		}
		for probe.ask("which?") != strconv.Itoa(version) {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return times, fmt.Errorf("waiting for version %d: %w", version, ctx.Err())
			}
		}
		times = append(times, time.Since(begin))
	}
	return times, nil
}

// saveVersion saves in turn as the two kinds of editors do: a new file renamed over the old one, or the old one written anew.
func saveVersion(path string, version int) error {
	text := countingApp(version)
	if version%2 == 0 {
		return replace(path, text)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// talker is one connection that sends numbered messages and checks every answer.
type talker struct {
	conn  *websocket.Conn
	later bool            // its handler is asynchronous
	every time.Duration   // between two bursts
	trips []time.Duration // round trips; the receiver's until run has returned

	mu   sync.Mutex
	sent []time.Time // when each message was sent, by its number
}

func openTalkers(t *testing.T, ctx context.Context, s *sigil) []*talker {
	t.Helper()
	all := make([]*talker, loadConnections)
	var opening errgroup.Group
	opening.SetLimit(20)
	for i := range all {
		path, later := "/load/echo", i%4 == 0
		if later {
			path = "/load/later"
		}
		opening.Go(func() error {
			conn, err := connect(ctx, s.ws(path))
			// From 3/4 to 5/4 of the period, so that they do not all speak at once.
			every := loadPeriod*3/4 + loadPeriod/2*time.Duration(i)/loadConnections
			all[i] = &talker{conn: conn, later: later, every: every}
			return err
		})
	}
	if err := opening.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, one := range all {
			_ = one.conn.CloseNow() // most are closed already
		}
	})
	return all
}

// run talks until stop is closed and every message has its answer. Sending does not wait for answers.
func (c *talker) run(ctx context.Context, stop <-chan struct{}) error {
	total := make(chan int, 1)
	var both errgroup.Group
	both.Go(func() error {
		defer close(total)
		n, err := c.sendUntil(ctx, stop)
		total <- n
		return err
	})
	both.Go(func() error { return c.receive(ctx, total) })
	return both.Wait()
}

// sendUntil sends bursts, and a last one after stop, whose answer tells the receiver to end.
func (c *talker) sendUntil(ctx context.Context, stop <-chan struct{}) (sent int, err error) {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return sent, ctx.Err()
		case <-stop:
			return sent + 1, c.write(ctx, sent, "last")
		}
		for range loadBurst {
			if err := c.write(ctx, sent, "message"); err != nil {
				return sent, fmt.Errorf("sending message %d: %w", sent, err)
			}
			sent++
		}
	}
}

func (c *talker) write(ctx context.Context, number int, text string) error {
	c.mu.Lock()
	c.sent = append(c.sent, time.Now())
	c.mu.Unlock()
	return c.conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, "%s %d", text, number))
}

// count is how many messages were sent.
func (c *talker) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sent)
}

// receive checks that answer follows answer: the client's number, the count kept in ws.state, and code that never gets older.
func (c *talker) receive(ctx context.Context, total <-chan int) error {
	version := 0
	for number := 0; ; number++ {
		_, data, err := c.conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("waiting for the answer to message %d: %w", number, err)
		}
		c.mu.Lock()
		sent := c.sent[min(number, len(c.sent)-1)]
		c.mu.Unlock()
		c.trips = append(c.trips, time.Since(sent))
		by, rest, _ := strings.Cut(string(data), " ")
		answeredBy, err := strconv.Atoi(by)
		if err != nil || answeredBy < version {
			return fmt.Errorf("answer %d is %q, after one of version %d", number, data, version)
		}
		version = answeredBy
		switch rest {
		case fmt.Sprintf("%d message %d", number+1, number):
		case fmt.Sprintf("%d last %d", number+1, number):
			if want := <-total; want != number+1 {
				return fmt.Errorf("%d answers to %d messages", number+1, want)
			}
			return nil
		default:
			return fmt.Errorf("answer %d is %q", number, data)
		}
	}
}

// goodbye asks for the end and returns what the server closes with; nothing but the close may come.
func (c *talker) goodbye(ctx context.Context) (code int, reason string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, []byte("bye")); err != nil {
		return 0, "", err
	}
	_, data, err := c.conn.Read(ctx)
	if err == nil {
		return 0, "", fmt.Errorf("one answer too many: %q", data)
	}
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return int(closed.Code), closed.Reason, nil
	}
	return 0, "", err
}
