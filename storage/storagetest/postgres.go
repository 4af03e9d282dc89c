//go:build unix

package storagetest

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/sigil-server/sigil/storage"
)

// Postgres starts a PostgreSQL server of the test's own, on a socket in a folder of the test's, and returns its URL. The server
// ends with the test.
func Postgres(t testing.TB) string {
	t.Helper()
	initdb := serverProgram(t, "initdb")
	dir, err := os.MkdirTemp("", "pg") // a short path: sockets allow no long ones
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	owner := unprivileged(t, dir)
	data := filepath.Join(dir, "data")
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...) // stopped below, in its own way
		cmd.Dir, cmd.SysProcAttr = dir, owner
		return cmd
	}
	if out, err := run(initdb, "-D", data, "-U", "sigil", "-A", "trust", "-N", "-E", "UTF8", "--locale=C").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	server := run(filepath.Join(filepath.Dir(initdb), "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGQUIT) // at once: nothing of it is needed any more
		_ = server.Wait()
		_ = log.Close()
	})
	address := "postgres://sigil@/postgres?host=" + url.QueryEscape(dir)
	awaitServer(t, address, filepath.Join(dir, "log"))
	return address
}

// serverProgram finds a program of PostgreSQL, which Debian keeps out of the path.
func serverProgram(t testing.TB, name string) string {
	t.Helper()
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed for this test; ci/setup.sh installs it (or use -short)", name)
	}
	return path
}

// unprivileged gives the folder to another user where this is root, whom the server refuses.
func unprivileged(t testing.TB, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func awaitServer(t testing.TB, address, log string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		s, err := storage.Open(context.Background(), "ready", storage.Options{URL: address})
		if err == nil {
			_ = s.Close()
			return
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log)
			t.Fatalf("the server does not start: %v\n%s", errors.Unwrap(err), text)
		}
	}
}
