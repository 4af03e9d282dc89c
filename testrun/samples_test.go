package testrun_test

import (
	"path/filepath"
	"testing"

	"github.com/sigil-server/sigil/testrun"
)

// The tests of the sample apps pass.
func TestSamples(t *testing.T) {
	dir, err := filepath.Abs("../apps")
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, testrun.Options{Dir: dir})
	for _, f := range got.files {
		if f.Failed() || len(f.Tests) == 0 {
			t.Errorf("%s has failed:\n%s", f.Name, got.text)
		}
	}
	if len(got.files) < 12 {
		t.Errorf("only %d samples have tests", len(got.files))
	}
}
