package conf

import (
	"reflect"
	"strings"
	"testing"
)

func TestMounts(t *testing.T) {
	c := mustLoad(t, Sources{File: fileOf(t, `
mounts:
  website: "/"
  shop: { path: /store }
  tools: { listen: "127.0.0.1:9000" }
  none:
  gate: { path: /gate, listeners: { control: "127.0.0.1:40010" } }
`)})
	want := map[string]Mount{"website": {Path: "/"}, "shop": {Path: "/store"}, "tools": {Listen: "127.0.0.1:9000"},
		"gate": {Path: "/gate", Listeners: map[string]string{"control": "127.0.0.1:40010"}}}
	if !reflect.DeepEqual(c.Mounts, want) {
		t.Errorf("%+v", c.Mounts)
	}
	for text, part := range map[string]string{
		"mounts: [a]": "mounts", "mounts: {a: 5}": "mounts.a", "mounts: {a: {}}": "must be a path", "mounts: {a: store}": `path "store": must begin with /`,
		"mounts: {a: {listeners: {b: nowhere}}}": `listeners.b "nowhere": must be host:port`, "mounts: {a: {listeners: 5}}": "must hold an address",
		"mounts: {a: {listeners: {b: '127.0.0.1:8091'}}}": "must not be the same as admin",
		"mounts: {a: {listen: nowhere}}":                  `listen "nowhere": must be host:port`, "mounts: {a: {port: 1}}": `unknown key "mounts.a.port"`,
		"mounts: {a: {listen: '127.0.0.1:8091'}}": "must not be the same as admin",
	} {
		if _, err := Load(Sources{File: fileOf(t, text)}); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q", text, err, part)
		}
	}
}
