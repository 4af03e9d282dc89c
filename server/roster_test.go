package server

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sigil-server/sigil/wsconn"
)

// A roster keeps step with the list it belongs to, whoever comes, goes or is left out for a while.
func TestRoster(t *testing.T) {
	var r roster
	var list []*wsconn.Conn
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		last := len(list) - 1
		switch i := random.IntN(last + 2); {
		case random.IntN(2) == 0 || last < 0:
			c := []*wsconn.Conn{nil, {}}[random.IntN(2)]
			r.add(c)
			list = append(list, c)
		case random.IntN(2) == 0 && i <= last:
			r.remove(i)
			list[i] = list[last]
			list = list[:last]
		case i <= last:
			c := &wsconn.Conn{}
			if before := r.put(i, c); before != list[i] {
				t.Fatalf("place %d had another", i)
			}
			list[i] = c
		}
		size := 0
		for _, c := range list {
			if c != nil {
				size++
			}
		}
		if !slices.Equal(r.conns, list) || r.size != size {
			t.Fatalf("%d of %d places are taken, not %d", r.size, len(r.conns), size)
		}
	}
	if none := (roster{conns: make([]*wsconn.Conn, 3)}); none.send(&packet{}) != 0 {
		t.Error("someone took it")
	}
}

// Who is left out of one publication gets the next.
func TestLeftOutOnce(t *testing.T) {
	s := startSite(t, files{"out.js": `
export default class Out extends AppBase {
  @Websocket in(ws) {
    ws.subscribe("t");
    ws.send("in");
    ws.onMessage((text) => {
      const first = [...this.connections].find((c) => c.query.is === "first");
      const n = [ws.publish("t", "others"), this.broadcast("not them", { except: [ws, ws, first] }), this.broadcast("not me", { except: ws }),
        this.publish("t", "all"), this.broadcast("all", { except: [] })];
      ws.send(String(n));
    });
  }
}`})
	a, b, c := s.dial("/out/in?is=first"), s.dial("/out/in"), s.dial("/out/in")
	for _, each := range []*client{a, b, c} {
		each.want("in")
	}
	b.send(opText, "go")
	for _, text := range []string{"others", "not me", "all", "all"} {
		a.want(text)
	}
	for _, text := range []string{"all", "all", "2,1,2,3,3"} {
		b.want(text)
	}
	for _, text := range []string{"others", "not them", "not me", "all", "all"} {
		c.want(text)
	}
	for _, each := range []*client{a, b, c} {
		each.leave()
	}
}
