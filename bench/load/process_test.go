package load

import (
	"os"
	"testing"
	"time"
)

func TestParseStatSkipsTheName(t *testing.T) {
	got, err := parseStat("7 (a) (b 1 2) S 1 7 7 0 -1 4194560 1 2 3 4 250 50 9 9 20 0 4 0 100")
	if err != nil || got != 3*time.Second {
		t.Errorf("got %v, %v; expected 3s", got, err)
	}
	if _, err := parseStat("7 (a) S 1"); err == nil {
		t.Error("a short line was accepted")
	}
}

func TestParseRollup(t *testing.T) {
	got, err := parseRollup("00400000-7fff [rollup]\nRss:     2048 kB\nPss:   10 kB\n")
	if err != nil || got != 2<<20 {
		t.Errorf("got %d, %v; expected 2 MiB", got, err)
	}
	if _, err := parseRollup("Pss: 10 kB\n"); err == nil {
		t.Error("a text without Rss was accepted")
	}
}

func TestProcessReadsItself(t *testing.T) {
	self := Process(os.Getpid())
	if _, err := self.CPU(); err != nil {
		t.Error(err)
	}
	if n, err := self.ResidentBytes(); err != nil || n < 1<<20 {
		t.Errorf("resident: %d, %v", n, err)
	}
}
