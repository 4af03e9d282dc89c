package server

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A connection over HTTP is one stream of a connection of HTTP/2, beside the requests that bring its messages: it does not end
// that connection, and outlives a silence that is longer than a write may stall.
func TestConnectionOverHTTP2(t *testing.T) {
	t.Parallel()
	s := startSecure(t, guarded, func(o *Options) { o.Limits.WriteStall = time.Second })
	agent, dials, dialer := s.agent(2), 0, &net.Dialer{}
	agent.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return dialer.DialContext(ctx, network, address)
	}
	open, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url("/app/echo"), nil)
	if err != nil {
		t.Fatal(err)
	}
	open.Header.Set(socketHeader, openTunnel)
	open.Header.Set("Origin", "https://"+s.addr())
	res, err := agent.Do(open)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() (data string) {
		t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	var first opened
	if err := json.Unmarshal([]byte(next()), &first); err != nil || first.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	quiet := time.NewTimer(2 * time.Second)
	defer quiet.Stop()
	for i, text := range []string{"one", "two"} {
		answer, _ := s.ask(agent, "POST", s.url("/app/echo"), `[{"data":"`+text+`"}]`, socketHeader+": "+first.Token, sequenceHeader+": "+string(rune('1'+i)), "Content-Type: application/json")
		if answer.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %s", text, answer.Status)
		}
		if got := next(); !strings.Contains(got, text) {
			t.Errorf("%s came back as %s", text, got)
		}
		<-quiet.C
		quiet.Reset(0)
	}
	if dials != 1 {
		t.Errorf("%d connections", dials)
	}
	foreign, _ := s.ask(agent, "GET", s.url("/app/echo"), "", socketHeader+": open", "Origin: http://"+s.addr())
	if foreign.StatusCode != http.StatusForbidden {
		t.Errorf("a page that is not secure: %s", foreign.Status)
	}
}
