package conf

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/spf13/pflag"
)

func TestDefaults(t *testing.T) {
	got := mustLoad(t, Sources{})
	want := &Config{
		Apps: "apps", Listen: "127.0.0.1:8081", Admin: "127.0.0.1:8091", AdminHosts: []string{}, Compress: true, Reload: true, API: true, Doc: true,
		Log: Log{Level: "info", Format: "text"}, Origins: []string{}, TrustedProxies: []netip.Prefix{}, ProxyHeaders: "x-forwarded",
		TLS: defaultTLS(), Headers: standardHeaders(),
		Limits: Limits{
			Message: 1 << 20, Fragments: 16384, Queue: 1 << 20, Overflow: "close", BacklogMessages: 256, BacklogBytes: 1 << 20,
			RateExceeded: "wait", SendBuffer: 128 << 10, PartialBytes: 64 << 20,
			PingAfter: Duration(25 * time.Second), PongWithin: Duration(10 * time.Second),
			WriteStall: Duration(10 * time.Second), CloseWithin: Duration(5 * time.Second),
			CallTime: Duration(time.Second), CallDepth: 2000,
			Topics: 100_000, TopicsPerConnection: 1000, HistoryBytes: 64 << 20,
			HandshakeTime: Duration(5 * time.Second), HeaderBytes: 16 << 10, HeaderFields: 100, BodyBytes: 10 << 20,
			BodyStall: Duration(10 * time.Second), ResponseTime: Duration(30 * time.Second),
			EventPing: Duration(15 * time.Second), IdleTime: Duration(75 * time.Second), StopWithin: Duration(10 * time.Second),
		},
		Fetch:     Fetch{Allow: []string{"*"}, Apps: []string{}, Requests: 64, BodyBytes: 64 << 20, HeaderTime: Duration(30 * time.Second), BodyStall: Duration(time.Minute)},
		AppLimits: map[string]Limits{},
		Data:      "data", Database: Database{Apps: map[string]string{}, Commit: "disk", Connections: 8},
		App: map[string]map[string]any{}, Mounts: map[string]Mount{}, PerApp: map[string]Own{},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("defaults\n%+v, want\n%+v", got, want)
	}
	if err := got.Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
}

// Every field of Config but App, AppLimits, Mounts and PerApp has a key, and default.yaml has a comment for each key.
func TestReferenceIsWhole(t *testing.T) {
	keys := newLoader().keys
	if leaves := countLeaves(reflect.TypeFor[Config]()) - 4; leaves != len(keys) {
		t.Errorf("Config has %d fields beside the four of apps, the table %d keys", leaves, len(keys))
	}
	lines := strings.Split(string(reference), "\n")
	for _, key := range append(keys, byApp()...) {
		found := false
		for i, line := range lines {
			if strings.HasPrefix(strings.TrimSpace(line), last(key)+":") && strings.HasPrefix(line, " ") == strings.Contains(key, ".") {
				found = true
				if previous := strings.TrimSpace(lines[i-1]); !strings.HasPrefix(previous, "#") && !pairedWithPrevious(last(key)) {
					t.Errorf("default.yaml: %s has no comment", key)
				}
			}
		}
		if !found {
			t.Errorf("default.yaml: %s is missing", key)
		}
	}
}

// pairedWithPrevious names the keys that share the comment of the key before.
func pairedWithPrevious(name string) bool {
	return name == "backlog_bytes" || name == "key" || name == "header_fields" || name == "doc"
}

func countLeaves(t reflect.Type) int {
	n := 0
	for i := range t.NumField() {
		if f := t.Field(i).Type; f.Kind() == reflect.Struct {
			n += countLeaves(f)
			continue
		}
		n++
	}
	return n
}

