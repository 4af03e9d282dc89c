package scripting_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestShared(t *testing.T) {
	rt := scriptingtest.New(t)
	loads, broken := 0, errors.New("not yet")
	rt.Share("seven", func() (*goja.Object, error) {
		if loads++; loads == 1 {
			return nil, broken
		}
		return rt.VM().NewObject(), nil
	})
	if _, err := rt.Shared("seven"); !errors.Is(err, broken) || !strings.Contains(err.Error(), `"seven"`) {
		t.Errorf("the first load gives %v", err)
	}
	first, err := rt.Shared("seven")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := rt.Shared("seven"); again != first || loads != 2 {
		t.Errorf("%d loads", loads)
	}
	if _, err := rt.Shared("eight"); err == nil {
		t.Error("nobody shares eight")
	}
}
