package conf

import (
	"reflect"
	"strings"
	"testing"
)

// What is said of one app in per_app is what the sections by topic say.
func TestPerApp(t *testing.T) {
	c := mustLoad(t, Sources{File: fileOf(t, `
doc: false
limits: {message: 2KiB}
per_app:
  chat:
    enabled: true
    mount: "/talk"
    listeners: {control: "127.0.0.1:40010"}
    workers: 3
    limits: {message: 16KiB, queue: 5MiB}
    config: {greeting: hello, rooms: [a]}
    env: [MAIL_KEY, _x]
    log: {level: debug}
    public: off
    api: no
    doc: true
    reload: false
  old: {enabled: false}
  empty:
mounts: {shop: /store}
`)})
	want := Own{Enabled: true, Workers: "3", Env: []string{"MAIL_KEY", "_x"}, Level: "debug", Public: "off", Doc: true}
	if got := c.OwnOf("chat"); !reflect.DeepEqual(got, want) {
		t.Errorf("chat %+v", got)
	}
	if got := c.OwnOf("other"); !reflect.DeepEqual(got, Own{Enabled: true, Workers: "auto", API: true, Reload: true}) {
		t.Errorf("other %+v", got)
	}
	if c.OwnOf("old").Enabled || c.OwnOf("old").Workers != "auto" {
		t.Errorf("old %+v", c.OwnOf("old"))
	}
	if l := c.LimitsOf("chat"); l.Message != 16<<10 || l.Queue != 5<<20 || c.LimitsOf("old") != c.Limits {
		t.Errorf("limits %+v", l)
	}
	if m := c.Mounts; m["chat"].Path != "/talk" || m["chat"].Listeners["control"] == "" || m["shop"].Path != "/store" {
		t.Errorf("mounts %+v", m)
	}
	if !reflect.DeepEqual(c.App["chat"], map[string]any{"greeting": "hello", "rooms": []any{"a"}}) {
		t.Errorf("config %+v", c.App)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

// Every mistake is told with its line.
func TestPerAppMistakes(t *testing.T) {
	text := `app: {chat: {a: 1}}
mounts: {chat: /a}
app_limits: {chat: {message: 1KiB}}
per_app:
  chat:
    mount: /b
    limits:
      mesage: 1
    config: {b: 2}
    enbled: true
    workers: many
    env: ["a b"]
    log: {levl: info}
    public: ""
    colour: red
  a/b: {}
  c: 5
  d: {mount: store, limits: 7, log: {level: loud}, log_level: info}
`
	_, err := Load(Sources{File: fileOf(t, text)})
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		`sigil.yaml:6: per_app.chat.mount: mounts.chat is set too; keep one of them`,
		`sigil.yaml:7: per_app.chat.limits: app_limits.chat is set too`,
		`sigil.yaml:8: unknown key "per_app.chat.limits.mesage"; did you mean message?`,
		`sigil.yaml:9: per_app.chat.config: app.chat is set too`,
		`sigil.yaml:10: unknown key "per_app.chat.enbled"; did you mean enabled?`,
		`sigil.yaml:11: per_app.chat.workers "many": must be auto, connection or a number from 1 to 256`,
		`sigil.yaml:12: per_app.chat.env "[a b]": must be a list of names`,
		`sigil.yaml:13: unknown key "per_app.chat.log.levl"; did you mean log.level?`,
		`sigil.yaml:14: per_app.chat.public "": must be the path of a folder, or off`,
		`sigil.yaml:15: unknown key "per_app.chat.colour"; an app has enabled, workers`,
		`sigil.yaml:16: per_app "a/b": must be the name of an app`,
		`sigil.yaml:17: per_app.c "5": must hold keys of its own`,
		`sigil.yaml:18: per_app.d: mount "store": must begin with /`,
		`sigil.yaml:18: per_app.d.limits "7": must hold keys of its own`,
		`sigil.yaml:18: per_app.d.log.level "loud": must be debug`,
		`sigil.yaml:18: unknown key "per_app.d.log_level"; did you mean log.level?`,
	}
	for _, line := range want {
		if !strings.Contains(err.Error(), line) {
			t.Errorf("%q is not said", line)
		}
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != len(want) {
		t.Errorf("%d mistakes, want %d:\n%v", got, len(want), err)
	}
}

// What Describe says can be read again, and is the same configuration.
func TestDescribe(t *testing.T) {
	sources := Sources{File: fileOf(t, `
listen: ":9000"
database: {url: "postgres://me:hush@host/db"}
mounts: {shop: /store}
per_app:
  chat: {limits: {message: 16KiB}, config: {greeting: hi, apiKey: hush}, workers: 2, env: [A]}
`), Environ: []string{"SIGIL_LOG_LEVEL=debug"}}
	text, err := Describe(sources)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`listen: :9000 # `, `sigil.yaml:2`, `level: debug # SIGIL_LOG_LEVEL`, "message: 16KiB # ", "greeting: hi", "workers: \"2\" # ", "mount: /store"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
	if strings.Contains(text, "hush") {
		t.Errorf("a secret is shown:\n%s", text)
	}
	again := mustLoad(t, Sources{File: fileOf(t, text)})
	before := mustLoad(t, sources)
	if again.Listen != before.Listen || again.Limits != before.Limits || again.LimitsOf("chat") != before.LimitsOf("chat") || !reflect.DeepEqual(again.OwnOf("chat"), before.OwnOf("chat")) || !reflect.DeepEqual(again.Mounts, before.Mounts) {
		t.Errorf("read again\n%+v, want\n%+v", again, before)
	}
	if _, err := Describe(Sources{File: fileOf(t, "lisen: 1")}); err == nil {
		t.Error("no error")
	}
}
