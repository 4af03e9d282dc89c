package storage_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/storage"
)

const (
	crashDir    = "SIGIL_STORAGE_CRASH_DIR"
	crashRounds = 200
)

// crashChild writes until it is killed, and acknowledges each write after it was committed: by turns a batch of two keys,
// and a transaction of two rows. It goes on where the store says the last one ended.
func crashChild(dir string) int {
	ctx := context.Background()
	s, err := storage.Open(ctx, "app", storage.Options{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	if _, _, err := s.Exec(ctx, `CREATE TABLE IF NOT EXISTS pairs (n INTEGER, half INTEGER)`, nil); err != nil {
		fmt.Println("error", err)
		return 1
	}
	last, err := lastPair(ctx, s)
	for n := last + 1; err == nil; n++ {
		if err = writePair(ctx, s, n); err == nil {
			fmt.Println("done", n)
		}
	}
	fmt.Println("error", err)
	return 1
}

func writePair(ctx context.Context, s storage.Store, n int64) error {
	text := []byte(strconv.FormatInt(n, 10))
	errs, err := s.Apply(ctx, storage.Batch{{Key: fmt.Sprintf("a/%012d", n), Value: text}, {Key: fmt.Sprintf("b/%012d", n), Value: text}})
	if err != nil || errs[0] != nil {
		return fmt.Errorf("%w %v", err, errs)
	}
	tx, err := s.Begin(ctx)
	if err != nil {
		return err
	}
	for half := range 2 {
		if _, _, err := tx.Exec(ctx, `INSERT INTO pairs VALUES (?, ?)`, []any{n, int64(half)}); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// lastPair is the last number of which anything was written.
func lastPair(ctx context.Context, s storage.Store) (int64, error) {
	found, err := s.List(ctx, storage.Range{Prefix: "a/", Limit: 1, Reverse: true})
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return strconv.ParseInt(string(found[0].Value), 10, 64)
}

// Nothing that was acknowledged is lost, and nothing is there by half, when the process is killed at any moment.
func TestKilled(t *testing.T) {
	rounds := crashRounds
	if testing.Short() {
		rounds = 20
	}
	dir := t.TempDir()
	var acknowledged int64
	started := time.Now()
	for round := range rounds {
		acknowledged = max(acknowledged, crashRound(t, dir))
		if round%20 == 19 {
			checkPairs(t, dir, acknowledged)
		}
	}
	t.Logf("%d rounds, %d acknowledged writes, %v", rounds, acknowledged, time.Since(started).Round(time.Millisecond))
}

// crashRound lets a child write, kills it, and returns the last number it acknowledged.
func crashRound(t *testing.T, dir string) (last int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	left := 1 + rand.IntN(8) // acknowledgements to wait for, and then a moment into the next write
	for lines.Scan() {
		last = acknowledgement(t, lines.Text())
		if left--; left == 0 {
			busy(time.Duration(rand.IntN(2000)) * time.Microsecond)
			_ = cmd.Process.Kill()
		}
	}
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait() // it was killed
	return last
}

// busy passes a moment that is shorter than what a timer is good for.
func busy(d time.Duration) {
	for until := time.Now().Add(d); time.Now().Before(until); {
	}
}

func acknowledgement(t *testing.T, line string) int64 {
	t.Helper()
	number, ok := strings.CutPrefix(line, "done ")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		t.Fatalf("the child says %q", line)
	}
	return n
}

// checkPairs reads everything: all that was acknowledged is there, and everything is there in pairs.
func checkPairs(t *testing.T, dir string, acknowledged int64) {
	t.Helper()
	s, err := storage.Open(t.Context(), "app", storage.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a, b := count(t, s, "a/"), count(t, s, "b/")
	if a != b || a < acknowledged {
		t.Fatalf("%d and %d keys after %d acknowledgements", a, b, acknowledged)
	}
	var sum, halves int64
	err = s.Query(t.Context(), `SELECT count(DISTINCT n), count(*) FROM pairs WHERE n <= ?`, []any{acknowledged}, func(_ []string, values []any) error {
		sum, halves = values[0].(int64), values[1].(int64)
		return nil
	})
	if err != nil || sum < acknowledged-crashRounds || halves != 2*sum {
		t.Fatalf("%d pairs of %d rows after %d acknowledgements, %v", sum, halves, acknowledged, err)
	}
	err = s.Query(t.Context(), `PRAGMA integrity_check`, nil, func(_ []string, values []any) error {
		if values[0] != "ok" {
			t.Errorf("integrity: %v", values[0])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// count counts keys page by page.
func count(t *testing.T, s storage.Store, prefix string) (n int64) {
	t.Helper()
	for after := ""; ; {
		page, err := s.List(t.Context(), storage.Range{Prefix: prefix, After: after, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return n
		}
		n += int64(len(page))
		after = page[len(page)-1].Key
	}
}
