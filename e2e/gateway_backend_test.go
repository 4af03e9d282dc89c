package e2e

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// backend is the gateway's backend: clients/gateway-backend.mjs.
type backend struct {
	t    *testing.T
	port string
	in   io.WriteCloser
	out  *bufio.Reader

	process *os.Process
}

// backendEvent is one event as the backend saw it.
type backendEvent struct {
	Action, Key, User, Token, Cookie string
	Data                             map[string]any
	IsPublic                         bool
}

// startBackend starts one on a free port. It ends with the test.
func startBackend(t *testing.T) *backend {
	t.Helper()
	cmd := exec.Command("node", filepath.Join("clients", "gateway-backend.mjs"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			t.Errorf("the backend: %v", err)
		}
	})
	b := &backend{t: t, in: in, out: bufio.NewReaderSize(out, 1<<20), process: cmd.Process}
	b.port = b.await("up ")
	return b
}

// tell gives an order and waits until it is followed.
func (b *backend) tell(order, answer string) string {
	b.t.Helper()
	if _, err := io.WriteString(b.in, order+"\n"); err != nil {
		b.t.Fatal(err)
	}
	return b.await(answer)
}

func (b *backend) mode(mode string) { b.t.Helper(); b.tell(mode, "mode ") }

func (b *backend) await(answer string) string {
	b.t.Helper()
	late := time.AfterFunc(patience, func() { _ = b.process.Kill() })
	defer late.Stop()
	line, err := b.out.ReadString('\n')
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), strings.TrimSpace(answer))
	if err != nil || !ok {
		b.t.Fatalf("the backend says %q, %v, want %q", line, err, answer)
	}
	return strings.TrimSpace(rest)
}

// report is what it has seen so far, by connection.
func (b *backend) report() map[string][]backendEvent {
	b.t.Helper()
	var seen map[string][]backendEvent
	if err := json.Unmarshal([]byte(b.tell("report", "report ")), &seen); err != nil {
		b.t.Fatal(err)
	}
	return seen
}
