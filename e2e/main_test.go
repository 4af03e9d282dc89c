package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// binary is the program under test, built once by TestMain.
var binary string

func TestMain(m *testing.M) {
	code := runAll(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines are left:", err)
			code = 1
		}
	}
	os.Exit(code)
}

func runAll(m *testing.M) int {
	if err := checkTools(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	dir, err := os.MkdirTemp("", "sigil-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "sigil")
	if err := build(binary); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return m.Run()
}

// checkTools says what to install when something is missing. Nothing is skipped.
func checkTools() error {
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("node is missing: install Node.js 20 or newer (Debian: apt-get install nodejs npm)")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		return fmt.Errorf("curl is missing: install it (Debian: apt-get install curl)")
	}
	if _, err := browserPath(); err != nil {
		return err
	}
	for folder, tools := range map[string][]string{".": {"tsc", "wscat"}, "generator": {"openapi-typescript"}} {
		for _, tool := range tools {
			if _, err := os.Stat(filepath.Join(folder, "node_modules", ".bin", tool)); err != nil {
				return fmt.Errorf("%s is missing: run npm ci in e2e/ and in e2e/generator/", tool)
			}
		}
	}
	return nil
}

// browsers are the names of Chromium in the distributions.
var browsers = []string{"chromium", "chromium-browser", "google-chrome"}

func browserPath() (string, error) {
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("chromium is missing: install it (Debian: apt-get install chromium)")
}

func build(out string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", "-o", out, "./cmd/sigil")
	cmd.Dir = ".."
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, text)
	}
	return nil
}
