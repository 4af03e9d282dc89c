package e2e

import (
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What sigil new --gateway leaves works as it is: a chat by a backend on Express, which holds no socket.
func TestNewGateway(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, dir, "new", "relay", "--gateway")
	tsc(t, filepath.Join(dir, "apps"))
	port := freePorts(t, 1)[0]
	config := filepath.Join(dir, "sigil.yaml")
	rewrite(t, config, `port: 3010`, `port: `+port)
	rewrite(t, config, `127.0.0.1:3010`, `127.0.0.1:`+port)
	rewrite(t, config, `127.0.0.1:40010`, `127.0.0.1:0`)
	s := start(t, filepath.Join(dir, "apps"), "--config", config)
	_, at, _ := strings.Cut(s.stdout.String(), "relay listens for control on ")
	control, _, _ := strings.Cut(at, "\n")
	runExpress(t, filepath.Join(dir, "backend"), "PORT="+port, "CONTROL="+control)
	eventually(t, "the backend to listen", func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})

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

// freePorts are ports that nobody has at the moment, all different. They lie below those that systems give to whoever names none,
// so that no connection gets one before it is listened at, or while a server is started again.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var found []string
	for range 1000 {
		port := strconv.Itoa(20_000 + rand.IntN(10_000))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil || slices.Contains(found, port) {
			continue
		}
		_ = l.Close()
		if found = append(found, port); len(found) == n {
			return found
		}
	}
	t.Fatalf("there are no %d free ports", n)
	return nil
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
