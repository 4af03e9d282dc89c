package scripting_test

import (
	"testing"

	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestOnClose(t *testing.T) {
	rt := scriptingtest.New(t)
	var ran []string
	rt.OnClose(func() { ran = append(ran, "kept") })
	forget := rt.OnClose(func() { ran = append(ran, "forgotten") })
	forget()
	rt.Close()
	rt.Close()
	rt.OnClose(func() { ran = append(ran, "late") })
	if len(ran) != 2 || ran[0] != "kept" || ran[1] != "late" {
		t.Errorf("ran %q", ran)
	}
}