// The last source that sets a key wins, and the rest of the sources stays.
func TestPrecedence(t *testing.T) {
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	flags.String("listen", "of the flag's default", "")
	flags.String("apps", "of the flag's default", "")
	flags.String("admin", "", "")
	flags.String("config", "", "")
	flags.Bool("dev", false, "")
	flags.String("log-level", "", "")
	if err := flags.Parse([]string{"--listen=:4", "--config=x", "--dev", "--log-level=debug"}); err != nil {
		t.Fatal(err)
	}
	path := fileOf(t, "apps: file\nlisten: ':2'\nadmin: ':2'\nlimits: {message: 2KiB, queue: 2KiB}\n")
	c := mustLoad(t, Sources{
		File:    path,
		Environ: []string{"SIGIL_LISTEN=:3", "SIGIL_ADMIN=:3", "SIGIL_LIMITS_QUEUE=3KiB", "SIGIL_DEV=", "SIGIL_CONFIG=nowhere", "HOME=/"},
		Flags:   flags,
	})
	got := fmt.Sprint(c.Apps, c.Listen, c.Admin, c.Dev, c.Log.Level, c.Limits.Message, c.Limits.Queue, c.Limits.BodyBytes)
	if want := "file:4:3truedebug2KiB3KiB10MiB"; strings.ReplaceAll(got, " ", "") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFileOfEnvironment(t *testing.T) {
	path := fileOf(t, "apps: elsewhere")
	c := mustLoad(t, Sources{Environ: []string{"SIGIL_CONFIG=" + path, "SIGIL_SERVICE_HOST=10.0.0.1", "SIGIL_PORT=tcp://10.0.0.1:8081", "SIGIL_PORT_8081_TCP=x"}})
	if c.Apps != "elsewhere" {
		t.Errorf("apps %q", c.Apps)
	}
}

func TestForms(t *testing.T) {
	c := mustLoad(t, Sources{File: fileOf(t, `
admin: off
dev: true
origins: ["https://example.com", "http://localhost:3000", "*"]
trusted_proxies: [10.0.0.7, "192.168.3.4/16", "fd00::/8", "::1"]
log:
limits:
  message: 4096
  messages_per_second: 20
  connections: 1000
  connections_per_address: none
  ping_after: 1m30s
app:
  chatapp: {greeting: hello, max: 3, rate: 0.5, on: true, nothing: null, rooms: [a, {b: 1}], since: 2024-05-06, 7: seven}
  empty:
`)})
	if c.Admin != "" || !c.Dev || len(c.Origins) != 3 {
		t.Errorf("admin %q, dev %v, origins %v", c.Admin, c.Dev, c.Origins)
	}
	if got := fmt.Sprint(c.TrustedProxies); got != "[10.0.0.7/32 192.168.0.0/16 fd00::/8 ::1/128]" {
		t.Errorf("trusted proxies %s", got)
	}
	l := c.Limits
	if got := fmt.Sprint(l.Message, l.MessagesPerSecond, l.Connections, l.ConnectionsPerAddress, l.PingAfter); got != "4KiB 20 1000 0 1m30s" {
		t.Errorf("limits %s", got)
	}
	want := map[string]map[string]any{"chatapp": {"greeting": "hello", "max": 3, "rate": 0.5, "on": true, "nothing": nil,
		"rooms": []any{"a", map[string]any{"b": 1}}, "since": "2024-05-06", "7": "seven"}}
	if !reflect.DeepEqual(c.App, want) {
		t.Errorf("app %#v, want %#v", c.App, want)
	}
}

func TestListsOfEnvironment(t *testing.T) {
	c := mustLoad(t, Sources{Environ: []string{"SIGIL_ORIGINS=https://a.example, https://b.example", "SIGIL_TRUSTED_PROXIES=10.0.0.0/8"}})
	if got := fmt.Sprint(c.Origins, c.TrustedProxies); got != "[https://a.example https://b.example] [10.0.0.0/8]" {
		t.Errorf("lists %s", got)
	}
}

// Everything that is wrong is said at once: where, which key, which value, what is allowed.
func TestMistakes(t *testing.T) {
	tests := []struct {
		name, file string
		environ    []string
		want       []string // one line each
	}{
		{"near miss", "lisen: ':1'", nil, []string{`sigil.yaml:1: unknown key "lisen"; did you mean listen?`}},
		{"near miss below", "limits: {mesage: 1MiB}", nil, []string{`sigil.yaml:1: unknown key "limits.mesage"; did you mean limits.message?`}},
		{"wrong place", "message: 1MiB", nil, []string{`unknown key "message"; did you mean limits.message?`}},
		{"wrong place below", "log: {call_depth: 7}", nil, []string{`unknown key "log.call_depth"; did you mean limits.call_depth?`}},
		{"dotted", "limits.message: 1MiB", nil, []string{`unknown key "limits.message"; write message below limits`}},
		{"unknown", "colour: red", nil, []string{`unknown key "colour"; default.yaml lists all keys`}},
		{"unknown without value", "colour:", nil, []string{`unknown key "colour"`}},
		{"section", "limits: 5", nil, []string{`limits "5": must hold keys of its own`}},
		{"key as section", "listen: {host: a}", nil, []string{`listen "map[host:a]": must be host:port`}},
		{"app", "app: {chat: 5}", nil, []string{`app.chat "5": must hold keys of its own`}},
		{"all apps", "app: [chat]", nil, []string{`app "[chat]": must hold keys of its own`}},
		{"app name", "app: {a/b: {}}", nil, []string{`app "a/b": must be the name of an app`}},
		{"limits of an app", "app_limits: {chat: {message: 0, mesage: 1, handshake_time: 1s, colour: red}, b: 5, a/b: {}}", nil, []string{
			`app_limits.b "5": must hold keys of its own`, `unknown key "app_limits.chat.colour"; an app may have message, fragments`,
			`app_limits.chat.handshake_time: is a limit of the whole server; set limits.handshake_time`,
			`unknown key "app_limits.chat.mesage"; did you mean message?`, `sigil.yaml:1: app_limits.chat.message "0": must be from 1B to 1GiB`}},
		{"limits of an app's name", "app_limits: {a/b: {message: 1}}", nil, []string{`app_limits "a/b": must be the name of an app`}},
		{"limits of all apps", "app_limits: [chat]", nil, []string{`app_limits "[chat]": must hold keys of its own`}},
		{"address", "listen: 8081", nil, []string{`sigil.yaml:1: listen "8081": must be host:port, such as 127.0.0.1:8081 or :8081`}},
		{"port", "admin: ':70000'", nil, []string{`admin ":70000": must be host:port, such as 127.0.0.1:8081 or :8081, or off`}},
		{"host", "listen: 'a b:1'", nil, []string{`listen "a b:1": must be host:port`}},
		{"same port", "admin: ':1'\nlisten: ':1'", nil, []string{`admin ":1": must not be the same as listen`}},
		{"folder", "apps: ''", nil, []string{`apps "": must be the path of a folder`}},
		{"boolean", "dev: maybe", nil, []string{`dev "maybe": must be true or false`}},
		{"word", "log: {level: loud}", nil, []string{`log.level "loud": must be debug, info, warn or error`}},
		{"origin", "origins: ['https://a/']", nil, []string{`"https://a/" must be an origin, such as https://example.com (no path), or *`}},
		{"origins", "origins: 5", nil, []string{`origins "5": must be a list of origins`}},
		{"network", "trusted_proxies: [10.0.0.0/40]", nil, []string{`"10.0.0.0/40" must be an address or a network`}},
		{"networks", "trusted_proxies: {a: b}", nil, []string{`must be a list of addresses and networks`}},
		{"size", "limits: {queue: 12 apples}", nil, []string{`limits.queue "12 apples": not a size: write`}},
		{"small", "limits: {header_bytes: 1}", nil, []string{`limits.header_bytes "1": must be from 4KiB to 16MiB`}},
		{"duration", "limits: {ping_after: 25}", nil, []string{`limits.ping_after "25": not a duration: write`}},
		{"short", "limits: {ping_after: 1ms}", nil, []string{`limits.ping_after "1ms": must be from 10ms to 24h`}},
		{"number", "limits: {fragments: many}", nil, []string{`limits.fragments "many": must be a number from 1 to 10000000`}},
		{"none", "limits: {connections: 0}", nil, []string{`limits.connections "0": must be a number from 1 to 10000000, or auto`}},
		{"list for a number", "limits: {call_depth: [1]}", nil, []string{`limits.call_depth "[1]": must be a number from 10 to 20000`}},
		{"environment", "", []string{"SIGIL_LISTEN=nonsense"}, []string{`SIGIL_LISTEN: listen "nonsense": must be host:port`}},
		{"environment's name", "", []string{"SIGIL_LIMITS_MESAGE=1"}, []string{`unknown variable SIGIL_LIMITS_MESAGE; did you mean SIGIL_LIMITS_MESSAGE?`}},
		{"strange environment", "", []string{"SIGIL_COLOUR=red"}, []string{`unknown variable SIGIL_COLOUR; default.yaml lists all keys`}},
		{"no map", "- a", nil, []string{"read the configuration"}},
		{"no YAML", "a: [", nil, []string{"read the configuration"}},
		{"several", "lisen: 1\ndev: maybe\nlimits: {queue: x, call_depth: 5}", []string{"SIGIL_ADMIN=?"}, []string{
			"lisen", "SIGIL_ADMIN: admin", "dev", "limits.queue", "limits.call_depth"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Load(Sources{File: fileOf(t, test.file), Environ: test.environ})
			if err == nil || c != nil {
				t.Fatalf("no error, but %+v", c)
			}
			lines := strings.Split(err.Error(), "\n")
			if test.name != "no YAML" && test.name != "no map" && len(lines) != len(test.want) {
				t.Errorf("%d lines, want %d: %v", len(lines), len(test.want), err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestMistakenFlag(t *testing.T) {
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	flags.String("listen", "", "")
	if err := flags.Parse([]string{"--listen=x"}); err != nil {
		t.Fatal(err)
	}
	_, err := Load(Sources{Flags: flags})
	if err == nil || !strings.HasPrefix(err.Error(), `--listen: listen "x": must be`) {
		t.Errorf("error %v", err)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(Sources{File: "no/such.yaml"})
	if err == nil || !strings.Contains(err.Error(), "no/such.yaml") {
		t.Errorf("error %v", err)
	}
}

// Whatever a file holds, Load neither panics nor returns what Validate would refuse.
func FuzzLoad(f *testing.F) {
	f.Add(reference)
	for _, seed := range []string{"", "a: &a [*a]", "limits: {message: 1MiB}", "app: {x: {y: 2024-01-01}}", "? {a: b}\n: c", "limits: &x {queue: 5}\nlog: *x", "{"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l := newLoader()
		l.layer("default.yaml", rawbytes.Provider(reference))
		l.layer("sigil.yaml", rawbytes.Provider(text))
		l.finish()
		if len(l.problems) > 0 {
			return
		}
		if err := l.config.Validate(); err != nil {
			t.Errorf("loaded, but not valid: %v", err)
		}
	})
}

func defaultTLS() TLS {
	return TLS{Cert: []string{}, Key: []string{}, MinVersion: "1.2", Redirect: true, Plain: []string{}, HSTS: Duration(4320 * time.Hour), ACME: ACME{
		Domains: []string{}, Directory: "https://acme-v02.api.letsencrypt.org/directory", Challenges: []string{"tls-alpn-01", "http-01"}, CheckEvery: Duration(10 * time.Minute)}}
}
