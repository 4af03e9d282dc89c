package intl_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
	"github.com/sigil-server/sigil/appbase/modules/intl"
)

func TestAsInNode(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden [][2]string
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	vm := globalstest.NewRuntime(t, intl.Install).VM()
	wrong := 0
	for _, pair := range golden {
		if got := globalstest.Eval(t, vm, pair[0]); got != pair[1] {
			wrong++
			t.Errorf("%s\n got %q\nwant %q", pair[0], got, pair[1])
		}
	}
	t.Logf("%d of %d are otherwise", wrong, len(golden))
}
