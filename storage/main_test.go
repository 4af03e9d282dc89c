package storage_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the child of the crash test, which runs this binary again and kills it.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		os.Exit(crashChild(dir))
	}
	goleak.VerifyTestMain(m)
}
