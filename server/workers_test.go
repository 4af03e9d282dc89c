package server

import (
	"strings"
	"testing"
)

const parallelApp = `@Api({ workers: 2 }) export default class P extends AppBase {
	@Websocket room(ws) {
		ws.subscribe("news");
		ws.onMessage((text) => {
			if (text === "all") ws.send("reached " + this.publish("news", "to all"));
			if (text === "broadcast") ws.send("reached " + this.broadcast("to everyone", { except: ws }));
			if (text === "generation") ws.send("v1 " + this.generation);
		});
	}
	@Get async slow() { await new Promise((resolve) => setTimeout(resolve, 10)); return "late"; }
}`

func workersOf(s *site, name string) int { return len(s.server.table.find(name).all()) }

// busyApp has a handler that keeps its thread until a client of another worker says that it is enough.
const busyApp = `@Api({ workers: 2 }) export default class Busy extends AppBase {
	@Shared busy = false;
	@Shared enough = false;
	@Websocket room(ws) {
		ws.onMessage((text) => {
			if (text === "keep") for (this.busy = true; !this.enough;);
			if (text === "enough") this.enough = true;
			ws.send(text === "busy?" ? String(this.busy) : text);
		});
	}
}`

// startBusy opens a connection whose worker is kept busy, and one of the other worker.
func startBusy(t *testing.T, set ...func(*Options)) (s *site, busy, other *client) {
	t.Helper()
	s = startSite(t, files{"busy.js": busyApp}, append(set, func(o *Options) { o.Limits.CallTime = 3 * clientPatience })...)
	busy, other = s.dial("/busy/room"), s.dial("/busy/room")
	if n := workersOf(s, "busy"); n != 2 {
		t.Fatalf("%d workers", n)
	}
	busy.send(opText, "keep")
	eventually(t, func() bool {
		other.send(opText, "busy?")
		return other.text() == "true"
	})
	return s, busy, other
}

// A handler that keeps its thread delays only the connections of its own worker.
func TestSlowHandlerBlocksOnlyItsWorker(t *testing.T) {
	_, busy, other := startBusy(t)
	for range 50 {
		other.send(opText, "on")
		other.want("on")
	}
	other.send(opText, "enough")
	other.want("enough")
	busy.want("keep")
}

func TestTopicsReachEveryWorker(t *testing.T) {
	s := startSite(t, files{"p.js": parallelApp})
	a, b := s.dial("/p/room"), s.dial("/p/room")
	b.send(opText, "generation")
	b.want("v1 1") // it has subscribed
	a.send(opText, "all")
	a.want("to all")
	a.want("reached 2")
	b.want("to all")
	b.send(opText, "broadcast")
	b.want("reached 1")
	a.want("to everyone")
}

// All workers go over to new code together, with their connections, and an app that begins to keep state goes back to one.
func TestReloadOfEveryWorker(t *testing.T) {
	s := startSite(t, files{"p.js": parallelApp})
	a, b := s.dial("/p/room"), s.dial("/p/room")
	s.save(files{"p.js": strings.ReplaceAll(parallelApp, `"v1 "`, `"v2 "`)})
	s.next()
	for _, c := range []*client{a, b} {
		c.send(opText, "generation")
		c.want("v2 2")
	}
	s.save(files{"p.js": strings.NewReplacer("@Api({ workers: 2 })", "", "AppBase {\n", "AppBase {\n peers = new Set();\n").Replace(parallelApp)})
	if info := s.next(); info.Workers != 1 || !strings.Contains(info.Because, `field "peers" (p.js:2) is state; mark it @Shared`) {
		t.Errorf("%d workers, because %s", info.Workers, info.Because)
	}
	a.send(opText, "generation")
	a.want("v1 3")
	b.wantEnd("1012 the app runs on fewer workers")
	s.server.table.find("p").ending.Wait()
	if n := workersOf(s, "p"); n != 1 {
		t.Errorf("%d workers", n)
	}
}

// New code that fails on load changes nothing on any worker.
func TestBrokenReloadOfEveryWorker(t *testing.T) {
	s := startSite(t, files{"p.js": parallelApp})
	a, b := s.dial("/p/room"), s.dial("/p/room")
	s.save(files{"p.js": parallelApp + "; throw new Error('no');"})
	s.save(files{"p.js": strings.ReplaceAll(parallelApp, `"v1 "`, `"v3 "`)})
	s.next()
	for _, c := range []*client{a, b} {
		c.send(opText, "generation")
		c.want("v3 2")
	}
}

func TestWorkersAreBounded(t *testing.T) {
	app := strings.Replace(parallelApp, "workers: 2", "workers: WORKERS", 1)
	for _, test := range []struct {
		asked       string
		limit, want int
	}{{"3", 0, 3}, {"5", 2, 2}, {"1", 0, 1}, {`"connection"`, 0, 4}, {`"connection"`, 3, 3}} {
		s := startSite(t, files{"p.js": strings.Replace(app, "WORKERS", test.asked, 1)}, func(o *Options) { o.Limits.MaxWorkers = test.limit })
		for range 4 {
			c := s.dial("/p/room")
			c.send(opText, "generation")
			c.want("v1 1")
		}
		if n := workersOf(s, "p"); n != test.want {
			t.Errorf("workers: %s, at most %d of all apps: %d, want %d", test.asked, test.limit, n, test.want)
		}
	}
}

// An extra worker that has nothing to do is ended; its connections were gone before.
func TestIdleWorkersEnd(t *testing.T) {
	s := startSite(t, files{"p.js": parallelApp})
	a, b := s.dial("/p/room"), s.dial("/p/room")
	app := s.server.table.find("p")
	extra := app.all()[1]
	if app.retire(extra) {
		t.Error("a worker with a connection was ended")
	}
	b.leave()
	a.send(opText, "generation")
	a.want("v1 1")
	eventually(t, func() bool { return extra.load.Load() == 0 }) // the connection's end is on its way
	if !app.retire(extra) {
		t.Error("a worker without anything to do was kept")
	}
	app.ending.Wait()
	if n := workersOf(s, "p"); n != 1 {
		t.Errorf("%d workers", n)
	}
	if got := s.get("/p/slow"); got != "late" {
		t.Errorf("after that: %s", got)
	}
}
