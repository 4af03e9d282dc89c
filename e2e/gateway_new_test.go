package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What sigil new --gateway leaves works as it is: a chat by a backend on Express, which holds no socket.
func TestNewGateway(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, dir, "new", "relay", "--gateway")
	tsc(t, filepath.Join(dir, "apps"))
	port := freePort(t)
	config := filepath.Join(dir, "sigil.yaml")
	rewrite(t, config, `port: 3010`, `port: `+port)
	rewrite(t, config, `127.0.0.1:3010`, `127.0.0.1:`+port)
	rewrite(t, config, `127.0.0.1:40010`, `127.0.0.1:0`)
	s := start(t, filepath.Join(dir, "apps"), "--config", config)
	_, at, _ := strings.Cut(s.stdout.String(), "relay listens for control on ")
	control, _, _ := strings.Cut(at, "\n")
	runExpress(t, filepath.Join(dir, "backend"), "PORT="+port, "CONTROL="+control)

	ann := (&gateway{sigil: s}).dial(as("ann", ""))
	if got := ann.read(); got != `{"welcome":"ann"}` {
		t.Errorf("ann is greeted with %s", got)
	}
	bob := (&gateway{sigil: s}).dial(as("bob", "auth_token=1"))
	if got := bob.read(); got != `{"welcome":"bob"}` {
		t.Errorf("bob is greeted with %s", got)
	}
	ann.send("hello")
	for _, one := range []*socket{ann, bob} {
		if got := one.read(); got != `{"from":"ann","said":{"text":"hello"}}` {
			t.Errorf("got %s", got)
		}
	}
}

// freePort is a port that nobody has at the moment.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String()) // always has one
	return port
}

// runExpress starts a backend with the packages that are installed here, until the test ends.
func runExpress(t *testing.T, dir string, env ...string) {
	t.Helper()
	packages, err := filepath.Abs("node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "server.mjs")
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), env...), os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it ends by itself only when it failed
		_ = cmd.Wait()
	})
}
