package main

import (
	"bytes"
	"os"
	"testing"
)

// What is served and packed is what the sources say.
func TestUpToDate(t *testing.T) {
	want, err := pack("..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../sigil.js")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("client/sigil.js is not what client/src makes: run go generate ./client")
	}
}

// A mistake in the sources is told.
func TestMistake(t *testing.T) {
	if module, err := pack(t.TempDir()); err == nil {
		t.Errorf("it made %d bytes of nothing", len(module))
	}
}
