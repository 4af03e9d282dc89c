package server

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// counter answers each text with itself, through a handler that waits now and then.
func counter(version int) string {
	return fmt.Sprintf(`
export default class Counter extends AppBase {
  @Websocket count(ws) {
    ws.state.next ??= 0;
    ws.onMessage((text) => {
      const line = %d + " " + ws.state.next++ + " " + text;
      if (text %% 7 === 0) return Promise.resolve().then(() => ws.send(line));
      ws.send(line);
    });
  }
}`, version)
}

// While clients talk the app is reloaded many times: no message is lost, doubled, reordered, and no client is closed.
func TestReloadStorm(t *testing.T) {
	const clients, messages, reloads = 10, 300, 40
	s := startSite(t, files{"counter.js": counter(0)})
	errs := make(chan error, clients)
	for range clients {
		c := s.dial("/counter/count")
		go func() { errs <- talk(c, messages) }()
	}
	for i := 1; i <= reloads; i++ {
		s.save(files{"counter.js": counter(i)})
		if got := s.next(); got.Generation != i+1 || got.Connections > clients {
			t.Fatalf("reload %d: %+v", i, got)
		}
	}
	for range clients {
		if err := await(t, errs, "a client to end"); err != nil {
			t.Error(err)
		}
	}
}

// talk sends numbers and wants each back once, in order, with the connection's own count, from ever newer code.
func talk(c *client, messages int) error {
	go func() {
		for i := range messages {
			c.send(opText, strconv.Itoa(i))
		}
	}()
	newest := 0
	for i := range messages {
		f, err := c.read()
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		version, rest, _ := strings.Cut(string(f.data), " ")
		v, err := strconv.Atoi(version)
		if want := fmt.Sprintf("%d %d", i, i); err != nil || rest != want || v < newest {
			return fmt.Errorf("got %q after version %d, want %q", f.data, newest, want)
		}
		newest = v
	}
	c.leave()
	return nil
}
